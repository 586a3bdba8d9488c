"""The documents behind each line of the news add up to it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from arcore.disputes import service as disputes
from arcore.errors import NotFound
from arcore.reports.filters import Filters
from arcore.reports.news import since
from arcore.reports.news_documents import WITH_DOCUMENTS
from arcore.reports.news_documents import news_before
from arcore.reports.news_documents import news_documents
from arcore.reports.totals import MORE
from arcore.reports.totals import NEW
from arcore.reports.totals import moved
from arcore.reports.view import view
from arcore.store.unit import Actor

MON = date(2026, 11, 23)


@pytest.fixture
def house(company):
    """Give a week-end with an invoice, a credit note, money in two currencies and an invoice that fell due."""
    for code in ("ALDER", "BIRCH"):
        company.customer(code, owner="Ben")
    company.rate("USD", "EUR", date(2026, 1, 1), "0.5")
    company.invoice("ALDER", date(2026, 10, 1), date(2026, 11, 21), 80, number="INV-1")
    company.invoice("BIRCH", date(2026, 11, 20), date(2026, 12, 20), 900, number="INV-2")
    company.credit_note("BIRCH", date(2026, 11, 23), 30)
    company.payment("ALDER", date(2026, 11, 20), 50)
    company.payment("ALDER", date(2026, 11, 19), 7)  # before the last working day
    return company


def test_they_add_up_to_the_line(house):
    news = since(house.engine, Filters(as_of=MON))
    lines = {row.kind: row for row in news.rows if row.kind in WITH_DOCUMENTS}
    assert {kind: row.amount for kind, row in lines.items()} == {
        "cash_in": 5_000,
        "turned_overdue": 8_000,
        "invoiced": 90_000,
        "credited": 3_000,
    }
    for kind, row in lines.items():
        found = news_documents(house.engine, Filters(as_of=MON), news.first, kind)
        assert (len(found), round(found.total * 100)) == (row.count, row.amount)
        assert sum(found.amounts) * 100 == pytest.approx(row.amount)
    found = news_documents(house.engine, Filters(as_of=MON), news.first, "turned_overdue")
    assert found.table()["document"].to_pylist() == ["INV-1"]


def test_a_line_of_something_else_has_none(house):
    with pytest.raises(NotFound):
        news_documents(house.engine, Filters(as_of=MON), MON, "import")


def test_disputes_lead_to_the_documents_that_are_contested(house):
    number = int(view(house.engine, Filters(as_of=MON)).columns.document_id[0])
    disputes.open_dispute(
        house.engine, customer_id=house.ids["ALDER"], document_id=number, opened_on=MON, reason="price",
        amount=Decimal(30), actor=Actor("anna"),
    )  # fmt: skip
    news = since(house.engine, Filters(as_of=MON))
    line = next(row for row in news.rows if row.kind == "dispute_opened")
    found = news_documents(house.engine, Filters(as_of=MON), news.first, "dispute_opened")
    assert (line.amount, line.count, found.total) == (3_000, 1, 30)
    assert found.table()["document"].to_pylist() == ["INV-1"]


def test_a_line_is_compared_with_the_same_a_working_day_before(house):
    # Thursday and Friday brought 57 of one customer, Friday and Monday 50 of her and 20 of another.
    house.payment("BIRCH", MON, 20)
    filters = Filters(as_of=MON)
    before, now = news_before(house.engine, filters, date(2026, 11, 20), "cash_in")
    assert [(each.worth, len(each.entries)) for each in (before, now)] == [(5_700, 1), (7_000, 2)]
    lines = moved(before, now, view(house.engine, filters).book.around.rates)
    assert sum(line.amount for line in lines) == 1_300
    assert {line.what: line.amount for line in lines} == {NEW: 2_000, "Lower": -700}
    for kind in WITH_DOCUMENTS:
        found = news_documents(house.engine, filters, date(2026, 11, 20), kind)
        assert news_before(house.engine, filters, date(2026, 11, 20), kind)[1].worth == round(found.total * 100)


def test_what_fell_due_is_compared_as_it_was_known_on_the_earlier_day(house):
    house.invoice("ALDER", date(2026, 10, 1), date(2026, 11, 18), 11, number="INV-3")
    before, now = news_before(house.engine, Filters(as_of=MON), date(2026, 11, 20), "turned_overdue")
    assert (before.worth, now.worth) == (1_100, 8_000)
    lines = moved(before, now, view(house.engine, Filters(as_of=MON)).book.around.rates)
    assert [(line.what, line.amount) for line in lines] == [(MORE, 6_900)]
