"""Amounts as booked, in each customer's own currency and in one reporting currency; rates that are missing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from arcore.reports.aging import aging
from arcore.reports.filters import Filters
from arcore.reports.items import items
from arcore.reports.kpis import kpis
from arcore.reports.view import view

SEP, OCT = date(2026, 9, 30), date(2026, 10, 31)


@pytest.fixture
def trade(company):
    """OAK, a EUR customer: 100 EUR and 10 USD. FIR named no currency: 20 USD twice and 9 EUR. 1 USD = 0.90 EUR."""
    company.setting("currency", '"EUR"')
    company.customer("OAK", currency="EUR")
    company.customer("FIR")
    company.customer("NEW")
    company.invoice("OAK", date(2026, 9, 1), date(2026, 10, 1), 100)
    company.invoice("OAK", date(2026, 9, 1), date(2026, 10, 1), 10, currency="USD")
    company.invoice("FIR", date(2026, 9, 1), date(2026, 10, 1), 20, currency="USD")
    company.invoice("FIR", date(2026, 9, 1), date(2026, 11, 30), 20, currency="USD")
    company.invoice("FIR", date(2026, 9, 1), date(2026, 10, 1), 9)
    company.rate("USD", "EUR", date(2026, 8, 1), "0.90")
    return company


def test_each_customer_in_its_own_currency(trade):
    report = aging(trade.engine, Filters(as_of=OCT, currency="customer"))
    # OAK: 100 + 10 × 0.90; FIR: 20 + 20 + 9 ÷ 0.90
    assert {(row.key, row.currency): row.open for row in report.cells} == {
        ("OAK", "EUR"): 10_900,
        ("FIR", "USD"): 5_000,
    }
    assert {row.currency: row.open for row in report.totals} == {"EUR": 10_900, "USD": 5_000}
    assert report.gaps == ()


def test_whose_currency_was_only_found_out_is_known(trade):
    homes = view(trade.engine, Filters(as_of=OCT)).homes
    assert [homes.codes[code] for code in homes.of] == ["EUR", "USD", "EUR"]
    assert homes.guessed.tolist() == [False, True, True]


def test_a_segment_has_a_row_in_each_currency_of_its_customers(trade):
    report = aging(trade.engine, Filters(as_of=OCT, currency="customer"), by="none")
    assert {(row.key, row.currency): row.open for row in report.cells} == {
        ("all", "EUR"): 10_900,
        ("all", "USD"): 5_000,
    }
    by_currency = aging(trade.engine, Filters(as_of=OCT, currency="customer"), by="currency")
    assert {(row.key, row.currency): row.open for row in by_currency.cells} == {
        ("EUR", "EUR"): 10_900, ("USD", "USD"): 5_000,
    }  # fmt: skip


def test_items_stand_in_both(trade):
    report = items(trade.engine, Filters(as_of=OCT, currency="customer"), customer="OAK")
    assert [(row.currency, row.open, row.asked, row.in_reporting) for row in report] == [
        ("EUR", 10_000, "EUR", 10_000), ("USD", 1_000, "EUR", 900),
    ]  # fmt: skip
    assert (report.totals, report.asked_totals) == ({"EUR": 10_000, "USD": 1_000}, {"EUR": 10_900})
    assert report.reporting_total is None
    frame = report.frame()
    assert list(frame["converted"]) == [Decimal("100.00"), Decimal("9.00")]
    assert report.table().column("converted").to_pylist() == [100.0, 9.0]


def test_measures_of_customers_are_in_their_own_and_sums_of_all_in_ours(trade):
    for what in ("balances", "sales", "receipts"):
        for code in ("EUR", "USD"):
            trade.complete(what, date(2026, 1, 1), code)
    asked = Filters(as_of=OCT, currency="customer")
    found = {
        row.key: (row.figure.exact, row.figure.currency) for row in kpis(trade.engine, asked, ["open"], by="customer")
    }
    assert found == {"OAK": (Decimal(109), "EUR"), "FIR": (Decimal(50), "USD")}
    [whole] = kpis(trade.engine, asked, ["open"])
    assert (whole.figure.exact, whole.figure.currency) == (Decimal(154), "EUR")


def test_a_missing_rate_names_currency_day_and_what_waits_for_it(company):
    company.customer("OAK", currency="EUR")
    company.invoice("OAK", date(2026, 9, 1), date(2026, 10, 1), 100)
    company.invoice("OAK", date(2026, 9, 1), date(2026, 10, 1), 10, currency="USD")
    company.payment("OAK", date(2026, 9, 2), 3, currency="USD")
    for currency in ("EUR", "customer"):
        report = aging(company.engine, Filters(as_of=OCT, currency=currency))
        [gap] = report.gaps
        assert (gap.currency, gap.reporting, gap.day, gap.units) == ("USD", "EUR", OCT, 700)
        assert {row.currency: row.open for row in report.totals} == {"EUR": 10_000, "USD": 700}
