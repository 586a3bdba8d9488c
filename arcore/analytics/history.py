"""The inputs of every KPI at many as-of days: balances and flows in one compiled pass each, then plain look-ups."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import date
from threading import Lock
from typing import Any
from typing import TypeVar

import numpy as np

from arcore.analytics.columns import Basis
from arcore.analytics.columns import Columns
from arcore.analytics.columns import Days
from arcore.analytics.columns import Ints
from arcore.analytics.daily import Balances
from arcore.analytics.daily import Rows
from arcore.analytics.daily import balances_on
from arcore.analytics.daily import position_of
from arcore.analytics.flows import FLOWS
from arcore.analytics.flows import POSITIONS
from arcore.analytics.flows import Flows
from arcore.analytics.flows import flows_on
from arcore.analytics.payments import MEASURES
from arcore.analytics.payments import Paid
from arcore.analytics.payments import paid_in_windows
from arcore.analytics.scope import Scope
from arcore.analytics.stated_sales import StatedMonth
from arcore.analytics.stated_sales import by_currency
from arcore.analytics.stated_sales import corrections
from arcore.analytics.tax import Taxes
from arcore.analytics.tax import taxes_on
from arcore.analytics.windows import Window
from arcore.analytics.windows import needed_days
from arcore.analytics.windows import trailing_starts
from arcore.dates import to_day
from arcore.dates import trailing_window

T = TypeVar("T")

WINDOWS = (1, 3, 12)
"""Months of the trailing windows that are prepared."""
PAID_WINDOWS = (3,)
COUNTBACK_MONTHS = 36
DAILY_FLOWS_LIMIT = 4_000_000
"""Flows are kept for every day as long as they fit in this many numbers; else for the days of the windows alone."""


@dataclass(frozen=True, eq=False)
class History:
    """KPI inputs of a part of the book at chosen as-of days.

    Attributes:
        as_of: ascending.
        windows: lengths in months of the trailing windows prepared.
        balances, flows: at all the days these windows need.
        paid: by length of window, filled when first asked for.
        stated: months whose credit sales are stated, not booked.
        every_day: balances, flows and what was paid are held for every day from the first to the last.
    """

    columns: Columns
    as_of: tuple[date, ...]
    basis: Basis
    scope: Scope
    windows: tuple[int, ...]
    countback: int
    balances: Balances
    flows: Flows
    paid: dict[int, Paid]
    stated: tuple[StatedMonth, ...] = ()
    every_day: bool = False
    _corrected: list[tuple[int, ...]] = field(default_factory=list, repr=False)
    _kept: dict[str, Any] = field(default_factory=dict, repr=False)
    _locks: dict[str, Lock] = field(default_factory=dict, repr=False)

    def extended(self, columns: Columns, scope: Scope | None = None) -> History:
        """Return the history with the rows behind those already counted; costs no more than the new rows.

        `scope` gives groups and mask for all rows of the longer columns; it may be left out where there are none.
        """
        seen = Rows.of(self.columns)
        within = scope or self.scope
        balances = balances_on(columns, self.balances.days, basis=self.basis, scope=within, since=seen)
        flows = flows_on(columns, self.flows.days, scope=within, since=seen.items)
        paid = {
            months: known.plus(self._paid(columns, known.first, known.as_of, within, seen.applications))
            for months, known in self.paid.items()
        }
        return replace(
            self,
            columns=columns,
            scope=within,
            balances=self.balances.plus(balances),
            flows=self.flows.plus(flows),
            paid=paid,
            _corrected=[],
            _kept={},
            _locks={},
        )

    def on_day(self, day: date) -> History | None:
        """Return the same history at one other day, from what is held for every day; None where that is not enough."""
        if not self.every_day:
            return None
        needed, held = needed_days((day,), self.windows, self.countback), self.balances.days
        if needed[0] < held[0] or needed[-1] > held[-1]:
            return None
        return replace(self, as_of=(day,), _kept={}, _locks={})

    def paid_in(self, months: int) -> Paid:
        """Return what payments settled in windows of a length; summed at the first call, then kept."""
        with self._locks.setdefault(f"paid_{months}", Lock()):
            if months not in self.paid:
                last = self.balances.days if self.every_day else np.array([to_day(day) for day in self.as_of], np.int32)
                first = trailing_starts(last, months)
                self.paid[months] = self._paid(self.columns, first, last, self.scope, 0)
            return self.paid[months]

    def kept(self, name: str, make: Callable[[History], T]) -> T:
        """Return what `make` gives, made at the first call under a name, then kept with this history."""
        if name not in self._kept:
            with self._locks.setdefault(name, Lock()):  # whoever comes second waits instead of making it twice
                if name not in self._kept:
                    self._kept[name] = make(self)
        found: T = self._kept[name]
        return found

    def taxes(self) -> Taxes:
        """Return the tax inside what was booked, on the same days; summed at the first call, then kept."""
        return self.kept("taxes", lambda known: taxes_on(known.columns, known.balances.days, known.scope))

    def corrected(self) -> tuple[tuple[StatedMonth, int], ...]:
        """Return the stated months with what each adds to the booked sales; summed at the first call, then kept."""
        if not self._corrected:
            self._corrected.append(corrections(self.columns, self.scope, self.stated))
        return tuple(zip(self.stated, self._corrected[0], strict=True))

    def point(self, as_of: date, *, months: int, group: int = 0) -> Point:
        """Return the inputs of one as-of day and the trailing window that ends on it."""
        return Point(self, Window(*trailing_window(as_of, months)), months, group)

    def month_to_date(self, as_of: date, group: int = 0) -> Point:
        """Return the inputs of a calendar month up to a day."""
        return Point(self, Window(as_of.replace(day=1), as_of), 0, group)

    def _paid(self, columns: Columns, first: Days, last: Days, scope: Scope, since: int) -> Paid:
        return paid_in_windows(columns, first, last, basis=self.basis, scope=scope, since=since)


@dataclass(frozen=True, eq=False)
class Point:
    """Every input of one as-of day, window and group: minor units by currency code.

    `amounts(name)` takes the names below; opening figures end in _begin, all others are of the last day or the window.
    """

    history: History
    window: Window
    months: int
    group: int

    def of_group(self, group: int) -> Point:
        """Return the same day and window of another group."""
        return Point(self.history, self.window, self.months, group)

    def amounts(self, name: str) -> Ints:
        """Return one input by currency code. Raises KeyError for an unknown name, BadInput for a day not prepared."""
        found: Ints = self.every(name)[self.group]
        return found

    def every(self, name: str) -> Ints:
        """Return one input of every group: [group, currency]."""
        if name in BALANCE_INPUTS:
            return BALANCE_INPUTS[name](self._balances(self.window.last))
        if name == "ar_begin":
            return _net(self._balances(self.window.before))
        if name in MEASURES:
            return self._paid(MEASURES.index(name))
        return self.every_flow(name, self.window)

    def flow(self, name: str, window: Window) -> Ints:
        """Return one flow of another window, e.g. the sales of a month, by currency code."""
        found: Ints = self.every_flow(name, window)[self.group]
        return found

    def every_flow(self, name: str, window: Window) -> Ints:
        """Return the same of every group: [group, currency]."""
        flows = self.history.flows
        last, before = flows.index(to_day(window.last)), flows.index(to_day(window.before))
        total = np.zeros(flows.values.shape[:2], np.int64)
        for part, sign in FLOW_INPUTS[name]:
            place = POSITIONS[part]
            total += sign * (flows.values[:, :, place, last] - flows.values[:, :, place, before])
        if name == "credit_sales" and self.history.stated:
            for one, more in self.history.corrected():
                if one.is_in(window, one.group):
                    total[one.group, one.currency] += more
        return total

    def stated_sales(self, window: Window) -> Ints:
        """Return the part of a window's credit sales that is stated, by currency code."""
        instead = [(one, one.amount) for one in self.history.stated if one.is_in(window, self.group)]
        return by_currency(instead, self.history.scope.n_currencies)

    def _balances(self, day: date) -> Ints:
        balances = self.history.balances
        columns: Ints = balances.values[..., balances.index(to_day(day))]
        return columns

    def _paid(self, measure: int) -> Ints:
        known = self.history.paid_in(self.months)
        at = position_of(known.as_of, to_day(self.window.last))
        amounts: Ints = known.values[:, :, measure, at]
        return amounts


