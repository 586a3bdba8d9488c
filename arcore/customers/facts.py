"""What holds for a customer on a day: the latest dated row that has begun; and what each such fact may be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from decimal import InvalidOperation
from typing import NamedTuple

from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.errors import BadInput
from arcore.ledger.checks import check_days
from arcore.money import to_minor
from arcore.store.customers import DATED
from arcore.store.customers import CustomerFact

LIMITS = ("credit_limit", "insured_limit")
STATUSES = ("normal", "insolvent", "direct_debit", "factored", "legal")
LONGEST_EXTENSION = 3650
"""Days past the first due date; no insurer goes near it, so more is a typing error."""


class Dated(NamedTuple):
    """One dated row: `value` holds from `valid_from` (inclusive) on; an empty one ends what held before."""

    customer_id: int
    name: str
    value: str
    valid_from: date


def on_day(rows: Iterable[Dated], as_of: date) -> dict[int, dict[str, str]]:
    """Return name → value per customer as of a day; rows come in the order they were recorded.

    The latest `valid_from` not after the day wins, then the row recorded last. Ended facts are left out.
    """
    best: dict[tuple[int, str], Dated] = {}
    for row in rows:
        known = best.get((row.customer_id, row.name))
        if row.valid_from <= as_of and (known is None or row.valid_from >= known.valid_from):
            best[row.customer_id, row.name] = row
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for row in best.values():
        if row.value:
            found[row.customer_id][row.name] = row.value
    return dict(found)


def read(session: Session, customer_id: int | None = None) -> list[Dated]:
    """Read the dated rows of one customer or of all, in the order they were recorded."""
    query = select(
        col(CustomerFact.customer_id), col(CustomerFact.name), col(CustomerFact.value), col(CustomerFact.valid_from)
    ).order_by(col(CustomerFact.id))
    if customer_id is not None:
        query = query.where(col(CustomerFact.customer_id) == customer_id)
    return [Dated(*row) for row in session.execute(query)]


def check_fact(name: str, value: str) -> None:
    """Refuse a value that a fact can't have; "" always may be: it ends what held before. Raises BadInput."""
    if name not in DATED:
        msg = f"{name!r} is not kept by date; one of {', '.join(DATED)}"
        raise BadInput(msg, name=name)
    if value == "":
        return
    if name == "status" and value not in STATUSES:
        msg = f"{value!r} is no status; one of {', '.join(STATUSES)}"
        raise BadInput(msg, value=value)
    if name == "hold_until":
        _day(value)
    if name == "max_extension":
        _days(value)
    if name == "key_account" and value != "yes":
        msg = f'{value!r} says neither yes nor no: a key account is "yes", any other ""'
        raise BadInput(msg, value=value)
    if name == "policy" and value != "none":
        msg = f'{value!r} is no way to remind: "none" for no reminders at all, "" for those of the company'
        raise BadInput(msg, value=value)


def kept_value(name: str, value: str, currency: str) -> str:
    """Return a value in the one way it is kept: limits in minor units, days ISO, numbers without leading zeros.

    A limit is a decimal amount of `currency`. Raises BadInput.
    """
    if value == "":
        return ""
    if name in LIMITS:
        return _limit(value, currency)
    if name == "hold_until":
        return _day(value).isoformat()
    return str(_days(value)) if name == "max_extension" else value.strip()


def _day(value: str) -> date:
    try:
        day = date.fromisoformat(value)
    except ValueError as error:
        msg = f"{value!r} is no date: a stop of reminders needs its last day, such as 2026-12-31"
        raise BadInput(msg, value=value) from error
    check_days(day)
    return day


def _days(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) < 9 and int(value) <= LONGEST_EXTENSION):
        msg = f"{value!r} is no number of days: an insurer's longest extension is 0 to {LONGEST_EXTENSION:,} whole days"
        raise BadInput(msg, value=value)
    return int(value)


def _limit(value: str, currency: str) -> str:
    try:
        amount = Decimal(value)
    except InvalidOperation as error:
        msg = f"{value!r} is not an amount"
        raise BadInput(msg, value=value) from error
    if not currency:
        msg = "Give the customer a currency first: a limit is an amount of it"
        raise BadInput(msg, value=value)
    if amount < 0:
        msg = "A limit is zero or more"
        raise BadInput(msg, value=value)
    return str(to_minor(amount, currency))
