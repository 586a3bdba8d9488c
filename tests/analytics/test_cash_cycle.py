"""The cash conversion cycle needs what only the company knows."""

from __future__ import annotations

from decimal import Decimal

from arcore.analytics.cash_cycle import UNKNOWN
from arcore.analytics.cash_cycle import cash_cycle

SOLD = {"ar_end": 100, "credit_sales": 300, "days": 90}


def test_inventory_and_receivables_less_payables():
    figure = cash_cycle(days_of_inventory=40, days_of_payables=25, **SOLD)
    assert figure.exact == Decimal(45)


def test_it_may_be_negative():
    assert cash_cycle(days_of_inventory=0, days_of_payables=Decimal("40.5"), **SOLD).value == -10.5


def test_what_nobody_gave_is_never_taken_for_zero():
    for given in (
        {"days_of_inventory": 40, "days_of_payables": None},
        dict.fromkeys(("days_of_inventory", "days_of_payables")),
    ):
        assert cash_cycle(**given, **SOLD).undefined == UNKNOWN


def test_without_sales_there_is_none():
    figure = cash_cycle(days_of_inventory=40, days_of_payables=25, ar_end=100, credit_sales=0, days=90)
    assert figure.undefined == "no credit sales in the window"