FLOW_INPUTS: dict[str, tuple[tuple[str, int], ...]] = {
    "credit_sales": (("invoiced", 1), ("credit_notes", 1)),
    "invoiced": (("invoiced", 1),),
    "credit_notes": (("credit_notes", -1),),
    "discounts": (("discounts", -1),),
    "receipts": (("receipts", -1),),
    "refunds": (("refunds", 1),),
    "reversals": (("reversals", 1),),
    "cash": (("receipts", -1), ("refunds", -1), ("reversals", -1)),
    "uncollectible": (("uncollectible", -1),),
    "recoveries": (("recoveries", 1),),
    "other_write_offs": (("other_write_offs", -1),),
    "transfers": (("transfers", 1), ("conversions", 1)),
    "settlements": (("settlements", -1),),
}
"""Each input as flows with the sign that makes it positive in the ordinary case."""


def _net(columns: Ints) -> Ints:
    total: Ints = columns.sum(axis=-1)
    return total


BALANCE_INPUTS: dict[str, Callable[[Ints], Ints]] = {
    "ar_end": _net,
    "ar_current": lambda columns: columns[..., 0],
    "overdue": lambda columns: columns[..., 1:-1].sum(axis=-1),
    "over_90": lambda columns: columns[..., -2],
    "gross_debits": lambda columns: columns[..., :-1].sum(axis=-1),
    "unapplied": lambda columns: columns[..., -1],
    "ar_end_current": lambda columns: columns[..., 0] + columns[..., -1],
}
"""Inputs that are balances: columns are not due, 1-30, 31-60, 61-90, 91+, unapplied."""


