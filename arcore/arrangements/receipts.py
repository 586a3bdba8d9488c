"""Money that came in from customers, by value date, and how far we know of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import datetime
from typing import Any
from typing import NamedTuple
from typing import TypeAlias

from sqlalchemy import func
from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.arrangements.rules import ONE
from arcore.arrangements.rules import Part
from arcore.arrangements.rules import Receipt
from arcore.customers.queries import survivors
from arcore.ledger.checks import PAIRED
from arcore.ledger.kinds import CREDIT
from arcore.store.books import Application
from arcore.store.books import Document
from arcore.store.books import Item
from arcore.store.chunks import chunks
from arcore.store.sources import Import
from arcore.store.sources import Source

Account: TypeAlias = tuple[int, str, str]
"""Customer (for a merged one the one it lives on in), entity, currency: the books that an arrangement is about."""

MONEY, ASSUMED = "payment", "settlement"
BACK = ("refund", "payment_reversal", "settlement")
"""What an amount of a receipt goes to when it is no receipt any more."""
SNAPSHOTS = ("open_items",)
NEWEST = 500
"""So many of the newest imported documents are looked at to see how far files reach."""


class _Root(NamedTuple):
    """The document that money came in by, before it was moved to another customer or currency."""

    kind: str
    day: date
    recorded_at: datetime
    import_id: int | None


@dataclass
class _Credit:
    """One document of money; `left` is what nobody has taken of it."""

    account: Account
    root: _Root
    left: int = 0
    paid: dict[int, int] = field(default_factory=lambda: defaultdict(int))


def receipts(
    session: Session, customer_ids: Iterable[int], *, since: date, as_of: date
) -> dict[Account, tuple[Receipt, ...]]:
    """Return what came in from `since` to `as_of` (both inclusive) as it stands at the end of that day, by account.

    `customer_ids` are to hold those merged into others too. What bounced, was paid back or moved to another customer by
    then is no receipt; what another customer paid and was moved here is one of the day on which it came in. Debts that
    vanished from a snapshot count as paid between the snapshot before and it.
    """
    found: dict[int, _Credit] = {}
    for ids in chunks(customer_ids):
        found |= _credits(session, ids, since, as_of)
    _take_off(session, found, as_of)
    firsts = _first_days(session, found)
    grouped: dict[Account, list[Receipt]] = defaultdict(list)
    for document_id, credit in sorted(found.items()):
        parts = [Part(paid, amount) for paid, amount in sorted(credit.paid.items()) if amount > 0]
        parts += [Part(None, credit.left)] if credit.left > 0 else []
        if parts:
            grouped[credit.account].append(
                Receipt(
                    receipt_id=document_id,
                    first=firsts.get(document_id, credit.root.day),
                    day=credit.root.day,
                    recorded_at=credit.root.recorded_at,
                    parts=tuple(parts),
                    assumed=credit.root.kind == ASSUMED,
                )
            )
    return {account: tuple(rows) for account, rows in grouped.items()}


def cash_known_until(session: Session, entity: str, currency: str, *, before: datetime | None = None) -> date | None:
    """Return the last day (inclusive) of which we know all receipts of an entity and currency.

    That is the newest day of a snapshot of the entity, or of a file that carries receipts. `date.max` for books kept by
    hand, without any import: what was not booked did not come. None when no import says anything of receipts. `before`
    leaves out imports from that moment on.
    """
    every = session.execute(
        select(col(Import.id), col(Import.kind), col(Import.as_of), col(Import.at), col(Source.entity))
        .join(Source, col(Source.id) == col(Import.source_id))
        .where(col(Import.undone_at).is_(None))
    ).all()
    if not every:
        return date.max
    imports = [row for row in every if before is None or row.at < before]
    days = [row.as_of for row in imports if row.as_of and row.kind in SNAPSHOTS and row.entity == entity]
    days += _told_of_receipts(session, imports, entity, currency)
    return max(days, default=None)


def _told_of_receipts(session: Session, imports: Sequence[Any], entity: str, currency: str) -> list[date]:
    """Return the last days of imports that brought receipts: the day they speak of, else their newest document's."""
    ours = (col(Document.entity) == entity, col(Document.currency) == currency)
    carrying = {
        row.id: row
        for row in imports
        if session.execute(
            select(col(Document.id))
            .where(col(Document.import_id) == row.id, col(Document.kind) == MONEY, *ours)
            .limit(1)
        ).first()
    }
    newest = session.execute(
        select(col(Document.import_id), col(Document.effective_on))
        .where(col(Document.import_id).in_(list(carrying)), *ours)
        .order_by(col(Document.effective_on).desc())
        .limit(NEWEST)
    )
    # A document of a day to come tells nothing of days after the file was read.
    days = [min(day, carrying[number].at.date()) for number, day in newest if number is not None]
    return days + [row.as_of for row in carrying.values() if row.as_of]


