"""From one day to another, in causes that add up: open and overdue balance to the cent, DSO and CEI exactly."""

from __future__ import annotations

from collections.abc import Sequence
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
from arcore.dates import from_day
from arcore.dates import to_day
from arcore.errors import BadInput
from arcore.errors import NotFound
from arcore.money import digits
from arcore.money import from_minor
from arcore.reports.book import Version
from arcore.reports.explain import DocumentsBehind
from arcore.reports.filters import DOCUMENT
from arcore.reports.filters import Filters
from arcore.reports.rates import Gap
from arcore.reports.rates import converted
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
class Bridge:
    """The bridge of one currency, in minor units: opening + lines = closing."""

    currency: str
    opening: int
    lines: tuple[BridgeLine, ...]
    closing: int


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


class _Way(NamedTuple):
    """Balances of every item row at both ends, and what moved them, all as booked."""

    before: Ints
    after: Ints
    moves: Moves


def _way(seen: View, since: date, measure: Balance) -> _Way:
    key = ("bridge moves", seen.filters.in_currency(DOCUMENT).key(), since, measure)
    return seen.book.remembered(key, lambda: _made(seen, since, measure))


def _made(seen: View, since: date, measure: Balance) -> _Way:
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
    return _Way(ends[0], ends[1], moves)


def _report(seen: View, since: date, measure: Balance) -> BridgeReport:
    way = _way(seen, since, measure)
    held = seen.columns.currency
    used = np.zeros(max(1, len(seen.currencies)), np.bool_)
    for rows in (np.flatnonzero(way.before), np.flatnonzero(way.after), way.moves.row):
        used[held[rows]] = True
    codes, target = np.flatnonzero(used).tolist(), seen.filters.currency
    gaps = [] if target == DOCUMENT else _gaps(seen, codes, since, way)
    lacking = {gap.currency for gap in gaps}
    together = [code for code in codes if target != DOCUMENT and seen.currencies[code] not in lacking]
    groups = [(target, together)] if together else []
    groups += [(seen.currencies[code], [code]) for code in codes if code not in together]
    parts = tuple(_bridge(seen, since, way, currency, members) for currency, members in groups)
    return BridgeReport(seen.book.version, seen.filters, since, measure, parts, tuple(gaps))


def _gaps(seen: View, codes: Sequence[int], since: date, way: _Way) -> list[Gap]:
    """Return the currencies that can't be converted, each with the first day that lacks a rate."""
    rates, target, found = seen.book.around.rates, seen.filters.currency, []
    for code in codes:
        days = way.moves.dated[seen.columns.currency[way.moves.row] == code]
        earliest = min([since, *([from_day(int(days.min()))] if len(days) else [])])
        if rates.factor(seen.currencies[code], target, earliest) is None:
            found.append(Gap(seen.currencies[code], target, earliest))
    return found


def _bridge(seen: View, since: date, way: _Way, currency: str, members: Sequence[int]) -> Bridge:
    opening = closing = 0
    amounts, counts = np.zeros(len(_KEYS), np.int64), np.zeros(len(_KEYS), np.int64)
    for code in members:
        opening += _worth(seen, way.before, code, currency, since)
        closing += _worth(seen, way.after, code, currency, seen.filters.as_of)
        moves = way.moves.where(seen.columns.currency[way.moves.row] == code)
        line = _LINE_OF_CAUSE[moves.cause]
        np.add.at(amounts, line, _converted(seen, moves, code, currency))
        counts += _items_behind(moves, line)
    amounts[_KEYS.index(REVALUED)] = closing - opening - int(amounts.sum())
    lines = (
        BridgeLine(key, LABELS[key], amount, count)
        for key, amount, count in zip(_KEYS, amounts.tolist(), counts.tolist(), strict=True)
    )
    return Bridge(currency, opening, tuple(line for line in lines if line.amount), closing)


def _items_behind(moves: Moves, line: Ints) -> Ints:
    """Count, for every line, the items that it changed."""
    pairs, where = np.unique(moves.row * len(_KEYS) + line, return_inverse=True)
    net = np.zeros(len(pairs), np.int64)
    np.add.at(net, where, moves.amount)
    return np.bincount(pairs[net != 0] % len(_KEYS), minlength=len(_KEYS)).astype(np.int64)


def _worth(seen: View, balances: Ints, code: int, target: str, day: date) -> int:
    rows = np.flatnonzero((seen.columns.currency == code) & (balances != 0))
    factor = seen.book.around.rates.factor(seen.currencies[code], target, day)
    assert factor is not None  # noqa: S101  currencies without a rate stand in a bridge of their own
    return int(converted(balances[rows], factor).sum())


def _converted(seen: View, moves: Moves, code: int, target: str) -> Ints:
    """Return amounts at the rate of their documents' days, each rounded by itself."""
    name = seen.currencies[code]
    if name == target or len(moves.row) == 0:
        return moves.amount
    start, end = (from_day(int(day)) for day in (moves.dated.min(), moves.dated.max()))
    return converted(moves.amount, seen.book.around.rates.by_day(name, target, start, end)[moves.dated - to_day(start)])


def _documents(engine: Engine, seen: View, since: date, measure: Balance, line: str, currency: str) -> DocumentsBehind:
    report = balance_bridge(engine, seen.filters, since, measure)
    if currency not in {part.currency for part in report.parts}:
        raise NotFound(f"Nothing in {currency} moved", currency=currency)
    lacking = {gap.currency for gap in report.gaps}
    held, moves = seen.columns.currency, _way(seen, since, measure).moves
    moves = moves.where(_LINE_OF_CAUSE[moves.cause] == _KEYS.index(line))
    rows, booked, units = [np.empty(0, np.int64)], [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for code, name in enumerate(seen.currencies):
        own = seen.filters.currency == DOCUMENT or name in lacking
        if currency != (name if own else seen.filters.currency):
            continue
        mine = moves.where(held[moves.row] == code)
        if len(mine.row) == 0:
            continue
        row, where = np.unique(mine.row, return_inverse=True)
        sums = np.zeros((2, len(row)), np.int64)
        np.add.at(sums[0], where, mine.amount)
        np.add.at(sums[1], where, _converted(seen, mine, code, currency))
        kept = sums[0] != 0
        rows.append(row[kept])
        booked.append(sums[0][kept])
        units.append(sums[1][kept])
    total = next((each.amount for part in report.parts if part.currency == currency for each in part.lines
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
