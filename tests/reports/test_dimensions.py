"""Customers, families, merges, and what is known of them by day."""

from __future__ import annotations

from datetime import date

from arcore.reports import book as books

JAN, FEB = date(2026, 1, 1), date(2026, 2, 1)


def customers(company):
    return books.book(company.engine).around.customers


def names(found, positions):
    return [found.codes[position] for position in positions]


def test_families_reach_up_to_their_head(company):
    company.customer("OAK")
    company.customer("OAK-1", parent="OAK")
    company.customer("OAK-1-1", parent="OAK-1")
    found = customers(company)
    assert names(found, found.root) == ["OAK", "OAK", "OAK"]
    assert names(found, found.survivor) == ["OAK", "OAK-1", "OAK-1-1"]


def test_a_merged_customer_lives_on_in_its_survivors_family(company):
    company.customer("OAK")
    company.customer("OAK-1", parent="OAK")
    company.customer("FIR")
    company.customer("PINE")
    company.change(code="FIR", merged_into_id=company.ids["PINE"])
    company.change(code="PINE", merged_into_id=company.ids["OAK-1"])
    found = customers(company)
    assert names(found, found.survivor) == ["OAK", "OAK-1", "OAK-1", "OAK-1"]
    assert names(found, found.root) == ["OAK", "OAK", "OAK", "OAK"]


def test_a_ring_of_parents_ends_somewhere(company):
    company.customer("OAK")
    company.customer("FIR", parent="OAK")
    company.change(code="OAK", parent_id=company.ids["FIR"])
    assert len(customers(company).root) == 2


def fact(company, day, upto=None):
    codes, labels = customers(company).fact_on("owner", day, upto)
    return [None if code < 0 else labels[code] for code in codes]


def test_facts_of_the_day(company):
    company.customer("OAK", owner="Ben", since=JAN)
    company.customer("FIR")
    company.fact("OAK", "owner", "Cleo", FEB)
    assert fact(company, date(2025, 12, 31)) == [None, None]
    assert fact(company, JAN) == ["Ben", None]
    assert fact(company, FEB) == ["Cleo", None]


def test_of_one_day_the_latest_row_wins_and_an_empty_one_ends_it(company):
    company.customer("OAK", owner="Ben", since=JAN)
    company.fact("OAK", "owner", "Cleo", JAN)
    assert fact(company, JAN) == ["Cleo"]
    company.fact("OAK", "owner", "", FEB)
    assert fact(company, FEB) == [None]


def test_facts_as_known_then(company):
    company.customer("OAK", owner="Ben", since=JAN)
    seq = books.book(company.engine).seq
    company.fact("OAK", "owner", "Cleo", JAN)
    assert fact(company, JAN) == ["Cleo"]
    assert fact(company, JAN, seq) == ["Ben"]


def test_a_merged_customer_has_its_survivors_facts(company):
    company.customer("OAK", owner="Ben")
    company.customer("FIR", owner="Cleo")
    company.change(code="FIR", merged_into_id=company.ids["OAK"])
    assert fact(company, JAN) == ["Ben", "Ben"]
