"""Credit sales that are stated by month: where only open items are known, and never beside booked ones."""

from __future__ import annotations

from datetime import UTC
from datetime import date
from datetime import datetime
from decimal import Decimal

import pytest

from arcore.company.service import Sales
from arcore.company.service import save_sales
from arcore.company.service import withdraw_sales
from arcore.reports.explain import documents
from arcore.reports.explain import explain
from arcore.reports.filters import Filters
from arcore.reports.kpis import kpis
from arcore.reports.kpis import measured
from arcore.store.unit import Actor

ANNA = Actor("Anna")
OCT = date(2026, 10, 31)
SOURCE = "Sales journal"


def state(company, *sold, entity="main", currency="EUR"):
    """State the sales of months: (month, amount)."""
    save_sales(
        company.engine,
        sales=[Sales(date(2026, month, 1), entity, currency, Decimal(amount), SOURCE) for month, amount in sold],
        actor=ANNA,
    )


@pytest.fixture
def snapshot(company):
    """Give a company of which only open items are known: 370 open at the end of October, of which 100 overdue."""
    company.customer("OAK", segment="Key")
    company.invoice("OAK", date(2026, 9, 1), date(2026, 10, 1), 100)
    company.invoice("OAK", date(2026, 10, 20), date(2026, 11, 20), 270)
    company.complete("balances", date(2026, 7, 1))
    return company


def figure(company, name="dso", as_of=OCT, **filters):
    return measured(company.engine, Filters(as_of=as_of, **filters), name)


def test_without_sales_a_measure_asks_for_them(snapshot):
    assert figure(snapshot).undefined == (
        "needs credit sales from 1 Aug 2026: upload the invoice list, or type monthly credit sales"
    )


def test_stated_sales_of_three_months_give_the_measures_that_rest_on_sales(snapshot):
    state(snapshot, (8, 300), (9, 320), (10, 300))
    dso = figure(snapshot)
    assert dso.exact == Decimal(370) / 920 * 92 == 37
    assert figure(snapshot, "add").exact == 10  # 100 ÷ 920 × 92
    assert figure(snapshot, "cei").exact == Decimal(550) / 650 * 100  # (0 + 920 − 370) ÷ (0 + 920 − 270)
    assert dso.coverage == "credit sales of Aug 2026 to Oct 2026 are stated, not booked (Sales journal)"
    assert (dso.inputs["credit_sales"], dso.inputs["stated_sales"], dso.flags) == (920, 920, ("stated_sales",))


def test_countback_uses_stated_months(snapshot):
    state(snapshot, (9, 140), (10, 300))
    found = figure(snapshot, "dso.countback")
    assert found.exact == 31 + Decimal(70) / 140 * 30 == 46
    assert "Sep 2026 to Oct 2026" in found.coverage


def test_a_month_that_is_missing_is_named(snapshot):
    state(snapshot, (8, 300), (10, 300))
    assert figure(snapshot).undefined == (
        "needs credit sales from 1 Aug 2026: upload the invoice list, or type monthly credit sales"
    )


def test_within_a_month_whole_months_do_not_fit(snapshot):
    state(snapshot, (7, 1), (8, 300), (9, 320), (10, 300))
    assert figure(snapshot, as_of=date(2026, 10, 20)).undefined == (
        "needs credit sales from 21 Jul 2026: upload the invoice list, or type monthly credit sales"
        "; stated sales are of whole months, so look at the last day of one"
    )


def test_booked_and_complete_wins_and_no_month_counts_twice(snapshot):
    snapshot.complete("sales", date(2026, 10, 1))
    state(snapshot, (8, 300), (9, 350), (10, 9999))  # October is booked: 270
    found = figure(snapshot)
    assert found.inputs["credit_sales"] == 300 + 350 + 270
    assert found.inputs["stated_sales"] == 650
    assert found.coverage == "credit sales of Aug 2026 to Sep 2026 are stated, not booked (Sales journal)"


def test_a_month_that_is_booked_in_part_is_the_stated_one_whole(snapshot):
    snapshot.complete("sales", date(2026, 10, 15))
    state(snapshot, (8, 300), (9, 320), (10, 300))
    assert figure(snapshot).inputs["credit_sales"] == 920


def test_each_place_has_its_own_and_all_are_needed(snapshot):
    snapshot.customer("FIR")
    snapshot.invoice("FIR", date(2026, 10, 2), date(2026, 11, 2), 50, entity="north")
    for what in ("balances", "sales"):
        snapshot.complete(what, date(2026, 7, 1), entity="north")
    state(snapshot, (8, 300), (9, 320))
    assert figure(snapshot).exact is None  # October of main
    assert figure(snapshot, entity="north").exact == 92
    state(snapshot, (10, 250))
    state(snapshot, (10, 7777), entity="north")
    assert figure(snapshot).inputs["credit_sales"] == 870 + 50
    split = kpis(snapshot.engine, Filters(as_of=OCT), ["dso.period_end"], by="entity")
    assert {one.key: one.figure.inputs["credit_sales"] for one in split} == {"main": 870, "north": 50}


def test_other_currencies_are_converted_at_the_rate_of_the_day(snapshot):
    snapshot.customer("ELM")
    snapshot.invoice("ELM", date(2026, 10, 2), date(2026, 11, 2), 100, currency="USD")
    snapshot.complete("balances", date(2026, 7, 1), "USD")
    snapshot.rate("USD", "EUR", date(2026, 1, 1), "0.5")
    state(snapshot, (8, 300), (9, 320), (10, 250))
    state(snapshot, (8, 20), (9, 20), (10, 60), currency="USD")
    assert figure(snapshot).inputs["credit_sales"] == 870 + 50


def test_parts_of_an_entity_have_no_stated_sales(snapshot):
    state(snapshot, (8, 300), (9, 320), (10, 300))
    assert "needs credit sales" in figure(snapshot, segments=("Key",)).undefined
    [one] = kpis(snapshot.engine, Filters(as_of=OCT), ["dso.period_end"], by="segment")
    assert "needs credit sales" in one.figure.undefined


def test_what_needs_more_than_the_sum_of_sales_is_not_made_of_them(snapshot):
    save_sales(
        snapshot.engine,
        sales=[Sales(date(2025 + (m > 12), (m - 1) % 12 + 1, 1), "main", "EUR", Decimal(100)) for m in range(11, 23)],
        actor=ANNA,
    )
    assert figure(snapshot, "bad_debt.net").exact == 0
    assert "needs credit sales" in figure(snapshot, "bad_debt.net_of_tax").undefined


def test_what_is_taken_away_does_not_count_but_was_known_then(snapshot):
    state(snapshot, (8, 300), (9, 320), (10, 300))
    before = datetime.now(UTC)
    withdraw_sales(snapshot.engine, month=date(2026, 9, 1), entity="main", currency="EUR", actor=ANNA)
    assert figure(snapshot).exact is None
    assert figure(snapshot, known_at=before).exact == 37


def test_the_documents_behind_sales_are_those_of_booked_months(snapshot):
    snapshot.complete("sales", date(2026, 10, 1))
    state(snapshot, (8, 300), (9, 350))
    behind = documents(snapshot.engine, Filters(as_of=OCT), "dso", "credit_sales")
    assert (behind.total, behind.table().column("amount").to_pylist()) == (270, [270.0])
    assert "stated_sales" in explain(snapshot.engine, Filters(as_of=OCT), "dso").figure.inputs
