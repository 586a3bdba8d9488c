"""The mean of month-end balances: at the end of the as-of day, of the months of a window, and of the day before it."""

from __future__ import annotations

import numpy as np

from arcore.analytics.columns import Ints
from arcore.analytics.daily import Balances
from arcore.analytics.daily import balances_on
from arcore.analytics.history import History
from arcore.analytics.history import Point
from arcore.analytics.windows import trailing_months
from arcore.dates import to_day

MONTHS = 12


def month_end_average(point: Point) -> Ints:
    """Return the mean net balance of the month-ends of a window, [group, currency], to the nearest minor unit.

    Twelve months have thirteen of them: the day before the window counts too.
    """
    balances = point.history.kept("month_ends", _made)
    months = trailing_months(point.window.last, point.months)
    places = [balances.index(to_day(day)) for day in [point.window.last, *(month.before for month in months)]]
    sums = balances.values[..., places].sum(axis=(2, 3))
    # Half a unit goes to the even one, as everywhere.
    whole, rest = np.divmod(sums, len(places))
    up = (2 * rest > len(places)) | ((2 * rest == len(places)) & (whole % 2 == 1))
    means: Ints = whole + up
    return means


def _made(history: History) -> Balances:
    """Take the balances the history holds; where it looks back less far, sum those that are missing."""
    days = {
        to_day(day) for as_of in history.as_of for month in trailing_months(as_of, MONTHS) for day in (month.before,)
    }
    days |= {to_day(day) for day in history.as_of}
    if days <= set(history.balances.days.tolist()):
        return history.balances
    return balances_on(history.columns, sorted(days), basis=history.basis, scope=history.scope)
