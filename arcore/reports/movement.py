"""What moved between two days: from the balance before to the balance now, bucket by bucket, to the cent.

Every movement stands in the bucket where its item is at the end: a payment of an invoice that is 40 days late lowers
1-30 or 31-60, whichever it is now. What only grew older, or got another due date, moves between buckets and adds up to
nothing. In one reporting currency, balances are converted at the rate of their day and flows at that of their
document, so what is left was revalued; in the currency of the documents it is always zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine

from arcore.analytics.buckets import EDGES
from arcore.analytics.buckets import columns_of
from arcore.analytics.buckets import offsets
from arcore.analytics.columns import Days
from arcore.analytics.columns import Ints
from arcore.analytics.moves import CAUSES
from arcore.analytics.moves import moves_between
from arcore.analytics.open_items import balances_at
from arcore.dates import to_day
from arcore.errors import BadInput
from arcore.reports.book import Version
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
from arcore.reports.view import View
from arcore.reports.view import view

LINES = {
    "invoiced": "Invoiced",
    "credited": "Credit notes and discounts",
    "collected": "Cash in",
    "refunded": "Refunds and bounced payments",
    "written_off": "Written off",
    "settled": "Settled, unexplained",
    "transferred": "Transferred and converted",
    "exchange": "Exchange differences",
    "redated": "Re-dated",
    "aged": "Fell due and grew older",
    "currency": "Revalued",
}
"""The lines of the bridge, in their order."""

_NAMES = tuple(LINES)
LINE_OF_CAUSE = np.array([_NAMES.index(cause) if cause in LINES else -1 for cause in CAUSES], np.int64)
"""Position in LINES of each cause; a fall into arrears is no cause here: it is part of "aged"."""


@dataclass(frozen=True)
class Line:
    """One cause; `amounts` by bucket (not due, …, unapplied) in minor units, + raises what is owed to us."""

    key: str
    label: str
    amounts: tuple[int, ...]

    @property
    def total(self) -> int:
        """What it did to the open balance."""
        return sum(self.amounts)


@dataclass(frozen=True)
class Movement:
    """The bridge of one currency: opening + lines = closing, in every bucket and in total."""

    currency: str
    opening: Line
    lines: tuple[Line, ...]
    closing: Line


@dataclass(frozen=True)
class MovementReport:
    """The bridges between the end of `since` and the end of the as-of day.

    Attributes:
        columns: names of the buckets.
        parts: one bridge per currency as booked; when a currency was asked for, that one first, and behind it those
            that lack a rate.
        gaps: rates that are missing.
    """

    version: Version
    filters: Filters
    since: date
    columns: tuple[str, ...]
    parts: tuple[Movement, ...]
    gaps: tuple[Gap, ...]


def between(engine: Engine, filters: Filters, since: date, *, edges: Sequence[int] = EDGES) -> MovementReport:
    """Explain the change of every bucket from the end of `since` to the end of the as-of day.

    Customers are those within the filters as of the later day. Raises BadInput when `since` is not before it.
    """
    if since >= filters.as_of:
        raise BadInput("The first day of a movement lies before the second", since=since, as_of=filters.as_of)
    seen = view(engine, filters)
    key = ("movement", filters.key(), since, tuple(edges))
    return seen.book.remembered(key, lambda: _report(seen, since, tuple(edges)))


def _report(seen: View, since: date, edges: tuple[int, ...]) -> MovementReport:
    way, bucket, found = way_of(seen, since), bucket_at(seen, edges), lanes(seen)
    together, gaps = parts_of(seen, found, since, way)
    parts = tuple(_bridge(seen, found, part, since, way, bucket) for part in together)
    return MovementReport(seen.book.version, seen.filters, since, columns_of(edges), parts, gaps)


def way_of(seen: View, since: date) -> Way:
    """Return what was open on both days and what moved it between them, all as booked."""
    first, last = to_day(since), seen.as_of
    return Way(
        _before(seen, first),
        Held(seen.opened().row, seen.opened().open),
        moves_between(seen.columns, first, last, seen.mask),
    )


def _before(seen: View, day: int) -> Held:
    """Return what was open on an earlier day, of the customers within the filters as of the later one."""
    if len(seen.mask):
        return Held.of(np.where(seen.mask, balances_at(seen.columns, day), 0))
    made: Held = seen.book.remembered(
        ("held", day, seen.filters.known_at), lambda: Held.of(balances_at(seen.columns, day))
    )
    return made


def bucket_at(seen: View, edges: tuple[int, ...]) -> tuple[Days, NDArray[np.int64]]:
    """Return due days, as the basis has them, and the offsets at which buckets begin."""
    return seen.columns.due_of(seen.filters.basis), offsets(edges)


def places(seen: View, rows: Ints, day: int, bucket: tuple[Days, NDArray[np.int64]]) -> Ints:
    """Return the bucket of item rows on a day; credit items are unapplied."""
    due, starts = bucket
    place = np.searchsorted(starts, day - due[rows].astype(np.int64), side="right") - 1
    return np.where(seen.columns.side[rows] < 0, len(starts), place)


def _bridge(
    seen: View, found: Lanes, part: Part, since: date, way: Way, bucket: tuple[Days, NDArray[np.int64]]
) -> Movement:
    width = len(bucket[1]) + 1
    table = np.zeros((len(_NAMES), width), np.int64)
    opening, closing = np.zeros(width, np.int64), np.zeros(width, np.int64)
    last, rates = seen.as_of, seen.book.around.rates
    for lane in part.lanes:
        held = found.held[lane]
        rows, booked = way.before.where(found.of[way.before.row] == lane)
        units = worth(rates, booked, held, part.currency, since)
        then, now = places(seen, rows, to_day(since), bucket), places(seen, rows, last, bucket)
        np.add.at(opening, then, units)
        np.add.at(table[_NAMES.index("aged")], now, units)
        np.subtract.at(table[_NAMES.index("aged")], then, units)
        rows, booked = way.after.where(found.of[way.after.row] == lane)
        units = worth(rates, booked, held, part.currency, seen.filters.as_of)
        np.add.at(closing, places(seen, rows, last, bucket), units)
        moves = way.moves.where(found.of[way.moves.row] == lane)
        amount = moved(rates, moves.amount, moves.dated, held, part.currency)
        np.add.at(table, (LINE_OF_CAUSE[moves.cause], places(seen, moves.row, last, bucket)), amount)
    table[_NAMES.index("currency")] = closing - opening - table.sum(axis=0)
    lines = [Line(name, LINES[name], tuple(row)) for name, row in zip(_NAMES, table.tolist(), strict=True)]
    return Movement(
        part.currency,
        Line("opening", "Before", tuple(opening.tolist())),
        tuple(line for line in lines if any(line.amounts)),
        Line("closing", "Now", tuple(closing.tolist())),
    )
