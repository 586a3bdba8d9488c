"""Aging of one day: what is open, by group, currency and bucket.

Not due + buckets + unapplied = open, always. "Of which re-dated" is the part of open whose agreed due day differs from
the contractual one; it stands beside the buckets and is not added to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from numpy.typing import NDArray

from arcore.analytics.buckets import EDGES
from arcore.analytics.buckets import columns_of
from arcore.analytics.buckets import offsets
from arcore.analytics.columns import Basis
from arcore.analytics.columns import Columns
from arcore.analytics.columns import Ints
from arcore.analytics.open_items import balances_at
from arcore.analytics.scope import Scope


@dataclass(frozen=True, eq=False)
class Aging:
    """Balances of one day in minor units; credits negative.

    Attributes:
        as_of: day number; balances are those at its end.
        not_due, unapplied, open, redated: [group, currency].
        buckets: [group, currency, bucket].
    """

    as_of: int
    basis: Basis
    edges: tuple[int, ...]
    not_due: Ints
    buckets: NDArray[np.int64]
    unapplied: Ints
    open: Ints
    redated: Ints

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns: not due, the buckets, unapplied."""
        return columns_of(self.edges)

    @property
    def columns(self) -> NDArray[np.int64]:
        """All columns in the order of `names`: [group, currency, column]."""
        return np.concatenate((self.not_due[:, :, None], self.buckets, self.unapplied[:, :, None]), axis=2)

    @property
    def overdue(self) -> Ints:
        """Open debit items past due: [group, currency]."""
        total: Ints = self.buckets.sum(axis=2)
        return total


def aging(
    columns: Columns,
    as_of: int,
    *,
    basis: Basis = "original",
    edges: Sequence[int] = EDGES,
    groups: ArrayLike | None = None,
    n_groups: int | None = None,
    mask: ArrayLike | None = None,
    n_currencies: int | None = None,
) -> Aging:
    """Age what is open at the end of a day.

    `groups` gives a group per item row (-1: left out), `mask` which rows take part. Raises BadInput for edges that do
    not ascend and for arrays of another length.
    """
    from arcore.analytics import _kernel  # noqa: PLC0415  loads numba

    scope = Scope.of(columns, groups=groups, n_groups=n_groups, mask=mask, n_currencies=n_currencies)
    starts = offsets(edges)
    last = len(starts)
    out = np.zeros((scope.cells, last + 2), np.int64)
    _kernel.age(
        (columns.side, columns.due_of(basis), columns.currency),
        balances_at(columns, as_of),
        columns.due,
        columns.original_due,
        scope.groups,
        scope.mask,
        scope.n_currencies,
        starts,
        as_of,
        out,
    )
    table = out.reshape(scope.n_groups, scope.n_currencies, last + 2)
    return Aging(
        as_of=as_of,
        basis=basis,
        edges=tuple(edges),
        not_due=table[:, :, 0],
        buckets=table[:, :, 1:last],
        unapplied=table[:, :, last],
        open=table[:, :, : last + 1].sum(axis=2),
        redated=table[:, :, last + 1],
    )
