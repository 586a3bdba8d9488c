"""Figures and dates as text: by locale, with a true minus, and other people's words never as Markdown."""

from __future__ import annotations

from datetime import UTC
from datetime import date
from datetime import datetime

import pytest

from pages.ui.format import NONE
from pages.ui.format import Format
from pages.ui.format import as_label
from pages.ui.format import days_as_read

BRITISH, GERMAN, SWEDISH = Format("en_GB"), Format("de_DE"), Format("sv_SE")
DAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [(1399357164, "EUR", "€13.99m"), (1300000000, "EUR", "€13.00m"), (8640000, "EUR", "€86k"), (-95000, "EUR", "−€950"),
     (0, "EUR", "€0"), (210000000000, "USD", "US$2.10bn"), (5000, "JPY", "JP¥5k")],
)  # fmt: skip
def test_a_tile_writes_short_amounts(minor: int, currency: str, text: str) -> None:
    assert BRITISH.compact(minor, currency) == text


def test_a_language_without_a_short_thousand_writes_it_out() -> None:
    assert GERMAN.compact(8640000, "EUR") == "86.400\u00a0€"
    assert GERMAN.compact(1399357164, "EUR") == "13,99\u00a0Mio.\u00a0€"


def test_amounts_follow_currency_and_locale() -> None:
    assert BRITISH.amount(-123456, "EUR") == "−1,234.56"
    assert GERMAN.amount(-123456, "EUR") == "−1.234,56"
    assert BRITISH.amount(1235, "JPY") == "1,235"
    assert BRITISH.amount(1234567, "KWD") == "1,234.567"
    assert BRITISH.money(123456, "EUR", decimals=0) == "€1,235"


def test_nothing_is_never_minus_nothing() -> None:
    assert BRITISH.amount(-1, "EUR", decimals=0) == "0"
    assert BRITISH.signed(-1, "EUR", decimals=0) == "0"


def test_a_movement_shows_its_sign() -> None:
    assert [BRITISH.signed(units, "EUR") for units in (150, -150, 0)] == ["+1.50", "−1.50", "0.00"]


def test_a_missing_number_is_a_dash() -> None:
    assert BRITISH.number(None) == BRITISH.percent(None) == BRITISH.day(None) == NONE


def test_halves_round_away_from_zero() -> None:
    assert [BRITISH.number(value, 1) for value in (0.25, -0.25, 43.55)] == ["0.3", "−0.3", "43.6"]


def test_percent_is_written_as_the_locale_does() -> None:
    assert BRITISH.percent(63.4) == "63%"
    assert SWEDISH.percent(63.4, 1) == "63,4\u00a0%"


def test_dates_are_written_as_the_locale_does() -> None:
    assert BRITISH.day(DAY) == "20 Nov 2026"
    assert BRITISH.short_day(DAY, DAY) == "20 Nov"
    assert BRITISH.short_day(date(2025, 11, 20), DAY) == "20 Nov 2025"
    assert BRITISH.weekday(DAY) == "Fri 20 Nov 2026"
    assert BRITISH.month(DAY) == "November 2026"
    assert BRITISH.time(datetime(2026, 11, 20, 9, 14, tzinfo=UTC)) == "09:14"
    assert GERMAN.day(DAY) == "20. Nov. 2026"


@pytest.mark.parametrize("locale", ["en_GB", "en_AU", "en_CA", "en_US"])
def test_september_is_short_in_one_way_wherever_english_is_spoken(locale: str) -> None:
    say, day = Format(locale), date(2026, 9, 30)
    short = (say.day(day), say.short_day(day, day), say.weekday(day), say.month(day, short=True))
    assert all("Sep " in f"{text} " for text in short)
    assert say.month(day) == "September 2026"


def test_date_fields_have_the_order_of_the_locale() -> None:
    orders = [Format(name).date_input for name in ("en_GB", "en_US", "de_DE", "sv_SE")]
    assert orders == ["DD/MM/YYYY", "MM/DD/YYYY", "DD.MM.YYYY", "YYYY-MM-DD"]


def test_columns_are_written_as_single_numbers_are() -> None:
    for say in (BRITISH, GERMAN, SWEDISH, Format("en_IN"), Format("es_ES"), Format("de_CH"), Format("ar_EG")):
        for value in (0.0, -0.001, 2.5, 0.125, 38370.505, 1234.5, -1234.25, 123456.75, -12345678.5):
            for places in (0, 2):
                assert say.of_column(value, places) == say.number(value, places), (say, value)


def test_days_in_a_sentence_of_the_core_are_written_as_all_others() -> None:
    assert days_as_read("A promise by 2026-11-13 runs.") == "A promise by 13 Nov 2026 runs."
    for kept in ("“2026-11-13” is no amount", "open-2026-11-13.csv", "list 2026-11-13.csv", "on 2026-13-41"):
        assert days_as_read(kept) == kept


def test_one_thing_is_no_plural() -> None:
    assert [BRITISH.counted(count, "item") for count in (0, 1, 1093)] == ["0 items", "1 item", "1,093 items"]
    assert BRITISH.counted(2, "family", "families") == "2 families"


def test_a_change_shows_its_sign_and_nothing_is_plus_or_minus_nothing() -> None:
    assert [BRITISH.change(value) for value in (1.26, -0.2, 0.0, 0.04, -0.04)] == ["+1.3", "−0.2", "±0", "±0", "±0"]
    assert GERMAN.change(-1234.5) == "−1.234,5"


@pytest.mark.parametrize("name", ["xx", "", "en-GB", "not a locale"])
def test_an_unknown_locale_is_written_as_british(name: str) -> None:
    assert Format(name).day(DAY) == "20 Nov 2026"


def test_hostile_text_is_escaped_and_reads_the_same() -> None:
    hostile = "![x](http://a.b) :red[PAID] $x$ a->b www.a.b \u202eabc"
    label = as_label(hostile)
    assert "\u202e" not in label
    for mark in "![]():$>":
        assert f"\\{mark}" in label
    plain = label.replace("\\", "").replace("\u2060", "")
    assert plain == hostile.replace("\u202e", "").replace("  ", " ") or plain == hostile.replace("\u202e", " ")
