"""How long after its date we learnt of each invoice; history loaded when the books began is left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sqlalchemy import Engine

from arcore.analytics.columns import Ints
from arcore.analytics.history import Point
from arcore.analytics.issued import issued_rows
from arcore.dates import to_day
from arcore.reports.recorded import recorded
from arcore.reports.view import View


@dataclass(frozen=True, eq=False)
class Learnt:
    """Invoices dated since the books began, by the day on which they were recorded, ascending.

    Attributes:
        row: the first item of the invoice.
        day: day number of recording.
        late: days from the date of the document to it.
    """

    row: Ints
    day: Ints
    late: Ints

    def sums(self, point: Point) -> tuple[Ints, Ints]:
        """Return by group how many were recorded in the window, and the sum of their days."""
        first, last = np.searchsorted(self.day, (to_day(point.window.before), to_day(point.window.last)), side="right")
        scope, rows, late = point.history.scope, self.row[first:last], self.late[first:last]
        groups = scope.groups[rows] if len(scope.groups) else np.zeros(len(rows), np.int32)
        chosen = groups >= 0
        if len(scope.mask):
            chosen &= scope.mask[rows]
        groups = groups[chosen]
        days = np.zeros(scope.n_groups, np.int64)
        np.add.at(days, groups, late[chosen])
        return np.bincount(groups, minlength=scope.n_groups), days


def learnt(engine: Engine, seen: View) -> Learnt:
    """Return the invoices of the books as the filters know them. Raises Unavailable."""
    return seen.book.remembered(("learnt", seen.filters.known_at), lambda: _made(engine, seen))


def _made(engine: Engine, seen: View) -> Learnt:
    columns, known = seen.columns, recorded(engine, seen.book)
    nothing = np.empty(0, np.int64)
    if known.first is None:
        return Learnt(nothing, nothing, nothing)
    rows = np.flatnonzero(issued_rows(columns) & (columns.doc_day >= known.first))
    day = known.of(columns.document_id[rows]).astype(np.int64)
    order = np.argsort(day, kind="stable")
    rows, day = rows[order], day[order]
    return Learnt(rows, day, day - columns.doc_day[rows])
