"""Measures that need more than balances and flows: customers, limits, promises, disputes, corrections, latency.

Alder owes 600 of 900 invoiced, Birch 400 of 400 in October; Cedar is in credit with 50.
"""

from __future__ import annotations

from datetime import UTC
from datetime import date
from datetime import datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from arcore.arrangements import service as arrangements
from arcore.company import service as companies
from arcore.disputes import service as disputes
from arcore.reports.explain import documents
from arcore.reports.filters import Filters
from arcore.reports.kpis import kpis
from arcore.reports.kpis import measured
from arcore.reports.kpis import trend
from arcore.store.engine import reading
from arcore.store.tables import Document
from arcore.store.unit import Actor

ANNA = Actor("anna")
START, SEP, OCT = date(2024, 1, 1), date(2026, 9, 30), date(2026, 10, 31)
FILTERS = Filters(as_of=OCT)


@pytest.fixture
def house(company):
    for code, owner in (("ALDER", "Ben"), ("BIRCH", "Cleo"), ("CEDAR", "Cleo")):
        company.customer(code, owner=owner, currency="EUR")
    for what in ("balances", "sales", "receipts"):
        company.complete(what, START)
    first = company.invoice("ALDER", date(2026, 9, 1), date(2026, 10, 1), 500, number="A-1")
    company.invoice("ALDER", date(2026, 10, 5), date(2026, 11, 5), 400, number="A-2")
    company.invoice("BIRCH", date(2026, 10, 6), date(2026, 11, 6), 400, number="B-1")
    company.payment("ALDER", date(2026, 10, 20), 300, (first, 300))
    company.payment("CEDAR", date(2026, 10, 21), 50)
    return company


def figure(house, name, **filters):
    return measured(house.engine, Filters(**({"as_of": OCT} | filters)), name)


def document_of(house, number):
    with reading(house.engine) as session:
        return session.execute(select(Document.id).where(Document.number == number)).scalars().first()


def test_shares_of_customers(house):
    companies.save_measures(house.engine, actor=ANNA, top_customers=1, large_share=40)
    assert figure(house, "top_customers").exact == 60
    assert figure(house, "hhi").exact == 60**2 + 40**2
    assert figure(house, "exposure").exact == 1000, "a customer in credit lowers nobody else's"
    assert figure(house, "top_customers.sales").exact == Decimal(900) / 1300 * 100
    assert figure(house, "large_customers").exact == 1
    assert (
        documents(house.engine, FILTERS, "top_customers", "top_open").table()["customer"].to_pylist() == ["ALDER"] * 2
    )


def test_merged_customers_are_one(house):
    house.change(code="BIRCH", merged_into_id=house.ids["ALDER"])
    assert figure(house, "hhi").exact == 10_000


def test_each_owner_has_its_own_customers(house):
    found = {row.key: row.figure.exact for row in kpis(house.engine, FILTERS, ["exposure"], by="owner")}
    assert found == {"Ben": 600, "Cleo": 400}


def test_limits_of_the_day(house):
    house.fact("ALDER", "credit_limit", "50000", date(2026, 10, 1))
    house.fact("BIRCH", "credit_limit", "100000", date(2026, 10, 15))
    assert figure(house, "utilisation").exact == Decimal(1000) / 1500 * 100
    assert figure(house, "utilisation.p90").exact == 120
    assert figure(house, "over_limit").exact == 100
    assert figure(house, "utilisation", as_of=date(2026, 10, 10)).exact == Decimal(900) / 500 * 100
    assert figure(house, "utilisation", as_of=SEP).undefined == "no customer has a credit limit above zero on the day"


def test_a_limit_without_a_rate_is_a_gap(house):
    house.change(code="ALDER", currency="USD")
    house.fact("ALDER", "credit_limit", "50000", date(2026, 10, 1))
    assert "USD" in (figure(house, "utilisation").undefined or "")


def promise(house, code, amount, made, due):
    arrangements.record_promise(
        house.engine, customer_id=house.ids[code], entity="main", currency="EUR", amount=Decimal(amount), made_on=made,
        due_on=due, actor=ANNA,
    )  # fmt: skip


def test_promises_that_were_decided(house):
    """Alder promised 300 and paid it; Birch promised 400 and did not; another of Birch is still to come."""
    promise(house, "ALDER", 300, date(2026, 10, 12), date(2026, 10, 20))
    promise(house, "BIRCH", 100, date(2026, 10, 12), date(2026, 10, 14))
    promise(house, "BIRCH", 300, date(2026, 10, 29), date(2026, 12, 31))
    assert figure(house, "promises_kept").exact == 50
    assert figure(house, "promises_kept.value").exact == 75
    assert figure(house, "promises_kept", owners=("Ben",)).exact == 100
    points = {one.as_of: one.exact for one in trend(house.engine, FILTERS, "promises_kept", count=2)}
    assert points == {SEP: None, OCT: 50}
    by_owner = {row.key: row.figure.exact for row in kpis(house.engine, FILTERS, ["promises_kept.count"], by="owner")}
    assert by_owner == {"Ben": 100, "Cleo": 0}


