"""A figure: a value with its formula, inputs, window and coverage, or no value and the reason.

The functions that make figures are pure and take plain numbers. They count in Decimal and never round; a figure is
rounded where it is shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

Number = int | float | Decimal
"""What the scalar functions take; amounts in major units of one currency."""

DAYS = "days"
PERCENT = "percent"
MONEY = "money"
TIMES = "times"
COMPLETE = "complete"
HUNDRED = Decimal(100)
NO_INPUTS: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Figure:
    """One KPI, explained.

    Attributes:
        exact: the unrounded value, or None when it can't be had; then `undefined` says why.
        unit: days, percent, money or times.
        formula: the arithmetic in the names of `inputs`.
        inputs: the figures that went in; money in major units of `currency`, unrounded.
        window: first and last day (both inclusive) of what flowed.
        as_of: the day of the closing balances.
        currency: what money is counted in, "" for plain numbers.
        coverage: "complete", or what is missing.
        flags: facts a reader should know, e.g. credit_balance, history_exhausted.
    """

    name: str
    variant: str
    unit: str
    formula: str
    inputs: Mapping[str, Any]
    exact: Decimal | None
    undefined: str | None
    window: tuple[date, date] | None
    as_of: date | None
    currency: str
    coverage: str
    flags: tuple[str, ...]

    def __init__(
        self,
        name: str,
        variant: str,
        unit: str,
        formula: str,
        inputs: Mapping[str, Any] = NO_INPUTS,
        exact: Decimal | None = None,
        undefined: str | None = None,
        window: tuple[date, date] | None = None,
        as_of: date | None = None,
        currency: str = "",
        coverage: str = COMPLETE,
        flags: tuple[str, ...] = (),
    ) -> None:
        """Fill it in; what a frozen dataclass would write by itself takes three times as long."""
        held = self.__dict__
        held["name"], held["variant"], held["unit"], held["formula"] = name, variant, unit, formula
        held["inputs"], held["exact"], held["undefined"], held["window"] = inputs, exact, undefined, window
        held["as_of"], held["currency"], held["coverage"], held["flags"] = as_of, currency, coverage, flags

    @property
    def value(self) -> float | None:
        """The value for charts and comparisons."""
        return None if self.exact is None else float(self.exact)

    def filled(self, write: Callable[[Any], str] = str) -> str:
        """Return the formula with the figures in place of their names; `write` formats one figure."""
        names = sorted((name for name in self.inputs if name in self.formula), key=len, reverse=True)
        if not names:
            return self.formula
        pattern = r"\b(" + "|".join(map(re.escape, names)) + r")\b"
        return re.sub(pattern, lambda found: write(self.inputs[found.group()]), self.formula)

    def because(self, reason: str, *, coverage: str = COMPLETE) -> Figure:
        """Return the figure without a value, for a reason."""
        return self.altered(exact=None, undefined=reason, coverage=coverage)

    def worth(self, exact: Decimal, *flags: str) -> Figure:
        """Return the figure with its value."""
        return self.altered(exact=exact, undefined=None, flags=self.flags + flags)

    def flagged(self, *flags: str) -> Figure:
        """Return the figure with more facts a reader should know."""
        return self.altered(flags=(*self.flags, *flags))

    def placed(self, like: Figure) -> Figure:
        """Fill in window, as-of day and currency of another; only for whoever just made the figure."""
        held, other = self.__dict__, like.__dict__
        held["window"], held["as_of"], held["currency"] = other["window"], other["as_of"], other["currency"]
        return self

    def altered(self, **changes: Any) -> Figure:
        """Return the figure with other values in some attributes: tables make tens of thousands of figures at once."""
        made = object.__new__(Figure)
        held = made.__dict__
        held |= self.__dict__
        held |= changes
        return made


def exact(number: Number) -> Decimal:
    """Return a number as Decimal; a float as the shortest decimal that means it."""
    if isinstance(number, Decimal):
        return number
    return Decimal(repr(float(number))) if isinstance(number, float) else Decimal(int(number))
