"""DSO: by period end, on average balance, by counting back."""

from __future__ import annotations

import pytest

from arcore.analytics.add import average_days_delinquent
from arcore.analytics.best_possible import best_possible
from arcore.analytics.dso import average_balance
from arcore.analytics.dso import countback
from arcore.analytics.dso import period_end


def test_what_survived_in_an_aging_is_not_what_was_sold():
    honest = period_end(ar_end=1_200_000, credit_sales=3_000_000, days=92)
    survivors_only = period_end(ar_end=1_200_000, credit_sales=1_100_000, days=92)
    assert round(honest.value) == 37
    assert round(survivors_only.value) == 100


def test_dso_is_best_possible_and_delinquent_less_days_of_unapplied_credits():
    window = {"credit_sales": 900, "days": 90}
    net = 600 + 20 - 100
    assert period_end(ar_end=net, **window).value == 52
    assert best_possible(ar_current=600, **window).value == 60
    assert average_days_delinquent(overdue=20, **window).value == 2
    assert 52 == 60 + 2 - 100 / 900 * 90


@pytest.mark.parametrize(("sales", "reason"), [(0, "no credit sales"), (-5, "credit notes exceed")])
def test_without_sales_there_is_no_figure(sales, reason):
    for figure in (
        period_end(ar_end=100, credit_sales=sales, days=30),
        average_balance(ar_begin=1, ar_end=2, credit_sales=sales, days=30),
        best_possible(ar_current=100, credit_sales=sales, days=30),
        average_days_delinquent(overdue=100, credit_sales=sales, days=30),
    ):
        assert figure.value is None
        assert figure.undefined is not None
        assert reason in figure.undefined


def test_a_credit_balance_has_no_dso_and_says_so():
    figure = period_end(ar_end=-1, credit_sales=100, days=30)
    assert figure.value is None
    assert figure.flags == ("credit_balance",)
    assert countback(ar_end=-1, periods=[(10, 30)]).flags == ("credit_balance",)


def test_nothing_open_is_zero_days():
    assert period_end(ar_end=0, credit_sales=100, days=30).value == 0
    assert countback(ar_end=0, periods=[(10, 30)]).value == 0


def test_an_average_needs_its_figures():
    with pytest.raises(TypeError, match="ar_average"):
        average_balance(ar_begin=1, credit_sales=1, days=1)


def test_countback_uses_up_the_newest_sales_first():
    figure = countback(ar_end=250, periods=[(100, 31), (100, 30), (100, 31), (100, 30)])
    assert figure.value == 31 + 30 + 31 / 2
    assert figure.filled() == "61 + 50 ÷ 100 × 31"
    assert len(figure.inputs["periods"]) == 3


def test_a_month_used_up_exactly_ends_the_count():
    assert countback(ar_end=100, periods=[(100, 31), (0, 30), (5, 31)]).value == 31


def test_three_rules_for_a_month_without_sales():
    silent = [(100, 31), (0, 30), (100, 31)]
    assert countback(ar_end=150, periods=silent).value == 31 + 30 + 15.5
    stopped = countback(ar_end=150, periods=silent, on_no_sales="stop")
    assert (stopped.value, stopped.flags) == (31, ("stopped_without_sales",))
    net_credit = [(100, 31), (-50, 30), (100, 31), (100, 30)]
    assert countback(ar_end=150, periods=net_credit).value == 31 + 30 + 31


def test_a_history_that_runs_out_is_flagged():
    figure = countback(ar_end=500, periods=[(100, 31), (100, 30)])
    assert (figure.value, figure.flags) == (61, ("history_exhausted",))
