"""Two companies of ours in one store: each by itself, both together, and what they owe each other apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from arcore.reports.aging import aging
from arcore.reports.customers import directory
from arcore.reports.filters import Filters
from arcore.reports.items import items
from arcore.reports.kpis import kpis
from arcore.reports.overview import counts

OCT = date(2026, 10, 31)
OUT, IN, ONLY = (Filters(as_of=OCT, intercompany=choice) for choice in ("out", "in", "only"))


@pytest.fixture
def two(company):
    """North sold 100 to OAK and 1000 to South, South 40 to OAK and 500 to North; the two are customers NO and SO."""
    company.customer("OAK")
    company.customer("NO", intercompany=True)
    company.customer("SO", intercompany=True)
    company.invoice("OAK", date(2026, 9, 1), date(2026, 10, 1), 100, entity="north")
    company.invoice("SO", date(2026, 9, 1), date(2026, 10, 1), 1000, entity="north")
    company.invoice("OAK", date(2026, 9, 1), date(2026, 11, 30), 40, entity="south")
    company.invoice("NO", date(2026, 9, 1), date(2026, 11, 30), 500, entity="south")
    for what in ("balances", "sales", "receipts"):
        for entity in ("north", "south"):
            company.complete(what, date(2026, 1, 1), entity=entity)
    return company


def opened(report):
    return {row.key: row.open // 100 for row in report.cells}


@pytest.mark.parametrize(
    ("filters", "by_entity", "total", "left_out"),
    [
        (OUT, {"north": 100, "south": 40}, 140, 2),
        (IN, {"north": 1100, "south": 540}, 1640, 0),
        (ONLY, {"north": 1000, "south": 500}, 1500, 0),
    ],
)
def test_each_entity_and_both_together(two, filters, by_entity, total, left_out):
    report = aging(two.engine, filters, by="entity")
    assert opened(report) == by_entity
    assert [row.open // 100 for row in report.totals] == [total]
    assert report.left_out == left_out
    assert report.foots
    assert [(c.total // 100, c.difference) for c in report.control] == [(total, 0)]


def test_what_was_left_out_is_a_line_and_one_for_each_entity(two):
    report = aging(two.engine, OUT, by="entity")
    assert [(row.key, row.open // 100) for row in report.intercompany] == [
        ("intercompany", 1500), ("north", 1000), ("south", 500),
    ]  # fmt: skip
    assert [(row.key, row.open // 100) for row in aging(two.engine, OUT).intercompany] == [("intercompany", 1500)]
    assert aging(two.engine, IN).intercompany == ()


def test_one_entity_by_itself(two):
    report = aging(two.engine, replace(OUT, entity="south"))
    assert opened(report) == {"OAK": 40}
    assert [(row.open // 100) for row in report.intercompany] == [500]
    assert report.foots


def test_the_line_leads_to_its_documents(two):
    assert {row.customer: row.open // 100 for row in items(two.engine, ONLY)} == {"SO": 1000, "NO": 500}
    assert {row.customer for row in items(two.engine, OUT)} == {"OAK"}
    assert len(items(two.engine, IN)) == 4
    assert [row.open // 100 for row in items(two.engine, ONLY, by="entity", key="north")] == [1000]


@pytest.mark.parametrize(("filters", "customers", "balance"), [(OUT, 1, 140), (IN, 3, 1640), (ONLY, 2, 1500)])
def test_measures_and_counts_follow(two, filters, customers, balance):
    [measured] = kpis(two.engine, filters, ["open"])
    assert measured.figure.exact == Decimal(balance)
    assert counts(two.engine, filters).customers == customers


def test_measures_by_entity_add_up_to_the_whole(two):
    found = {row.key: row.figure.exact for row in kpis(two.engine, OUT, ["open"], by="entity")}
    assert found == {"north": Decimal(100), "south": Decimal(40)}


def test_owners_and_the_choice_hold_together(two):
    two.fact("OAK", "owner", "Ben", date(2026, 1, 1))
    two.fact("SO", "owner", "Ben", date(2026, 1, 1))
    for choice, balance in (("out", 140), ("in", 1140), ("only", 1000)):
        asked = Filters(as_of=OCT, owners=("Ben",), intercompany=choice)
        [measured] = kpis(two.engine, asked, ["open"])
        assert measured.figure.exact == Decimal(balance)
        assert aging(two.engine, asked).foots


def test_without_such_a_company_nothing_is_left_out(company):
    company.customer("OAK")
    company.invoice("OAK", date(2026, 9, 1), date(2026, 10, 1), 100)
    assert [row.open for row in aging(company.engine, IN).totals] == [10_000]
    assert aging(company.engine, OUT).left_out == 0
    assert aging(company.engine, ONLY).totals == ()


def test_the_directory_names_the_group_whatever_counts(two):
    assert directory(two.engine, OUT).table["group"].sum() == 2
