"""Figures and dates as text, in the company's locale: on the screen, on paper and in sentences."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from decimal import ROUND_HALF_UP
from decimal import Decimal
from functools import cache
from functools import lru_cache

from babel import Locale
from babel import UnknownLocaleError
from babel.dates import format_date
from babel.dates import format_skeleton
from babel.dates import format_time
from babel.dates import get_date_format
from babel.numbers import format_compact_currency
from babel.numbers import format_currency
from babel.numbers import format_decimal
from babel.numbers import parse_decimal

from arcore.money import digits
from arcore.money import from_minor

DEFAULT_LOCALE = "en_GB"
NONE = "—"
"""What stands where a figure has no value."""
MINUS = "\u2212"
REMEMBERED = 1 << 15
"""So many texts of a kind are kept: writing one takes a tenth of a millisecond, and a page shows hundreds again."""
_LONG_SEPTEMBER = re.compile(r"\bSept\b\.?")
_SHORT_ENGLISH = {"K": "k", "M": "m", "B": "bn", "T": "tn"}
_INPUT_ORDERS = {"ymd": "YYYY{0}MM{0}DD", "dmy": "DD{0}MM{0}YYYY", "mdy": "MM{0}DD{0}YYYY"}


@dataclass(frozen=True)
class Format:
    """How one company writes figures and dates.

    Attributes:
        locale: a CLDR name, en_GB or de_DE; an unknown one is written as en_GB.
    """

    locale: str = DEFAULT_LOCALE

    @property
    def known(self) -> str:
        """Return the locale, or the default where CLDR does not know it."""
        return _known(self.locale)

    def amount(self, minor: int, currency: str, *, decimals: int | None = None) -> str:
        """Write minor units without the currency: 1,234.50; `decimals` fewer than it has rounds half up."""
        return _amount(minor, currency, decimals, self.known)

    def money(self, minor: int, currency: str, *, decimals: int | None = None) -> str:
        """Write minor units with the currency's sign: €1,234.50."""
        return _money(minor, currency, decimals, self.known)

    def compact(self, minor: int, currency: str) -> str:
        """Write minor units for a tile or an axis: €13.99m, €86k, €950."""
        return _compact(minor, currency, self.known)

    def signed(self, minor: int, currency: str, *, decimals: int | None = None) -> str:
        """Write a movement with its sign always shown: +1,234, −86, 0."""
        text = self.amount(minor, currency, decimals=decimals)
        return f"+{text}" if minor > 0 and re.search("[1-9]", text) else text

    def number(self, value: float | Decimal | None, places: int = 0) -> str:
        """Write a plain number, or "—" for none: 1,093; 43.5."""
        if value is None:
            return NONE
        return _number(value, places, self.known)

    def counted(self, number: int, one: str, many: str = "") -> str:
        """Write a count with its noun: 1 customer, 1,093 customers; `many` where an "s" is not enough."""
        return f"{self.number(number)} {one if number == 1 else many or f'{one}s'}"

    def percent(self, value: float | Decimal | None, places: int = 0) -> str:
        """Write a number that already is a percentage: 63 gives 63%; "—" for none."""
        if value is None:
            return NONE
        space = "\u00a0" if _percent_has_space(self.known) else ""
        return f"{self.number(value, places)}{space}%"

    def day(self, day: date | None) -> str:
        """Write a date with its year: 20 Nov 2026; "—" for none."""
        return NONE if day is None else self._dated("yMMMd", day)

    def short_day(self, day: date, today: date) -> str:
        """Write a date without its year when that is this year's: 20 Nov."""
        return self._dated("MMMd" if day.year == today.year else "yMMMd", day)

    def weekday(self, day: date) -> str:
        """Write a date with its weekday: Fri 20 Nov 2026."""
        return self._dated("yMMMEd", day).replace(", ", " ", 1)

    def long_day(self, day: date) -> str:
        """Write a date for a sentence: 20 November 2026."""
        return str(format_date(day, "long", locale=self.known))

    def month(self, day: date, *, short: bool = False) -> str:
        """Write a month with its year: November 2026, or Nov 2026 when short."""
        return self._dated("yMMM" if short else "yMMMM", day)

    def month_name(self, day: date) -> str:
        """Write a month alone: November."""
        return str(format_date(day, "LLLL", locale=self.known))

    def _dated(self, skeleton: str, day: date) -> str:
        """Write a date; September is short as "Sep" in all of English, as it stands on the axes of charts."""
        return _dated(skeleton, day, self.known)

    def time(self, moment: datetime) -> str:
        """Write a time of day: 09:14."""
        return str(format_time(moment, "HH:mm" if self.known.startswith("en_GB") else "short", locale=self.known))

    @property
    def date_input(self) -> str:
        """Return the order of day, month and year for a date field, as Streamlit names it."""
        return _date_input(self.known)

    @property
    def as_grids_do(self) -> bool:
        """Tell whether a grid writes a number that is not negative as this does: 1,234.50."""
        return _groups_as_grids_do(self.known)

    def of_column(self, value: float, places: int = 2) -> str:
        """Write a number of a long column: as `number` does, ten times as quick."""
        if (signs := _separators(self.known)) is None:
            return self.number(value, places)
        rounded = abs(Decimal(str(value))).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
        text = f"{rounded:,}".translate(signs)
        return f"{MINUS}{text}" if value < 0 and re.search("[1-9]", text) else text

    def change(self, value: float, places: int = 1) -> str:
        """Write how far something moved, its sign always shown: +1.3, −0.2; ±0 where it did not."""
        text = self.of_column(value, places)
        if not re.search("[1-9]", text):
            return "±0"
        return f"+{text}" if value > 0 else text