def _credits(session: Session, ids: Sequence[int], since: date, as_of: date) -> dict[int, _Credit]:
    rows = session.execute(
        select(
            col(Item.amount),
            col(Item.customer_id),
            col(Item.origin_item_id),
            col(Document.id),
            col(Document.kind),
            col(Document.entity),
            col(Document.currency),
            col(Document.effective_on),
            col(Document.recorded_at),
            col(Document.import_id),
        )
        .join(Document, col(Document.id) == col(Item.document_id))
        .where(
            col(Item.customer_id).in_(ids),
            col(Item.side) == CREDIT,
            col(Document.kind).in_((MONEY, ASSUMED, *PAIRED)),
            col(Document.reverses_id).is_(None),
            col(Document.effective_on) >= since,
            col(Document.effective_on) <= as_of,
        )
    ).all()
    moved = {row.origin_item_id for row in rows if row.kind in PAIRED and row.origin_item_id is not None}
    origins, merged = roots(session, moved), survivors(session)
    found: dict[int, _Credit] = {}
    for row in rows:
        root = _Root(row.kind, row.effective_on, row.recorded_at, row.import_id)
        if row.kind in PAIRED:
            root = origins.get(row.origin_item_id, root)
        if root.kind in (MONEY, ASSUMED):
            account = (merged.get(row.customer_id, row.customer_id), row.entity, row.currency)
            found.setdefault(row.id, _Credit(account, root)).left -= row.amount
    return found


def roots(session: Session, item_ids: Iterable[int]) -> dict[int, _Root]:
    """Follow items through transfers, conversions and re-datings to the document they began with."""
    rows: dict[int, Any] = {}
    frontier = set(item_ids)
    while frontier:
        for ids in chunks(frontier):
            query = select(Item, Document).join(Document, col(Document.id) == col(Item.document_id))
            read = session.execute(query.where(col(Item.id).in_(ids)))
            rows |= {item.id: (item, document) for item, document in read}
        frontier = {item.origin_item_id for item, _ in rows.values() if item.origin_item_id is not None} - rows.keys()
    found = {}
    for item_id in item_ids:
        item, document = rows[item_id]
        while item.origin_item_id is not None:
            item, document = rows[item.origin_item_id]
        found[item_id] = _Root(document.kind, document.effective_on, document.recorded_at, document.import_id)
    return found


def _take_off(session: Session, credits_: Mapping[int, _Credit], as_of: date) -> None:
    """Say of each credit what pays which document, and what is gone again, at the end of a day."""
    source, target, document = Item.__table__.alias(), Item.__table__.alias(), Document.__table__  # type: ignore[attr-defined]
    applied = Application.__table__  # type: ignore[attr-defined]
    for ids in chunks(credits_):
        rows = session.execute(
            select(
                source.c.document_id.label("credit"),
                document.c.id,
                document.c.kind,
                document.c.reverses_id,
                target.c.origin_item_id,
                func.sum(applied.c.amount).label("amount"),
            )
            .select_from(applied)
            .join(source, source.c.id == applied.c.from_item_id)
            .join(target, target.c.id == applied.c.to_item_id)
            .join(document, document.c.id == target.c.document_id)
            .where(source.c.document_id.in_(ids), applied.c.effective_on <= as_of)
            .where(target.c.document_id != source.c.document_id)
            .group_by(
                source.c.document_id, document.c.id, document.c.kind, document.c.reverses_id, target.c.origin_item_id
            )
        )
        for row in rows:
            credit, amount = credits_[row.credit], int(row.amount)
            credit.left -= amount
            moved_on = row.kind in PAIRED and row.origin_item_id is None
            if row.reverses_id is None and row.kind not in BACK and not moved_on:
                credit.paid[row.id] += amount


def _first_days(session: Session, credits_: Mapping[int, _Credit]) -> dict[int, date]:
    """Return, by document, the first day on which a debt that vanished from a snapshot may have been paid."""
    inferred = {
        number: credit.root.import_id
        for number, credit in credits_.items()
        if credit.root.kind == ASSUMED and credit.root.import_id is not None
    }
    if not inferred:
        return {}
    rows = session.execute(
        select(col(Import.id), col(Import.source_id), col(Import.as_of)).where(
            col(Import.as_of).is_not(None), col(Import.undone_at).is_(None)
        )
    ).all()
    by_id = {row.id: row for row in rows}
    found = {}
    for number, import_id in inferred.items():
        own = by_id.get(import_id)
        if own is not None:
            before = [row.as_of for row in rows if row.source_id == own.source_id and row.as_of < own.as_of]
            if before:
                found[number] = max(before) + ONE
    return found
