"""Open items: which, how much, how late."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from arcore.errors import BadInput
from arcore.errors import NotFound
from arcore.reports.filters import Filters
from arcore.reports.items import items

OCT = date(2026, 10, 31)


@pytest.fixture
def house(company):
    company.customer("ALDER", segment="Key", owner="Ben")
    company.customer("BIRCH")
    company.customer("OURS", intercompany=True)
    company.invoice("ALDER", date(2026, 9, 1), date(2026, 10, 1), 100, number="A-1", po_number="PO 5")
    company.invoice("BIRCH", date(2026, 10, 1), date(2026, 11, 1), 50, currency="USD", number="B-1")
    company.invoice("OURS", date(2026, 10, 1), date(2026, 11, 1), 9, number="O-1")
    company.payment("ALDER", date(2026, 10, 10), 30)
    return company


def test_oldest_due_first_with_names(house):
    report = items(house.engine, Filters(as_of=OCT))
    first, second, third = report
    assert (first.document, first.customer, first.name, first.owner) == ("A-1", "ALDER", "Alder", "Ben")
    assert (first.po_number, first.bucket, first.days_past_due, first.open) == ("PO 5", "1-30", 30, 10_000)
    assert (second.kind, second.bucket, second.open, second.amount) == ("payment", "unapplied", -3_000, -3_000)
    assert second.document == f"payment {second.document_id}", "a document without a number has a name all the same"
    assert (third.document, third.days_past_due, third.currency) == ("B-1", -1, "USD")
    assert report.totals == {"EUR": 7_000, "USD": 5_000}
    assert report.reporting_total is None


def test_in_one_currency(house):
    house.rate("USD", "EUR", date(2026, 1, 1), "0.90")
    report = items(house.engine, Filters(as_of=OCT, currency="EUR"))
    assert [row.in_reporting for row in report] == [10_000, -3_000, 4_500]
    assert report.reporting_total == 11_500


def test_without_a_rate_the_amount_is_missing_not_wrong(house):
    report = items(house.engine, Filters(as_of=OCT, currency="EUR"))
    assert [row.in_reporting for row in report] == [10_000, -3_000, None]
    assert (report.reporting_total, len(report.gaps)) == (7_000, 1)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"customer": "ALDER"}, [10_000, -3_000]),
        ({"by": "segment", "key": "Key"}, [10_000, -3_000]),
        ({"by": "segment", "key": ""}, [5_000]),
        ({"bucket": "1-30"}, [10_000]),
        ({"bucket": "not due"}, [5_000]),
        ({"bucket": "unapplied", "customer": "BIRCH"}, []),
        ({"by": "currency", "key": "USD"}, [5_000]),
        ({"customer": "OURS"}, [900]),
    ],
)
def test_one_group_one_bucket(house, asked, expected):
    assert [row.open for row in items(house.engine, Filters(as_of=OCT), **asked)] == expected


def test_a_redated_item_shows_what_it_took_over(house):
    house.do("redate", item_id=1, due_date=date(2026, 12, 31), on=date(2026, 10, 5), amount=Decimal(60))
    rows = {row.due_date: row for row in items(house.engine, Filters(as_of=OCT), customer="ALDER", bucket="1-30")}
    moved, rest = rows[date(2026, 12, 31)], rows[date(2026, 10, 1)]
    assert (moved.amount, moved.open, moved.original_due_date) == (6_000, 6_000, date(2026, 10, 1))
    assert (rest.amount, rest.open) == (10_000, 4_000)


def test_settled_items_on_demand(house):
    house.do("write_off", item_id=1, amount=Decimal(100), reason="goodwill", on=OCT)
    assert [row.document for row in items(house.engine, Filters(as_of=OCT), bucket="1-30")] == []
    every = items(house.engine, Filters(as_of=OCT), customer="ALDER", settled=True)
    assert {row.document: row.open for row in every}["A-1"] == 0


def test_tables_and_frames_tell_the_same(house):
    report = items(house.engine, Filters(as_of=OCT))
    assert report.table()["open"].to_pylist() == [100.0, -30.0, 50.0]
    assert report.table(1, 1)["kind"].to_pylist() == ["payment"]
    assert report.table().num_rows == len(report) == 3
    assert list(report.frame()["open"]) == [Decimal("100.00"), Decimal("-30.00"), Decimal("50.00")]
    assert report.table()["due_date"].to_pylist()[0] == date(2026, 10, 1)


def test_what_does_not_exist_is_refused(house):
    with pytest.raises(NotFound):
        items(house.engine, Filters(as_of=OCT), customer="NOBODY")
    with pytest.raises(BadInput):
        items(house.engine, Filters(as_of=OCT), bucket="1-31")
    with pytest.raises(BadInput):
        items(house.engine, Filters(as_of=OCT, entity="nowhere"))
