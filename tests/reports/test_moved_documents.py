"""Every cell of the movement by bucket is the sum of the documents behind it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from arcore.errors import NotFound
from arcore.reports.filters import Filters
from arcore.reports.moved_documents import moved_documents
from arcore.reports.movement import between

SEP, OCT = date(2026, 9, 30), date(2026, 10, 31)


def story(company):
    """Open on 30 Sep: A 100 due 15 Sep, B 200 due 10 Oct. In October: 60 paid on A of 75 received, 40 given up."""
    company.customer("ALDER")
    old = company.invoice("ALDER", date(2026, 8, 15), date(2026, 9, 15), 100, number="A")
    late = company.invoice("ALDER", date(2026, 9, 10), date(2026, 10, 10), 200, number="B")
    company.invoice("ALDER", date(2026, 10, 20), date(2026, 11, 20), 50, number="C")
    company.payment("ALDER", date(2026, 10, 5), 75, (old, 60))
    company.do("write_off", item_id=old, amount=Decimal(40), reason="uncollectible", on=date(2026, 10, 6))
    company.do("redate", item_id=late, due_date=date(2026, 12, 31), on=date(2026, 10, 7))


def of(found):
    table = found.table()
    return dict(zip(table["document"].to_pylist(), table["amount"].to_pylist(), strict=True))


def test_in_a_bucket_stands_what_was_paid_and_in_all_the_receipt_itself(company):
    story(company)
    known = Filters(as_of=OCT)
    assert of(moved_documents(company.engine, known, SEP, "collected", "EUR", bucket="31-60")) == {"A": -60.0}
    [(receipt, amount)] = of(moved_documents(company.engine, known, SEP, "collected", "EUR")).items()
    assert (receipt not in {"A", "B", "C"}, amount) == (True, -75.0)
    [(_, left)] = of(moved_documents(company.engine, known, SEP, "collected", "EUR", bucket="unapplied")).items()
    assert left == -15.0


def test_balances_are_what_was_open_then_and_now_and_growing_older_moves_between(company):
    story(company)
    known = Filters(as_of=OCT)
    assert of(moved_documents(company.engine, known, SEP, "opening", "EUR")) == {"A": 100.0, "B": 200.0}
    assert of(moved_documents(company.engine, known, SEP, "opening", "EUR", bucket="1-30")) == {"A": 100.0}
    assert of(moved_documents(company.engine, known, SEP, "aged", "EUR", bucket="1-30")) == {"A": -100.0, "B": 200.0}
    assert of(moved_documents(company.engine, known, SEP, "closing", "EUR", bucket="1-30")) == {"B": 200.0}


@pytest.mark.parametrize("basis", ["original", "due", "document"])
@pytest.mark.parametrize("currency", ["document", "EUR", "USD"])
def test_every_cell_is_the_sum_of_its_documents(company, basis, currency):
    story(company)
    company.customer("BIRCH")
    for day, rate in ((date(2026, 1, 1), "1.10"), (date(2026, 10, 1), "1.25")):
        company.rate("USD", "EUR", day, rate)
    first = company.invoice("BIRCH", date(2026, 9, 1), date(2026, 9, 20), 500, currency="USD")
    company.payment("BIRCH", date(2026, 10, 9), 120, (first, 120), currency="USD")
    known = Filters(as_of=OCT, basis=basis, currency=currency)
    report = between(company.engine, known, SEP)
    seen = 0
    for part in report.parts:
        for line in (part.opening, *part.lines, part.closing):
            if line.key == "currency":
                continue
            for bucket, amount in zip((None, *report.columns), (line.total, *line.amounts), strict=True):
                found = moved_documents(company.engine, known, SEP, line.key, part.currency, bucket=bucket)
                assert found.total == Decimal(amount) / 100, (line.key, bucket)
                assert round(float(found.amounts.sum()) * 100) == amount, (line.key, bucket)
                seen += 1
    assert seen > 20


def test_what_the_rates_did_has_no_documents(company):
    story(company)
    with pytest.raises(NotFound, match="no documents"):
        moved_documents(company.engine, Filters(as_of=OCT), SEP, "currency", "EUR")
    with pytest.raises(NotFound, match="no bucket"):
        moved_documents(company.engine, Filters(as_of=OCT), SEP, "collected", "EUR", bucket="7-9")
    with pytest.raises(NotFound, match="GBP"):
        moved_documents(company.engine, Filters(as_of=OCT), SEP, "collected", "GBP")
