"""From one day to another, in causes that add up: open and overdue balance to the cent, DSO and CEI exactly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal
from typing import NamedTuple

import numpy as np
from sqlalchemy import Engine

from arcore.analytics.columns import Ints
from arcore.analytics.documents import Behind
from arcore.analytics.moves import CAUSES
from arcore.analytics.moves import Moves
from arcore.analytics.moves import births
from arcore.analytics.moves import overdue_moves
from arcore.analytics.moves import overdue_of
from arcore.analytics.open_items import balances_at
from arcore.dates import to_day
from arcore.errors import BadInput
from arcore.errors import NotFound
from arcore.money import digits
from arcore.money import from_minor
from arcore.reports.book import Version
from arcore.reports.explain import DocumentsBehind
from arcore.reports.filters import DOCUMENT
from arcore.reports.filters import Filters
from arcore.reports.lanes import Held
from arcore.reports.lanes import Lanes
from arcore.reports.lanes import Part
from arcore.reports.lanes import Way
from arcore.reports.lanes import lanes
from arcore.reports.lanes import moved
from arcore.reports.lanes import parts_of
from arcore.reports.lanes import worth
from arcore.reports.rates import Gap
from arcore.reports.rates import Quote
from arcore.reports.view import View
from arcore.reports.view import view

Balance = Literal["open", "overdue"]
BALANCES: tuple[Balance, ...] = ("open", "overdue")
REVALUED = "revalued"
LABELS = {
    "invoiced": "Invoiced and charged",
    "fell_due": "Fell due",
    "collected": "Collected, less refunds and bounced payments",
    "credited": "Credited and discounted",
    "written_off": "Written off, less recoveries",
    "settled": "Settled, unexplained",
    "transferred": "Transferred and converted",
    "exchange": "Exchange differences",
    "redated": "Re-dated",
    REVALUED: "Revalued",
}
"""The lines of a bridge, in their order."""
_KEYS = tuple(LABELS)
_LINE_OF_CAUSE = np.array([_KEYS.index({"refunded": "collected"}.get(cause, cause)) for cause in CAUSES], np.int64)


class BridgeLine(NamedTuple):
    """One cause, in minor units (+ raises the balance), and how many documents are behind it."""

    key: str
    label: str
    amount: int
    documents: int


@dataclass(frozen=True)
class Revaluation:
    """One currency from the opening to the closing balance, in minor units, booked and converted.

    Opening + moved = closing as booked. Converted the opening balance has the rate of its day, each movement that of
    its document's, the closing balance that of its own; what they leave is what the rates did.

    Attributes:
        currency: what it was booked in.
        rates: of the opening and of the closing day, each with the day it was quoted for; None where nothing was open.
    """

    currency: str
    opening: int
    moved: int
    closing: int
    rates: tuple[Quote | None, Quote | None]
    opening_worth: int
    moved_worth: int
    closing_worth: int

    @property
    def amount(self) -> int:
        """What the rates did, in minor units of the currency it is converted into."""
        return self.closing_worth - self.opening_worth - self.moved_worth


@dataclass(frozen=True)
class Bridge:
    """The bridge of one currency, in minor units: opening + lines = closing.

    Attributes:
        revaluations: the currencies that were converted; their amounts add up to the line "revalued".
    """

    currency: str
    opening: int
    lines: tuple[BridgeLine, ...]
    closing: int
    revaluations: tuple[Revaluation, ...] = ()


@dataclass(frozen=True)
class BridgeReport:
    """The way of a balance from the end of `since` to the end of the as-of day.

    Attributes:
        parts: one bridge per currency as booked; when a currency was asked for, that one first, and behind it those
            that lack a rate.
        gaps: rates that are missing.
    """

    version: Version
    filters: Filters
    since: date
    measure: Balance
    parts: tuple[Bridge, ...]
    gaps: tuple[Gap, ...]


def balance_bridge(engine: Engine, filters: Filters, since: date, measure: Balance = "open") -> BridgeReport:
    """Explain the change of the open or the overdue balance from the end of `since` to the end of the as-of day.

    Overdue are debit items past due by the date of the filters: what was paid, credited or re-dated counts when it was
    past due by then, and what was still open on its due date fell due. Converted, balances have the rate of their day
    and movements that of their document; what this leaves is "revalued", nothing in the currency of the documents.
    Customers are those within the filters as of the later day. Raises BadInput when `since` is not before it.
    """
    _refuse(measure, filters, since)
    seen = view(engine, filters)
    key = ("bridge", filters.key(), since, measure)
    return seen.book.remembered(key, lambda: _report(seen, since, measure))


def line_documents(
    engine: Engine, filters: Filters, since: date, measure: Balance, line: str, currency: str
) -> DocumentsBehind:
    """Return the documents behind one line of a bridge in one of its currencies, largest first; they add up to it.

    Raises NotFound for a line without documents: "revalued" is a difference between rates.
    """
    _refuse(measure, filters, since)
    if line not in LABELS or line == REVALUED:
        raise NotFound(f"{line} has no documents behind it", line=line)
    seen = view(engine, filters)
    key = ("bridge documents", filters.key(), since, measure, line, currency)
    return seen.book.remembered(key, lambda: _documents(engine, seen, since, measure, line, currency))


def _refuse(measure: str, filters: Filters, since: date) -> None:
    if measure not in BALANCES:
        raise BadInput(f"{measure!r} has no bridge of documents; one of {', '.join(BALANCES)}", measure=measure)
    if since >= filters.as_of:
        raise BadInput("The first day of a bridge lies before the second", since=since, as_of=filters.as_of)


def _way(seen: View, since: date, measure: Balance) -> Way:
    key = ("bridge moves", seen.filters.in_currency(DOCUMENT).key(), since, measure)
    return seen.book.remembered(key, lambda: _made(seen, since, measure))


def _made(seen: View, since: date, measure: Balance) -> Way:
    columns, first, last = seen.columns, to_day(since), seen.as_of
    ends = [balances_at(columns, day) for day in (first, last)]
    if measure == "open":
        moves = births(columns, first, last, seen.mask)
    else:
        basis = seen.filters.basis
        moves = overdue_moves(columns, first, last, basis, seen.mask)
        ends = [overdue_of(columns, end, day, basis) for end, day in zip(ends, (first, last), strict=True)]
    if len(seen.mask):
        ends = [np.where(seen.mask, end, 0) for end in ends]
    return Way(Held.of(ends[0]), Held.of(ends[1]), moves)


def _report(seen: View, since: date, measure: Balance) -> BridgeReport:
    way, found = _way(seen, since, measure), lanes(seen)
    together, gaps = parts_of(seen, found, since, way)
    parts = tuple(_bridge(seen, found, part, since, way) for part in together)
    return BridgeReport(seen.book.version, seen.filters, since, measure, parts, gaps)


def _bridge(seen: View, found: Lanes, part: Part, since: date, way: Way) -> Bridge:
    amounts, counts = np.zeros(len(_KEYS), np.int64), np.zeros(len(_KEYS), np.int64)
    through = []
    for lane in part.lanes:
        moves = way.moves.where(found.of[way.moves.row] == lane)
        line = _LINE_OF_CAUSE[moves.cause]
        units = moved(seen.book.around.rates, moves.amount, moves.dated, found.held[lane], part.currency)
        np.add.at(amounts, line, units)
        counts += _items_behind(moves, line)
        booked = int(moves.amount.sum()), int(units.sum())
        through.append(_through(seen, found, lane, part.currency, since, way, booked))
    opening, closing = sum(one.opening_worth for one in through), sum(one.closing_worth for one in through)
    amounts[_KEYS.index(REVALUED)] = sum(one.amount for one in through)
    lines = (
        BridgeLine(key, LABELS[key], amount, count)
        for key, amount, count in zip(_KEYS, amounts.tolist(), counts.tolist(), strict=True)
    )
    foreign = tuple(one for one in through if one.currency != part.currency)
    return Bridge(part.currency, opening, tuple(line for line in lines if line.amount), closing, foreign)


def _through(
    seen: View, found: Lanes, lane: int, target: str, since: date, way: Way, booked: tuple[int, int]
) -> Revaluation:
    """Follow one currency from the opening to the closing balance, booked and converted."""
    rates, held = seen.book.around.rates, found.held[lane]
    days = ((way.before, since), (way.after, seen.filters.as_of))
    ends = [(end.where(found.of[end.row] == lane).units, day) for end, day in days]
    opening, closing = (int(worth(rates, units, held, target, day).sum()) for units, day in ends)
    quotes = [rates.on(held, target, day) for _, day in ends]
    return Revaluation(
        currency=held,
        opening=int(ends[0][0].sum()),
        moved=booked[0],
        closing=int(ends[1][0].sum()),
        rates=(quotes[0], quotes[1]),
        opening_worth=opening,
        moved_worth=booked[1],
        closing_worth=closing,
    )


def _items_behind(moves: Moves, line: Ints) -> Ints:
    """Count, for every line, the items that it changed."""
    pairs, where = np.unique(moves.row * len(_KEYS) + line, return_inverse=True)
    net = np.zeros(len(pairs), np.int64)
    np.add.at(net, where, moves.amount)
    return np.bincount(pairs[net != 0] % len(_KEYS), minlength=len(_KEYS)).astype(np.int64)


def _documents(engine: Engine, seen: View, since: date, measure: Balance, line: str, currency: str) -> DocumentsBehind:
    way, found = _way(seen, since, measure), lanes(seen)
    part = next((part for part in parts_of(seen, found, since, way)[0] if part.currency == currency), None)
    if part is None:
        raise NotFound(f"Nothing in {currency} moved", currency=currency)
    moves = way.moves.where(_LINE_OF_CAUSE[way.moves.cause] == _KEYS.index(line))
    rows, booked, units = [np.empty(0, np.int64)], [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for lane in part.lanes:
        mine = moves.where(found.of[moves.row] == lane)
        if len(mine.row) == 0:
            continue
        row, where = np.unique(mine.row, return_inverse=True)
        sums = np.zeros((2, len(row)), np.int64)
        np.add.at(sums[0], where, mine.amount)
        np.add.at(sums[1], where, moved(seen.book.around.rates, mine.amount, mine.dated, found.held[lane], currency))
        kept = sums[0] != 0
        rows.append(row[kept])
        booked.append(sums[0][kept])
        units.append(sums[1][kept])
    bridges = balance_bridge(engine, seen.filters, since, measure).parts
    total = next((each.amount for one in bridges if one.currency == currency for each in one.lines
                  if each.key == line), 0)  # fmt: skip
    return behind(engine, seen, line, currency, total, *map(np.concatenate, (rows, booked, units)))


def behind(
    engine: Engine, seen: View, part: str, currency: str, total: int, rows: Ints, booked: Ints, units: Ints
) -> DocumentsBehind:
    """Lay item rows out as documents, largest first; `booked` in their own, `units` and `total` in one currency."""
    order = np.lexsort((rows, -np.abs(units)))
    return DocumentsBehind(
        engine=engine,
        seen=seen,
        part=part,
        currency=currency,
        total=Decimal(from_minor(total, currency)),
        behind=Behind("items", rows[order], booked[order]),
        amounts=units[order] * 10.0 ** -digits(currency),
    )
