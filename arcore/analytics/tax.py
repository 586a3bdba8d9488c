"""The tax inside amounts, as far as somebody said how much it is."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field
from typing import NamedTuple

import numpy as np

from arcore.analytics.columns import UNKNOWN_TAX
from arcore.analytics.columns import Columns
from arcore.analytics.columns import Days
from arcore.analytics.columns import Ints
from arcore.analytics.flows import POSITIONS
from arcore.analytics.flows import Flows
from arcore.analytics.flows import flows_on
from arcore.analytics.scope import Scope
from arcore.analytics.windows import Window
from arcore.dates import to_day

_SALES = (POSITIONS["invoiced"], POSITIONS["credit_notes"])
_LOSS = (POSITIONS["uncollectible"], POSITIONS["recoveries"])


class TaxInWindow(NamedTuple):
    """Tax of one window.

    Attributes:
        loss: in uncollectible write-offs less recoveries, by currency code, positive in the ordinary case.
        sales: in credit sales, by currency code.
        lacking: how many of these items nobody gave a tax for.
    """

    loss: Ints
    sales: Ints
    lacking: int


def known_tax(columns: Columns) -> Ints:
    """Return the tax inside every item, signed as the amount; 0 where nobody said."""
    tax: Ints = np.where(columns.tax == UNKNOWN_TAX, 0, columns.tax)
    return tax


def without_tax(columns: Columns) -> Ints:
    """Return 1 for every item with an amount whose tax nobody said, else 0."""
    unknown: Ints = ((columns.tax == UNKNOWN_TAX) & (columns.amount != 0)).astype(np.int64)
    return unknown


@dataclass(frozen=True, eq=False)
class Taxes:
    """Running totals of tax, and of items whose tax nobody said, in the flows of FLOWS."""

    known: Flows
    lacking: Flows
    _windows: dict[Window, tuple[Ints, Ints, Ints]] = field(default_factory=dict, repr=False)

    def in_window(self, window: Window, group: int = 0) -> TaxInWindow:
        """Return the tax in the bad debt and the credit sales of a window."""
        if window not in self._windows:
            self._windows[window] = self._every(window)
        loss, sales, lacking = self._windows[window]
        return TaxInWindow(loss[group], sales[group], int(lacking[group]))

    def _every(self, window: Window) -> tuple[Ints, Ints, Ints]:
        """Return the same of every group."""
        days = to_day(window.before), to_day(window.last)
        tax, lacking = self.known.all_between(*days), self.lacking.all_between(*days)
        return -tax[..., _LOSS].sum(axis=2), tax[..., _SALES].sum(axis=2), lacking[..., (*_SALES, *_LOSS)].sum((1, 2))


def taxes_on(columns: Columns, days: Days, scope: Scope) -> Taxes:
    """Sum tax at the end of chosen days."""
    return Taxes(
        known=flows_on(columns, days, scope=scope, amounts=known_tax(columns)),
        lacking=flows_on(columns, days, scope=scope, amounts=without_tax(columns)),
    )
