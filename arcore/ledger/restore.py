"""Taking a void back: documents stand again as they were, under new ids, with what stood on them applied again."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import col

from arcore.errors import AlreadyReversed
from arcore.errors import RuleBroken
from arcore.ledger.entry import ApplicationState
from arcore.ledger.entry import Entry
from arcore.ledger.entry import Part
from arcore.ledger.journal import Journal
from arcore.ledger.reposted import posted_again
from arcore.ledger.timeline import balance_on
from arcore.store.books import Application
from arcore.store.books import Document
from arcore.store.chunks import chunks


def restore(journal: Journal, void_ids: Sequence[int]) -> dict[int, int]:
    """Post again what voids took back and return old document → new document.

    Matches that ended with a void are made again from their own days, as far as both sides still can carry them.
    Agreed due dates inside a document are not made again. Raises RuleBroken for what is no void, AlreadyReversed when
    it was restored before.
    """
    journal.load_documents(void_ids)
    olds = [_voided(journal, number) for number in void_ids]
    journal.load_documents([old.id for old in olds])
    known = posted_again(journal.unit.session, [old.id for old in olds if old.number])
    if known:
        msg = "It was posted again since: nothing is there to restore"
        raise AlreadyReversed(msg, documents=sorted(known))
    ended = _ended(journal, void_ids, [item.id for old in olds for item in journal.items_of(old.id)])
    items: dict[int, int] = {}
    made: dict[int, int] = {}
    for old in sorted(olds, key=lambda document: document.id):
        made[old.id] = _post_again(journal, old, items)
    for applied in ended:
        _apply_again(journal, applied, items)
    return made


def _voided(journal: Journal, void_id: int) -> Document:
    void = journal.documents.get(void_id)
    if void.reverses_id is None or void.kind == "payment_reversal":
        msg = f"{void.number or void.id} takes nothing back that could be restored"
        raise RuleBroken(msg, document=void_id)
    old = journal.documents.get(void.reverses_id)
    if old.linked_id is not None:
        msg = f"{old.number or old.id} belongs to another document: post it again by hand"
        raise RuleBroken(msg, document=old.id)
    return old


def _post_again(journal: Journal, old: Document, items: dict[int, int]) -> int:
    first = [item for item in journal.items_of(old.id) if item.origin_item_id is None]
    posted = journal.post(
        Entry(
            kind=old.kind,
            customer_id=old.customer_id,
            document_date=old.document_date,
            currency=old.currency,
            parts=[Part(abs(item.amount), item.due_date, item.original_due_date) for item in first],
            number=old.number,
            entity=old.entity,
            effective_on=old.effective_on,
            side=first[0].side,
            tax_amount=None if old.tax_amount is None else abs(old.tax_amount),
            reason=old.reason,
            po_number=old.po_number,
            reference=old.reference,
            rate=old.rate,
            import_id=old.import_id,
        )
    )
    for item, number in zip(first, posted.item_ids, strict=True):
        items[item.id] = number
    for item in journal.items_of(old.id):
        # What stood on an agreed due date stands on the part that it was agreed for.
        items.setdefault(item.id, items[journal.root_of(item).id])
    return posted.document_id


def _ended(journal: Journal, void_ids: Sequence[int], items: Collection[int]) -> list[ApplicationState]:
    """Return the matches of the old items that ended when they were voided, oldest first."""
    moments = {journal.documents.get(number).recorded_at for number in void_ids}
    touching = {a.id: a for number in items for a in journal.applications_of(journal.item(number))}
    ends = col(Application.reverses_id)
    found: set[int | None] = set()
    for ids in chunks(touching):
        query = select(ends).where(ends.in_(ids), col(Application.recorded_at).in_(moments))
        found.update(journal.unit.session.execute(query).scalars())
    return [one for number, one in sorted(touching.items()) if number in found and one.amount > 0]


def _apply_again(journal: Journal, applied: ApplicationState, items: dict[int, int]) -> None:
    source, target = (items.get(number, number) for number in (applied.from_item_id, applied.to_item_id))
    if journal.item(source).document_id == journal.item(target).document_id:
        return
    part = min(applied.amount, -balance_on(journal.item(source).moves), balance_on(journal.item(target).moves))
    if part > 0:
        journal.apply(source, target, part, applied.effective_on)