def test_disputes(house):
    """Three invoices in three months, one of them contested twice, with 250 of the 200 that are left of it."""
    told = {"opened_on": date(2026, 9, 15), "reason": "price", "actor": ANNA}
    number = document_of(house, "A-1")
    first = disputes.open_dispute(
        house.engine, customer_id=house.ids["ALDER"], document_id=number, amount=Decimal(150), **told
    )
    disputes.open_dispute(house.engine, customer_id=house.ids["ALDER"], document_id=number, amount=Decimal(50), **told)
    assert figure(house, "dispute_rate").exact == Decimal(1) / 3 * 100
    assert figure(house, "dispute_rate.value").exact == 20, "200 of 1,000"
    behind = documents(house.engine, FILTERS, "dispute_rate.value", "disputed").table()
    assert behind.select(["document", "amount"]).to_pylist() == [{"document": "A-1", "amount": 200}]
    values = [one.value for one in trend(house.engine, FILTERS, "dispute_rate.value", count=2)]
    assert values == [200 / 500 * 100, 20]
    disputes.close_dispute(house.engine, dispute_id=first["dispute"], on=OCT, outcome="rejected", actor=ANNA)
    assert figure(house, "dispute_rate.value").exact == 5


def revised(house):
    ways = ("voided_reissued", "credited_rebilled", "changed_by_import")
    found = figure(house, "revised_rate")
    return {way: found.inputs[way] for way in ways if found.inputs[way]}


def test_credited_and_billed_again(house):
    item = house.invoice("BIRCH", date(2026, 9, 3), OCT, 70, number="B-7")
    house.credit_note("BIRCH", date(2026, 9, 10), 70, (item, 70))
    assert revised(house) == {}, "credited, and not billed again"
    house.invoice("BIRCH", date(2026, 9, 5), OCT, 70, number="B-8")
    assert revised(house) == {}, "an invoice of before is not the new one"
    house.invoice("BIRCH", date(2026, 9, 20), OCT, 70, number="B-9")
    assert revised(house) == {"credited_rebilled": 1}
    table = documents(house.engine, FILTERS, "revised_rate", "credited_rebilled").table()
    assert table["document"].to_pylist() == ["B-7"]
    companies.save_measures(house.engine, actor=ANNA, rebill_days=9)
    assert revised(house) == {}


def test_billed_again_for_the_same_order_at_another_price(house):
    item = house.invoice("BIRCH", date(2026, 9, 3), OCT, 70, number="B-7", po_number="PO-1")
    house.credit_note("BIRCH", date(2026, 9, 10), 70, (item, 70))
    house.invoice("BIRCH", date(2026, 9, 20), OCT, 65, number="B-8", po_number="PO-2")
    assert revised(house) == {}
    house.invoice("BIRCH", date(2026, 9, 21), OCT, 65, number="B-9", po_number="PO-1")
    assert revised(house) == {"credited_rebilled": 1}


def test_voided_and_issued_again(house):
    today = datetime.now(UTC).date()
    house.do("void", document_id=document_of(house, "A-2"))
    filters = Filters(as_of=today)
    assert measured(house.engine, filters, "revised_rate").exact == 0
    house.invoice("ALDER", date(2026, 10, 5), date(2026, 11, 5), 410, number="A-2")
    assert measured(house.engine, filters, "revised_rate").inputs["voided_reissued"] == 1


def test_latency_counts_from_the_day_the_books_began(company, monkeypatch):
    """Loaded on 10 March: history. On 20 March one of 10 days before and one of the day itself."""
    company.customer("ALDER")
    company.complete("sales", START)
    year = datetime.now(UTC).year + 1

    def learnt(on, dated):
        noon = datetime(year, 3, on, 12, tzinfo=UTC)
        monkeypatch.setattr("arcore.store.unit._moment", lambda *_: noon)
        company.invoice("ALDER", date(year, 3, dated), date(year, 4, 30), 10)

    learnt(on=10, dated=1)
    filters = Filters(as_of=date(year, 3, 31))
    assert measured(company.engine, filters, "invoice_latency").undefined is not None
    learnt(on=20, dated=10)
    learnt(on=20, dated=20)
    assert measured(company.engine, filters, "invoice_latency").exact == 5
    behind = documents(company.engine, filters, "invoice_latency", "latency_days")
    assert (len(behind), behind.total) == (2, 10)


def test_the_cycle_rests_on_what_the_company_says(house):
    assert "needs the days of inventory" in (figure(house, "cash_cycle").undefined or "")
    companies.save_measures(house.engine, actor=ANNA, days_of_inventory=30, days_of_payables=50)
    dso = figure(house, "dso").exact
    assert figure(house, "cash_cycle").exact == 30 + dso - 50
    companies.save_measures(house.engine, actor=ANNA, monthly_collection_cost="7")
    assert figure(house, "collection_cost").exact == Decimal(21) / 350 * 100


def test_every_variant_answers_by_every_dimension(house):
    for by in ("customer", "family", "segment", "owner", "entity", "currency"):
        for row in kpis(house.engine, FILTERS, by=by):
            assert (row.figure.exact is None) == (row.figure.undefined is not None), (by, row.kpi.key)


def test_parts_add_up_to_the_whole(house):
    """Amounts of all owners are those of the book: exposure, sales, promises, disputes, invoices issued."""
    promise(house, "BIRCH", 100, date(2026, 10, 12), date(2026, 10, 14))
    names = [
        "exposure.open",
        "promises_kept.count",
        "dispute_rate.count",
        "open_age.weighted",
        "days_to_pay.unweighted",
    ]
    whole = {row.kpi.key: row.figure.inputs for row in kpis(house.engine, FILTERS, names)}
    parts = kpis(house.engine, FILTERS, names, by="owner")
    for key, inputs in whole.items():
        for name in inputs:
            assert sum(row.figure.inputs[name] for row in parts if row.kpi.key == key) == inputs[name], (key, name)
