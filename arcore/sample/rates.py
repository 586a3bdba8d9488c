"""Exchange rates of the sample company: made up, one a week, near what such rates usually are."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import NamedTuple

from arcore.sample.cast import SEED

REPORTING = "EUR"
START = {"USD": 0.91, "GBP": 1.16}
"""What one unit is worth in euros at first; afterwards it strolls, drawn back to this."""
STEP, PULL = 0.006, 0.02


class Quote(NamedTuple):
    """What one unit of a currency is worth in euros from a day on."""

    day: date
    currency: str
    rate: Decimal


def walk(first: date, last: date) -> Iterator[Quote]:
    """Yield a rate per currency for each Monday, from the one not after `first` to `last` (inclusive)."""
    for currency, middle in START.items():
        rng, drift = Random(f"{SEED} rate {currency}"), 0.0
        day = first - timedelta(days=first.weekday())
        while day <= last:
            yield Quote(day, currency, Decimal(f"{middle * math.exp(drift):.4f}"))
            drift += rng.gauss(0, STEP) - PULL * drift
            day += timedelta(days=7)
