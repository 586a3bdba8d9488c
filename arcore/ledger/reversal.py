"""Taking documents back: void (a correction, on its own day); a bounced payment and a recovery (events, on theirs)."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from arcore.errors import AlreadyReversed
from arcore.errors import RuleBroken
from arcore.ledger.checks import PAIRED
from arcore.ledger.checks import is_closing
from arcore.ledger.checks import name_of
from arcore.ledger.entry import ApplicationState
from arcore.ledger.entry import Entry
from arcore.ledger.entry import ItemState
from arcore.ledger.entry import Part
from arcore.ledger.entry import Posted
from arcore.ledger.journal import Journal
from arcore.ledger.kinds import RECOVERY
from arcore.ledger.recall import release
from arcore.ledger.timeline import balance_on
from arcore.money import plain
from arcore.store.books import Document

DEPENDENT = ("write_off", "discount", "settlement", "fx_difference")
"""Kinds that have no life of their own: voiding the only document they are applied to voids them too."""


class Released(NamedTuple):
    """What voiding a document did: the ids of the voids, the matches it ended, the documents that were voided."""

    voids: tuple[int, ...]
    matches: tuple[ApplicationState, ...]
    documents: frozenset[int]


def void(journal: Journal, document_id: int, *, import_id: int | None = None) -> list[int]:
    """Take a document back from its own day on and return the ids of the reversing documents.

    What was applied to it is un-applied first, each from its own day: payments and credit notes stay,
    unapplied; write-offs, discounts and settlements of it alone go with it, and recoveries with their write-off.
    Both legs of a transfer or conversion go together. Raises AlreadyReversed, NotFound, or RuleBroken when its
    balance was moved elsewhere.
    """
    released = void_alone(journal, document_id, import_id=import_id)
    voided = list(released.voids)
    for dependent in orphans(journal, released):
        voided += void(journal, dependent, import_id=import_id)
    return voided


def void_alone(journal: Journal, document_id: int, *, import_id: int | None = None) -> Released:
    """Void a document, the other leg of a pair and recoveries, but nothing yet that depends on it: see `orphans`.

    For many voids at once, after which some of what depended on them stands on something else again. Raises as `void`.
    """
    document = _standing(journal, document_id)
    documents = [document]
    if document.kind in PAIRED and document.linked_id is not None:
        documents.append(_standing(journal, document.linked_id))
    ids = {d.id for d in documents}
    items = [item for d in documents for item in journal.items_of(d.id)]
    undone = _release(journal, items, ids)
    voided = [_mirror(journal, d, import_id) for d in documents]
    for recovery in [found.id for number in sorted(ids) for found in journal.documents.recoveries(number)]:
        voided += void(journal, recovery, import_id=import_id)
    return Released(tuple(voided), tuple(undone), frozenset(ids))


def reverse_payment(journal: Journal, document_id: int, *, on: date, reason: str = "") -> Posted:
    """Book a bounced payment as an event of `on`: matches end that day, the debt is open again, history stays.

    What was moved to another customer or currency comes back by a pair of that day. Raises AlreadyReversed, NotFound,
    or RuleBroken when it is no payment or came later.
    """
    document = _standing(journal, document_id)
    if document.kind != "payment":
        msg = f"Only a payment can bounce; {document.number or document.id} is a {document.kind.replace('_', ' ')}"
        raise RuleBroken(msg, document=document_id)
    if on < document.effective_on:
        msg = f"A payment of {document.effective_on.isoformat()} can't bounce on {on.isoformat()}, before it came"
        raise RuleBroken(msg, document=document_id)
    items = [item for item in journal.items_of(document_id) if item.amount]
    free = release(journal, journal.items_of(document_id), on)
    posted = journal.post(
        Entry(
            kind="payment_reversal",
            customer_id=document.customer_id,
            document_date=on,
            currency=document.currency,
            parts=[Part(-item.amount, on) for item in items],
            number=document.number,
            entity=document.entity,
            reason=reason,
            reverses_id=document.id,
        )
    )
    owed = [journal.item(number) for number in posted.item_ids]
    for item, amount in free:
        _pay(journal, item, owed, amount, on)
    return posted


def recover(journal: Journal, document_id: int, amount: int, *, on: date) -> Posted:
    """Take `amount` (positive minor units) of a write-off back because the money comes after all: a debit of `on`.

    The money is then recorded as a payment and applied to it. Raises RuleBroken for other documents, days before
    the write-off, or more than was written off.
    """
    document = _standing(journal, document_id)
    name = document.number or str(document.id)
    if document.kind != "write_off" or document.amount >= 0:
        msg = f"Only what was written off can be recovered; {name} is no write-off"
        raise RuleBroken(msg, document=document_id)
    recovered = sum(found.amount for found in journal.documents.recoveries(document.id))
    if on < document.effective_on or not 0 < amount <= -document.amount - recovered:
        left = plain(-document.amount - recovered, document.currency)
        msg = f"{left} {document.currency} of {name} can be recovered, from {document.effective_on.isoformat()} on"
        raise RuleBroken(msg, document=document_id, left=left)
    return journal.post(
        Entry(
            kind="write_off",
            customer_id=document.customer_id,
            document_date=on,
            currency=document.currency,
            parts=[Part(amount, on)],
            number=document.number,
            entity=document.entity,
            reason=RECOVERY,
            linked_id=document.id,
        )
    )


def _pay(journal: Journal, item: ItemState, owed: list[ItemState], amount: int, on: date) -> None:
    """Apply `amount` of a credit to the debits in their order."""
    for debit in owed:
        part = min(amount, balance_on(debit.moves))
        if part > 0:
            journal.apply(item.id, debit.id, part, on)
            amount -= part


def _standing(journal: Journal, document_id: int) -> Document:
    document = journal.documents.get(document_id)
    name = document.number or str(document.id)
    if document.reverses_id is not None:
        msg = f"{name} itself takes a document back; post that document again instead"
        raise RuleBroken(msg, document=document_id)
    if journal.documents.taken_back(document_id):
        msg = f"{name} was taken back before"
        raise AlreadyReversed(msg, document=document_id)
    return document


def _release(journal: Journal, items: list[ItemState], documents: set[int]) -> list[ApplicationState]:
    """Un-apply what ties the items to other documents, newest first, each from its own day, and return it.

    Re-datings inside the document stay; what returns to a cancelled plan, here or there, is moved back.
    """
    ours = {item.id: item for item in items}
    touching = {a.id: a for item in items for a in journal.applications_of(item)}
    released = []
    for applied in (a for _, a in sorted(touching.items(), reverse=True) if a.in_force):
        ends = (applied.from_item_id, applied.to_item_id)
        inside = [ours[number] for number in ends if number in ours]
        if len(inside) == len(ends):
            continue
        _refuse_if_moved(journal, inside[0], applied, documents)
        staged = journal.reverse_application(applied)
        for number in ends:
            journal.return_to_origin(journal.item(number), applied.amount, staged.effective_on)
        released.append(applied)
    return released


def _refuse_if_moved(journal: Journal, item: ItemState, applied: ApplicationState, documents: set[int]) -> None:
    other = journal.item(applied.to_item_id if applied.from_item_id == item.id else applied.from_item_id)
    if is_closing(other) and other.document_id not in documents:
        msg = f"{name_of(item)} was moved by a {other.kind} on {other.effective_on.isoformat()}: void that first"
        raise RuleBroken(msg, document=item.document_id, moved_by=other.document_id)
    if other.reverses_id is not None:
        msg = f"This {item.kind} brought {name_of(other)} home; it stays as long as that does"
        raise RuleBroken(msg, document=item.document_id, belongs_to=other.document_id)


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
    _follow(journal, items, [journal.item(number) for number in posted.item_ids])
    return posted.document_id


def _follow(journal: Journal, items: list[ItemState], mirrors: list[ItemState]) -> None:
    """Let the mirrors take whatever is open on the items on each day, so that nothing of the document shows any more.

    Where money that bounced later stood on the document for a while, the mirrors hold as much unapplied meanwhile.
    """
    days = sorted({day for item in items for day in item.moves})
    held: dict[int, list[ApplicationState]] = {item.id: [] for item in items}
    changes = [(day, item, item.moves.get(day, 0) * item.side) for day in days for item in items]
    for day, group in groupby(changes, key=itemgetter(0)):
        # What one item gives up another may take on the same day: falls come first.
        for _, item, change in sorted(group, key=itemgetter(2)):
            left = change if change > 0 else change + _let_go(journal, held[item.id], -change, day)
            for mirror in mirrors:
                part = min(left, balance_on(mirror.moves) * mirror.side)
                if part > 0:
                    held[item.id].append(journal.carry(item, mirror, part, day))
                    left -= part


def _let_go(journal: Journal, held: list[ApplicationState], amount: int, day: date) -> int:
    """End the last matches of a mirror from `day` until `amount` is free; return how much is, which may be more."""
    freed = 0
    while freed < amount:
        last = held.pop()
        journal.reverse_application(last, day)
        freed += last.amount
    return freed


def orphans(journal: Journal, released: Released) -> list[int]:
    """Return dependent documents that now have nothing applied and were tied to what was voided alone.

    One that reached them through the books of a merged customer is found by its transfer, which goes first.
    """
    found: dict[int, None] = {}
    for applied in released.matches:
        for number in (applied.from_item_id, applied.to_item_id):
            item = journal.item(number)
            moved = item.kind in PAIRED and item.origin_item_id is not None
            kind = journal.item(item.origin_item_id).kind if moved and item.origin_item_id else item.kind
            whole = balance_on(item.moves) == item.amount
            if kind in DEPENDENT and item.document_id not in released.documents and whole:
                found[item.document_id] = None
    return list(found)
