"""Dates as day numbers, months and windows. Nothing here asks what day it is."""

from __future__ import annotations

import calendar
from datetime import date
from datetime import timedelta
from functools import lru_cache

EPOCH = date(1970, 1, 1)
FOREVER = 2**31 - 1
"""A day number after every date."""


def to_day(day: date) -> int:
    """Return the days since 1 January 1970, negative before it."""
    return day.toordinal() - EPOCH.toordinal()


def from_day(number: int) -> date:
    """Return the date of a day number."""
    return EPOCH + timedelta(days=int(number))


def month_start(day: date) -> date:
    """Return the first day of the month."""
    return day.replace(day=1)


def month_end(day: date) -> date:
    """Return the last day of the month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def add_months(day: date, months: int) -> date:
    """Move by whole months; a day the month lacks becomes its last one (31 Jan + 1 = 28 Feb)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def trailing_window(as_of: date, months: int) -> tuple[date, date]:
    """Return the first and last day (both inclusive) of the window of `months` that ends on `as_of`.

    The first day is as-of + 1 day less the months: three months to 31 Oct begin on 1 Aug.
    """
    return add_months(as_of + timedelta(days=1), -months), as_of


def month_ends(as_of: date, count: int) -> list[date]:
    """Return the last `count` month-ends on or before `as_of`, oldest first."""
    return list(_month_ends(as_of, count))


@lru_cache(maxsize=1024)
def _month_ends(as_of: date, count: int) -> tuple[date, ...]:
    last = as_of if as_of == month_end(as_of) else month_start(as_of) - timedelta(days=1)
    return tuple(month_end(add_months(month_start(last), -back)) for back in range(count - 1, -1, -1))