@lru_cache(maxsize=REMEMBERED)
def _amount(minor: int, currency: str, decimals: int | None, locale: str) -> str:
    value, places = _rounded(minor, currency, decimals)
    return _true_minus(format_decimal(_no_minus_zero(value), format=_pattern(places), locale=locale))


@lru_cache(maxsize=REMEMBERED)
def _money(minor: int, currency: str, decimals: int | None, locale: str) -> str:
    value, places = _rounded(minor, currency, decimals)
    text = format_currency(
        _no_minus_zero(value), currency, format=_money_pattern(locale, places), currency_digits=False, locale=locale
    )
    return _true_minus(text)


def _rounded(minor: int, currency: str, decimals: int | None) -> tuple[Decimal, int]:
    places = digits(currency) if decimals is None else min(decimals, digits(currency))
    return from_minor(minor, currency).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP), places


@lru_cache(maxsize=REMEMBERED)
def _compact(minor: int, currency: str, locale: str) -> str:
    value = from_minor(minor, currency)
    places = 2 if abs(value) >= 1_000_000 else 0
    text = format_compact_currency(value, currency, locale=locale, fraction_digits=places)
    if re.search(r"\d{4}", text):  # this language has no short word for thousands
        return _money(minor, currency, 0, locale)
    if places:
        text = re.sub(r"\d[\d.,]*", lambda found: _two_decimals(found, locale), text, count=1)
    if locale.startswith("en"):
        text = re.sub(r"(?<=\d)[KMBT]\b", lambda found: _SHORT_ENGLISH[found.group()], text)
    return _true_minus(text)


def _two_decimals(found: re.Match[str], locale: str) -> str:
    """Write the number in a short amount with both decimals: 13 becomes 13.00, so that amounts compare."""
    number = parse_decimal(found.group(), locale=locale)
    return str(format_decimal(number, format=_pattern(2), locale=locale))


@lru_cache(maxsize=REMEMBERED)
def _number(value: float | Decimal, places: int, locale: str) -> str:
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return _true_minus(format_decimal(_no_minus_zero(rounded), format=_pattern(places), locale=locale))


@lru_cache(maxsize=REMEMBERED)
def _dated(skeleton: str, day: date, locale: str) -> str:
    text = str(format_skeleton(skeleton, day, locale=locale))
    return _LONG_SEPTEMBER.sub("Sep", text) if locale.startswith("en") else text


@cache
def _date_input(locale: str) -> str:
    pattern = get_date_format("short", locale=locale).pattern.lower()
    order = "".join(dict.fromkeys(re.findall("[dmy]", pattern)))
    found = re.search(r"[./-]", pattern)
    return _INPUT_ORDERS.get(order, _INPUT_ORDERS["dmy"]).format(found.group() if found else "/")


@cache
def _groups_as_grids_do(locale: str) -> bool:
    return bool(format_decimal(1234.5, format="#,##0.0", locale=locale) == "1,234.5")


@cache
def _separators(locale: str) -> dict[int, str] | None:
    """Return what stands for "," and "." in a number, None where numbers are not grouped by threes."""
    symbols = Locale.parse(locale).number_symbols["latn"]
    signs = str.maketrans({",": symbols["group"], ".": symbols["decimal"]})
    threes = all(
        format_decimal(number, format="#,##0.0", locale=locale) == f"{number:,.1f}".translate(signs)
        for number in (1234.5, 12_345.5, 12_345_678.5)
    )
    return signs if threes else None


@cache
def _known(name: str) -> str:
    try:
        return str(Locale.parse(name.replace("-", "_")))
    except (UnknownLocaleError, ValueError, TypeError):
        return DEFAULT_LOCALE


@cache
def _money_pattern(locale: str, places: int) -> str:
    """Return the locale's own pattern for money with another number of digits."""
    pattern = Locale.parse(locale).currency_formats["standard"].pattern
    return re.sub(r"0\.0+", "0" if places == 0 else "0." + "0" * places, pattern)


@cache
def _percent_has_space(locale: str) -> bool:
    return bool(re.search(r"\s%", Locale.parse(locale).percent_formats[None].pattern))


def _pattern(places: int) -> str:
    return "#,##0" if places == 0 else "#,##0." + "0" * places


def _no_minus_zero(value: Decimal) -> Decimal:
    return abs(value) if value.is_zero() else value


def _true_minus(text: str) -> str:
    return text.replace("-", MINUS)
