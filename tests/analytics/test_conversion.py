"""Many currencies counted in one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from arcore.analytics.conversion import Conversion
from arcore.analytics.conversion import RateGap

DAY = date(2026, 3, 31)
CODES = ("EUR", "USD", "JPY")


def test_minor_units_become_one_amount_at_the_rates_of_the_day():
    rates: dict[tuple[str, date], Decimal | float] = {("USD", DAY): Decimal("0.9"), ("JPY", DAY): 0.006}
    conversion = Conversion("EUR", CODES, lambda code, day: rates.get((code, day)))
    assert conversion.total([1_000, 20_000, 5_000], DAY) == Decimal(10) + 180 + 30


def test_a_missing_rate_is_a_named_gap_never_one():
    conversion = Conversion("EUR", CODES, lambda *_: None)
    with pytest.raises(RateGap, match="no EUR rate for USD on 31 Mar 2026"):
        conversion.total([1_000, 1, 0], DAY)
    assert conversion.total([1_000, 0, 0], DAY) == 10, "nothing is booked in USD: no rate is needed"


def test_without_rates_only_the_currency_itself_is_counted():
    assert Conversion("JPY", CODES).total([1_000, 20_000, 5_000], DAY) == 5_000
