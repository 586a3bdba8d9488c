"""Things that happened to documents on a day, and which of them are in a part of the book."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arcore.analytics.columns import Bools
from arcore.analytics.columns import Ints
from arcore.analytics.history import Point
from arcore.dates import to_day


@dataclass(frozen=True, eq=False)
class Happened:
    """One entry per thing.

    Attributes:
        row: an item of the document, which says whose it is.
        day: the day number on which it happened.
    """

    row: Ints
    day: Ints

    def inside(self, point: Point) -> Bools:
        """Tell which belong to the part of the book and the group of a point, whatever their day."""
        return inside(self.row, point)

    def within(self, point: Point) -> Bools:
        """Tell which of them happened in the window, too."""
        if len(self.row) == 0:
            return np.zeros(0, np.bool_)
        first, last = to_day(point.window.first), to_day(point.window.last)
        chosen: Bools = self.inside(point) & (self.day >= first) & (self.day <= last)
        return chosen

    def counts(self, point: Point, chosen: Bools) -> Ints:
        """Return by group how many of the chosen ones happened in the window, inside the part of the book."""
        scope = point.history.scope
        first, last = to_day(point.window.first), to_day(point.window.last)
        chosen = chosen & (self.day >= first) & (self.day <= last)
        if len(scope.mask):
            chosen &= scope.mask[self.row]
        rows = self.row[chosen]
        groups = scope.groups[rows] if len(scope.groups) else np.zeros(len(rows), np.int32)
        return np.bincount(groups[groups >= 0], minlength=scope.n_groups)


def inside(rows: Ints, point: Point) -> Bools:
    """Tell which item rows belong to the part of the book and the group of a point."""
    scope = point.history.scope
    chosen = np.ones(len(rows), np.bool_)
    if len(scope.mask):
        chosen &= scope.mask[rows]
    if len(scope.groups):
        chosen &= scope.groups[rows] == point.group
    return chosen
