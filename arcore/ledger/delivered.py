"""When what a document is about was delivered or done: told beside the document, never changed, only told anew."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from datetime import date

from sqlalchemy import Engine
from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.errors import BadInput
from arcore.errors import NotFound
from arcore.ledger.checks import FIRST_YEAR
from arcore.ledger.checks import LAST_YEAR
from arcore.store.books import Document
from arcore.store.bulk import insert_rows
from arcore.store.chunks import chunks
from arcore.store.delivery import Delivery
from arcore.store.sources import Import
from arcore.store.unit import Actor
from arcore.store.unit import Facts
from arcore.store.unit import Unit
from arcore.store.unit import commit
from arcore.store.unit import refuse_reader

TOLD = ("document_id", "delivered_on")


def tell_deliveries(engine: Engine, *, deliveries: Mapping[int, date], actor: Actor, key: str | None = None) -> Facts:
    """Say on which day what documents are about was delivered, by document id, as one batch.

    Returns how many were not known so before. Raises BadInput for a day outside the books' years, NotFound for a
    document that does not exist, NotAllowed, Unavailable.
    """
    refuse_reader(actor, "may look but not write")

    def body(unit: Unit) -> Facts:
        lacking = set(deliveries) - _existing(unit.session, deliveries)
        if lacking:
            raise NotFound(f"There is no document {min(lacking)}", document=min(lacking))
        return {"told": tell(unit, deliveries)}

    content = {"deliveries": {str(number): day.isoformat() for number, day in sorted(deliveries.items())}}
    return commit(engine, body, actor=actor, verb="tell_deliveries", key=key, content=content)


def tell(unit: Unit, deliveries: Mapping[int, date]) -> int:
    """Keep what is not known so already, in an open transaction; return how many that were. Raises BadInput."""
    rows = not_known(unit.session, deliveries)
    same = {"audit_seq": unit.audit_seq, "recorded_at": unit.recorded_at, "recorded_by": unit.actor.name}
    insert_rows(unit.session, Delivery.__table__, TOLD, rows, same=same)  # type: ignore[attr-defined]
    return len(rows)


def not_known(
    session: Session, deliveries: Mapping[int, date], *, lasting: Collection[int] | None = None
) -> list[tuple[int, date]]:
    """Return the rows, as `TOLD` names their columns, of what is not known so already. Raises BadInput.

    With `lasting`, imports that can't be undone before the one that tells: what only others told is told again, so that
    it still stands when they are undone.
    """
    for day in deliveries.values():
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise BadInput(f"Books hold the years {FIRST_YEAR} to {LAST_YEAR}", delivered_on=day)
    said: dict[int, set[int | None]] = {}
    known: dict[int, date] = {}
    for number, day, import_id in _standing(session, deliveries):
        if known.get(number) != day:
            said[number] = set()
        known[number] = day
        said[number].add(import_id if lasting is not None else None)
    lasts = {None, *(lasting or ())}
    return [
        (number, day)
        for number, day in sorted(deliveries.items())
        if known.get(number) != day or not said[number] & lasts
    ]


def standing(
    session: Session, document_ids: Iterable[int] | None = None, *, upto: int | None = None
) -> dict[int, date]:
    """Return the day that counts for each document, of all or of some; as known at the audit event `upto`, or now."""
    return {number: day for number, day, _ in _standing(session, document_ids, upto=upto)}


def _standing(
    session: Session, document_ids: Iterable[int] | None = None, *, upto: int | None = None
) -> list[tuple[int, date, int | None]]:
    """Return what imports that stand and people told, in that order: document, day, import."""
    query = (
        select(col(Delivery.document_id), col(Delivery.delivered_on), col(Delivery.import_id))
        .outerjoin(Import, col(Import.id) == col(Delivery.import_id))
        .where(col(Import.undone_at).is_(None))
        .order_by(col(Delivery.id))
    )
    if upto is not None:
        query = query.where(col(Delivery.audit_seq) <= upto)
    parts = [query]
    if document_ids is not None:
        parts = [query.where(col(Delivery.document_id).in_(ids)) for ids in chunks(document_ids)]
    return [(number, day, import_id) for part in parts for number, day, import_id in session.execute(part)]


def _existing(session: Session, document_ids: Iterable[int]) -> set[int]:
    found = set[int]()
    for ids in chunks(document_ids):
        found.update(session.execute(select(col(Document.id)).where(col(Document.id).in_(ids))).scalars())
    return found
