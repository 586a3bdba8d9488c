"""The sample company has something for every list of the Clean-up page, each with the sum one can reckon here."""

from __future__ import annotations

from datetime import date

import pytest

from arcore.reports.filters import Filters
from arcore.reports.tidy.doubles import REASONS
from arcore.reports.tidy.doubles import doubles
from arcore.reports.tidy.gaps import gaps
from arcore.reports.tidy.oddities import oddities
from arcore.reports.tidy.summary import summary
from arcore.reports.tidy.unapplied import unapplied


@pytest.fixture
def now(today: date) -> Filters:
    return Filters(as_of=today, currency="EUR")


def test_every_list_has_something_and_none_is_endless(whole, today, now):
    counts = {section.name: section.count for section in summary(whole.engine, now, today)}

    assert all(1 <= count <= 12 for name, count in counts.items() if name != "same_customers"), counts


def test_credits_lie_unmatched_for_more_than_ninety_days(whole, now):
    old = unapplied(whole.engine, now, 90)

    # A credit note, money without a word in pounds, and what a customer who left paid twice (6,315 and 21 % tax).
    assert sorted(old.sums.by_currency.items()) == [("EUR", -131_250 - 764_115), ("GBP", -418_000)]


def test_settlements_are_unexplained_duplicates_differ_in_spelling_and_numbers_were_left_out(whole, today, now):
    sums = {section.name: section.by_currency for section in summary(whole.engine, now, today)}
    pairs = doubles(whole.engine, now)

    assert sums["unexplained"] == {"EUR": 624_000 + 391_500 + 1_147_000}
    assert {REASONS[what] for what in pairs.later.what.tolist()} == {
        "The same number, written differently",
        "The same but for letters",
    }
    assert 3 in [gap.count for gap in gaps(whole.engine, now).open]


def test_one_invoice_has_next_years_date(whole, today, now):
    (line,) = oddities(whole.engine, now, today).lines(whole.engine)

    assert line.document_date > today
    assert line.name == "Otterspring Wassertechnik"
