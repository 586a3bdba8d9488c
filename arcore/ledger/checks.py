"""The rules that a document, a pair of items and a finished item have to keep."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from typing import Any

from arcore.errors import BadInput
from arcore.errors import BooksMoved
from arcore.errors import RuleBroken
from arcore.ledger.entry import Entry
from arcore.ledger.entry import ItemState
from arcore.ledger.kinds import BY_NAME
from arcore.ledger.kinds import CREDIT
from arcore.ledger.kinds import DEBIT
from arcore.ledger.kinds import RECOVERY
from arcore.ledger.timeline import crosses_zero
from arcore.money import LARGEST
from arcore.money import is_currency

FIRST_YEAR, LAST_YEAR = 1970, 2199
PAIRED = ("transfer", "conversion")
"""Kinds that come as two linked legs."""


def name_of(item: ItemState) -> str:
    """Name an item for a sentence: "Invoice INV-7"."""
    return f"{BY_NAME[item.kind].label} {item.number or item.document_id}"


def side_of(entry: Entry) -> int:
    """Return the side that a document's items are born on. Raises BadInput."""
    kind = BY_NAME.get(entry.kind)
    if kind is None:
        msg = f"{entry.kind!r} is no kind of document"
        raise BadInput(msg, kind=entry.kind)
    if entry.side is not None and entry.side not in (DEBIT, CREDIT):
        msg = f"A side is +1 (debit) or -1 (credit), not {entry.side}"
        raise BadInput(msg, side=entry.side)
    born = DEBIT if entry.kind == "write_off" and entry.reason == RECOVERY else kind.side
    side = born if entry.side is None else entry.side
    if side == 0:
        msg = f"A {kind.label.lower()} may be debit or credit: say which"
        raise BadInput(msg, kind=entry.kind)
    if born not in (side, 0) and entry.reverses_id is None:
        msg = f"A {kind.label.lower()} is always {'debit' if born == DEBIT else 'credit'}"
        raise BadInput(msg, kind=entry.kind)
    return side


def check_entry(entry: Entry) -> None:
    """Refuse what books can't hold: unknown currencies, negative or huge amounts, dates out of range."""
    if not is_currency(entry.currency):
        msg = f"{entry.currency!r} is no currency code (ISO 4217)"
        raise BadInput(msg, currency=entry.currency)
    if not entry.parts:
        msg = "A document needs at least one amount"
        raise BadInput(msg, number=entry.number)
    if any(part.amount < 0 for part in entry.parts) or sum(part.amount for part in entry.parts) >= LARGEST:
        msg = "Amounts of a document are positive and smaller than arcore's limit; its kind gives the sign"
        raise BadInput(msg, number=entry.number)
    dues = [day for part in entry.parts for day in (part.due_date, part.original_due_date or part.due_date)]
    check_days(entry.document_date, entry.effective_on or entry.document_date, *dues)


def check_days(*days: date) -> None:
    """Refuse days that no book can hold, such as a typing error in the year. Raises BadInput."""
    for day in days:
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            msg = f"{day.isoformat()} is not a date that books can hold ({FIRST_YEAR} to {LAST_YEAR})"
            raise BadInput(msg, date=day.isoformat())


def check_pair(source: ItemState, target: ItemState, amount: int) -> None:
    """Refuse an application that is not from a credit to a debit of one entity and currency."""
    if amount <= 0:
        msg = "An amount to apply is more than zero"
        raise BadInput(msg, amount=amount)
    if (source.side, target.side) != (CREDIT, DEBIT):
        msg = f"Money is applied from a credit to a debit: {name_of(source)} to {name_of(target)} is not that"
        raise RuleBroken(msg, from_item=source.id, to_item=target.id)
    for what, ours, theirs in (
        ("entities", source.entity, target.entity),
        ("currencies", source.currency, target.currency),
    ):
        if ours != theirs:
            msg = f"{name_of(source)} ({ours}) and {name_of(target)} ({theirs}) are in different {what}"
            hint = ": convert the amount first" if what == "currencies" else ""
            raise RuleBroken(msg + hint, from_item=source.id, to_item=target.id)


def check_item(item: ItemState) -> None:
    """Refuse an item that crosses zero on any day, or moves before its first. Raises RuleBroken."""
    if item.untouched and item.amount * item.side >= 0:
        return
    day = crosses_zero(item.moves, item.side)
    if day is not None:
        raise RuleBroken(
            f"{name_of(item)} would be overdrawn on {day.isoformat()}: take back first what was applied to it",
            item=item.id,
            day=day.isoformat(),
        )
    early = min(item.moves)
    if early < item.effective_on:
        raise RuleBroken(
            f"Nothing can count on {name_of(item)} before {item.effective_on.isoformat()}, the day it begins",
            item=item.id,
            day=early.isoformat(),
        )


def is_closing(item: ItemState) -> bool:
    """Tell whether an item is the leg of a transfer or conversion that closes what was moved."""
    return item.kind in PAIRED and item.origin_item_id is None


def check_unapply(source: ItemState, target: ItemState) -> None:
    """Refuse to take apart what belongs together: a void and its document, the closing leg of a transfer."""
    for item, other in ((source, target), (target, source)):
        if item.reverses_id is not None:
            msg = f"{name_of(other)} was taken back as a whole; post it again instead of taking back the match"
            raise RuleBroken(msg, document=item.document_id)
        if is_closing(item):
            msg = f"This row belongs to a {item.kind} of {name_of(other)}: void the {item.kind} instead"
            raise RuleBroken(msg, document=item.document_id)


def check_expected(effects: Sequence[Mapping[str, Any]], expected: Sequence[Mapping[str, Any]] | None) -> None:
    """Refuse effects other than those a preview showed; ids of what is posted may differ. Raises BooksMoved."""
    told = ("kind", "number", "currency", "before", "after")
    if expected is not None and [[e[n] for n in told] for e in effects] != [[e[n] for n in told] for e in expected]:
        msg = "The books changed since this preview was made; nothing was written. Look at it again"
        raise BooksMoved(msg)
