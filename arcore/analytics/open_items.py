"""What is open on one day, item by item."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from numpy.typing import NDArray

from arcore.analytics.buckets import EDGES
from arcore.analytics.buckets import columns_of
from arcore.analytics.buckets import offsets
from arcore.analytics.columns import Basis
from arcore.analytics.columns import Columns
from arcore.analytics.columns import Ints


class OpenItems(NamedTuple):
    """Items of one day, one entry each.

    Attributes:
        row: its row in the columns.
        open: signed open balance in minor units.
        days_past_due: as-of day less the due day of the basis; zero or negative when not due.
        bucket: position in `names`.
        names: not due, the buckets, unapplied.
    """

    row: Ints
    open: Ints
    days_past_due: Ints
    bucket: Ints
    names: tuple[str, ...]

    def labels(self) -> NDArray[np.object_]:
        """Return the name of the bucket of every entry."""
        return np.array(self.names, object)[self.bucket]


def balances_at(columns: Columns, as_of: int) -> Ints:
    """Return the signed open balance of every item row at the end of a day; minor units."""
    from arcore.analytics import _kernel  # noqa: PLC0415  loads numba

    out = np.empty(len(columns.item_id), np.int64)
    applications = (columns.app_from, columns.app_to, columns.app_amount, columns.app_day)
    _kernel.balances(columns.effective, columns.amount, applications, as_of, out)
    return out


def open_items(
    columns: Columns,
    as_of: int,
    *,
    basis: Basis = "original",
    edges: Sequence[int] = EDGES,
    mask: ArrayLike | None = None,
    settled: bool = False,
) -> OpenItems:
    """Return the items open at the end of a day; with `settled` also those that counted by then and are paid off.

    Credit items are in "unapplied" whatever their date.
    """
    balance = balances_at(columns, as_of)
    chosen = columns.effective <= as_of if settled else balance != 0
    if mask is not None:
        chosen = chosen & np.asarray(mask, np.bool_)
    rows = np.flatnonzero(chosen)
    late = as_of - columns.due_of(basis)[rows].astype(np.int64)
    starts = offsets(edges)
    bucket = np.searchsorted(starts, late, side="right") - 1
    bucket = np.where(columns.side[rows] < 0, len(starts), bucket)
    return OpenItems(row=rows, open=balance[rows], days_past_due=late, bucket=bucket, names=columns_of(edges))
