"""Use of credit limits."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from arcore.analytics.utilisation import amounts_of
from arcore.analytics.utilisation import available
from arcore.analytics.utilisation import exposure
from arcore.analytics.utilisation import high
from arcore.analytics.utilisation import of_customer
from arcore.analytics.utilisation import over_limit
from arcore.analytics.utilisation import weighted

NONE = float("nan")


def test_only_customers_with_a_limit_count():
    """80 of 100, 150 of 100, in credit with 100, no limit, a limit of zero: 230 of 300."""
    held = np.array([80.0, 150.0, -40.0, 999.0, 5.0])
    found = amounts_of(held, np.array([100.0, 100.0, 100.0, NONE, 0.0]))
    assert found == {"limited_open": 230, "limits": 300, "over_limit": 50, "high_utilisation": 150}
    assert weighted(limited_open=found["limited_open"], limits=300).exact == Decimal(230) / 3
    assert over_limit(over_limit=found["over_limit"], limits=300).value == 50


def test_nine_of_ten_stay_at_or_below():
    held = np.arange(10.0, 101.0, 10.0)
    found = amounts_of(held, np.full(10, 100.0))
    assert high(high_utilisation=found["high_utilisation"], limits=found["limits"]).value == 90


def test_without_a_limit_there_is_no_use_of_it():
    for figure in (
        of_customer(balance=50, limit=None),
        of_customer(balance=50, limit=0),
        high(high_utilisation=0, limits=0),
        over_limit(over_limit=0, limits=0),
    ):
        assert figure.undefined == "no customer has a credit limit above zero on the day"
    assert amounts_of(np.array([5.0]), np.array([NONE]))["limits"] == 0


def test_what_is_left_may_be_negative():
    assert available(limit=100, balance=130) == -30
    assert exposure(positive_open=130).value == 130
