"""The calendar of the sample company: working days, payment runs, and the story of the last 15 months."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from datetime import timedelta
from itertools import pairwise
from typing import Literal

from arcore.dates import add_months
from arcore.dates import month_end

Rhythm = Literal["daily", "weekly", "twice", "monthly"]
"""When a customer pays: any day, one weekday, the 10th and 25th, the last working day of the month."""

CLOSED = frozenset({(1, 1), (12, 25), (12, 26)})
WARM_UP_MONTHS = 4
MONTHS = 36
"""36 months are shown; four more before them, so that the first of the 36 has a full window behind it."""


def first_day(today: date) -> date:
    """Return the day on which the sample company's books begin."""
    return add_months(today + timedelta(days=1), -(MONTHS + WARM_UP_MONTHS))


def is_workday(day: date) -> bool:
    """Tell whether the sample company and its bank work on that day."""
    return day.weekday() < 5 and (day.month, day.day) not in CLOSED


def workday(day: date, step: int = 1) -> date:
    """Return `day` itself when it is a working day, else the next one (or the last one before with step −1)."""
    while not is_workday(day):
        day += timedelta(days=step)
    return day


def later(day: date, count: int) -> date:
    """Return the working day that comes `count` working days after `day`."""
    for _ in range(count):
        day = workday(day + timedelta(days=1))
    return workday(day)


def workdays(first: date, last: date) -> Iterator[date]:
    """Yield the working days from `first` to `last`, both inclusive."""
    for number in range(first.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(number)
        if is_workday(day):
            yield day


def month_close(day: date) -> date:
    """Return the last working day of the month."""
    return workday(month_end(day), -1)


def next_run(rhythm: Rhythm, weekday: int, day: date) -> date:
    """Return the first day from `day` on (inclusive) on which a customer of that rhythm pays."""
    day = workday(day)
    if rhythm == "weekly":
        return workday(day + timedelta(days=(weekday - day.weekday()) % 7))
    if rhythm == "twice":
        runs = [workday(month.replace(day=number)) for month in (day, add_months(day, 1)) for number in (10, 25)]
        return next(run for run in runs if run >= day)
    if rhythm == "monthly":
        close = month_close(day)
        return close if close >= day else month_close(add_months(day, 1))
    return day


def months_back(day: date, today: date) -> float:
    """Return how many months (of 30.44 days) before `today` a day lies."""
    return (today - day).days / 30.44


def extra_days(back: float) -> float:
    """Return by how many days payment of an invoice slips that was written `back` months ago.

    The story: a new billing system, 13 months ago, sends invoices late and without order numbers. It takes three
    months to mend and five more to work off; then invoices are paid a little sooner than before.
    """
    points = [(0.0, -4.0), (6.0, -4.0), (9.0, 2.0), (10.5, 13.0), (13.0, 13.0), (13.7, 0.0), (99.0, 0.0)]
    for (near, low), (far, high) in pairwise(points):
        if back <= far:
            return low + (high - low) * max(0.0, back - near) / (far - near)
    return 0.0
