"""What every customer owes, and was sold, at the as-of days: the inputs of concentration and of use of limits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from arcore.analytics.columns import Bools
from arcore.analytics.columns import Columns
from arcore.analytics.columns import Days
from arcore.analytics.columns import Ints
from arcore.analytics.concentration import Amounts
from arcore.analytics.conversion import Conversion
from arcore.analytics.daily import position_of
from arcore.analytics.daily import slots_of
from arcore.analytics.growing import frozen
from arcore.analytics.history import History
from arcore.analytics.scope import Scope
from arcore.analytics.windows import Window
from arcore.dates import to_day
from arcore.dates import trailing_window
from arcore.ledger.kinds import KINDS

DENSE = 20_000_000
"""Up to so many possible pairs of group and customer there is room to mark those that occur."""
EVERYBODY = slice(None)
_EVERY: Bools = frozen(np.ones(len(KINDS), np.bool_))
DEALS: Bools = frozen(np.array([kind.name in ("invoice", "payment") for kind in KINDS]))
_IN_SALES: Bools = frozen(np.array([kind.in_sales for kind in KINDS]))


@dataclass(frozen=True, eq=False)
class Holdings:
    """Running totals by holder, a customer in a group of the book.

    Attributes:
        customer, group: of each holder, group by group; customers as positions of those that merged ones live on in.
        values: [day, holder, currency]; minor units, signed as booked.
    """

    customer: Ints
    group: Ints
    days: Days
    values: NDArray[np.int64]

    def at(self, window: Window, conversion: Conversion, part: slice = EVERYBODY) -> Amounts:
        """Return the totals of holders at the end of a window, converted. Raises RateGap."""
        return self._converted(window, conversion, self._on(window.last, part))

    def within(self, window: Window, conversion: Conversion, part: slice = EVERYBODY) -> Amounts:
        """Return what came to holders in a window, converted. Raises RateGap."""
        return self._converted(window, conversion, self._on(window.last, part) - self._on(window.before, part))

    def held(self, window: Window) -> Bools:
        """Tell which holders have anything but nil in some currency at the end of a window."""
        found: Bools = (self._on(window.last) != 0).any(axis=1)
        return found

    def moved(self, window: Window) -> Bools:
        """Tell to which holders anything was added in a window."""
        found: Bools = (self._on(window.last) != self._on(window.before)).any(axis=1)
        return found

    def of_group(self, group: int) -> slice:
        """Return where the holders of a group stand: side by side."""
        return slice(*np.searchsorted(self.group, (group, group + 1)).tolist())

    def _on(self, day: date, part: slice = EVERYBODY) -> NDArray[np.int64]:
        """Return the totals of holders at the end of a day."""
        found: NDArray[np.int64] = self.values[position_of(self.days, to_day(day)), part]
        return found

    @staticmethod
    def _converted(window: Window, conversion: Conversion, values: Ints) -> Amounts:
        total = np.zeros(len(values))
        for code in np.flatnonzero(values.any(axis=0)).tolist():
            total += values[:, code] * float(conversion.factor(code, window.last))
        return total


def owed(history: History, leader: Days) -> Holdings:
    """Return the net balance of every customer; applications move nothing from one customer to another."""
    days = np.array([to_day(day) for day in history.as_of], np.int32)
    return history.kept("owed", lambda known: _totals(known, leader, days, _EVERY))


def sold(history: History, leader: Days) -> Holdings:
    """Return the credit sales to every customer."""
    return history.kept("sold", lambda known: _totals(known, leader, _ends(known), _IN_SALES))


def dealt(history: History, leader: Days) -> Holdings:
    """Return how many invoices and payments every customer had."""
    return history.kept("dealt", lambda known: _totals(known, leader, _ends(known), DEALS, counting=True))


def _ends(history: History) -> Days:
    """Return the days on which windows end, and the days before they begin."""
    ends = {to_day(day) for day in history.as_of}
    ends |= {to_day(trailing_window(day, n)[0]) - 1 for day in history.as_of for n in history.windows}
    return np.array(sorted(ends), np.int32)


def _numbered(groups: Days, holder: Days, holders: int) -> tuple[Ints, Days]:
    """Return the pairs of group and holder that occur, ascending, and which of them each item has; -1 for none."""
    pair = groups.astype(np.int64) * holders + holder
    highest = int(pair.max(initial=-1))
    if highest > DENSE:
        pairs, codes = np.unique(pair, return_inverse=True)
    else:  # counting is many times quicker than sorting
        occurs = np.zeros(highest + 1, np.bool_)
        occurs[pair[groups >= 0]] = True
        pairs, codes = np.flatnonzero(occurs), (np.cumsum(occurs) - 1)[np.maximum(pair, 0)]
    return pairs, np.where(groups < 0, -1, codes).astype(np.int32)


class _Holders(NamedTuple):
    """The holders: customer and group of each, and which of them each item has."""

    customer: Ints
    group: Ints
    of_item: Days


def _holders(history: History, leader: Days) -> _Holders:
    columns, scope = history.columns, history.scope
    holder = frozen(leader[columns.customer].astype(np.int32))
    if len(scope.groups) == 0:
        return _Holders(np.arange(len(leader), dtype=np.int64), np.zeros(len(leader), np.int64), holder)
    pairs, of_item = _numbered(scope.groups, holder, len(leader))
    group, customer = np.divmod(pairs, max(1, len(leader)))
    return _Holders(customer, group, frozen(of_item))


def _totals(history: History, leader: Days, days: Days, takes: Bools, *, counting: bool = False) -> Holdings:
    customer, group, of_item = history.kept("holders", lambda known: _holders(known, leader))
    within = Scope(of_item, history.scope.mask, max(1, len(customer)), history.scope.n_currencies)
    values = tallied(history.columns, days, within, takes, counting=counting)
    return Holdings(customer, group, days, values[:, : len(customer)])


def tallied(columns: Columns, days: Days, holders: Scope, takes: Bools, *, counting: bool) -> NDArray[np.int64]:
    """Return running totals of items of some kinds, or how many, on days that ascend: [day, holder, currency]."""
    from arcore.analytics import _kernel  # noqa: PLC0415  loads numba

    holders.check(columns, len(columns.item_id))
    out = np.zeros((len(days), holders.cells), np.int64)
    _kernel.tally(
        (columns.kind, holders.groups, columns.effective, columns.amount, columns.currency),
        holders.mask,
        holders.n_currencies,
        takes,
        counting,
        int(days[0]),
        slots_of(days),
        out,
    )
    np.cumsum(out, axis=0, out=out)
    return out.reshape(len(days), holders.n_groups, holders.n_currencies)
