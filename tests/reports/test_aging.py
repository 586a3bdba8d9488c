"""Aging by every dimension; what it adds up to by another road."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from datetime import date
from datetime import datetime
from decimal import Decimal

import pytest

from arcore.company.service import Balance
from arcore.company.service import save_balances
from arcore.errors import BadInput
from arcore.reports import book as books
from arcore.reports.aging import aging
from arcore.reports.filters import Filters
from arcore.store.unit import Actor

OCT = date(2026, 10, 31)


def rows(report):
    return {(row.key, row.currency): (row.not_due, *row.buckets, row.unapplied, row.open) for row in report.cells}


@pytest.fixture
def house(company):
    """Two companies of a family, one customer of another segment, one company of our own group."""
    company.customer("OAK", owner="Ben", segment="Key")
    company.customer("OAK-1", parent="OAK", owner="Ben", segment="Key")
    company.customer("FIR", owner="Cleo")
    company.customer("OURS", intercompany=True)
    company.invoice("OAK", date(2026, 9, 1), date(2026, 10, 1), 100)
    company.invoice("OAK-1", date(2026, 6, 1), date(2026, 7, 1), 40, entity="north")
    company.invoice("FIR", date(2026, 10, 15), date(2026, 11, 15), 7, currency="USD")
    company.payment("FIR", OCT, 5)
    company.invoice("OURS", date(2026, 10, 1), OCT, 1000)
    return company


def test_by_customer(house):
    report = aging(house.engine, Filters(as_of=OCT))
    assert rows(report) == {
        ("OAK", "EUR"): (0, 10_000, 0, 0, 0, 0, 10_000),
        ("OAK-1", "EUR"): (0, 0, 0, 0, 4_000, 0, 4_000),
        ("FIR", "EUR"): (0, 0, 0, 0, 0, -500, -500),
        ("FIR", "USD"): (700, 0, 0, 0, 0, 0, 700),
    }
    assert [(row.currency, row.open, row.overdue) for row in report.totals] == [
        ("EUR", 13_500, 14_000),
        ("USD", 700, 0),
    ]


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("family", {("OAK", "EUR"): 14_000, ("FIR", "EUR"): -500, ("FIR", "USD"): 700}),
        ("segment", {("Key", "EUR"): 14_000, ("", "EUR"): -500, ("", "USD"): 700}),
        ("owner", {("Ben", "EUR"): 14_000, ("Cleo", "EUR"): -500, ("Cleo", "USD"): 700}),
        ("entity", {("main", "EUR"): 9_500, ("north", "EUR"): 4_000, ("main", "USD"): 700}),
        ("currency", {("EUR", "EUR"): 13_500, ("USD", "USD"): 700}),
        ("none", {("all", "EUR"): 13_500, ("all", "USD"): 700}),
    ],
)
def test_by_every_other_dimension(house, by, expected):
    report = aging(house.engine, Filters(as_of=OCT), by=by)
    assert {(row.key, row.currency): row.open for row in report.cells} == expected


def test_our_own_group_is_a_line_of_its_own_and_still_controlled(house):
    report = aging(house.engine, Filters(as_of=OCT))
    assert [(row.currency, row.open) for row in report.intercompany] == [("EUR", 100_000)]
    assert [(c.currency, c.total, c.difference, c.agrees) for c in report.control] == [
        ("EUR", 13_500, 0, None),
        ("USD", 700, 0, None),
    ]
    assert report.foots


def test_filters_narrow_rows_and_control_alike(house):
    report = aging(house.engine, Filters(as_of=OCT, owners=("Ben",), entity="north"))
    assert rows(report) == {("OAK-1", "EUR"): (0, 0, 0, 0, 4_000, 0, 4_000)}
    assert [(c.total, c.difference) for c in report.control] == [(4_000, 0)]
    assert rows(aging(house.engine, Filters(as_of=OCT, segments=("",)))) == {
        ("FIR", "EUR"): (0, 0, 0, 0, 0, -500, -500),
        ("FIR", "USD"): (700, 0, 0, 0, 0, 0, 700),
    }


def test_segments_and_owners_are_those_of_the_day(house):
    house.fact("OAK", "segment", "Trade", date(2026, 10, 15))
    before = aging(house.engine, Filters(as_of=date(2026, 10, 14)), by="segment")
    after = aging(house.engine, Filters(as_of=date(2026, 10, 15)), by="segment")
    assert ("Trade", "EUR") not in rows(before)
    assert rows(after)["Trade", "EUR"][-1] == 10_000


def test_a_merged_customer_stands_under_its_survivor(house):
    house.change(code="FIR", merged_into_id=house.ids["OAK-1"])
    report = aging(house.engine, Filters(as_of=OCT))
    assert {key for key, _ in rows(report)} == {"OAK", "OAK-1"}
    assert rows(report)["OAK-1", "EUR"] == (0, 0, 0, 0, 4_000, -500, 3_500)
    assert {key for key, _ in rows(aging(house.engine, Filters(as_of=OCT), by="family"))} == {"OAK"}


@pytest.mark.parametrize("row", [0, 4], ids=["a customer", "our own group"])
def test_one_corrupt_value_in_the_columns_makes_the_control_differ(house, row):
    found = books.book(house.engine)
    wrong = found.columns.amount.copy()
    wrong[row] += 1
    books._kept(found.store_id).book = replace(found, columns=replace(found.columns, amount=wrong))
    report = aging(house.engine, Filters(as_of=OCT))
    assert [(c.currency, c.difference) for c in report.control] == [("EUR", -1), ("USD", 0)]
    assert not report.foots


def test_as_known_then(house):
    then = datetime.now(UTC)
    house.invoice("OAK", date(2026, 9, 1), date(2026, 10, 1), 900)
    assert rows(aging(house.engine, Filters(as_of=OCT)))["OAK", "EUR"][-1] == 100_000
    report = aging(house.engine, Filters(as_of=OCT, known_at=then))
    assert rows(report)["OAK", "EUR"][-1] == 10_000
    assert report.foots


def test_free_edges_and_other_dates(house):
    report = aging(house.engine, Filters(as_of=OCT, basis="document"), edges=(7, 60))
    assert report.columns == ("not due", "1-7", "8-60", "61+", "unapplied")
    assert rows(report)["OAK", "EUR"] == (0, 0, 10_000, 0, 0, 10_000)
    with pytest.raises(BadInput):
        aging(house.engine, Filters(as_of=OCT), edges=(60, 30))


def test_redated_stands_beside_the_buckets(house):
    item = house.invoice("FIR", date(2026, 9, 1), date(2026, 9, 30), 30)
    house.do("redate", item_id=item, due_date=date(2026, 12, 31), on=OCT, amount=Decimal(20))
    [row] = [row for row in aging(house.engine, Filters(as_of=OCT)).cells if (row.key, row.currency) == ("FIR", "EUR")]
    assert (row.redated, row.buckets[1], row.not_due) == (2_000, 3_000, 0)
    [row] = [
        row
        for row in aging(house.engine, Filters(as_of=OCT, basis="due")).cells
        if (row.key, row.currency) == ("FIR", "EUR")
    ]
    assert (row.redated, row.buckets[1], row.not_due) == (2_000, 1_000, 2_000)


def test_in_one_currency_every_split_adds_up_to_the_same(house):
    house.rate("USD", "EUR", date(2026, 10, 1), "0.9333")
    for amount in ("0.55", "1.55", "2.55"):
        house.invoice("OAK", OCT, OCT, amount, currency="USD")
    totals = set()
    for by in ("customer", "segment", "none"):
        report = aging(house.engine, Filters(as_of=OCT, currency="EUR"), by=by)
        assert {row.currency for row in report.cells} == {"EUR"}
        totals.add(sum(row.open for row in report.cells))
        assert totals == {report.totals[0].open}
    # 0.9333 × 7.00, 0.55, 1.55, 2.55 = 6.53, 0.51, 1.45, 2.38, each rounded by itself
    assert totals == {13_500 + 653 + 51 + 145 + 238}


def test_a_missing_rate_is_a_named_gap(house):
    report = aging(house.engine, Filters(as_of=OCT, currency="EUR"))
    assert [str(gap) for gap in report.gaps] == ["no rate from USD to EUR on or before 2026-10-31"]
    assert [(row.currency, row.open) for row in report.totals] == [("EUR", 13_500), ("USD", 700)]


def states(house, amount, entity="main", day=OCT, source="GL"):
    save_balances(
        house.engine, balances=[Balance(day, entity, "EUR", Decimal(amount), source)], actor=Actor("Anna")
    )  # fmt: skip


def test_agrees_is_said_of_an_independent_figure_only(house):
    states(house, "95.00")
    assert aging(house.engine, Filters(as_of=OCT)).control[0].agrees is None  # nobody states the north's 40
    states(house, "40.00", "north", source="SAP")
    [eur, usd] = aging(house.engine, Filters(as_of=OCT)).control
    assert (eur.agrees, eur.compared_with, eur.independent, usd.agrees) == (True, "GL and SAP", 13_500, None)
    assert aging(house.engine, Filters(as_of=date(2026, 10, 30))).control[0].agrees is None
    states(house, "40.01", "north")
    assert aging(house.engine, Filters(as_of=OCT)).control[0].agrees is False


def test_one_entity_is_compared_by_itself_and_a_part_of_one_never(house):
    states(house, "40.00", "north")
    assert aging(house.engine, Filters(as_of=OCT, entity="north")).control[0].agrees is True
    assert aging(house.engine, Filters(as_of=OCT, entity="main")).control[0].agrees is None
    assert aging(house.engine, Filters(as_of=OCT, entity="north", owners=("Ben",))).control[0].agrees is None


def test_table_and_frame(house):
    report = aging(house.engine, Filters(as_of=OCT))
    table = report.table()
    assert table.column("open").to_pylist() == [100.0, 40.0, -5.0, 7.0]
    assert table.column("overdue %").to_pylist() == [100.0, 100.0, 0.0, 0.0]
    assert list(report.frame()["open"]) == [Decimal("100.00"), Decimal("40.00"), Decimal("-5.00"), Decimal("7.00")]


def test_an_empty_store(company):
    report = aging(company.engine, Filters(as_of=OCT))
    assert (len(report.cells), report.totals, report.control, report.table().num_rows) == (0, (), (), 0)
    assert report.frame().empty
