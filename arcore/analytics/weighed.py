"""Open amounts, and open amounts times a day of their item, in bins: what ages are averaged from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arcore.analytics.columns import Columns
from arcore.analytics.columns import Days
from arcore.analytics.columns import Ints
from arcore.analytics.daily import position_of
from arcore.analytics.daily import slots_of
from arcore.analytics.growing import frozen
from arcore.analytics.scope import Scope


@dataclass(frozen=True, eq=False)
class Weighed:
    """Sums over open debit items at the end of chosen days.

    Attributes:
        values: [group, currency, bin, (amount, amount × day of the item), day]; minor units.
    """

    days: Days
    values: NDArray[np.int64]

    def amounts(self, group: int, place: int, day: int) -> Ints:
        """Return what is open in a bin, by currency code."""
        found: Ints = self.values[group, :, place, 0, position_of(self.days, day)]
        return found

    def aged(self, group: int, place: int, day: int) -> Ints:
        """Return Σ (open amount × days from the item's day to this one) in a bin, by currency code."""
        found: Ints = self.of_bin(place, day)[group]
        return found

    def of_bin(self, place: int, day: int) -> Ints:
        """Return the same of every group: [group, currency]."""
        held = self.values[:, :, place, :, position_of(self.days, day)]
        found: Ints = held[..., 0] * day - held[..., 1]
        return found

    def every_aged(self, group: int, day: int) -> Ints:
        """Return the same of every bin: [currency, bin]."""
        held = self.values[group, ..., position_of(self.days, day)]
        found: Ints = held[..., 0] * day - held[..., 1]
        return found


def weighed(columns: Columns, days: Days, bins: Days, n_bins: int, item_day: Days, scope: Scope) -> Weighed:
    """Sum open debit items by bin; `bins` has a bin per item row, -1 for rows left out; days ascend."""
    from arcore.analytics import _kernel  # noqa: PLC0415  loads numba

    scope.check(columns, len(columns.item_id))
    out = np.zeros((scope.cells, 2 * n_bins, len(days)), np.int64)
    _kernel.weigh(
        (columns.side, frozen(bins), item_day, columns.effective, columns.amount, columns.currency),
        (columns.app_from, columns.app_to, columns.app_amount, columns.app_day),
        scope.groups,
        scope.mask,
        scope.n_currencies,
        int(days[0]),
        slots_of(days),
        out,
    )
    _kernel.run_up(out, 1)
    return Weighed(days, out.reshape(scope.n_groups, scope.n_currencies, n_bins, 2, len(days)))
