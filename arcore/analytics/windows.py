"""The windows of KPIs: trailing months that end on the as-of day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from datetime import timedelta
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from arcore.analytics.columns import Days
from arcore.dates import add_months
from arcore.dates import month_ends
from arcore.dates import to_day


class Window(NamedTuple):
    """First and last day of what flows; both inclusive."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """Days in the window, both ends counted."""
        return (self.last - self.first).days + 1

    @property
    def before(self) -> date:
        """The day of the opening balance."""
        return self.first - timedelta(days=1)


def as_of_days(as_of: date, months: int = 36) -> list[date]:
    """Return the last month-ends up to a day, oldest first, and the day itself."""
    ends = month_ends(as_of, months)
    return ends if ends and ends[-1] == as_of else [*ends, as_of]


def trailing_months(as_of: date, count: int) -> list[Window]:
    """Return `count` months one behind the other, newest first; the first of them ends on the as-of day."""
    after = as_of + timedelta(days=1)
    starts = [add_months(after, -back) for back in range(count + 1)]
    return [Window(start, end - timedelta(days=1)) for end, start in pairwise(starts)]


def trailing_starts(days: Days, months: int) -> Days:
    """Return the first days of the trailing windows that end on these days, as day numbers."""
    after = (np.asarray(days, np.int64) + 1).astype("datetime64[D]")
    month = after.astype("datetime64[M]")
    target = month - np.timedelta64(months, "M")
    first = target.astype("datetime64[D]")
    last = (target + np.timedelta64(1, "M")).astype("datetime64[D]") - np.timedelta64(1, "D")
    starts: Days = np.minimum(first + (after - month.astype("datetime64[D]")), last).astype(np.int32)
    return starts


def needed_days(as_of: Iterable[date], windows: Iterable[int], countback: int) -> Days:
    """Return every day whose closing figures the windows of these as-of days touch."""
    wanted: set[date] = set()
    for day in as_of:
        after = day + timedelta(days=1)
        months = {0, *windows, *range(1, countback + 1)}
        wanted.update(add_months(after, -back) - timedelta(days=1) for back in months)
        wanted.add(day.replace(day=1) - timedelta(days=1))
    return np.array(sorted(to_day(day) for day in wanted), np.int32)
