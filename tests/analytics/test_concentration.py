"""How much hangs on few customers."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from arcore.analytics.concentration import amounts_of
from arcore.analytics.concentration import hhi_of_shares
from arcore.analytics.concentration import hhi_open
from arcore.analytics.concentration import hhi_sales
from arcore.analytics.concentration import large_customers
from arcore.analytics.concentration import top_open
from arcore.analytics.concentration import top_sales

HELD = np.array([500.0, -80.0, 300.0, 0.0, 200.0])


def test_customers_in_credit_are_left_out():
    found = amounts_of(HELD, top=2, large_share=Decimal(30))
    assert (found["positive"], found["top"], found["large"], found["large_count"]) == (1000, 800, 800, 2)
    assert top_open(top_open=found["top"], positive_open=found["positive"]).value == 80
    assert hhi_open(open_squares=found["squares"], positive_open=found["positive"]).exact == hhi_of_shares([50, 30, 20])


def test_exactly_the_share_is_large():
    assert amounts_of(HELD, top=1, large_share=Decimal(20))["large_count"] == 3


def test_one_customer_is_the_most_there_can_be():
    assert hhi_sales(sales_squares=Decimal(49), positive_sales=7).exact == 10_000


def test_nobody_owes_and_nobody_bought():
    found = amounts_of(np.array([-5.0]), top=10, large_share=Decimal(10))
    assert top_open(top_open=found["top"], positive_open=found["positive"]).undefined == "no customer owes anything"
    for figure in (
        top_sales(top_sales=0, positive_sales=0),
        hhi_sales(sales_squares=0, positive_sales=0),
        large_customers(large_count=0, large_sales=0, positive_sales=0),
    ):
        assert figure.undefined == "nothing was sold in the window"


def test_the_slow_index_of_many_shares():
    held = np.arange(1.0, 201.0)
    found = amounts_of(held, top=10, large_share=Decimal(10))
    slow = sum((Decimal(int(one)) * 100 / Decimal(20_100)) ** 2 for one in held)
    assert abs(hhi_open(open_squares=found["squares"], positive_open=found["positive"]).exact - slow) < Decimal("1e-9")
    assert found["top"] == sum(range(191, 201))
