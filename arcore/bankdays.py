"""Days on which money moves between banks: the calendar behind every grace period."""

from __future__ import annotations

from datetime import date
from datetime import timedelta
from functools import lru_cache

import holidays
from babel import Locale
from babel.numbers import get_territory_currencies
from holidays.constants import BANK
from holidays.constants import PUBLIC

SATURDAY = 5
TARGET = ""
"""The calendar of the European payment system: closed on 1 January, Good Friday, Easter Monday, 1 May, 25 and 26
December."""
ONE = timedelta(days=1)
_SEATS = {"AU": "NSW", "CA": "ON", "CH": "ZH", "ES": "MD", "GB": "ENG"}
"""Where the banks of a country sit, when parts of it keep holidays of their own."""


def is_bank_day(day: date, country: str = TARGET) -> bool:
    """Tell whether banks settle payments on a day: Monday to Friday, less closing days.

    These are the public holidays of `country` (ISO 3166, such as "GB"), as its banks keep them, or the closing days of
    TARGET without one and for a country that the calendar does not know.
    """
    return day.weekday() < SATURDAY and day not in _closed(country.upper(), day.year)


def add_bank_days(day: date, n: int, country: str = TARGET) -> date:
    """Return the n-th bank day after `day`, which itself is never counted; `day` when n is zero.

    Three bank days after Thursday 2 April 2026 is Thursday 9: Good Friday, the weekend and Easter Monday lie between.
    """
    for _ in range(n):
        day += ONE
        while not is_bank_day(day, country):
            day += ONE
    return day


def country_of(locale: str) -> str:
    """Return the country of a locale such as "en_GB", whose holidays banks keep there; "" when it names none."""
    return Locale.parse(locale).territory or TARGET


@lru_cache(maxsize=512)
def _closed(country: str, year: int) -> frozenset[date]:
    """Return the closing days of a year that a country's banks keep; in the euro area those of TARGET too."""
    target = frozenset(holidays.financial_holidays("ECB", years=year))
    if not country:
        return target
    try:
        own = holidays.country_holidays(country, subdiv=_SEATS.get(country), years=year)
        if BANK in own.supported_categories:
            own = holidays.country_holidays(country, years=year, categories=(BANK, PUBLIC))
    except NotImplementedError:  # how `holidays` says that it does not know the country
        return target
    return frozenset(own) | target if "EUR" in get_territory_currencies(country) else frozenset(own)
