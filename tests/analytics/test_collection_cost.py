"""What collecting costs, when somebody says."""

from __future__ import annotations

from decimal import Decimal

from arcore.analytics.collection_cost import UNKNOWN
from arcore.analytics.collection_cost import cost_of_window
from arcore.analytics.collection_cost import of_cash
from arcore.analytics.collection_cost import per_collection


def test_cost_of_the_window_in_percent_of_the_cash():
    assert of_cash(cost=cost_of_window(Decimal(2_000), 3), cash=1_200_000).value == 0.5


def test_unknown_cost_and_no_cash():
    assert of_cash(cost=cost_of_window(None, 3), cash=100).undefined == UNKNOWN
    assert of_cash(cost=10, cash=0).undefined == "no cash came in in the window"
    assert per_collection(cost=10, collections=0) is None