def history(
    columns: Columns,
    as_of: Sequence[date],
    *,
    basis: Basis = "original",
    scope: Scope | None = None,
    windows: Sequence[int] = WINDOWS,
    paid_windows: Sequence[int] = PAID_WINDOWS,
    countback: int = COUNTBACK_MONTHS,
    stated: Sequence[StatedMonth] = (),
    every_day: bool = False,
) -> History:
    """Prepare the inputs of all KPIs at these days: two passes over the items, one over the applications.

    `scope` masks (intercompany customers are left out by its mask) and splits; owner, segment and family in it are
    those of the as-of day, so a history by such groups is asked for the days that have the same ones. With `every_day`
    it can be looked at on any other day too, as long as so many numbers fit.
    """
    points = tuple(sorted(set(as_of)))
    within = scope or Scope.of(columns)
    days = needed_days(points, windows, countback)
    flow_days = _flow_days(days, within)
    every_day = every_day and len(flow_days) == days[-1] - days[0] + 1
    days = flow_days if every_day else days
    prepared = History(
        columns=columns,
        as_of=points,
        basis=basis,
        scope=within,
        windows=tuple(windows),
        countback=countback,
        balances=balances_on(columns, days, basis=basis, scope=within),
        flows=flows_on(columns, flow_days, scope=within),
        paid={},
        stated=tuple(stated),
        every_day=every_day,
    )
    for months in paid_windows:
        prepared.paid_in(months)
    return prepared


def _flow_days(days: Days, scope: Scope) -> Days:
    every = np.arange(days[0], days[-1] + 1, dtype=np.int32)
    return every if scope.cells * len(FLOWS) * len(every) <= DAILY_FLOWS_LIMIT else days
