"""Exchange rates of the sample company: made up, one a week, near what such rates usually are."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from arcore.sample.chance import chance

REPORTING = "EUR"
START = {"USD": 0.91, "GBP": 1.16}
"""What one unit is worth in euros at first; afterwards it strolls, drawn back to this."""
STEP, PULL = 0.006, 0.02


class Quote(NamedTuple):
    """What one unit of a currency is worth in another from a day on."""

    day: date
    currency: str
    reporting: str
    rate: Decimal


def walk(first: date, last: date) -> Iterator[Quote]:
    """Yield the rates of each Monday, from the one not after `first` to `last` (inclusive): to the euro, and across."""
    streams = {currency: chance(f"rate {currency}") for currency in START}
    drift = dict.fromkeys(START, 0.0)
    day = first - timedelta(days=first.weekday())
    while day <= last:
        euros = {currency: Decimal(f"{middle * math.exp(drift[currency]):.4f}") for currency, middle in START.items()}
        for currency, rate in euros.items():
            yield Quote(day, currency, REPORTING, rate)
            drift[currency] += streams[currency].gauss(0, STEP) - PULL * drift[currency]
        yield Quote(day, "GBP", "USD", round(euros["GBP"] / euros["USD"], 4))
        day += timedelta(days=7)
