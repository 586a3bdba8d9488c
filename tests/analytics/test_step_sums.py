from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from arcore.analytics.step_sums import StepSum
from arcore.analytics.step_sums import step_sum
from arcore.analytics.step_sums import student_t
from arcore.analytics.step_sums import verdict


def ints(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


def test_one_step_over_four_payments():
    # 100 × 10 + 300 × 20 + 100 × 0 + 500 × 4 = 9000; 9000 ÷ 1000 = 9 days; payments took 0, 4, 10, 20 days.
    found = step_sum(ints(10, 20, 0, 4), ints(100, 300, 100, 500), ints(1, 2, 2, 3), ints(8, 8, 9, 9))

    assert (found.invoices, found.payments, found.customers) == (3, 4, 2)
    assert (found.amount, found.amount_days, found.mean) == (1000, 9000, 9)
    assert (found.median, found.p90) == (7, pytest.approx(17))
    # Residuals by customer: 100 × 1 + 300 × 11 = 3400 and 100 × −9 + 500 × −5 = −3400; √(2 × 2 × 3400²) ÷ 1000.
    assert found.error == pytest.approx(6.8)


def test_nothing_has_no_mean_and_one_customer_no_error():
    assert step_sum(ints(), ints(), ints(), ints()) == StepSum()
    assert StepSum().mean is None
    assert step_sum(ints(1, 2), ints(5, 5), ints(1, 2), ints(4, 4)).error is None


def test_the_error_is_near_that_of_a_bootstrap_over_customers():
    rng = np.random.default_rng(5)
    who = np.repeat(np.arange(80), 6)
    days = (rng.normal(12, 8, 80)[who] + rng.normal(0, 6, len(who))).astype(np.int64)
    amount = rng.lognormal(6, 0.8, len(who)).astype(np.int64) + 1
    found = step_sum(days, amount, np.arange(len(who)), who)
    products, amounts = (np.bincount(who, weights=value) for value in (days * amount, amount))
    picks = rng.integers(0, 80, (4000, 80))
    bootstrap = (products[picks].sum(axis=1) / amounts[picks].sum(axis=1)).std()

    assert found.error == pytest.approx(bootstrap, rel=0.1)


NOW = StepSum(invoices=50, payments=60, customers=21, amount=1000, amount_days=10_000, error=1.0)


@pytest.mark.parametrize(
    ("before", "says"),
    [
        # t of 20 degrees is 2.086; 2.086 × √2 = 2.95 days.
        (replace(NOW, amount_days=12_900), "chance"),
        (replace(NOW, amount_days=13_000), "better"),
        (replace(NOW, amount_days=7_000), "worse"),
        (replace(NOW, amount_days=90_000, customers=7), "few"),
        (replace(NOW, amount_days=90_000, invoices=19), "few"),
        (StepSum(), "few"),
    ],
)
def test_a_difference_counts_when_it_is_more_than_chance_and_of_enough(before, says):
    assert verdict(NOW, before) == says


@pytest.mark.parametrize(("freedom", "table"), [(4, 2.776), (7, 2.365), (10, 2.228), (30, 2.042), (100, 1.984)])
def test_students_t_as_printed_in_tables(freedom, table):
    assert student_t(freedom) == pytest.approx(table, abs=0.001)
