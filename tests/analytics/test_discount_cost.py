"""What a discount costs a year: from its terms, and from what was really given."""

from __future__ import annotations

from datetime import date

import pytest

from arcore.analytics.discount_cost import annualised
from arcore.analytics.discount_cost import discounts_taken
from arcore.analytics.discount_cost import effective
from arcore.analytics.discount_cost import nominal
from arcore.analytics.discount_cost import paid_days_early
from arcore.analytics.history import history

JAN, MAR = date(2026, 1, 1), date(2026, 3, 31)


def test_a_discount_that_brings_nothing_sooner_has_no_cost():
    for rate in (nominal, effective):
        assert rate(discount_pct=2, discount_day=10, pay_day=10).undefined == "the discount brings the money no sooner"


def test_one_invoice_costs_its_nominal_rate(book):
    """2 % of 100 for money 20 days early: 2 / 98 × 365 / 20."""
    invoice = book.post("invoice", JAN, 100_00, date(2026, 1, 31))
    book.paid(invoice, date(2026, 1, 11), 98_00)
    book.apply(book.post("discount", date(2026, 1, 11), 2_00), invoice, 2_00, date(2026, 1, 11))
    book.paid(book.post("invoice", JAN, 500_00, date(2026, 1, 31)), date(2026, 1, 2), 500_00)
    point = history(book.columns(), [MAR]).point(MAR, months=12)
    given, early = discounts_taken(point).tolist(), paid_days_early(point).tolist()
    assert (given, early) == ([2_00], [98_00 * 20]), "what was paid without a discount is no part of it"
    figure = annualised(discounts_taken=given[0], paid_days_early=early[0])
    assert figure.value == pytest.approx(nominal(discount_pct=2, discount_day=10, pay_day=30).value)


def test_a_discount_outside_the_window_is_not_counted(book):
    invoice = book.post("invoice", JAN, 100_00, date(2026, 1, 31))
    book.paid(invoice, date(2026, 1, 11), 98_00)
    book.apply(book.post("discount", date(2026, 1, 11), 2_00), invoice, 2_00, date(2026, 1, 11))
    point = history(book.columns(), [MAR]).point(MAR, months=1)
    assert (discounts_taken(point).tolist(), paid_days_early(point).tolist()) == ([0], [0])
    assert annualised(discounts_taken=0, paid_days_early=0).value is None
