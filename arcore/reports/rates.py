"""Exchange rates by day: what one unit of a currency is worth in another. A missing rate is a gap, never 1."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlmodel import Session

from arcore.dates import to_day
from arcore.money import digits
from arcore.store.company import Rate

ONE = Decimal(1)


class Quote(NamedTuple):
    """A rate with the day it was quoted for."""

    rate: Decimal
    day: date


class Gap(NamedTuple):
    """A rate that is missing: the currency, what it should have been turned into, the day, and how much waits for it.

    Attributes:
        units: the sum of what could not be converted, minor units of `currency`; None where nothing was added up.
    """

    currency: str
    reporting: str
    day: date
    units: int | None = None

    def __str__(self) -> str:
        """Say which rate to add."""
        return f"no rate from {self.currency} to {self.reporting} on or before {self.day.isoformat()}"


@dataclass(frozen=True)
class Rates:
    """Every rate of the table, by pair of currencies, oldest first; of one day the last row recorded wins."""

    quotes: Mapping[tuple[str, str], tuple[Quote, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[tuple[str, str, date, str]]) -> Rates:
        """Lay out (currency, reporting, day, rate) rows, which come in the order they were recorded."""
        by_pair: dict[tuple[str, str], dict[date, Decimal]] = {}
        for currency, reporting, day, rate in rows:
            by_pair.setdefault((currency, reporting), {})[day] = Decimal(rate)
        return cls(
            {pair: tuple(Quote(days[day], day) for day in sorted(days)) for pair, days in sorted(by_pair.items())}
        )

    def on(self, currency: str, reporting: str, day: date) -> Quote | None:
        """Return the latest rate on or before a day, quoted this way or the other way round; None when missing."""
        if currency == reporting:
            return Quote(ONE, day)
        straight = _latest(self.quotes.get((currency, reporting), ()), day)
        back = _latest(self.quotes.get((reporting, currency), ()), day)
        if back is not None and (straight is None or back.day > straight.day):
            return Quote(ONE / back.rate, back.day)
        return straight

    def factor(self, currency: str, reporting: str, day: date) -> float | None:
        """Return what one minor unit is worth in minor units of the reporting currency; None when missing."""
        quote = self.on(currency, reporting, day)
        if quote is None:
            return None
        return float(quote.rate.scaleb(digits(reporting) - digits(currency)))

    def by_day(self, currency: str, reporting: str, first: date, last: date) -> NDArray[np.float64]:
        """Return the factor of every day from `first` to `last`, both inclusive; nan where the rate is missing."""
        start, days = to_day(first), (last - first).days + 1
        factors = np.full(days, np.nan)
        changes = [first, *sorted(q.day for q in self._either_way(currency, reporting) if first < q.day <= last)]
        for day in changes:
            factor = self.factor(currency, reporting, day)
            factors[to_day(day) - start :] = np.nan if factor is None else factor
        return factors

    def _either_way(self, currency: str, reporting: str) -> Iterable[Quote]:
        yield from self.quotes.get((currency, reporting), ())
        yield from self.quotes.get((reporting, currency), ())


def read_rates(session: Session, *, upto: int | None = None) -> Rates:
    """Read the rate table, inside the snapshot of the session, as known at the audit event `upto` or now."""
    table = Rate.__table__  # type: ignore[attr-defined]
    query = select(table.c.currency, table.c.reporting, table.c.day, table.c.rate)
    query = query.order_by(table.c.audit_seq, table.c.id)
    rows = session.execute(query if upto is None else query.where(table.c.audit_seq <= upto))
    return Rates.of((row.currency, row.reporting, row.day, row.rate) for row in rows)


def together(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    """Return each missing rate once, with everything that waits for it."""
    found: dict[tuple[str, str, date], Gap] = {}
    for gap in gaps:
        known = found.get(gap[:3])
        units = None if known is None else known.units
        found[gap[:3]] = gap if units is None else gap._replace(units=units + (gap.units or 0))
    return tuple(found.values())


def converted(units: NDArray[np.int64], factor: float | NDArray[np.float64]) -> NDArray[np.int64]:
    """Convert minor units one by one, half a unit away from zero: what is converted once adds up everywhere."""
    exact = units * factor
    rounded: NDArray[np.int64] = np.trunc(exact + np.copysign(0.5, exact)).astype(np.int64)
    return rounded


def _latest(quotes: tuple[Quote, ...], day: date) -> Quote | None:
    place = bisect_right(quotes, day, key=lambda quote: quote.day)
    return quotes[place - 1] if place else None
