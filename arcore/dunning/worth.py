"""What amounts in several currencies are worth together in the reporting currency, at the rates of a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from arcore.dunning.rules import Worth
from arcore.money import digits
from arcore.reports.rates import Rates


def in_reporting(rates: Rates, reporting: str, as_of: date) -> Worth:
    """Return a function that adds amounts up in minor units of `reporting`; None where a rate is missing."""

    def worth(amounts: Mapping[str, int]) -> int | None:
        total = 0
        for currency, units in amounts.items():
            quote = rates.on(currency, reporting, as_of)
            if quote is None:
                return None
            total += round(units * quote.rate.scaleb(digits(reporting) - digits(currency)))
        return total

    return worth
