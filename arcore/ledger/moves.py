"""Neutral moves of a balance: to another due date, another customer, another currency."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from arcore.errors import AlreadyReversed
from arcore.errors import BadInput
from arcore.errors import RuleBroken
from arcore.ledger.checks import check_days
from arcore.ledger.checks import name_of
from arcore.ledger.entry import Entry
from arcore.ledger.entry import ItemState
from arcore.ledger.entry import Part
from arcore.ledger.entry import Posted
from arcore.ledger.journal import Journal
from arcore.ledger.timeline import comes_free
from arcore.ledger.timeline import least_from
from arcore.money import from_minor
from arcore.money import is_currency

RATE_DIGITS = 10


def redate(journal: Journal, item_id: int, due_date: date, *, on: date, amount: int | None = None) -> ItemState:
    """Move `amount` (all that is open when None) of an item to a new agreed due date and return the new item.

    The new item stands under the same document, keeps the original due date, and counts from the first day
    not before `on` from which the old one can give the amount up. Raises RuleBroken when nothing is open, BadInput for
    a day that books can't hold.
    """
    check_days(due_date)
    old = journal.item(item_id)
    moved = least_from(old.moves, old.side, max(on, old.effective_on)) if amount is None else amount
    if moved <= 0:
        msg = f"{name_of(old)} has nothing open that could get a new due date"
        raise RuleBroken(msg, item=item_id)
    day = journal.first_day_to_carry(old, moved, on)
    new = journal.add_item(old, Part(0, due_date, old.original_due_date, old.id), effective_on=day)
    journal.carry(old, new, moved, day)
    return new


def move_back(journal: Journal, item_id: int, *, on: date) -> int:
    """Cancel a re-dating: move what is left back to the first item of the document and return the amount.

    From then on, whatever returns to this item (a bounced payment) is moved back in the same transaction, and what
    is known to return later is moved back on its day; a row of amount 0 marks that even when nothing is left today.
    Raises AlreadyReversed the second time.
    """
    item = journal.item(item_id)
    root = journal.root_of(item)
    if root is item:
        msg = f"{name_of(item)} still has its first due date; there is nothing to move back"
        raise RuleBroken(msg, item=item_id)
    day = max(on, item.effective_on)
    free = comes_free(item.moves, item.side, day)
    if not any(free.values()) and journal.moves_back(item):
        msg = f"This plan of {name_of(item)} was cancelled before"
        raise AlreadyReversed(msg, item=item_id)
    for since, amount in free.items():
        journal.carry(item, root, amount, since)
    return free[day]


def transfer(journal: Journal, item_id: int, amount: int, *, to_customer_id: int, on: date) -> Posted:
    """Move `amount` of an item to another customer by a linked pair and return the leg that carries on.

    The pair sums to zero; the leg that carries on keeps side, document date and both due dates of its origin.
    """
    item = journal.item(item_id)
    if to_customer_id == item.customer_id:
        msg = f"{name_of(item)} already belongs to that customer"
        raise RuleBroken(msg, item=item_id)
    return _pair(journal, item, amount, on=on, kind="transfer", customer_id=to_customer_id)


def convert(journal: Journal, item_id: int, amount: int, *, to_currency: str, to_amount: int, on: date) -> Posted:
    """Turn `amount` of an item into `to_amount` of another currency by a linked pair; its rate is kept on both."""
    item = journal.item(item_id)
    if to_currency == item.currency or not is_currency(to_currency):
        msg = f"{name_of(item)} is in {item.currency}; it can't be converted to {to_currency!r}"
        raise BadInput(msg, item=item_id, currency=to_currency)
    if to_amount <= 0:
        msg = "The converted amount is more than zero"
        raise BadInput(msg, amount=to_amount)
    return _pair(journal, item, amount, on=on, kind="conversion", to_currency=to_currency, to_amount=to_amount)


def _pair(
    journal: Journal,
    item: ItemState,
    amount: int,
    *,
    on: date,
    kind: str,
    customer_id: int | None = None,
    to_currency: str | None = None,
    to_amount: int | None = None,
) -> Posted:
    if amount <= 0:
        msg = "An amount to move is more than zero"
        raise BadInput(msg, amount=amount)
    day = journal.first_day_to_carry(item, amount, on)
    currency, carried = to_currency or item.currency, amount if to_amount is None else to_amount
    rate = None if to_currency is None else _rate(amount, item.currency, carried, currency)
    shared = {"kind": kind, "number": item.number, "entity": item.entity, "effective_on": day, "rate": rate}
    first = journal.unit.reached()["document_id"] + 1
    closing = journal.post(
        Entry(
            customer_id=item.customer_id,
            document_date=day,
            currency=item.currency,
            parts=[Part(amount, item.due_date, item.original_due_date)],
            side=-item.side,
            linked_id=first + 1,
            **shared,  # type: ignore[arg-type]
        )
    )
    carrying = journal.post(
        Entry(
            customer_id=customer_id or item.customer_id,
            document_date=item.document_date,
            currency=currency,
            parts=[Part(carried, item.due_date, item.original_due_date, item.id)],
            side=item.side,
            linked_id=first,
            **shared,  # type: ignore[arg-type]
        )
    )
    journal.carry(item, journal.item(closing.item_ids[0]), amount, day)
    return carrying


def _rate(amount: int, currency: str, to_amount: int, to_currency: str) -> str:
    """Return units of the target per unit of the source, rounded to ten digits, as a decimal text."""
    exact = Fraction(from_minor(to_amount, to_currency)) / Fraction(from_minor(amount, currency))
    value = Decimal(exact.numerator) / Decimal(exact.denominator)
    return format(round(value, RATE_DIGITS).normalize(), "f")
