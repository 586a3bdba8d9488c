"""Opening again what a file says is open after all: what was inferred ends on a day, what was matched too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from arcore.ledger.checks import is_closing
from arcore.ledger.classify import instead_of
from arcore.ledger.entry import ApplicationState
from arcore.ledger.entry import Entry
from arcore.ledger.entry import ItemState
from arcore.ledger.entry import Part
from arcore.ledger.journal import Journal
from arcore.ledger.kinds import LISTED
from arcore.ledger.kinds import SNAPSHOT


def give_back(journal: Journal, applied: ApplicationState, amount: int, on: date | None) -> None:
    """Take back part of an application; the rest is applied again from the same day."""
    staged = journal.unapply(applied.id, on)
    if applied.amount > amount:
        source, target = journal.item(applied.from_item_id), journal.item(applied.to_item_id)
        journal.stage_application(source, target, applied.amount - amount, staged.effective_on)


def reopen(
    journal: Journal, applied: ApplicationState, amount: int, on: date, inferred_id: int, *, import_id: int
) -> None:
    """End part of what was inferred on a day: a settlement opposite takes what it no longer closes."""
    give_back(journal, applied, amount, on)
    source, target = journal.item(applied.from_item_id), journal.item(applied.to_item_id)
    settlement = source if source.document_id == inferred_id else target
    posted = journal.post(
        Entry(
            kind="settlement",
            customer_id=settlement.customer_id,
            document_date=on,
            currency=settlement.currency,
            parts=(Part(amount, on),),
            number=settlement.number,
            entity=settlement.entity,
            side=-settlement.side,
            reference=f"ends settlement {settlement.document_id}",
            import_id=import_id,
        )
    )
    journal.carry(settlement, journal.item(posted.item_ids[0]), amount, on)


class Closed(NamedTuple):
    """What closed a document: another one (0: something inferred), and from when."""

    document_id: int
    since: date


def open_again(
    journal: Journal, items: Sequence[ItemState], amount: int, on: date, closed: Closed, *, import_id: int
) -> None:
    """Open `amount` of a document from a day: what `closed` names ends first, then what was inferred, then matches."""
    own = {item.id for item in items}
    found = {a.id: a for item in items for a in journal.applications_of(item) if a.in_force and a.amount > 0}
    ties = []
    for one in found.values():
        other = journal.item(one.to_item_id if one.from_item_id in own else one.from_item_id)
        if other.document_id != items[0].document_id and not is_closing(other):
            inferred = _inferred(journal, other)
            meant = other.document_id == closed.document_id if closed.document_id else inferred
            ties.append((meant, meant and one.effective_on == closed.since, inferred, one.id, one, other))
    for _, _, inferred, _, one, other in sorted(ties, key=lambda tie: tie[:4], reverse=True):
        part = min(amount, one.amount)
        if part <= 0 or (not inferred and items[0].side < 0):
            continue
        day = max(on, one.effective_on)
        if inferred and _settles(journal, other):
            reopen(journal, one, part, day, other.document_id, import_id=import_id)
        else:
            give_back(journal, one, part, day)
        amount -= part


def _inferred(journal: Journal, item: ItemState) -> bool:
    document = journal.documents.get(item.document_id)
    listed = document.kind in ("settlement", "payment") and document.reason in (LISTED, SNAPSHOT)
    return listed or instead_of(document.reference) is not None


def _settles(journal: Journal, item: ItemState) -> bool:
    """Tell whether an inferred document is a settlement, or stands by somebody's word in the place of one."""
    return item.kind == "settlement" or instead_of(journal.documents.get(item.document_id).reference) is not None
