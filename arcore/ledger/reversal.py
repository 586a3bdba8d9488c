"""Taking documents back: void (a correction, on its own day) and a bounced payment (an event, on its day)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlmodel import col

from arcore.errors import AlreadyReversed
from arcore.errors import NotFound
from arcore.errors import RuleBroken
from arcore.ledger.checks import PAIRED
from arcore.ledger.checks import name_of
from arcore.ledger.entry import ApplicationState
from arcore.ledger.entry import Entry
from arcore.ledger.entry import ItemState
from arcore.ledger.entry import Part
from arcore.ledger.entry import Posted
from arcore.ledger.journal import Journal
from arcore.ledger.timeline import balance_on
from arcore.ledger.timeline import least_from
from arcore.store.books import Document

DEPENDENT = ("write_off", "discount", "settlement", "fx_difference")
"""Kinds that have no life of their own: voiding the only document they are applied to voids them too."""


def void(journal: Journal, document_id: int, *, import_id: int | None = None) -> list[int]:
    """Take a document back from its own day on and return the ids of the reversing documents.

    What was applied to it is un-applied first, each from its own day: payments and credit notes stay,
    unapplied; write-offs, discounts and settlements of it alone go with it. Both legs of a transfer or conversion
    go together. Raises AlreadyReversed, NotFound, or RuleBroken when its balance was moved elsewhere.
    """
    document = _standing(journal, document_id)
    documents = [document]
    if document.kind in PAIRED and document.linked_id is not None:
        documents.append(_standing(journal, document.linked_id))
    ids = {d.id for d in documents}
    items = [item for d in documents for item in journal.items_of(d.id)]
    undone = _release(journal, items, ids)
    voided = [_mirror(journal, d, import_id) for d in documents]
    for dependent in _orphans(journal, undone, ids):
        voided += void(journal, dependent, import_id=import_id)
    return voided


def reverse_payment(journal: Journal, document_id: int, *, on: date, reason: str = "") -> Posted:
    """Book a bounced payment as an event of `on`: matches end that day, the debt is open again, history stays.

    Raises AlreadyReversed, NotFound, or RuleBroken when it is no payment, came later, or was moved elsewhere.
    """
    document = _standing(journal, document_id)
    if document.kind != "payment":
        msg = f"Only a payment can bounce; {document.number or document.id} is a {document.kind.replace('_', ' ')}"
        raise RuleBroken(msg, document=document_id)
    if on < document.effective_on:
        msg = f"A payment of {document.effective_on.isoformat()} can't bounce on {on.isoformat()}, before it came"
        raise RuleBroken(msg, document=document_id)
    items = journal.items_of(document_id)
    for item in items:
        for applied in reversed(journal.applications_of(item)):
            if applied.in_force:
                _refuse_if_moved(journal, item, applied, {document_id})
                journal.unapply(applied.id, on)
    posted = journal.post(
        Entry(
            kind="payment_reversal",
            customer_id=document.customer_id,
            document_date=on,
            currency=document.currency,
            parts=[Part(-item.amount, on) for item in items if item.amount],
            number=document.number,
            entity=document.entity,
            reason=reason,
            reverses_id=document.id,
        )
    )
    for item, reversal in zip((i for i in items if i.amount), posted.item_ids, strict=True):
        journal.apply(item.id, reversal, -item.amount, on)
    return posted


def _standing(journal: Journal, document_id: int) -> Document:
    document = journal.unit.session.get(Document, document_id)
    if document is None:
        msg = f"There is no document {document_id}"
        raise NotFound(msg, document=document_id)
    name = document.number or str(document.id)
    if document.reverses_id is not None:
        msg = f"{name} itself takes a document back; post that document again instead"
        raise RuleBroken(msg, document=document_id)
    taken = select(col(Document.id)).where(col(Document.reverses_id) == document_id)
    staged = any(row["reverses_id"] == document_id for row in journal.staged_documents())
    if staged or journal.unit.session.execute(taken).first() is not None:
        msg = f"{name} was taken back before"
        raise AlreadyReversed(msg, document=document_id)
    return document


def _release(journal: Journal, items: list[ItemState], documents: set[int]) -> list[ApplicationState]:
    """Un-apply everything that touches the items, newest first; return what tied them to other documents.

    Re-datings inside the document are taken back too, unless a match that ended by an event (a bounced payment)
    stood on one of their items for a while: then they have to stay, and the void follows the balance.
    """
    touching = {a.id: a for item in items for a in journal.applications_of(item)}
    in_force = [a for _, a in sorted(touching.items(), reverse=True) if a.in_force]
    started = {a.id: a.effective_on for a in touching.values()}
    ended_later = any(a.effective_on > started[a.reverses_id] for a in touching.values() if a.reverses_id)
    ours, outward = {item.id: item for item in items}, []
    for applied in in_force:
        inside = [n for n in (applied.from_item_id, applied.to_item_id) if n in ours]
        outside = [n for n in (applied.from_item_id, applied.to_item_id) if n not in ours]
        if not outside:
            if not ended_later:
                journal.reverse_application(applied)
            continue
        _refuse_if_moved(journal, ours[inside[0]], applied, documents)
        staged = journal.reverse_application(applied)
        for number in outside + (inside if ended_later else []):
            journal.return_to_origin(journal.item(number), applied.amount, staged.effective_on)
        outward.append(applied)
    return outward


def _refuse_if_moved(journal: Journal, item: ItemState, applied: ApplicationState, documents: set[int]) -> None:
    other = journal.item(applied.to_item_id if applied.from_item_id == item.id else applied.from_item_id)
    closes = other.kind in PAIRED and other.origin_item_id is None and other.document_id not in documents
    if closes:
        msg = f"{name_of(item)} was moved by a {other.kind} on {other.effective_on.isoformat()}: void that first"
        raise RuleBroken(msg, document=item.document_id, moved_by=other.document_id)


def _mirror(journal: Journal, document: Document, import_id: int | None) -> int:
    """Post the reversing document of the same kind on the document's own day and apply it in full."""
    items = journal.items_of(document.id)
    amounts = [Part(abs(i.amount), i.due_date, i.original_due_date) for i in items if i.amount]
    posted = journal.post(
        Entry(
            kind=document.kind,
            customer_id=document.customer_id,
            document_date=document.document_date,
            currency=document.currency,
            parts=amounts or [Part(0, document.document_date)],
            number=document.number,
            entity=document.entity,
            effective_on=document.effective_on,
            side=-items[0].side,
            tax_amount=None if document.tax_amount is None else abs(document.tax_amount),
            reason=document.reason,
            import_id=import_id,
            reverses_id=document.id,
        )
    )
    for number in posted.item_ids:
        _follow(journal, items, journal.item(number), document.effective_on)
    return posted.document_id


def _follow(journal: Journal, items: list[ItemState], mirror: ItemState, start: date) -> None:
    """Take the mirror's amount from whichever item holds it, from the earliest day on which it can be given."""
    days = sorted({start, *(day for item in items for day in item.moves if day > start)})
    for day in days:
        for item in items:
            left = least_from(mirror.moves, mirror.side, day)
            amount = min(left, least_from(item.moves, item.side, day))
            if amount > 0 and day >= item.effective_on:
                journal.carry(item, mirror, amount, day)


def _orphans(journal: Journal, undone: list[ApplicationState], documents: set[int]) -> list[int]:
    """Return dependent documents that now have nothing applied and were tied to the voided ones alone."""
    found: dict[int, None] = {}
    for applied in undone:
        for number in (applied.from_item_id, applied.to_item_id):
            item = journal.item(number)
            whole = balance_on(item.moves) == item.amount
            if item.kind in DEPENDENT and item.document_id not in documents and whole:
                found[item.document_id] = None
    return list(found)
