"""Documents taken back and posted again, as a corrected file does: what was agreed or contested follows them."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence
from functools import cache

from sqlalchemy import Select
from sqlalchemy import bindparam
from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import Session
from sqlmodel import col

from arcore.store.books import Document
from arcore.store.chunks import chunks


def posted_again(session: Session, document_ids: Iterable[int]) -> dict[int, int]:
    """Return document taken back → the document that stands for it now; nothing for those that stand or are gone.

    It stands for it when it was posted later to the same customer, entity and currency with the same kind and number.
    """
    found: dict[int, int] = {}
    for ids in chunks(document_ids):
        found |= _posted_again(session, ids)
    return found


def _posted_again(session: Session, document_ids: Sequence[int]) -> dict[int, int]:
    return dict(session.execute(_statement(), {"old_ids": document_ids}).all())


@cache
def _statement() -> Select[int, int]:
    """Return the question of `posted_again` for `old_ids`; to build it takes longer than to answer it."""
    old, new, back, back_again = aliased(Document), aliased(Document), aliased(Document), aliased(Document)
    return (
        select(col(old.id), col(new.id))
        .join(
            new,
            (col(new.number) == col(old.number))
            & (col(new.kind) == col(old.kind))
            & (col(new.customer_id) == col(old.customer_id))
            & (col(new.entity) == col(old.entity))
            & (col(new.currency) == col(old.currency))
            & (col(new.id) > col(old.id)),
        )
        .where(
            col(old.id).in_(bindparam("old_ids", expanding=True)),
            col(old.number) != "",
            select(col(back.id)).where(col(back.reverses_id) == col(old.id)).exists(),
            col(new.reverses_id).is_(None),
            ~select(col(back_again.id)).where(col(back_again.reverses_id) == col(new.id)).exists(),
        )
        .order_by(col(new.id))
    )
