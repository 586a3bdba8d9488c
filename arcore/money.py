"""Money: integer minor units with an ISO 4217 code inside, Decimal at the edges, float never."""

from __future__ import annotations

from decimal import ROUND_HALF_UP
from decimal import Decimal
from functools import cache

from babel.core import get_global

from arcore.errors import BadInput

ZERO = Decimal(0)
LARGEST = 10**15
"""Amounts at or beyond this many minor units are refused: sums of them must stay inside 64 bits."""

LARGEST_EXPONENT = 15
"""A decimal with more digits before its point is too large in any currency; rounding it would fail."""


@cache
def is_currency(code: str) -> bool:
    """Tell whether `code` is a current or historic ISO 4217 code, in capitals."""
    return code in get_global("all_currencies")


@cache
def digits(currency: str) -> int:
    """Return the number of decimal digits of a currency: 2 for EUR, 0 for JPY, 3 for KWD."""
    fractions = get_global("currency_fractions")
    iso = {"ISK": 0, "UGX": 0, "XAF": 0, "XOF": 0, "XPF": 0}
    if currency in iso:
        return iso[currency]
    # CLDR shows some currencies without the digits that ISO 4217 gives them; books follow ISO.
    found = fractions.get(currency, fractions["DEFAULT"])[0]
    return 2 if found == 0 and currency in _CLDR_DROPS_DIGITS else int(found)


_CLDR_DROPS_DIGITS = frozenset(
    "AFN ALL COP CRC HUF IDR IRR KPW LAK LBP MGA MMK MRU PKR RSD SLE SOS STN SYP TWD TZS UZS YER ZMW IQD".split()
)


def to_minor(amount: Decimal, currency: str) -> int:
    """Turn an amount that somebody booked or agreed into minor units, exactly.

    Raises BadInput when it has more decimals than the currency, is no number or too large.
    """
    units = nearest_minor(amount, currency)
    if from_minor(units, currency) != amount:
        places = digits(currency)
        has = f"{places} decimals" if places else "no decimals"
        msg = f"{amount.normalize():f} {currency} can't be booked: {currency} has {has}"
        raise BadInput(msg, value=str(amount), currency=currency)
    return units


def nearest_minor(amount: Decimal, currency: str) -> int:
    """Turn a Decimal into the nearest minor units: for figures that were calculated, and files that say so.

    Half a unit rounds away from zero. Raises BadInput when the amount is no number or too large.
    """
    if not amount.is_finite():
        msg = f"{amount} is not an amount"
        raise BadInput(msg, value=str(amount))
    huge = amount.adjusted() > LARGEST_EXPONENT
    units = LARGEST if huge else int(amount.scaleb(digits(currency)).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    if abs(units) >= LARGEST:
        msg = f"{amount} {currency} is larger than arcore can keep"
        raise BadInput(msg, value=str(amount))
    return units


def from_minor(units: int, currency: str) -> Decimal:
    """Turn minor units into a Decimal with exactly the digits of the currency."""
    return Decimal(int(units)).scaleb(-digits(currency))


def plain(units: int, currency: str) -> str:
    """Write minor units for scripts: "1234.50" EUR, "1235" JPY, "-0.05" EUR."""
    return format(from_minor(units, currency), "f")


def grouped(units: int, currency: str) -> str:
    """Write minor units for sentences: "1,234.50" EUR, "1,235" JPY."""
    return format(from_minor(units, currency), ",f")
