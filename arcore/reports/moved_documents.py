"""The documents behind a cell of the movement by bucket: one line, in one bucket or in all; they add up to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from sqlalchemy import Engine

from arcore.analytics.buckets import EDGES
from arcore.analytics.buckets import columns_of
from arcore.analytics.columns import Ints
from arcore.analytics.moves import births
from arcore.dates import to_day
from arcore.errors import BadInput
from arcore.errors import NotFound
from arcore.reports.bridges import behind
from arcore.reports.explain import DocumentsBehind
from arcore.reports.filters import Filters
from arcore.reports.lanes import Lanes
from arcore.reports.lanes import Part
from arcore.reports.lanes import Way
from arcore.reports.lanes import lanes
from arcore.reports.lanes import moved
from arcore.reports.lanes import parts_of
from arcore.reports.lanes import worth
from arcore.reports.movement import LINE_OF_CAUSE
from arcore.reports.movement import LINES
from arcore.reports.movement import bucket_at
from arcore.reports.movement import places
from arcore.reports.movement import way_of
from arcore.reports.view import View
from arcore.reports.view import view

ENDS = ("opening", "closing")
"""The balances on both days; their documents are what was open."""
REVALUED = "currency"
"""The line that is a difference between rates and has no documents."""
_Rows = tuple[Ints, Ints, Ints]
"""Item rows with what each contributes, as booked and converted."""


def moved_documents(
    engine: Engine, filters: Filters, since: date, line: str, currency: str, *,
    bucket: str | None = None, edges: Sequence[int] = EDGES,
) -> DocumentsBehind:  # fmt: skip
    """Return the documents behind a line of the movement in one of its currencies, largest first.

    `bucket` None is the open balance: there a receipt stands for itself, and what it paid is left as it was; within a
    bucket it is what was paid. Raises NotFound for "currency", for no such line or bucket, and where nothing moved.
    """
    if line not in (*ENDS, *LINES) or line == REVALUED:
        raise NotFound(f"{line} has no documents behind it", line=line)
    if bucket is not None and bucket not in columns_of(edges):
        raise NotFound(f"There is no bucket {bucket}", bucket=bucket)
    if since >= filters.as_of:
        raise BadInput("The first day of a movement lies before the second", since=since, as_of=filters.as_of)
    seen = view(engine, filters)
    key = ("moved documents", filters.key(), since, line, currency, bucket, tuple(edges))

    def made() -> DocumentsBehind:
        rows, booked, units = _behind(seen, since, line, currency, bucket, tuple(edges))
        return behind(engine, seen, line, currency, int(units.sum()), rows, booked, units)

    found: DocumentsBehind = seen.book.remembered(key, made)
    return found


def _behind(seen: View, since: date, line: str, currency: str, bucket: str | None, edges: tuple[int, ...]) -> _Rows:
    way, found = way_of(seen, since), lanes(seen)
    part = next((part for part in parts_of(seen, found, since, way)[0] if part.currency == currency), None)
    if part is None:
        raise NotFound(f"Nothing in {currency} moved", currency=currency)
    if bucket is None:
        way = way._replace(moves=births(seen.columns, to_day(since), seen.as_of, seen.mask))
    rows, booked, units, on = _contributions(seen, found, part, since, way, line)
    if bucket is not None:
        # Each counts where it is on its own day: balances of the first day there, all else at the end.
        held = bucket_at(seen, edges)
        place = np.where(
            on == to_day(since), places(seen, rows, to_day(since), held), places(seen, rows, seen.as_of, held)
        )
        chosen = place == columns_of(edges).index(bucket)
        rows, booked, units = rows[chosen], booked[chosen], units[chosen]
    return _added(rows, booked, units)


def _contributions(
    seen: View, found: Lanes, part: Part, since: date, way: Way, line: str
) -> tuple[Ints, Ints, Ints, Ints]:
    """Return item rows, amounts as booked and converted, and the day on which their bucket counts."""
    rates, as_of = seen.book.around.rates, seen.filters.as_of
    kept: list[tuple[Ints, Ints, Ints, Ints]] = [(np.empty(0, np.int64),) * 4]
    for lane in part.lanes:
        held = found.held[lane]
        before = way.before.where(found.of[way.before.row] == lane)
        then = worth(rates, before.units, held, part.currency, since)
        if line in (ENDS[0], "aged"):
            if line == "aged":
                kept.append(_on(before.row, -before.units, -then, to_day(since)))
                kept.append(_on(before.row, before.units, then, seen.as_of))
            else:
                kept.append(_on(before.row, before.units, then, to_day(since)))
        elif line == ENDS[1]:
            after = way.after.where(found.of[way.after.row] == lane)
            kept.append(_on(after.row, after.units, worth(rates, after.units, held, part.currency, as_of), seen.as_of))
        else:
            mine = way.moves.where(found.of[way.moves.row] == lane)
            mine = mine.where(LINE_OF_CAUSE[mine.cause] == list(LINES).index(line))
            amounts = moved(rates, mine.amount, mine.dated, held, part.currency)
            kept.append(_on(mine.row, mine.amount, amounts, seen.as_of))
    rows, booked, units, on = (np.concatenate(values) for values in zip(*kept, strict=True))
    return rows, booked, units, on


def _on(rows: Ints, booked: Ints, units: Ints, day: int) -> tuple[Ints, Ints, Ints, Ints]:
    return rows, booked, units, np.full(len(rows), day, np.int64)


def _added(rows: Ints, booked: Ints, units: Ints) -> _Rows:
    """Add up what each item contributes; what cancels out is left out."""
    row, where = np.unique(rows, return_inverse=True)
    sums = np.zeros((2, len(row)), np.int64)
    np.add.at(sums[0], where, booked)
    np.add.at(sums[1], where, units)
    kept = sums.any(axis=0)
    return row[kept], sums[0][kept], sums[1][kept]
