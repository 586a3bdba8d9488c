"""What people type: amounts and numbers in their locale."""

from __future__ import annotations

from decimal import Decimal

from babel.numbers import NumberFormatError
from babel.numbers import parse_decimal

from arcore.errors import BadInput
from arcore.money import digits
from pages.ui.format import Format


def number(text: object, say: Format) -> Decimal:
    """Read a plain number as the company writes it, 42.5 or 42,5. Raises BadInput in a sentence."""
    typed = str(text or "").strip().replace("\u00a0", "").replace(" ", "").replace("\u2212", "-")
    example = say.number(42.5, 1)
    try:
        found = parse_decimal(typed, locale=say.known, strict=True)
    except NumberFormatError as error:
        raise BadInput(f"{typed!r} is not a number: write it like {example}", value=typed) from error
    if not found.is_finite():
        raise BadInput(f"{typed!r} is not a number: write it like {example}", value=typed)
    return Decimal(found)


def amount(text: object, say: Format, currency: str, *, signed: bool = False) -> Decimal:
    """Read an amount as the company writes it, 1,250.00 or 1.250,00; above zero, unless `signed` takes any.

    Raises BadInput in a sentence.
    """
    typed = str(text or "").strip().replace("\u00a0", "").replace(" ", "").replace("\u2212", "-")
    example = say.amount(1250 * 10 ** digits(currency), currency)
    if not typed:
        raise BadInput("Type an amount", value="")
    try:
        found = parse_decimal(typed, locale=say.known, strict=True)
    except NumberFormatError as error:
        raise BadInput(f"{typed!r} is not an amount: write it like {example}", value=typed) from error
    if not found.is_finite() or (found <= 0 and not signed):
        raise BadInput(f"An amount is more than zero: write it like {example}", value=typed)
    if found != found.quantize(Decimal(1).scaleb(-digits(currency))):
        raise BadInput(f"{typed} has more decimals than {currency} has: write it like {example}", value=typed)
    return Decimal(found)
