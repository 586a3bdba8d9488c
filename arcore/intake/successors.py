"""Documents that an undo posted again: which one stands now for one that a later import had taken back."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import Session
from sqlmodel import col

from arcore.intake.holdings import chunks
from arcore.store.books import Document


def posted_alike(session: Session, document_ids: Iterable[int]) -> dict[int, int]:
    """Return document taken back → the standing one that an undo posted again as it was; nothing for others.

    An undo keeps everything of it, its import too.
    """
    old, new, void = aliased(Document), aliased(Document), aliased(Document)
    same = (
        (col(new.number) == col(old.number))
        & (col(new.kind) == col(old.kind))
        & (col(new.customer_id) == col(old.customer_id))
        & (col(new.entity) == col(old.entity))
        & (col(new.currency) == col(old.currency))
        & (col(new.amount) == col(old.amount))
        & (col(new.effective_on) == col(old.effective_on))
        & (col(new.reason) == col(old.reason))
        & (col(new.reference) == col(old.reference))
        & (col(new.import_id) == col(old.import_id))
        & (col(new.id) > col(old.id))
    )
    found: dict[int, int] = {}
    for ids in chunks(document_ids):
        query = (
            select(col(old.id), col(new.id))
            .join(new, same)
            .outerjoin(void, col(void.reverses_id) == col(new.id))
            .where(col(old.id).in_(ids), col(new.reverses_id).is_(None), col(void.id).is_(None))
            .order_by(col(new.id))
        )
        found |= {before: after for before, after in session.execute(query)}  # noqa: C416  rows are no plain tuples
    return found
