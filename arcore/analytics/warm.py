"""Compile the loops before the first visitor needs them."""

from __future__ import annotations

from datetime import date

import numpy as np

from arcore.analytics.aging import aging
from arcore.analytics.closed import closed_in_windows
from arcore.analytics.columns import APPLICATION_TYPES
from arcore.analytics.columns import ITEM_TYPES
from arcore.analytics.columns import Columns
from arcore.analytics.daily import balances_on
from arcore.analytics.daily import daily_balances
from arcore.analytics.flows import flows_on
from arcore.analytics.history import history
from arcore.analytics.holdings import DEALS
from arcore.analytics.holdings import tallied
from arcore.analytics.payments import paid_in_windows
from arcore.analytics.scope import Scope
from arcore.analytics.weighed import weighed


def warm() -> None:
    """Run every compiled loop once over empty columns of the real types; under a second once they are on disk."""
    columns = Columns.build({name: [] for name in ITEM_TYPES}, {name: [] for name in APPLICATION_TYPES})
    daily_balances(columns, first=0, last=1)
    balances_on(columns, [0])
    aging(columns, 0)
    flows_on(columns, [0])
    one_day = np.zeros(1, np.int32)
    paid_in_windows(columns, one_day, one_day)
    nothing = np.zeros(0, np.int32)
    weighed(columns, one_day, nothing, 1, columns.due, Scope.of(columns))
    tallied(columns, one_day, Scope.of(columns), DEALS, counting=True)
    closed_in_windows(history(columns, [date(2000, 1, 1)], paid_windows=()), [(date(2000, 1, 1), date(2000, 1, 1))])
