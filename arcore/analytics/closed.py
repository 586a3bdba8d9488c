"""Debts that payments brought to zero, in windows: what the plain means of days to pay and days late count.

A debt is an item with all that was born of it; it counts in the window that holds its last receipt, once nothing of it
is open at the end of that window.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arcore.analytics.columns import Days
from arcore.analytics.columns import Ints
from arcore.analytics.growing import frozen
from arcore.analytics.history import History
from arcore.analytics.history import Point
from arcore.analytics.payments import IS_PAID
from arcore.analytics.payments import PAYS
from arcore.dates import to_day
from arcore.dates import trailing_window

MEASURES = ("closed_count", "closed_days", "closed_days_late")


@dataclass(frozen=True, eq=False)
class Closed:
    """Counts and sums of days in one window per as-of day.

    Attributes:
        as_of: last days of the windows, ascending.
        values: [group, currency, measure, day]; measures as in MEASURES.
    """

    as_of: Days
    values: NDArray[np.int64]


def closed(point: Point, measure: str) -> Ints:
    """Return one of MEASURES in the window of a point by group: how many debts, or the sum of their days."""
    length = point.months

    def make(history: History) -> Closed:
        return closed_in_windows(history, [trailing_window(day, length) for day in history.as_of])

    known = point.history.kept(f"closed_{length}", make)
    at = int(np.searchsorted(known.as_of, to_day(point.window.last)))
    counts: Ints = known.values[:, :, MEASURES.index(measure), at].sum(axis=1)
    return counts


def closed_in_windows(history: History, windows: list[tuple[date, date]]) -> Closed:
    """Count in windows whose first and last days (inclusive) both ascend: one pass over the books."""
    from arcore.analytics import _kernel  # noqa: PLC0415  loads numba
    from arcore.analytics import _kernel_debts  # noqa: PLC0415  loads numba

    columns, scope = history.columns, history.scope
    first, last = (np.array([to_day(window[end]) for window in windows], np.int32) for end in (0, 1))
    start = int(first[0]) - 1
    every = np.arange(start, int(last[-1]) + 2)
    out = np.zeros((scope.cells, len(MEASURES), len(last)), np.int64)
    basis = columns.due_of(history.basis)
    parts = (scope.groups, scope.mask, scope.n_currencies)
    begins = frozen(np.searchsorted(last, every).astype(np.int32))
    stops = frozen(np.searchsorted(first, every, side="right").astype(np.int32))
    items = (columns.kind, columns.side, frozen(columns.root), columns.effective, columns.amount)
    applications = (columns.app_from, columns.app_to, columns.app_amount, columns.app_day, columns.doc_day)
    counts = np.zeros(len(columns.item_id), np.int32)
    _kernel_debts.count_events(items, applications, IS_PAID, counts)
    whole = (*items, columns.currency)
    _kernel_debts.paid_at_once(whole, applications, PAYS, basis, *parts, start, begins, stops, counts, out)
    starts, events = _laid_out(items, applications, counts)
    rest = (basis, columns.doc_day, columns.currency)
    _kernel_debts.paid_off(rest, starts, events, *parts, start, begins, stops, out)
    _kernel.run_up(out, 1)
    return Closed(last, out.reshape(scope.n_groups, scope.n_currencies, *out.shape[1:]))


def _laid_out(
    items: tuple[Any, ...], applications: tuple[Any, ...], counts: Days
) -> tuple[Ints, tuple[Days, Ints, Days, Ints]]:
    """Return where the events of each debt begin, and their days, amounts, receipt days and amounts settled, by day."""
    from arcore.analytics import _kernel_debts  # noqa: PLC0415  loads numba

    starts = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=starts[1:])
    # New pages of memory take longer to get than the loop takes: days need half the room of amounts.
    days, receipts = (np.empty(starts[-1], np.int32) for _ in range(2))
    moved, settled = (np.empty(starts[-1], np.int64) for _ in range(2))
    _kernel_debts.lay_out_events(
        items, applications, PAYS, starts, starts[:-1].copy(), (days, moved, receipts, settled)
    )
    return starts, (days, moved, receipts, settled)
