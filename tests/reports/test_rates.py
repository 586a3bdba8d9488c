"""Rates by day, both ways round; a missing one is a gap."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np

from arcore.reports import book as books
from arcore.reports.rates import Gap
from arcore.reports.rates import Rates
from arcore.reports.rates import converted

JAN, FEB, MAR = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)
TABLE = Rates.of([("USD", "EUR", JAN, "0.90"), ("USD", "EUR", MAR, "0.95"), ("EUR", "GBP", FEB, "0.80")])


def test_the_latest_rate_on_or_before_the_day():
    assert TABLE.on("USD", "EUR", date(2026, 2, 28)) == (Decimal("0.90"), JAN)
    assert TABLE.on("USD", "EUR", MAR) == (Decimal("0.95"), MAR)
    assert TABLE.on("USD", "EUR", date(2025, 12, 31)) is None
    assert TABLE.on("EUR", "EUR", JAN) == (Decimal(1), JAN)


def test_the_other_way_round():
    quote = TABLE.on("GBP", "EUR", MAR)
    assert quote is not None
    assert quote.rate == Decimal("1.25")
    assert TABLE.on("EUR", "USD", MAR) == (1 / Decimal("0.95"), MAR)


def test_the_last_row_of_a_day_wins():
    corrected = Rates.of([("USD", "EUR", JAN, "0.09"), ("USD", "EUR", JAN, "0.90")])
    assert corrected.on("USD", "EUR", JAN) == (Decimal("0.90"), JAN)


def test_minor_units_of_currencies_with_other_digits():
    yen = Rates.of([("JPY", "EUR", JAN, "0.006")])
    assert yen.factor("JPY", "EUR", JAN) == 0.6, "100 yen are 0.60 euro: 60 cents"
    assert Rates().factor("JPY", "EUR", JAN) is None


def test_factors_of_every_day():
    factors = TABLE.by_day("USD", "EUR", date(2025, 12, 31), date(2026, 1, 2))
    assert np.isnan(factors[0])
    assert factors[1:].tolist() == [0.9, 0.9]


def test_halves_round_away_from_zero():
    assert converted(np.array([1, 3, -1, -3]), 0.5).tolist() == [1, 2, -1, -2]
    assert converted(np.array([10**15 - 1]), 1.0).tolist() == [10**15 - 1]


def test_a_gap_says_what_is_missing():
    assert str(Gap("USD", "EUR", JAN)) == "no rate from USD to EUR on or before 2026-01-01"


def test_read_from_the_store(company):
    company.rate("USD", "EUR", JAN, "0.91")
    company.rate("USD", "EUR", JAN, "0.92")
    assert books.book(company.engine).around.rates.on("USD", "EUR", JAN) == (Decimal("0.92"), JAN)
