"""Bring money back, as an event of a day, from wherever it was applied or moved."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from arcore.errors import NotFound
from arcore.ledger import moves
from arcore.ledger.checks import is_closing
from arcore.ledger.entry import ItemState
from arcore.ledger.journal import Journal
from arcore.ledger.timeline import balance_on


class Free(NamedTuple):
    """An item and how much of it (positive minor units) is not applied any more."""

    item: ItemState
    amount: int


def release(journal: Journal, items: list[ItemState], on: date) -> list[Free]:
    """End every match of a document's items on `on` and return what is free then, its own items and others.

    Others are what came back from other customers or currencies, by transfers and conversions of that day. A match
    that begins later than `on` ends on its own first day.
    """
    back: list[Free] = []
    for item in items:
        for applied in reversed(journal.applications_of(item)):
            other = journal.item(applied.to_item_id if applied.from_item_id == item.id else applied.from_item_id)
            if not applied.in_force:
                continue
            if other.document_id == item.document_id:
                journal.reverse_application(applied, on)
            elif is_closing(other):
                back += _recall(journal, other, on)
            else:
                journal.unapply(applied.id, on)
    free = [Free(item, balance_on(item.moves) * item.side) for item in items]
    return [part for part in free if part.amount] + back


def _recall(journal: Journal, closing: ItemState, on: date) -> list[Free]:
    """Send what a transfer or conversion carried away back to where it came from, by pairs of the day `on`."""
    linked_id = journal.documents.get(closing.document_id).linked_id
    if linked_id is None:
        msg = f"The other half of document {closing.document_id} is not there"
        raise NotFound(msg, document=closing.document_id)
    parts = release(journal, journal.items_of(linked_id), on)
    carried, total = sum(part.amount for part in parts), abs(closing.amount)
    back, sent = [], 0
    for number, (item, amount) in enumerate(parts, start=1):
        # What a conversion rounds away goes with the last part, so that the whole comes back.
        share = total - sent if number == len(parts) else total * amount // carried
        sent += share
        if item.currency == closing.currency:
            posted = moves.transfer(journal, item.id, amount, to_customer_id=closing.customer_id, on=on)
        else:
            posted = moves.convert(journal, item.id, amount, to_currency=closing.currency, to_amount=share, on=on)
        back.append(Free(journal.item(posted.item_ids[0]), share))
    return back
