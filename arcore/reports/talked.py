"""The times we tried to reach customers, by day, and whether somebody was reached."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sqlalchemy import Engine

from arcore.analytics.columns import Bools
from arcore.analytics.history import Point
from arcore.dates import to_day
from arcore.reports.happened import Happened
from arcore.reports.view import View
from arcore.store.engine import reading
from arcore.worklist.queries import attempts_in


@dataclass(frozen=True, eq=False)
class Talked:
    """Attempts with customers that have items, one entry each; `tried` has an item of the customer."""

    tried: Happened
    reached: Bools

    def counts(self, point: Point) -> dict[str, int]:
        """Return how many attempts there were in the window, and in how many somebody was reached."""
        chosen = self.tried.within(point)
        return {
            "contacts_tried": int(np.count_nonzero(chosen)),
            "contacts_reached": int(np.count_nonzero(self.reached[chosen])),
        }


def talked(engine: Engine, seen: View) -> Talked:
    """Return the attempts made by the as-of day, as known at the moment of the filters. Raises Unavailable."""
    filters = seen.filters
    return seen.book.remembered(("talked", filters.as_of, filters.known_at), lambda: _read(engine, seen))


def _read(engine: Engine, seen: View) -> Talked:
    filters, customers = seen.filters, seen.book.around.customers
    with reading(engine) as session:
        rows = attempts_in(session, filters.as_of)
    rows = [row for row in rows if filters.known_at is None or row[2] <= filters.known_at]
    first = _first_items(seen) if rows else np.empty(0, np.int64)
    places = [int(customers.survivor[np.searchsorted(customers.ids, row[0])]) for row in rows]
    kept = [(row, int(first[place])) for row, place in zip(rows, places, strict=True) if first[place] >= 0]
    return Talked(
        tried=Happened(
            row=np.array([item for _, item in kept], np.int64),
            day=np.array([to_day(row[1]) for row, _ in kept], np.int64),
        ),
        reached=np.array([row[3] for row, _ in kept], np.bool_),
    )


def _first_items(seen: View) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return an item row of every customer, by position; -1 for none."""
    customers, columns = seen.book.around.customers, seen.columns
    found = np.full(len(customers.survivor), -1, np.int64)
    who = customers.survivor[columns.customer]
    found[who[::-1]] = np.arange(len(who), dtype=np.int64)[::-1]
    return found
