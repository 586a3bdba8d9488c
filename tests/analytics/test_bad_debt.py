"""Bad debt, before and after recoveries, with and without tax."""

from __future__ import annotations

from arcore.analytics.bad_debt import allowance_to_ar
from arcore.analytics.bad_debt import gross
from arcore.analytics.bad_debt import net
from arcore.analytics.bad_debt import net_of_tax


def test_recoveries_lower_the_loss():
    assert gross(uncollectible=100, credit_sales=10_000).value == 1
    assert net(uncollectible=100, recoveries=40, credit_sales=10_000).value == 0.6


def test_tax_leaves_both_sides():
    figure = net_of_tax(uncollectible=120, recoveries=0, loss_tax=20, credit_sales=12_000, sales_tax=2_000)
    assert figure.value == 1


def test_no_sales_no_ratio():
    assert net(uncollectible=1, recoveries=0, credit_sales=0).undefined == "no credit sales in the window"


def test_allowance_against_nothing_open_has_no_share():
    assert allowance_to_ar(allowance=10, ar_end=0).share.value is None
