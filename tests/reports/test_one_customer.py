"""Everything can be measured of one customer alone: the others do not count, those merged into it do."""

from __future__ import annotations

from datetime import date

import pytest

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
