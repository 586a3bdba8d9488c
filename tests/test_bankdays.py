"""Grace over Easter, Christmas and ordinary weekends, by the calendar on the wall."""

from __future__ import annotations

from datetime import date

import pytest

from arcore.bankdays import add_bank_days
from arcore.bankdays import country_of
from arcore.bankdays import is_bank_day


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        ("2026-03-09", 3, "2026-03-12"),  # Monday to Thursday
        ("2026-03-12", 3, "2026-03-17"),  # Thursday: Friday, Monday, Tuesday
        ("2026-03-14", 1, "2026-03-16"),  # Saturday: Monday is the first
        ("2026-04-02", 3, "2026-04-09"),  # Maundy Thursday: Tuesday, Wednesday, Thursday
        ("2026-04-03", 1, "2026-04-07"),  # Good Friday itself: Easter Tuesday
        ("2025-12-23", 3, "2025-12-30"),  # 24, then 29 and 30: 25 and 26 are closed, 27 and 28 a weekend
        ("2025-12-30", 2, "2026-01-02"),  # 31 and 2: New Year is closed
        ("2026-04-30", 1, "2026-05-04"),  # 1 May is closed, then a weekend
        ("2026-03-14", 0, "2026-03-14"),
    ],
)
def test_bank_days_are_counted_over_easter_christmas_and_weekends(day, n, expected):
    assert add_bank_days(date.fromisoformat(day), n) == date.fromisoformat(expected)


def test_a_country_has_holidays_of_its_own():
    german_unity, boxing_day = date(2025, 10, 3), date(2025, 12, 26)

    assert (is_bank_day(german_unity), is_bank_day(german_unity, "DE")) == (True, False)
    assert (is_bank_day(boxing_day), is_bank_day(boxing_day, "US")) == (False, True)
    assert add_bank_days(date(2025, 10, 2), 1, "de") == date(2025, 10, 6)


@pytest.mark.parametrize(
    ("country", "day"),
    [
        ("GB", "2026-04-06"),  # Easter Monday: England keeps it, Scotland does not
        ("AT", "2026-04-03"),  # Good Friday: banks alone
        ("ES", "2026-04-06"),  # Easter Monday: the euro's own calendar
        ("JP", "2025-12-31"),  # banks alone
    ],
)
def test_banks_keep_days_that_the_whole_country_does_not(country, day):
    assert not is_bank_day(date.fromisoformat(day), country)


def test_a_country_that_the_calendar_does_not_know_keeps_the_european_days():
    assert [day.day for day in (date(2026, 4, d) for d in range(1, 9)) if is_bank_day(day, "XX")] == [1, 2, 7, 8]


@pytest.mark.parametrize(("locale", "country"), [("en_GB", "GB"), ("de_DE", "DE"), ("zh_Hans_CN", "CN"), ("en", "")])
def test_the_country_is_the_one_that_figures_are_written_for(locale, country):
    assert country_of(locale) == country
