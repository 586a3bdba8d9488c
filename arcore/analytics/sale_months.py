"""What is open by calendar month of sale, against the credit sales of these months: the inputs of true DSO."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from arcore.analytics.columns import Days
from arcore.analytics.columns import Ints
from arcore.analytics.flows import POSITIONS
from arcore.analytics.flows import Flows
from arcore.analytics.flows import flows_on
from arcore.analytics.growing import frozen
from arcore.analytics.history import FLOW_INPUTS
from arcore.analytics.history import History
from arcore.analytics.history import Point
from arcore.analytics.payments import IS_PAID
from arcore.analytics.stated_sales import by_currency
from arcore.analytics.weighed import Weighed
from arcore.analytics.weighed import weighed
from arcore.analytics.windows import Window
from arcore.dates import add_months
from arcore.dates import month_end
from arcore.dates import month_start
from arcore.dates import to_day

_SALES = [POSITIONS[name] for name, _ in FLOW_INPUTS["credit_sales"]]
MONTHS = 72
"""So many months before an as-of day stand by themselves; what was sold earlier stands together."""


@dataclass(frozen=True, eq=False)
class SaleMonths:
    """Open invoices by month of sale at the as-of days, and the sales of these months.

    Attributes:
        first: first day of the oldest month that stands by itself.
        open: bins are all months before `first`, then one for each month.
        months: these months, whole.
    """

    first: date
    open: Weighed
    flows: Flows
    months: tuple[Window, ...]

    def terms(self, point: Point) -> list[tuple[Window, list[int], list[int]]]:
        """Return month, open amount × age and credit sales, both by currency code, for months with something open.

        The window of the last month ends on the as-of day; that of all earlier months begins on `date.min`.
        """
        as_of, found = point.window.last, []
        count = _months_between(self.first, as_of) + 1
        earlier = max(0, count - MONTHS - 1)
        aged = self.open.every_aged(point.group, to_day(as_of))
        older: Ints = aged[:, : earlier + 1].sum(axis=1)
        if older.any():
            last = self.months[earlier - 1].last if earlier else self.months[0].before
            found.append((Window(date.min, last), older.tolist(), [0] * len(older)))
        places = np.flatnonzero(aged[:, earlier + 1 : count + 1].any(axis=0)) + earlier + 1
        for place, part in zip(places.tolist(), aged[:, places].T.tolist(), strict=True):
            month = self.months[place - 1]
            if place == count:
                month = Window(month.first, as_of)
            found.append((month, part, self._sold(point, month, place)))
        return found

    @cached_property
    def _sales(self) -> list[list[list[int]]]:
        """Booked credit sales of the whole months but the last: [group, month, currency]."""
        places = [self.flows.index(to_day(month.before)) for month in self.months]
        booked: NDArray[np.int64] = self.flows.values[:, :, _SALES][..., places].sum(axis=2)
        sales: list[list[list[int]]] = np.diff(booked, axis=-1).swapaxes(1, 2).tolist()
        return sales

    def _sold(self, point: Point, month: Window, place: int) -> list[int]:
        if month == self.months[place - 1] and place < len(self.months):
            sales = self._sales[point.group][place - 1]
        else:
            booked = self.flows.all_between(to_day(month.before), to_day(month.last))[point.group]
            sales = booked[:, _SALES].sum(axis=1).tolist()
        if point.history.stated:
            instead = [pair for pair in point.history.corrected() if pair[0].is_in(month, point.group)]
            more = by_currency(instead, len(sales)).tolist()
            sales = [booked + stated for booked, stated in zip(sales, more, strict=True)]
        return sales


def sale_months(history: History) -> SaleMonths:
    """Return what a history holds by month of sale, summed at the first call, then kept."""
    return history.kept("sale_months", _made)


def _made(history: History) -> SaleMonths:
    columns = history.columns
    first = month_start(add_months(history.as_of[0], -MONTHS))
    last = history.as_of[-1]
    starts = [add_months(first, month) for month in range(_months_between(first, last) + 1)]
    firsts = np.array([to_day(day) for day in starts], np.int32)
    # Looked up by day: searching a million times takes five times as long.
    begin, end = firsts[0] - 1, firsts[-1]
    month_of = np.searchsorted(firsts, np.arange(begin, end + 1), side="right").astype(np.int32)
    bins = month_of[np.clip(columns.doc_day, begin, end) - begin]
    # What counts already but is dated in a later month has no month of sale yet.
    sold = (columns.side > 0) & IS_PAID[columns.root_kind] & (columns.doc_day <= to_day(month_end(last)))
    bins = np.where(sold, bins, -1).astype(np.int32)
    days: Days = np.array([to_day(day) for day in history.as_of], np.int32)
    ends = [to_day(day) - 1 for day in starts] + days.tolist()
    return SaleMonths(
        first=first,
        open=weighed(columns, days, frozen(bins), len(starts) + 1, columns.doc_day, history.scope),
        flows=flows_on(columns, ends, scope=history.scope),
        months=tuple(Window(start, month_end(start)) for start in starts),
    )


def _months_between(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month
