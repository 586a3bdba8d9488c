"""From minor units of many currencies to one amount in one currency.

Balances and ratios convert at the rate of the as-of day, flows that are shown as money at the rate of their own day. A
rate that is missing is a named gap, never 1.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from decimal import Decimal
from operator import mul

from arcore.analytics.coverage import written
from arcore.analytics.figures import Number
from arcore.analytics.figures import exact
from arcore.money import digits

RateOn = Callable[[str, date], Number | None]
"""What one unit of a currency was worth in the reporting currency on a day; None where nobody knows."""


class RateGap(Exception):
    """A rate is missing; it becomes the reason of a figure and never reaches a caller."""

    def __init__(self, currency: str, code: str, day: date) -> None:
        """Name the rate that is missing."""
        super().__init__(f"no {currency} rate for {code} on {written(day)}")


@dataclass(frozen=True, eq=False)
class Conversion:
    """How to count a book in one currency.

    Attributes:
        currency: the currency of the result.
        codes: ISO codes by currency code of the columns.
        rate_on: rates into `currency`; None leaves out whatever is booked in another currency.
    """

    currency: str
    codes: Sequence[str]
    rate_on: RateOn | None = None
    _factors: dict[tuple[int, date], Decimal] = field(default_factory=dict, repr=False)

    def total(self, amounts: Iterable[int], day: date) -> Decimal:
        """Add amounts (minor units by currency code) at the rates of a day; unrounded major units. Raises RateGap."""
        total = Decimal(0)
        for code, minor in enumerate(amounts):
            if minor:
                total += int(minor) * self.factor(code, day)
        return total

    def totals(self, rows: Iterable[Sequence[int]], day: date) -> list[Decimal | RateGap]:
        """Return the totals of many rows of amounts, the missing rate itself where a row needs one."""
        factors: list[Decimal | RateGap] = []
        for code in range(len(self.codes)):
            try:
                factors.append(self.factor(code, day))
            except RateGap as gap:
                factors.append(gap)
        gaps = [code for code, factor in enumerate(factors) if isinstance(factor, RateGap)]
        if gaps:
            return [self._total_or_gap(row, day) for row in rows]
        nothing = Decimal(0)
        return [sum(map(mul, row, factors), nothing) for row in rows]

    def _total_or_gap(self, row: Sequence[int], day: date) -> Decimal | RateGap:
        try:
            return self.total(row, day)
        except RateGap as gap:
            return gap

    def factor(self, code: int, day: date) -> Decimal:
        """Return what one minor unit of a currency code is worth; 0 where it is left out. Raises RateGap."""
        known = self._factors.get((code, day))
        if known is None:
            known = self._factors[code, day] = self._rate(self.codes[code], day).scaleb(-digits(self.codes[code]))
        return known

    def _rate(self, code: str, day: date) -> Decimal:
        if code == self.currency:
            return Decimal(1)
        if self.rate_on is None:
            return Decimal(0)
        rate = self.rate_on(code, day)
        if rate is None:
            raise RateGap(self.currency, code, day)
        return exact(rate)
