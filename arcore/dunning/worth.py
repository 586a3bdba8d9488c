"""What amounts in several currencies are worth together in the reporting currency, at the rates of a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache

from arcore.dunning.rules import Worth
from arcore.money import digits
from arcore.reports.queries import Rates


def in_reporting(rates: Rates, reporting: str, as_of: date) -> Worth:
    """Return a function that adds amounts up in minor units of `reporting`; None where a rate is missing."""

    @cache
    def factor(currency: str) -> Decimal | None:
        quote = rates.on(currency, reporting, as_of)
        return None if quote is None else quote.rate.scaleb(digits(reporting) - digits(currency))

    def worth(amounts: Mapping[str, int]) -> int | None:
        total = 0
        for currency, units in amounts.items():
            if currency == reporting:
                total += units
                continue
            if (rate := factor(currency)) is None:
                return None
            total += round(units * rate)
        return total

    return worth
