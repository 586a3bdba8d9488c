"""Quarters of the calendar year, and the period that another one is compared with."""

from __future__ import annotations

from datetime import date
from datetime import timedelta
from typing import NamedTuple

from arcore.dates import add_months
from arcore.dates import month_end
from arcore.dates import month_start

ONE_DAY = timedelta(days=1)


class Period(NamedTuple):
    """Days from `first` to `last`, both inclusive."""

    first: date
    last: date

    @property
    def before(self) -> Period:
        """Return what it is compared with: for a quarter, or one that still runs, the whole quarter before.

        Whole months are compared with as many before them, other periods with as many days.
        """
        if self.quarter:
            return quarter(self.first - ONE_DAY)
        if self.first == month_start(self.first) and self.last == month_end(self.last):
            months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
            return Period(add_months(self.first, -months), self.first - ONE_DAY)
        return Period(self.first - (self.last - self.first) - ONE_DAY, self.first - ONE_DAY)

    @property
    def quarter(self) -> str:
        """Return "2026-Q3" for a quarter, whole or still running, else ""."""
        whole = quarter(self.first)
        if self.first != whole.first or not whole.first <= self.last <= whole.last:
            return ""
        return f"{whole.first.year}-Q{(whole.first.month + 2) // 3}"


def quarter(day: date) -> Period:
    """Return the quarter that a day lies in."""
    first = date(day.year, day.month - (day.month - 1) % 3, 1)
    return Period(first, month_end(add_months(first, 2)))


def quarters(as_of: date, count: int) -> list[Period]:
    """Return the last `count` quarters, newest first; the first of them ends on the as-of day if it still runs."""
    running = quarter(as_of)
    found = [Period(running.first, as_of)]
    while len(found) < count:
        found.append(quarter(found[-1].first - ONE_DAY))
    return found


def last_complete(as_of: date) -> Period:
    """Return the newest quarter that is over by the end of a day."""
    now = quarter(as_of)
    return now if now.last == as_of else quarter(now.first - ONE_DAY)
