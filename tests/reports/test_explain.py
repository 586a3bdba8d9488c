"""Every figure leads to its documents, and its change to its causes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from arcore.errors import NotFound
from arcore.reports.explain import documents
from arcore.reports.explain import explain
from arcore.reports.filters import Filters
from arcore.reports.kpis import names

OCT = date(2026, 10, 31)


@pytest.fixture
def house(company):
    company.customer("ALDER")
    company.customer("BIRCH")
    for currency in ("EUR", "USD"):
        for what in ("balances", "sales", "receipts"):
            company.complete(what, date(2024, 1, 1), currency)
    company.rate("USD", "EUR", date(2024, 1, 1), "0.90")
    old = company.invoice("ALDER", date(2026, 7, 10), date(2026, 8, 10), 300, number="A-1")
    company.invoice("ALDER", date(2026, 9, 10), date(2026, 10, 10), 100, number="A-2")
    company.invoice("BIRCH", date(2026, 10, 5), date(2026, 11, 5), 200, currency="USD", number="B-1")
    company.payment("ALDER", date(2026, 9, 20), 50, (old, 50), number="P-1")
    company.credit_note("ALDER", date(2026, 10, 20), 30, number="C-1")
    company.do("write_off", item_id=old, amount=Decimal(10), reason="uncollectible", on=date(2026, 10, 21))
    return company


def test_why_it_moved_adds_up(house):
    for kpi in names():
        name = f"{kpi.name}.{kpi.variant}"
        found = explain(house.engine, Filters(as_of=OCT), name)
        if found.causes:
            assert found.figure.exact is not None
            assert found.before.exact is not None
            change = found.figure.exact - found.before.exact
            assert abs(sum(cause.amount for cause in found.causes) - change) < Decimal("1e-18"), name
    dso = explain(house.engine, Filters(as_of=OCT), "dso")
    assert dso.compared == date(2026, 9, 30)
    assert {cause.name for cause in dso.causes} == {"ar_end", "credit_sales"}


def test_cash_in_is_compared_with_the_same_day_of_the_month_before(house):
    assert explain(house.engine, Filters(as_of=date(2026, 10, 20)), "cash_in").compared == date(2026, 9, 20)


def test_every_input_equals_the_documents_behind_it(house):
    filters = Filters(as_of=OCT)
    traced = 0
    for kpi in names():
        name = f"{kpi.name}.{kpi.variant}"
        found = explain(house.engine, filters, name)
        for part in found.traceable:
            behind = documents(house.engine, filters, name, part)
            table = behind.table()
            assert sum(table["amount"].to_pylist()) == pytest.approx(float(found.figure.inputs[part])), (name, part)
            assert behind.total == found.figure.inputs[part]
            traced += 1
    assert traced > 20


def test_the_documents_have_their_names(house):
    table = documents(house.engine, Filters(as_of=OCT), "dso", "credit_sales").table()
    assert table["document"].to_pylist() == ["B-1", "A-2", "C-1"]
    assert table["amount"].to_pylist() == pytest.approx([180, 100, -30])
    assert table["booked"].to_pylist() == pytest.approx([200, 100, -30])
    paid = documents(house.engine, Filters(as_of=OCT), "days_to_pay", "paid_amount_days").table()
    assert paid.select(["document", "payment", "paid", "days", "amount"]).to_pylist() == [
        {"document": "A-1", "payment": "P-1", "paid": 50.0, "days": 72, "amount": 3600.0}
    ]


def test_pages_of_a_long_list(house):
    behind = documents(house.engine, Filters(as_of=OCT), "open", "overdue")
    assert len(behind) == 2
    assert behind.table(1, 1)["document"].to_pylist() == ["A-2"]


def test_what_has_no_documents_says_so(house):
    with pytest.raises(NotFound):
        documents(house.engine, Filters(as_of=OCT), "dso", "days")


def test_an_undefined_figure_is_explained_too(company):
    found = explain(company.engine, Filters(as_of=OCT), "dso")
    assert (found.figure.exact, found.causes) == (None, ())
    assert found.figure.undefined
