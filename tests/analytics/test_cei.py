"""CEI and its cash twin."""

from __future__ import annotations

import pytest

from arcore.analytics.cei import cash_collected
from arcore.analytics.cei import collected
from arcore.analytics.cei import with_sales_over_months


def test_credits_and_losses_lift_cei_but_not_the_cash_twin():
    window = {"ar_begin": 1_000, "credit_sales": 500, "ar_end_current": 600}
    assert round(collected(ar_end=1_000, **window).value, 1) == 55.6
    assert round(cash_collected(cash=400, **window).value, 1) == 44.4


def test_a_plan_flatters_where_the_agreed_date_counts():
    by_contract = collected(ar_begin=1_000, credit_sales=500, ar_end=1_000, ar_end_current=600)
    as_agreed = collected(ar_begin=1_000, credit_sales=500, ar_end=1_000, ar_end_current=700)
    assert round(by_contract.value, 1) == 55.6
    assert round(as_agreed.value, 1) == 62.5


def test_unapplied_credits_never_lift_it_over_a_hundred():
    not_due, overdue, unapplied = 80, 10, -30
    ar_end = not_due + overdue + unapplied
    assert ar_end == 60
    figure = collected(ar_begin=0, credit_sales=100, ar_end=ar_end, ar_end_current=ar_end - overdue)
    assert figure.value == 80
    assert figure.filled() == "(0 + 100 − 60) ÷ (0 + 100 − 50) × 100"


def test_at_one_rate_nothing_paid_is_nothing_collected():
    overdue_usd, then, now = 1_000, 0.90, 0.95
    constant = collected(ar_begin=overdue_usd * now, credit_sales=0, ar_end=overdue_usd * now, ar_end_current=0)
    assert constant.value == 0
    as_booked_numerator = overdue_usd * then - overdue_usd * now
    assert as_booked_numerator / (overdue_usd * then) * 100 == pytest.approx(-5.6, abs=0.05)


def test_a_debt_that_moved_to_another_segment_was_not_collected_there():
    naive = collected(ar_begin=1_000, credit_sales=0, ar_end=0, ar_end_current=0)
    assert naive.value == 100
    moved_out = collected(ar_begin=1_000, credit_sales=0, transfers=-1_000, ar_end=0, ar_end_current=0)
    assert moved_out.undefined == "nothing fell due in the window"
    moved_in = collected(ar_begin=0, credit_sales=0, transfers=1_000, ar_end=1_000, ar_end_current=0)
    assert moved_in.value == 0
    assert "transfers" in moved_in.formula


def test_more_out_than_in_has_no_figure():
    refunded = collected(ar_begin=100, credit_sales=0, ar_end=150, ar_end_current=20)
    assert refunded.undefined == "more was refunded or bounced than came in"
    bounced = cash_collected(cash=-1, ar_begin=100, credit_sales=0, ar_end_current=20)
    assert bounced.undefined == "more was refunded or bounced than came in"
    assert cash_collected(cash=0, ar_begin=0, credit_sales=10, ar_end_current=10).value is None


def test_the_printed_form_understates_over_three_months():
    figures = {"ar_begin": 6_200, "credit_sales": 10_890, "ar_end": 6_340, "ar_end_current": 3_590}
    assert round(with_sales_over_months(n_months=3, **figures).value, 1) == 55.9
    assert round(collected(**figures).value, 1) == 79.6
