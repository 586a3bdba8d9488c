"""How many invoices were issued: what dispute rate and revised rate are shares of."""

from __future__ import annotations

import numpy as np

from arcore.analytics.columns import Bools
from arcore.analytics.columns import Columns
from arcore.analytics.columns import Ints
from arcore.analytics.flows import Flows
from arcore.analytics.flows import flows_on
from arcore.analytics.history import History
from arcore.analytics.history import Point
from arcore.dates import to_day
from arcore.ledger.kinds import CODES


def issued_rows(columns: Columns) -> Bools:
    """Tell which item rows are the first of an invoice; what was born of one, and what takes one back, is none."""
    first = np.ones(len(columns.item_id), np.bool_)
    first[1:] = columns.document_id[1:] != columns.document_id[:-1]
    chosen: Bools = first & (columns.kind == CODES["invoice"]) & (columns.origin < 0) & (columns.amount > 0)
    return chosen


def invoices_issued(point: Point) -> Ints:
    """Return by group how many invoices have their effective day in the window, those taken back later included."""
    known: Flows = point.history.kept("issued", _made)
    days = to_day(point.window.before), to_day(point.window.last)
    counts: Ints = known.between("invoiced", *days).sum(axis=1)
    return counts


def _made(history: History) -> Flows:
    chosen = issued_rows(history.columns).astype(np.int64)
    return flows_on(history.columns, history.balances.days, scope=history.scope, amounts=chosen)
