"""What moved between two days, bucket by bucket."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from numpy.typing import NDArray

from arcore.analytics.aging import Aging
from arcore.analytics.aging import aging
from arcore.analytics.buckets import EDGES
from arcore.analytics.columns import Basis
from arcore.analytics.columns import Columns
from arcore.analytics.flows import Flows
from arcore.analytics.flows import flows_on
from arcore.analytics.scope import Scope


@dataclass(frozen=True, eq=False)
class Movement:
    """The way from one aging to another.

    Attributes:
        before, after: aging at the end of the two days.
        booked: what was booked after the first day up to and with the second, [group, currency, flow]; it adds up to
            the change of the open balance.
        flows: the names of the flows.
    """

    before: Aging
    after: Aging
    booked: NDArray[np.int64]
    flows: tuple[str, ...]

    @property
    def change(self) -> NDArray[np.int64]:
        """Change of every column (not due, buckets, unapplied): [group, currency, column]."""
        return self.after.columns - self.before.columns


def movement(
    columns: Columns,
    first: int,
    last: int,
    *,
    basis: Basis = "original",
    edges: Sequence[int] = EDGES,
    groups: ArrayLike | None = None,
    n_groups: int | None = None,
    mask: ArrayLike | None = None,
    n_currencies: int | None = None,
) -> Movement:
    """Compare the aging at the end of two days, `first` before `last`, and say what was booked between them."""
    scope = Scope.of(columns, groups=groups, n_groups=n_groups, mask=mask, n_currencies=n_currencies)
    before, after = (
        aging(
            columns,
            day,
            basis=basis,
            edges=edges,
            groups=groups,
            n_groups=scope.n_groups,
            mask=mask,
            n_currencies=scope.n_currencies,
        )
        for day in (first, last)
    )
    flows: Flows = flows_on(columns, [first, last], scope=scope)
    return Movement(before=before, after=after, booked=flows.all_between(first, last), flows=flows.names)
