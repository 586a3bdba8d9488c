"""Totals of lists: what each entry adds, and what moved the total, by hand."""

from __future__ import annotations

from datetime import date

import pytest

from arcore.reports.rates import Rates
from arcore.reports.totals import Entry
from arcore.reports.totals import Moved
from arcore.reports.totals import moved
from arcore.reports.totals import total_of

THEN, NOW = date(2026, 2, 28), date(2026, 3, 31)
RATES = Rates.of([("USD", "EUR", date(2026, 1, 1), "0.50"), ("USD", "EUR", date(2026, 3, 1), "0.60")])


def entry(key: str, amount: int, currency: str = "EUR") -> Entry:
    return Entry(key, "C1", "Alder", f"INV-{key}", NOW, amount, currency)


def test_entries_are_converted_one_by_one_largest_first() -> None:
    total = total_of([entry("1", 100), entry("2", 1000, "USD"), entry("3", 300)], RATES, "EUR", NOW)
    assert [(one.key, worth) for one, worth in zip(total.entries, total.worths, strict=True)] == [
        ("2", 600),
        ("3", 300),
        ("1", 100),
    ]
    assert total.worth == 1000
    assert total.table()["amount"].to_pylist() == [6.0, 3.0, 1.0]
    assert total.table()["booked"].to_pylist() == [10.0, 3.0, 1.0]


def test_what_moved_a_total_adds_up_to_the_change() -> None:
    before = total_of([entry("gone", 400), entry("less", 300), entry("dollars", 1000, "USD")], RATES, "EUR", THEN)
    now = total_of(
        [entry("less", 100), entry("dollars", 1500, "USD"), entry("new", 70), entry("new", 30)], RATES, "EUR", NOW
    )
    found = moved(before, now, RATES)
    # 1,200 before: 400 + 300 + 10.00 USD at 0.50; 1,100 now: 100 + 15.00 USD at 0.60 + 100.
    assert (before.worth, now.worth) == (1200, 1100)
    assert found == (
        Moved("New", 1, 100),
        Moved("No longer", 1, -400),
        Moved("Higher", 1, 300),
        Moved("Lower", 1, -200),
        Moved("Revalued", 1, 100),
    )
    assert sum(one.amount for one in found) == now.worth - before.worth


def test_what_has_no_rate_is_named_and_left_out() -> None:
    total = total_of([entry("1", 100), entry("2", 100, "GBP")], RATES, "EUR", NOW)
    assert (total.worth, total.lacking) == (100, ("GBP",))
    assert total.table()["amount"].to_pylist() == [1.0, None]


@pytest.mark.parametrize(("then", "now", "words"), [(2, 3, ("New", 1)), (3, 1, ("No longer", -2))])
def test_things_that_are_counted_need_no_currency(then: int, now: int, words: tuple[str, int]) -> None:
    totals = [
        total_of([Entry(str(place), "", "", "a gap", None, 1, "") for place in range(count)], RATES, "EUR", day)
        for count, day in ((then, THEN), (now, NOW))
    ]
    (found,) = moved(totals[0], totals[1], RATES)
    assert (found.what, found.amount) == words


def test_entries_of_several_days_have_the_rates_of_their_days() -> None:
    then = entry("1", 1000, "USD")._replace(day=THEN)
    total = total_of([then, entry("2", 1000, "USD")], RATES, "EUR", NOW, dated=True)
    assert total.worths == (600, 500)
    assert moved(total_of([then], RATES, "EUR", THEN, dated=True), total, RATES) == (Moved("New", 1, 600),)
