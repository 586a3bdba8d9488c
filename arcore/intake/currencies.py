"""Which currency an amount is in: its column, the code beside it, the header, the sign, else what the caller says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from arcore.intake.lines import Line
from arcore.intake.numbers import SYMBOLS
from arcore.money import is_currency

_SIGN_OF = {code: sign for sign, code in SYMBOLS.items()}
_DOLLARS = frozenset("USD CAD AUD NZD SGD HKD MXN CLP COP ARS TWD BSD BBD JMD FJD XCD TTD".split())
_KRONER = frozenset("JPY CNY".split())
_SUFFIX = re.compile(r"(?:\s-\s|\s?\()([A-Z]{3})\)?$")


def settle_currencies(lines: Sequence[Line], *, default: str | None, has_column: bool) -> list[str]:
    """Fill in the currency of every line, in place; return warnings.

    A line whose currency stays unknown keeps "". A code that is none becomes the line's problem.
    """
    codes: dict[str, str] = {}
    signs = {line.currency for line in lines if line.currency_sign}
    for line in lines:
        if line.currency not in codes:
            codes[line.currency] = _code(line.currency)
        found = codes[line.currency]
        if line.currency and not found:
            line.problem = line.problem or ("", line.currency, f"Currency {line.currency} is not known")
        line.currency = found
    warnings = _signs(lines, signs, default)
    if not has_column:
        _suffixes(lines)
        known = Counter(line.currency for line in lines if line.currency)
        if len(known) > 1:
            warnings.append(_several(known))
    unknown = [line for line in lines if not line.currency and not line.problem]
    if unknown and default:
        warnings.append(f"{_how_many(unknown, lines)} no currency; {default} is taken.")
        for line in unknown:
            line.currency = default
    elif unknown:
        warnings.append(f"{_how_many(unknown, lines)} no currency.")
    return warnings


def _how_many(some: Sequence[Line], lines: Sequence[Line]) -> str:
    return "The file names" if len(some) == len(lines) else f"{len(some)} of {len(lines)} rows name"


def _code(text: str) -> str:
    code = text.strip().upper()
    code = SYMBOLS.get(text.strip(), code)
    return code if is_currency(code) else ""


def _signs(lines: Sequence[Line], signs: set[str], default: str | None) -> list[str]:
    """Read "$" as the dollar that the caller keeps books in, else as USD, and say so."""
    said = []
    for code in sorted(signs):
        family = _DOLLARS if code == "USD" else _KRONER if code == "JPY" else frozenset({code})
        meant = default if default in family else code
        if meant and meant != code:
            for line in lines:
                if line.currency_sign and line.currency == code:
                    line.currency = meant
        if len(family) > 1 and not default:
            said.append(f"“{_SIGN_OF[code]}” is read as {meant}.")
    return said


def _suffixes(lines: Sequence[Line]) -> None:
    """Take the currency from names like "Smith, John - USD" where nothing else tells it."""
    for line in lines:
        found = _SUFFIX.search(line.name) if not line.currency else None
        if found and is_currency(found[1]):
            line.currency = found[1]


def _several(known: Counter[str]) -> str:
    shares = " and ".join(f"{code} ({count} row{'s' if count > 1 else ''})" for code, count in known.most_common())
    return f"The amounts are marked {shares}, but no column names the currency."
