"""Families: own, rolled up and consolidated figures, none of which counts an item twice."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from arcore.errors import BadInput
from arcore.reports.aging import aging
from arcore.reports.families import families
from arcore.reports.families import without_rings
from arcore.reports.filters import Filters
from arcore.reports.items import items
from arcore.reports.kpis import kpis

OCT = date(2026, 10, 31)


@pytest.fixture
def family(company):
    """A family of three over two levels: OAK 100 and 7 USD, ELM under it 40, ASH under ELM 2; FIR 30 stands alone."""
    company.customer("OAK")
    company.customer("ELM", parent="OAK")
    company.customer("ASH", parent="ELM")
    company.customer("FIR")
    company.invoice("OAK", date(2026, 9, 1), date(2026, 10, 1), 100)
    company.invoice("OAK", date(2026, 9, 1), date(2026, 11, 30), 7, currency="USD")
    company.invoice("ELM", date(2026, 8, 1), date(2026, 9, 1), 40)
    company.invoice("ASH", date(2026, 10, 1), date(2026, 12, 1), 2)
    company.invoice("FIR", date(2026, 10, 1), date(2026, 12, 1), 30)
    return company


def rows(report):
    return [(row.key, row.currency, row.open // 100, row.depth, row.below) for row in report.cells]


def totals(report):
    return {row.currency: row.open // 100 for row in report.totals}


def test_own_rows_stand_apart(family):
    report = aging(family.engine, Filters(as_of=OCT))
    assert {(key, code): units for key, code, units, *_ in rows(report)} == {
        ("OAK", "EUR"): 100, ("OAK", "USD"): 7, ("ELM", "EUR"): 40, ("ASH", "EUR"): 2, ("FIR", "EUR"): 30,
    }  # fmt: skip
    assert totals(report) == {"EUR": 172, "USD": 7}


def test_rolled_up_rows_hold_those_below_and_the_total_counts_each_once(family):
    report = aging(family.engine, Filters(as_of=OCT), by="rollup")
    assert rows(report) == [
        ("OAK", "EUR", 142, 0, 2),
        ("ELM", "EUR", 42, 1, 1),
        ("ASH", "EUR", 2, 2, 0),
        ("FIR", "EUR", 30, 0, 0),
        ("OAK", "USD", 7, 0, 2),
    ]
    assert totals(report) == {"EUR": 172, "USD": 7}
    assert report.foots


def test_consolidated_is_one_row_per_family(family):
    report = aging(family.engine, Filters(as_of=OCT), by="family")
    assert {(key, code): units for key, code, units, *_ in rows(report)} == {
        ("OAK", "EUR"): 142, ("OAK", "USD"): 7, ("FIR", "EUR"): 30,
    }  # fmt: skip
    assert totals(report) == {"EUR": 172, "USD": 7}


def test_a_parent_that_owes_nothing_still_stands_for_its_children(company):
    company.customer("HEAD")
    company.customer("PART", parent="HEAD")
    company.invoice("PART", date(2026, 9, 1), date(2026, 10, 1), 5)
    report = aging(company.engine, Filters(as_of=OCT), by="rollup")
    assert rows(report) == [("HEAD", "EUR", 5, 0, 1), ("PART", "EUR", 5, 1, 0)]
    assert totals(report) == {"EUR": 5}


@pytest.mark.parametrize(("code", "documents"), [("OAK", 4), ("ELM", 2), ("ASH", 1), ("FIR", 1)])
def test_a_rolled_up_row_leads_to_the_items_it_holds(family, code, documents):
    assert len(items(family.engine, Filters(as_of=OCT), by="rollup", key=code)) == documents


def test_a_merged_child_stands_with_its_survivor(family):
    family.change(code="ASH", merged_into_id=family.ids["FIR"])
    report = aging(family.engine, Filters(as_of=OCT), by="rollup")
    assert [(key, units) for key, code, units, *_ in rows(report) if code == "EUR"] == [
        ("OAK", 140), ("ELM", 40), ("FIR", 32),
    ]  # fmt: skip


def test_a_ring_in_old_data_counts_nobody_twice(family):
    family.change(code="OAK", parent_id=family.ids["ASH"])
    for by in ("family", "rollup", "customer"):
        assert totals(aging(family.engine, Filters(as_of=OCT), by=by)) == {"EUR": 172, "USD": 7}
    assert {row.key for row in aging(family.engine, Filters(as_of=OCT), by="family").cells} == {"OAK", "FIR"}


def test_measures_are_not_split_by_rows_that_hold_each_other(family):
    with pytest.raises(BadInput, match="take family"):
        kpis(family.engine, Filters(as_of=OCT), ["open"], by="rollup")


def test_the_tree_by_itself():
    # 0 over 1 and 2, 2 over 3; 4 alone. Children stand by name: c before d.
    found = families({1: 0, 2: 0, 3: 2}, ["a", "d", "c", "x", "e"])
    assert found.depth.tolist() == [0, 1, 1, 2, 0]
    assert found.below.tolist() == [3, 0, 1, 0, 0]
    assert found.under(0).tolist() == [0, 2, 3, 1]
    assert found.head_of(3) == 0
    assert found.rolled_up(np.array([1, 10, 100, 1000, 7])).tolist() == [1111, 10, 1100, 1000, 7]
    assert found.rolled_up(np.array([1, 9, 5, 7, 3]), np.maximum).tolist() == [9, 9, 7, 7, 3]


def test_a_ring_loses_one_link_only():
    assert without_rings({0: 1, 1: 2, 2: 0, 5: 1, 7: 7}) == {1: 2, 2: 0, 5: 1}
    assert without_rings({3: 2, 2: 1}) == {3: 2, 2: 1}
