"""Amounts, dates and counted things as a letter writes them, by its language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_decimal

from arcore.money import digits
from arcore.money import from_minor

NONE = "–"
"""What stands in a table where there is nothing."""
_MINUS = "\u2212"
_PLURALS = ("zero", "one", "two", "few", "many", "other")
_AT_HOME = {"en": "en_GB"}
"""Where a language without a country is written; CLDR takes another one for it."""


@dataclass(frozen=True)
class Figures:
    """How one letter writes amounts and dates; `locale` is a CLDR name such as en_GB or de."""

    locale: str = "en_GB"

    def amount(self, units: int, currency: str) -> str:
        """Write minor units without the currency: 1,234.50."""
        places = digits(currency)
        pattern = "#,##0" if places == 0 else "#,##0." + "0" * places
        return str(format_decimal(from_minor(units, currency), format=pattern, locale=self.locale)).replace("-", _MINUS)

    def some(self, units: int, currency: str) -> str:
        """Write minor units for a cell: "–" for zero."""
        return self.amount(units, currency) if units else NONE

    def money(self, units: int, currency: str) -> str:
        """Write minor units with the code where the language puts it: EUR 1,234.50, or 1.234,50 EUR in German."""
        amount = self.amount(units, currency)
        return f"{currency} {amount}" if _code_first(self.locale) else f"{amount} {currency}"

    def day(self, day: date) -> str:
        """Write a date for a table: 20 Nov 2026, or 20.11.2026 in German."""
        return str(format_date(day, "medium", locale=self.locale)).replace("Sept", "Sep")

    def long_day(self, day: date) -> str:
        """Write a date for a sentence: 20 November 2026."""
        return str(format_date(day, "long", locale=self.locale))

    def number(self, value: int) -> str:
        """Write a whole number: 1,234."""
        return str(format_decimal(value, format="#,##0", locale=self.locale)).replace("-", _MINUS)

    def plural(self, count: int, *forms: str) -> str:
        """Return the form for a count: ("invoice", "invoices"); languages with more have them in CLDR's order."""
        if not forms:
            return ""
        order = [tag for tag in _PLURALS if tag in _tags(self.locale)]
        return forms[min(order.index(Locale.parse(self.locale).plural_form(count)), len(forms) - 1)]

    def counted(self, count: int, *forms: str) -> str:
        """Write a count with its word: 3 invoices."""
        return f"{self.number(count)} {self.plural(count, *forms)}"


def locale_for(language: str, ours: str) -> str:
    """Return the locale that a letter in `language` is written with; the company's own where that speaks it.

    A language that CLDR does not know is written as English.
    """
    found = parsed(language)
    if found is None:
        return "en_GB"
    home = parsed(ours)
    if found.territory is None and home is not None and home.language == found.language:
        return str(home)
    return _AT_HOME.get(str(found), str(found))


@cache
def parsed(tag: str) -> Locale | None:
    """Return the locale of a tag such as "de", "en-US" or "pt_BR"; None where CLDR knows none."""
    try:
        return Locale.parse(tag.strip().replace("-", "_")) if tag.strip() else None
    except (UnknownLocaleError, ValueError, TypeError):
        return None


def joined(parts: Sequence[str], last: str) -> str:
    """Join parts for a sentence: "a, b and c", with `last` for the word before the last one."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {last} {parts[-1]}" if parts else ""


@cache
def _code_first(locale: str) -> bool:
    return str(Locale.parse(locale).currency_formats["standard"].pattern).startswith("¤")


@cache
def _tags(locale: str) -> frozenset[str]:
    return frozenset({*Locale.parse(locale).plural_form.tags, "other"})
