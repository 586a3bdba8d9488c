"""Days to pay and days late, from plain pairs."""

from __future__ import annotations

from arcore.analytics.days_to_pay import days_between
from arcore.analytics.days_to_pay import unweighted
from arcore.analytics.days_to_pay import unweighted_late
from arcore.analytics.days_to_pay import weighted
from arcore.analytics.days_to_pay import weighted_late


def test_a_big_receipt_weighs_more_than_a_small_one():
    assert weighted([(900, 10), (100, 60)]).value == 15
    assert unweighted([10, 60]).value == 35


def test_early_payers_count_as_negative_days():
    assert weighted_late([(100, -5), (100, 5)]).value == 0
    assert unweighted_late([-5, 1]).value == -2


def test_an_application_taken_back_cancels_itself():
    assert weighted([(100, 10), (50, 90), (-50, 90)]).value == 10


def test_nothing_paid_is_no_figure():
    assert weighted([]).undefined == "no invoice was paid in the window"
    assert unweighted([]).value is None


def test_the_end_day_is_not_counted_twice():
    assert days_between(10, 17) == 7
