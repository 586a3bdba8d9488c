"""The bridge from one day to another adds up in every bucket, and says what happened."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from arcore.errors import BadInput
from arcore.reports.filters import Filters
from arcore.reports.movement import Movement
from arcore.reports.movement import between

SEP, OCT = date(2026, 9, 30), date(2026, 10, 31)


def foots(part: Movement) -> bool:
    columns = zip(part.opening.amounts, *(line.amounts for line in part.lines), strict=True)
    return tuple(map(sum, columns)) == part.closing.amounts


def story(company):
    """Open on 30 Sep: 100 due 15 Sep, 200 due 10 Oct. In October: invoice 50, 60 paid on the old one, 40 given up."""
    company.customer("ALDER")
    old = company.invoice("ALDER", date(2026, 8, 15), date(2026, 9, 15), 100)
    late = company.invoice("ALDER", date(2026, 9, 10), date(2026, 10, 10), 200)
    company.invoice("ALDER", date(2026, 10, 20), date(2026, 11, 20), 50)
    company.payment("ALDER", date(2026, 10, 5), 75, (old, 60))
    company.do("write_off", item_id=old, amount=Decimal(40), reason="uncollectible", on=date(2026, 10, 6))
    company.do("redate", item_id=late, due_date=date(2026, 12, 31), on=date(2026, 10, 7))


def test_the_bridge_says_what_happened(company):
    story(company)
    report = between(company.engine, Filters(as_of=OCT), SEP)
    [part] = report.parts
    lines = {line.key: line for line in part.lines}
    assert report.columns == ("not due", "1-30", "31-60", "61-90", "91+", "unapplied")
    assert part.opening.amounts == (20_000, 10_000, 0, 0, 0, 0)
    assert lines["invoiced"].amounts == (5_000, 0, 0, 0, 0, 0)
    assert lines["collected"].amounts == (0, 0, -6_000, 0, 0, -1_500), (
        "60 off what is 46 days late by now, 15 unapplied"
    )
    assert lines["written_off"].amounts == (0, 0, -4_000, 0, 0, 0)
    assert lines["aged"].amounts == (-20_000, 10_000, 10_000, 0, 0, 0)
    assert part.closing.amounts == (5_000, 20_000, 0, 0, 0, -1_500)
    assert "redated" not in lines, "by the contractual date nothing moved"
    assert foots(part)


def test_by_the_agreed_date_a_redating_moves_between_buckets(company):
    story(company)
    [part] = between(company.engine, Filters(as_of=OCT, basis="due"), SEP).parts
    lines = {line.key: line for line in part.lines}
    assert lines["redated"].amounts == (20_000, -20_000, 0, 0, 0, 0)
    assert lines["redated"].total == 0
    assert part.closing.amounts == (25_000, 0, 0, 0, 0, -1_500)
    assert foots(part)


def test_in_one_currency_what_is_left_over_is_the_currency_effect(company):
    company.customer("BIRCH")
    company.rate("USD", "EUR", SEP, "0.90")
    company.rate("USD", "EUR", date(2026, 10, 10), "0.92")
    company.rate("USD", "EUR", OCT, "0.95")
    company.invoice("BIRCH", SEP, OCT, 1000, currency="USD")
    company.invoice("BIRCH", date(2026, 10, 15), OCT, 100, currency="USD")
    [part] = between(company.engine, Filters(as_of=OCT, currency="EUR"), SEP).parts
    totals = {line.key: line.total for line in part.lines}
    assert part.currency == "EUR"
    assert part.opening.total == 90_000
    assert totals == {"invoiced": 9_200, "currency": 104_500 - 90_000 - 9_200}
    assert part.closing.total == 104_500
    assert foots(part)


def test_a_missing_rate_leaves_a_bridge_of_its_own(company):
    story(company)
    company.invoice("ALDER", date(2026, 10, 15), OCT, 100, currency="USD")
    report = between(company.engine, Filters(as_of=OCT, currency="EUR"), SEP)
    assert [part.currency for part in report.parts] == ["EUR", "USD"]
    assert [str(gap) for gap in report.gaps] == ["no rate from USD to EUR on or before 2026-10-15"]
    assert all(foots(part) for part in report.parts)


def test_days_in_the_wrong_order_are_refused(company):
    with pytest.raises(BadInput):
        between(company.engine, Filters(as_of=SEP), SEP)
