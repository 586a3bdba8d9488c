"""What payments settled: the weights behind days to pay and days late.

An application of a payment to an invoice belongs to a window when the receipt lies in it and the application was
effective by its last day. Taken back, it is a negative row with the same dates and cancels itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from arcore.analytics.columns import Basis
from arcore.analytics.columns import Bools
from arcore.analytics.columns import Columns
from arcore.analytics.columns import Days
from arcore.analytics.columns import Ints
from arcore.analytics.growing import frozen
from arcore.analytics.open_items import balances_at
from arcore.analytics.scope import Scope
from arcore.ledger.kinds import CODES
from arcore.ledger.kinds import KINDS
from arcore.ledger.kinds import KindClass

MEASURES = ("paid_amount", "paid_amount_days", "paid_amount_days_late")
PAYS: Bools = frozen(np.arange(len(KINDS)) == CODES["payment"])
"""Kinds whose money counts as a receipt."""
IS_PAID: Bools = frozen(np.array([kind.kind_class is KindClass.SALES for kind in KINDS]))
"""Kinds that are paid: invoices, debit notes, late charges."""


@dataclass(frozen=True, eq=False)
class Paid:
    """Sums over what payments settled in one window per as-of day.

    Attributes:
        first, as_of: first and last days of the windows, ascending.
        values: [group, currency, measure, day]; measures as in MEASURES: minor units, and minor units × days.
    """

    first: Days
    as_of: Days
    values: NDArray[np.int64]

    def plus(self, more: Paid) -> Paid:
        """Add the sums over other applications, in the same windows."""
        return replace(self, values=self.values + more.values)


class PaidOff(NamedTuple):
    """Items that payments brought to zero, one entry per first origin; instalments count each.

    Attributes:
        row: the item in the columns.
        days_to_pay: document date to last receipt.
        days_late: due date to last receipt.
    """

    row: Ints
    days_to_pay: Ints
    days_late: Ints


def paid_in_windows(
    columns: Columns,
    first: Days,
    last: Days,
    *,
    basis: Basis = "original",
    scope: Scope | None = None,
    since: int = 0,
) -> Paid:
    """Sum what payments settled in windows from `first` to `last`, both inclusive and both ascending.

    Applications before row `since` are left out. Sums have to stay inside 64 bits: amount × days of a window.
    """
    from arcore.analytics import _kernel  # noqa: PLC0415  loads numba

    within = scope or Scope.of(columns)
    within.check(columns, len(columns.item_id))
    start = int(first[0]) - 1
    every = np.arange(start, int(last[-1]) + 2)
    out = np.zeros((within.cells, len(MEASURES), len(last)), np.int64)
    _kernel.paid(
        (columns.kind, columns.side, columns.due_of(basis), columns.doc_day, columns.origin, columns.currency),
        (columns.app_from, columns.app_to, columns.app_amount, columns.app_day),
        within.groups,
        within.mask,
        within.n_currencies,
        since,
        PAYS,
        IS_PAID,
        start,
        frozen(np.searchsorted(last, every).astype(np.int32)),
        frozen(np.searchsorted(first, every, side="right").astype(np.int32)),
        out,
    )
    _kernel.run_up(out, 1)
    return Paid(first=first, as_of=last, values=out.reshape(within.n_groups, within.n_currencies, *out.shape[1:]))


def payment_applications(columns: Columns, first: int, last: int, mask: Bools | None = None) -> Ints:
    """Return the rows of the applications behind days to pay in a window; both days inclusive."""
    source, target = columns.app_from, columns.app_to
    receipt = columns.doc_day[source]
    chosen = (receipt >= first) & (receipt <= last) & (columns.app_day <= last)
    chosen &= (columns.side[source] < 0) & (columns.side[target] > 0)
    chosen &= PAYS[columns.root_kind[source]] & IS_PAID[columns.root_kind[target]]
    if mask is not None:
        chosen &= mask[target]
    return np.flatnonzero(chosen)


def paid_off(
    columns: Columns, first: int, last: int, *, basis: Basis = "original", mask: Bools | None = None
) -> PaidOff:
    """Return the items at zero at the end of a window whose last receipt lies in it.

    An item counts once some payment settled a part of it and nothing of it, re-dated or transferred, is open.
    """
    balance = balances_at(columns, last)
    still_open = np.zeros(len(balance), np.bool_)
    still_open[columns.root[(balance != 0) & (columns.side > 0)]] = True
    applied = _standing(columns, payment_applications(columns, -(2**31), last, mask))
    target = columns.root[columns.app_to[applied]]
    receipt = np.full(len(balance), -(2**31), np.int64)
    np.maximum.at(receipt, target, columns.doc_day[columns.app_from[applied]].astype(np.int64))
    rows = np.flatnonzero((receipt >= first) & ~still_open)
    return PaidOff(
        row=rows,
        days_to_pay=receipt[rows] - columns.doc_day[rows],
        days_late=receipt[rows] - columns.due_of(basis)[rows],
    )


def _standing(columns: Columns, applications: Ints) -> Ints:
    """Leave out applications between pairs of items of which nothing stands: they were taken back."""
    if not (columns.app_amount[applications] < 0).any():
        return applications
    pair = columns.app_from[applications] * len(columns.item_id) + columns.app_to[applications]
    pairs, which = np.unique(pair, return_inverse=True)
    net = np.zeros(len(pairs), np.int64)
    np.add.at(net, which, columns.app_amount[applications])
    return applications[net[which] > 0]
