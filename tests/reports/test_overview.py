"""Tiles, the customers that matter most, and the news."""

from __future__ import annotations

from datetime import UTC
from datetime import date
from datetime import datetime
from decimal import Decimal

import pytest

from arcore.goals import service as goals
from arcore.reports.aging import aging
from arcore.reports.filters import Filters
from arcore.reports.items import items
from arcore.reports.news import since
from arcore.reports.news import working_day_before
from arcore.reports.overview import counts
from arcore.reports.overview import tiles
from arcore.reports.priorities import customers_that_matter
from arcore.store.sources import Import
from arcore.store.sources import ImportFile
from arcore.store.sources import Source
from arcore.store.unit import Actor

FRI, MON = date(2026, 11, 20), date(2026, 11, 23)


@pytest.fixture
def house(company):
    for code in ("ALDER", "BIRCH", "CEDAR", "DOGWOOD"):
        company.customer(code, owner="Ben")
    for what in ("balances", "sales", "receipts"):
        company.complete(what, date(2024, 1, 1))
    for name, value in (("overdue", 100), ("cei", 50), ("cash_in", 1000)):
        goals.set_target(company.engine, measure=name, value=Decimal(value), currency="EUR", actor=Actor("anna"))
    company.invoice("ALDER", date(2026, 6, 1), date(2026, 7, 1), 100)
    company.invoice("BIRCH", date(2026, 10, 1), date(2026, 11, 10), 250)
    company.invoice("BIRCH", date(2026, 10, 1), date(2026, 11, 22), 50)
    company.invoice("CEDAR", date(2026, 11, 20), date(2026, 12, 20), 900)
    late = company.invoice("DOGWOOD", date(2026, 9, 1), date(2026, 10, 5), 70)
    company.payment("DOGWOOD", FRI, 130, (late, 20))
    company.payment("CEDAR", date(2026, 10, 23), 40)
    return company


def test_tiles_equal_their_lists(house):
    filters = Filters(as_of=MON)
    found = {tile.name: tile for tile in tiles(house.engine, filters)}
    listed = items(house.engine, filters)
    assert list(found) == ["open", "overdue", "dso", "cei", "cash_in"]
    assert found["open"].units == sum(listed.totals.values()) == aging(house.engine, filters).totals[0].open
    assert found["overdue"].units == sum(row.open for row in listed if row.days_past_due > 0 and row.open > 0) == 45_000
    assert counts(house.engine, filters).items == len(listed)
    assert counts(house.engine, filters).customers == 4


def test_tiles_compare_with_the_month_end_and_judge_change_and_target_apart(house):
    found = {tile.name: tile for tile in tiles(house.engine, Filters(as_of=MON))}
    overdue = found["overdue"]
    assert (overdue.before.as_of, overdue.change, overdue.judgement) == (date(2026, 10, 31), Decimal(280), "worse")
    assert (overdue.target, overdue.state) == (100, "off")
    assert found["open"].judgement == "neutral"
    assert len(overdue.history) == 24
    assert overdue.history[-1] == 450


def test_cash_to_date_is_compared_with_the_same_day_of_last_month_and_with_no_target(house):
    [cash] = tiles(house.engine, Filters(as_of=MON), names=["cash_in"])
    assert (cash.figure.value, cash.before.as_of, cash.before.value) == (130, date(2026, 10, 23), 40)
    assert (cash.judgement, cash.target, cash.state) == ("better", 1000, None)
    [cash] = tiles(house.engine, Filters(as_of=date(2026, 11, 30)), names=["cash_in"])
    assert cash.state == "off"


def test_a_tile_that_cannot_be_had_says_why(company):
    company.customer("ALDER")
    company.invoice("ALDER", FRI, MON, 10)
    found = {tile.name: tile for tile in tiles(company.engine, Filters(as_of=MON))}
    assert found["open"].units == 1_000
    assert "upload" in (found["dso"].figure.undefined or "")
    assert found["open"].before.exact is None
    assert set(found["open"].history) == {None}


def test_who_matters_most_and_why(house):
    ranking = customers_that_matter(house.engine, Filters(as_of=MON))
    assert [(row.code, row.why) for row in ranking.rows] == [
        ("BIRCH", "turned_overdue"),  # 300 × 1 + 300 grown
        ("ALDER", "over_90"),  # 100 × 4
    ], "the rest of DOGWOOD is covered by its own unapplied credit"
    birch = ranking.rows[0]
    assert (birch.points, birch.overdue, birch.turned, birch.owner) == (60_000, 30_000, 2, "Ben")
    assert birch.sentence == "2 items turned overdue this month, the oldest of all 13 days late"
    assert birch.share == pytest.approx(100 * 300 / 450)
    assert ranking.overdue == 45_000


def test_news_since_the_last_working_day(house):
    assert working_day_before(MON) == FRI
    assert working_day_before(date(2026, 11, 25)) == date(2026, 11, 24)
    news = since(house.engine, Filters(as_of=MON))
    assert news.first == FRI
    assert [(row.kind, row.amount, row.count, row.detail) for row in news.rows] == [
        ("cash_in", 13_000, 1, "Dogwood"),
        ("turned_overdue", 5_000, 1, "Birch"),
        ("invoiced", 90_000, 1, "Cedar"),
    ]


def test_news_names_the_files(house):
    house.change(Source(id=1, system="test"))
    at = datetime(2026, 11, 23, 9, tzinfo=UTC)
    house.change(Import(id=1, source_id=1, kind="invoices", at=at, by="Anna", audit_seq=1))
    house.change(ImportFile(import_id=1, name="invoices.csv", sha256="0" * 64, size=1, content=b"x"))
    [*_, files] = since(house.engine, Filters(as_of=MON)).rows
    assert (files.kind, files.count, files.detail) == ("import", 1, "invoices.csv")


def test_nobody_matters_in_an_empty_store(company):
    assert customers_that_matter(company.engine, Filters(as_of=MON)).rows == ()
    assert [row.count for row in since(company.engine, Filters(as_of=MON)).rows] == [0, 0]
