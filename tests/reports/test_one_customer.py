"""Everything can be measured of one customer alone: the others do not count, those merged into it do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from arcore.reports import customer
from arcore.reports.explain import documents
from arcore.reports.explain import explain
from arcore.reports.filters import Filters
from arcore.reports.kpis import measured

OCT = date(2026, 10, 31)


@pytest.fixture
def pair(company):
    """Give two customers: OAK owes 300 of 600 invoiced in the window, ELM all of its 1,000."""
    for code in ("OAK", "ELM"):
        company.customer(code, owner="Ben")
    for what in ("balances", "sales", "receipts"):
        company.complete(what, date(2024, 1, 1))
    first = company.invoice("OAK", date(2026, 9, 1), date(2026, 10, 1), 300, number="INV-1")
    company.invoice("OAK", date(2026, 10, 1), date(2026, 11, 15), 300, number="INV-2")
    company.invoice("ELM", date(2026, 10, 1), date(2026, 10, 15), 1000, number="INV-3")
    company.payment("OAK", date(2026, 10, 11), 300, (first, 300))
    return company


def test_a_measure_of_one_customer(pair):
    oak = Filters(as_of=OCT, customer="OAK")
    assert measured(pair.engine, oak, "open").value == 300
    assert measured(pair.engine, oak, "dso").value == 300 / 600 * 92
    assert measured(pair.engine, oak, "days_to_pay").value == 40
    assert measured(pair.engine, Filters(as_of=OCT, customer="ELM"), "overdue").value == 1000
    assert measured(pair.engine, Filters(as_of=OCT), "open").value == 1300


def test_its_explanation_and_documents_are_its_own(pair):
    oak = Filters(as_of=OCT, customer="OAK")
    found = explain(pair.engine, oak, "open")
    assert found.before.value == 300  # of the same customer on 30 September
    assert documents(pair.engine, oak, "open", "ar_end").table()["document"].to_pylist() == ["INV-2"]


def test_nobody_of_a_code_nothing(pair):
    assert measured(pair.engine, Filters(as_of=OCT, customer="ASH"), "open").value == 0


@pytest.mark.parametrize("family", [False, True])
@pytest.mark.parametrize("as_of", [OCT, date(2026, 10, 20), date(2026, 9, 30)])
def test_the_tiles_and_their_explanations_say_the_same(pair, family, as_of):
    """OAK stands above ASH, which pays 100 of 200 after 20 days and owes the rest; ELM is nobody's."""
    pair.customer("ASH", parent="OAK", credit_limit="1000")
    item = pair.invoice("ASH", date(2026, 9, 5), date(2026, 9, 25), 200)
    pair.payment("ASH", date(2026, 9, 25), 100, (item, 100))
    whole = Filters(as_of=as_of, currency="EUR", segments=("Retail",))
    shown = customer.standing(pair.engine, whole, pair.ids["OAK"], family=family)
    chosen = replace(customer.filters_for(pair.engine, whole, pair.ids["OAK"]), customer="OAK", below=family)

    def explained(name, months=None):
        return explain(pair.engine, chosen, name, months=months).figure.value

    assert explained("open") == shown.open / 100
    assert explained("overdue") == shown.overdue / 100
    assert explained("unapplied") == shown.unapplied / 100
    assert explained("days_to_pay.weighted", 12) == shown.pays_after
    assert explained("utilisation") == shown.used, "of ASH alone: OAK has no limit"
    if as_of == OCT:
        assert shown.open == (30_000 + 10_000 if family else 30_000)
        assert shown.pays_after == ((300 * 40 + 100 * 20) / 400 if family else 40)


def test_where_receipts_are_incomplete_tile_and_explanation_show_the_same_dash(company):
    company.customer("OAK")
    company.complete("receipts", date(2026, 6, 1))
    first = company.invoice("OAK", date(2026, 9, 1), date(2026, 10, 1), 300)
    company.payment("OAK", date(2026, 10, 11), 300, (first, 300))
    known = Filters(as_of=OCT, currency="EUR")
    shown = customer.standing(company.engine, known, company.ids["OAK"])
    found = explain(company.engine, replace(known, customer="OAK"), "days_to_pay.weighted", months=12).figure
    assert (shown.pays_after, found.value) == (None, None)
    assert shown.pays_after_lacks == found.undefined == "needs receipts from 1 Nov 2025: upload the payment list"
