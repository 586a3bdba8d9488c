"""Families: own, rolled up and consolidated figures, none of which counts an item twice."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from arcore.errors import BadInput
from arcore.reports.aging import aging
from arcore.reports.customer import standing
from arcore.reports.customers import directory
from arcore.reports.families import families
from arcore.reports.families import without_rings
from arcore.reports.family_tree import family as tree
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
    assert without_rings({0: 3, 3: 4, 4: 3}) == {0: 3, 4: 3}, "who only hangs on a ring keeps the parent"


def listed(family, by, **filters):
    found = directory(family.engine, Filters(as_of=OCT, currency="EUR", **filters), by)
    rows = found.table.itertuples()
    return found, [(row.code, row.open // 100, row.overdue // 100, row.depth, row.below) for row in rows]


def test_the_directory_at_every_level(family):
    family.rate("USD", "EUR", date(2026, 1, 1), "1")
    found, own = listed(family, "customer")
    assert own == [("OAK", 107, 100, 0, 0), ("ELM", 40, 40, 1, 0), ("FIR", 30, 0, 0, 0), ("ASH", 2, 0, 2, 0)]
    assert found.totals(found.table) == {"EUR": {"open": 17_900, "overdue": 14_000, "unapplied": 0}}
    found, rolled = listed(family, "rollup")
    assert rolled == [("OAK", 149, 140, 0, 2), ("ELM", 42, 40, 1, 1), ("ASH", 2, 0, 2, 0), ("FIR", 30, 0, 0, 0)]
    assert found.totals(found.table) == {"EUR": {"open": 17_900, "overdue": 14_000, "unapplied": 0}}
    found, whole = listed(family, "family")
    assert whole == [("OAK", 149, 140, 0, 2), ("FIR", 30, 0, 0, 0)]
    assert found.totals(found.table)["EUR"]["open"] == 17_900


def test_what_is_left_of_a_rolled_up_list_adds_up_without_its_parents(family):
    found = directory(family.engine, Filters(as_of=OCT, currency="EUR"), "rollup")
    assert found.totals(found.search("elm"))["EUR"]["open"] == 4_200
    both = found.table[found.table["code"].isin(["ELM", "ASH", "FIR"])]
    assert found.totals(both)["EUR"]["open"] == 7_200
    assert [gap.units for gap in found.gaps] == [700]


def test_a_segment_keeps_the_heads_that_hold_it(family):
    family.fact("ASH", "segment", "Trade", date(2026, 1, 1))
    _, rolled = listed(family, "rollup", segments=("Trade",))
    assert rolled == [("OAK", 2, 0, 0, 2), ("ELM", 2, 0, 1, 1), ("ASH", 2, 0, 2, 0)]


def test_a_family_in_its_customers_currencies_is_shown_in_that_of_its_head(family):
    family.change(code="OAK", currency="USD")
    family.rate("EUR", "USD", date(2026, 1, 1), "2")
    asked = Filters(as_of=OCT, currency="customer")
    rows = directory(family.engine, asked, "family").table.itertuples()
    assert {row.code: (row.open, row.currency) for row in rows} == {
        "OAK": (700 + 2 * 14_200, "USD"), "FIR": (3_000, "EUR"),
    }  # fmt: skip
    own = directory(family.engine, asked)
    assert own.totals(own.table)["EUR"]["open"] == 4_000 + 200 + 3_000
    assert own.totals(own.table)["USD"]["open"] == 700 + 2 * 10_000


def test_a_level_that_is_none_is_refused(family):
    with pytest.raises(BadInput):
        directory(family.engine, Filters(as_of=OCT), "segment")


def limit(family, code, minor):
    family.change(code=code, currency="EUR")
    family.fact(code, "credit_limit", str(minor), date(2026, 1, 1))


def test_the_tiles_of_a_customer_alone_and_with_those_below(family):
    family.rate("USD", "EUR", date(2026, 1, 1), "1")
    limit(family, "OAK", 20_000)
    limit(family, "ELM", 10_000)
    family.payment("ASH", date(2026, 10, 5), 52)
    euro = Filters(as_of=OCT, currency="EUR")
    own = standing(family.engine, euro, family.ids["OAK"])
    assert (own.open, own.overdue, own.items, own.limit, own.members) == (10_700, 10_000, 2, 20_000, 1)
    held = standing(family.engine, euro, family.ids["OAK"], family=True)
    assert (held.open, held.overdue, held.unapplied, held.items) == (10_700 + 4_000 - 5_000, 14_000, -5_200, 5)
    # ASH is owed 50 by us: it lowers the balance, not what the others owe.
    assert (held.exposure, held.limit, held.members, held.limited) == (14_700, 30_000, 3, 2)
    assert held.used == pytest.approx(49)
    middle = standing(family.engine, euro, family.ids["ELM"], family=True)
    assert (middle.open, middle.limit, middle.members) == (-1_000, 10_000, 2)


def test_the_tree_of_a_customer_is_that_of_its_family(family):
    family.rate("USD", "EUR", date(2026, 1, 1), "1")
    limit(family, "ELM", 10_000)
    for code in ("OAK", "ASH"):
        found = tree(family.engine, Filters(as_of=OCT, currency="EUR"), family.ids[code])
        assert [(m.code, m.depth, m.open, m.overdue, m.limit) for m in found.members] == [
            ("OAK", 0, 10_700, 10_000, None), ("ELM", 1, 4_000, 4_000, 10_000), ("ASH", 2, 200, 0, None),
        ]  # fmt: skip
        assert (found.open, found.overdue, found.limit) == (14_900, 14_000, 10_000)
    assert [m.code for m in tree(family.engine, Filters(as_of=OCT), family.ids["FIR"]).members] == ["FIR"]
