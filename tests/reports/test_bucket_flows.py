"""Who rolled forward and who paid: flows that tie to the aging of both days, with customers and documents."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from arcore.errors import BadInput
from arcore.errors import NotFound
from arcore.reports.aging import aging
from arcore.reports.bucket_flows import SOURCES
from arcore.reports.bucket_flows import TARGETS
from arcore.reports.bucket_flows import Flow
from arcore.reports.bucket_flows import flow_documents
from arcore.reports.bucket_flows import flows_between
from arcore.reports.filters import Filters

SEP, OCT = date(2026, 9, 30), date(2026, 10, 31)
AT = Filters(as_of=OCT)


@pytest.fixture
def house(company):
    company.customer("ALDER")
    company.customer("BIRCH")
    half = company.invoice("ALDER", date(2026, 8, 1), date(2026, 9, 10), 100, number="A-1")
    company.payment("ALDER", date(2026, 10, 5), 75, (half, 60))
    company.invoice("BIRCH", date(2026, 8, 1), date(2026, 9, 12), 30, number="B-1")
    company.invoice("ALDER", date(2026, 9, 5), date(2026, 10, 5), 200, number="A-2")
    lost = company.invoice("BIRCH", date(2026, 5, 1), date(2026, 6, 1), 50)
    company.do("write_off", item_id=lost, amount=Decimal(50), reason="uncollectible", on=OCT)
    company.invoice("BIRCH", date(2026, 10, 2), date(2026, 11, 2), 70)
    return company


def test_the_flows_by_hand(house):
    [part] = flows_between(house.engine, AT, SEP).parts
    assert part.flows == (
        Flow("91+", "written_off", 5_000, 1, 1),
        Flow("1-30", "31-60", 7_000, 2, 2),
        Flow("1-30", "collected", 6_000, 1, 1),
        Flow("not due", "1-30", 20_000, 1, 1),
        Flow("invoiced", "not due", 7_000, 1, 1),
    )


def test_the_flows_tie_to_the_aging_of_both_days(house):
    for edges in ((30, 60, 90), (10, 20)):
        report = flows_between(house.engine, AT, SEP, edges=edges)
        for day, end in ((SEP, "source"), (OCT, "target")):
            [total] = aging(house.engine, Filters(as_of=day), edges=edges).totals
            sums = [
                sum(flow.amount for flow in report.parts[0].flows if getattr(flow, end) == bucket)
                for bucket in report.buckets
            ]
            assert sums == [total.not_due, *total.buckets]


def test_a_flow_leads_to_its_documents(house):
    found = flow_documents(house.engine, AT, SEP, "1-30", "31-60", "EUR")
    assert found.table().select(["document", "name", "amount"]).to_pylist() == [
        {"document": "A-1", "name": "Alder", "amount": 40.0},
        {"document": "B-1", "name": "Birch", "amount": 30.0},
    ]
    assert found.total == 70
    for asked in (("1-30", "nowhere", "EUR"), ("1-30", "31-60", "JPY")):
        with pytest.raises(NotFound):
            flow_documents(house.engine, AT, SEP, *asked)


def test_converted_both_sides_have_the_rate_of_the_later_day(house):
    house.rate("USD", "EUR", date(2026, 1, 1), "0.90")
    house.rate("USD", "EUR", OCT, "0.95")
    house.invoice("BIRCH", date(2026, 8, 1), date(2026, 9, 12), 100, currency="USD")
    [part] = flows_between(house.engine, Filters(as_of=OCT, currency="EUR"), SEP).parts
    assert next(flow for flow in part.flows if flow.target == "31-60") == Flow("1-30", "31-60", 16_500, 2, 3)
    apart = flows_between(house.engine, Filters(as_of=OCT, currency="GBP"), SEP)
    assert [each.currency for each in apart.parts] == ["EUR", "USD"]
    assert {gap.currency for gap in apart.gaps} == {"EUR", "USD"}


def test_every_end_has_its_words(house):
    report = flows_between(house.engine, AT, SEP)
    for flow in report.parts[0].flows:
        assert flow.source in report.buckets or flow.source in SOURCES
        assert flow.target in report.buckets or flow.target in TARGETS


def test_nothing_flows_in_empty_books_and_days_in_the_wrong_order_are_refused(company):
    assert flows_between(company.engine, AT, SEP).parts == ()
    with pytest.raises(BadInput):
        flows_between(company.engine, AT, OCT)
