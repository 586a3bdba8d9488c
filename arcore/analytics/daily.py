"""Every bucket on every day, in one pass.

A movement of `a` on an item due on day u, effective on day s, is in the bucket [lo, hi) days past due on exactly the
days max(s, u + lo) <= d < u + hi. Write +a and -a at the two ends, do that for every movement, and one running sum
over the days gives every bucket on every day. Items of the credit side stand in a column of their own from day s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from numpy.typing import NDArray

from arcore.analytics.buckets import EDGES
from arcore.analytics.buckets import columns_of
from arcore.analytics.buckets import offsets
from arcore.analytics.columns import Basis
from arcore.analytics.columns import Columns
from arcore.analytics.columns import Days
from arcore.analytics.columns import Ints
from arcore.analytics.growing import frozen
from arcore.analytics.scope import NO_GROUPS
from arcore.analytics.scope import Scope
from arcore.errors import BadInput


class Rows(NamedTuple):
    """How many rows of the columns were seen: what comes behind them is new."""

    items: int = 0
    applications: int = 0

    @classmethod
    def of(cls, columns: Columns) -> Rows:
        """Return the number of rows there are now."""
        return cls(len(columns.item_id), len(columns.app_id))


NOTHING = Rows()


@dataclass(frozen=True, eq=False)
class Balances:
    """Balances of a range or a choice of days; minor units, credits negative.

    Attributes:
        days: the day numbers, ascending.
        values: [group, currency, column, day]; columns are not due, each bucket, unapplied.
    """

    days: Days
    edges: tuple[int, ...]
    values: NDArray[np.int64]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in their order."""
        return columns_of(self.edges)

    @property
    def not_due(self) -> Ints:
        """Open debit items with 0 days past due or less: [group, currency, day]."""
        return self.values[:, :, 0]

    @property
    def buckets(self) -> Ints:
        """Open debit items by bucket: [group, currency, bucket, day]."""
        return self.values[:, :, 1:-1]

    @property
    def overdue(self) -> Ints:
        """Open debit items past due: [group, currency, day]."""
        total: Ints = self.buckets.sum(axis=2)
        return total

    @property
    def unapplied(self) -> Ints:
        """Open credit items, zero or negative: [group, currency, day]."""
        return self.values[:, :, -1]

    @property
    def open(self) -> Ints:
        """Net balance: not due + buckets + unapplied: [group, currency, day]."""
        total: Ints = self.values.sum(axis=2)
        return total

    def index(self, day: int) -> int:
        """Return the position of a day. Raises BadInput when it was not asked for."""
        return position_of(self.days, day)

    def plus(self, more: Balances) -> Balances:
        """Add the balances of other movements, over the same days and columns."""
        return replace(self, values=self.values + more.values)


def daily_balances(
    columns: Columns,
    *,
    first: int,
    last: int,
    basis: Basis = "original",
    edges: Sequence[int] = EDGES,
    groups: ArrayLike | None = None,
    n_groups: int | None = None,
    mask: ArrayLike | None = None,
    scope: Scope | None = None,
    since: Rows = NOTHING,
) -> Balances:
    """Return every bucket at the end of every day from `first` to `last`, both inclusive.

    `since` leaves out the movements of older rows: what it returns is to be added to their balances. A `scope`
    stands for groups and mask. Raises BadInput for edges that do not ascend or an empty range.
    """
    if last < first:
        raise BadInput("the last day lies before the first", first=first, last=last)
    within = scope or Scope.of(columns, groups=groups, n_groups=n_groups, mask=mask)
    return _swept(columns, np.arange(first, last + 1, dtype=np.int32), NO_GROUPS, basis, edges, within, since)


def balances_on(
    columns: Columns,
    days: ArrayLike,
    *,
    basis: Basis = "original",
    edges: Sequence[int] = EDGES,
    scope: Scope | None = None,
    since: Rows = NOTHING,
) -> Balances:
    """Return every bucket at the end of chosen days, in one pass and with room for these days only."""
    chosen = np.unique(np.asarray(days, np.int32))
    return _swept(columns, chosen, slots_of(chosen), basis, edges, scope or Scope.of(columns), since)


def position_of(days: Days, day: int) -> int:
    """Return where a day stands among ascending days. Raises BadInput when it is not there."""
    position = int(np.searchsorted(days, day))
    if position == len(days) or days[position] != day:
        raise BadInput(f"day {day} is not among those computed", day=day)
    return position


def slots_of(days: Days) -> Days:
    """Return, for every day from the first of `days` on, the position of the first of them that is not before it.

    One entry more than there are days between the first and the last; it says "too late".
    """
    every = np.arange(days[0], days[-1] + 2, dtype=np.int32)
    return frozen(np.searchsorted(days, every).astype(np.int32))


def _swept(
    columns: Columns, days: Days, slots: Days, basis: Basis, edges: Sequence[int], scope: Scope, since: Rows
) -> Balances:
    from arcore.analytics import _kernel  # noqa: PLC0415  loads numba

    scope.check(columns, since.items)
    starts = offsets(edges)
    out = np.zeros((scope.cells, len(starts) + 1, len(days)), np.int64)
    _kernel.sweep(
        (columns.side, columns.due_of(basis), columns.effective, columns.amount, columns.currency),
        (columns.app_from, columns.app_to, columns.app_amount, columns.app_day),
        scope.groups,
        scope.mask,
        scope.n_currencies,
        tuple(since),
        starts,
        int(days[0]),
        slots,
        out,
    )
    _kernel.run_up(out, len(starts))
    shape = (scope.n_groups, scope.n_currencies, *out.shape[1:])
    return Balances(days=days, edges=tuple(edges), values=out.reshape(shape))
