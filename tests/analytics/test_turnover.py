"""Turnover and the days it means."""

from __future__ import annotations

from arcore.analytics.dso import average_balance
from arcore.analytics.turnover import ar_days
from arcore.analytics.turnover import turnover


def test_days_are_those_of_dso_on_the_average_balance():
    figures = {"credit_sales": 450_000, "ar_begin": 90_000, "ar_end": 85_000}
    assert round(ar_days(**figures).value) == 71
    assert round(ar_days(**figures).value, 9) == round(average_balance(days=365, **figures).value, 9)


def test_no_balance_no_turnover():
    assert turnover(credit_sales=100, ar_begin=-50, ar_end=50).undefined == "the average balance is not positive"
    assert ar_days(credit_sales=100, ar_average=0).value is None


def test_sales_of_zero_turn_over_zero_times_but_have_no_days():
    assert turnover(credit_sales=0, ar_average=10).value == 0
    assert ar_days(credit_sales=0, ar_average=10).value is None
    assert turnover(credit_sales=-1, ar_average=10).value is None
