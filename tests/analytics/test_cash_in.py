"""Cash in, and the cash to be expected of given sales."""

from __future__ import annotations

from decimal import Decimal

from arcore.analytics.cash_in import cash_in
from arcore.analytics.cash_in import collections


def test_refunds_and_bounced_payments_leave_again():
    figure = cash_in(receipts=100, refunds=10, reversals=30)
    assert (figure.value, figure.unit) == (60, "money")


def test_a_pattern_spreads_sales_over_later_periods():
    found = collections(sales=[100, 200], collect_pct=[50, 30, 10], prior_sales=[1_000, 500])
    assert [int(cash) for cash in found.collections] == [50 + 300 + 50, 100 + 30 + 100]
    assert found.still_to_collect == 60 + 20 + 10
    assert found.ar_end_gross == found.still_to_collect + Decimal(100 + 200 + 1_000 + 500) / 10
