"""Amounts in files: the decimal mark is decided once per file with evidence, a doubtful amount is never repaired."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from arcore.money import is_currency

NOISE = Decimal("0.000001")
"""Finer than this is the noise of binary fractions: 2309.7899999999995 is 2309.79."""
MOST_DIGITS = 18
"""An amount with more digits before its decimal mark is an account number or rubbish."""
ENOUGH = 5_000
"""So many amounts that show their decimal mark decide it."""
SYMBOLS = {"€": "EUR", "£": "GBP", "$": "USD", "¥": "JPY", "₹": "INR", "₩": "KRW", "₺": "TRY", "₽": "RUB", "zł": "PLN"}
"""What a currency sign is taken for when no column and no code says more; "$" is the doubtful one."""

_USUAL = {
    ".": re.compile(r"-?(?:\d{1,18}|\d{1,3}(?:,\d{3}){1,5})(?:\.\d{1,6})?\Z"),
    ",": re.compile(r"-?(?:\d{1,18}|\d{1,3}(?:\.\d{3}){1,5})(?:,\d{1,6})?\Z"),
}
"""What nearly all amounts look like; they need no closer look."""
_SPACES = str.maketrans("", "", "\u00a0\u202f\u2009 ")
_BLANK_GROUPS = re.compile(r"\d{1,3}(?:[ \u00a0\u202f\u2009]\d{3})+(?:[.,]\d*)?\Z")
_SIGNS = str.maketrans({"−": "-", "–": "-", "’": "'", "\u00b4": "'"})
_CODE = re.compile(r"(?:^([A-Z]{3})(?=[\s\d+.,(-]))|(?:(?<=[\d\s.,)-])([A-Z]{3})$)")
_FLAG = re.compile(r"(?<=[\d\s)])\s*(CR|DR|C|D|S|H)\.?$", re.IGNORECASE)
_SHAPE = {
    ".": re.compile(r"(?:\d+|\d{1,3}(?:[,']\d{3})+|\d{1,2}(?:,\d{2})+,\d{3})(?:\.\d*)?\Z|\.\d+\Z"),
    ",": re.compile(r"(?:\d+|\d{1,3}(?:[.']\d{3})+)(?:,\d*)?\Z|,\d+\Z"),
}


class Amount(NamedTuple):
    """An amount as it stands in a cell.

    Attributes:
        value: signed.
        currency: code read from a code or a sign beside the digits, "" if none.
        flag: "D" or "C" when a letter or word beside the digits says debit or credit (S and H are the German ones).
        sign_only: the currency came from a sign such as "$", so a column or the caller knows better.
    """

    value: Decimal
    currency: str = ""
    flag: str = ""
    sign_only: bool = False


class DecimalMark(NamedTuple):
    """Which of "." and "," begins the decimals in a file; None when no number shows it."""

    mark: str | None
    why: str

    @property
    def char(self) -> str:
        """Return the mark, and "." where nothing needed one."""
        return self.mark or "."


def read_amount(cell: object, mark: str) -> Amount | None:
    """Read one cell with the file's decimal mark; None when it is not an amount.

    Understands `1,234.56`, `1 234,56`, `11'373.94`, `$.23`, `($85.00)`, `$-142.85`, `- $21.59`, `119,00 S`,
    `1.234,56-`, `USD 9.126,07`, `'579,68`. Groups must be groups: `12..34` and `1,23,4` are not amounts.
    """
    if isinstance(cell, str):
        if _USUAL[mark].match(cell):
            digits = cell.replace(",", "") if mark == "." else cell.replace(".", "").replace(",", ".")
            return Amount(Decimal(digits))
        return _read_text(cell, mark)
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        value = Decimal(repr(cell))
        return Amount(_without_noise(value)) if value.is_finite() and abs(value) < 10**MOST_DIGITS else None
    return None


def _without_noise(value: Decimal) -> Decimal:
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -6:
        value = value.quantize(NOISE).normalize()
    exponent = value.as_tuple().exponent
    return value.quantize(Decimal(1)) if isinstance(exponent, int) and exponent > 0 else value


def _read_text(text: str, mark: str) -> Amount | None:
    body = text.strip().lstrip("'").translate(_SIGNS).strip()
    if not body or len(body) > 60:
        return None
    body, currency, sign_only = _take_currency(body)
    body, flag = _take_flag(body)
    negative = False
    if body.startswith("(") and body.endswith(")"):
        negative, body = True, body[1:-1].strip()
    if not sign_only and not currency:
        body, currency, sign_only = _take_currency(body)
    body, minus = _take_sign(body)
    if minus is None or (minus and negative):
        return None
    if " " in body or "\u00a0" in body or "\u202f" in body or "\u2009" in body:
        if not _BLANK_GROUPS.match(body):
            return None
        body = body.translate(_SPACES)
    if not _SHAPE[mark].match(body):
        return None
    whole, _, fraction = _ungroup(body, mark).partition(".")
    if len(whole.lstrip("0")) > MOST_DIGITS:
        return None
    value = _without_noise(Decimal(f"{whole or 0}.{fraction}" if fraction else whole or "0"))
    return Amount(-value if negative or minus else value, currency, flag, sign_only)


def _ungroup(body: str, mark: str) -> str:
    groups = "," if mark == "." else "."
    return body.replace(groups, "").replace("'", "").replace(mark, ".")


def _take_sign(body: str) -> tuple[str, bool | None]:
    """Take one sign off the front or the back; None for the sign when there are two."""
    leading, trailing = body[:1] in "+-" and bool(body), body[-1:] in "+-" and len(body) > 1
    if leading and trailing:
        return body, None
    if leading:
        return body[1:].strip(), body[0] == "-"
    if trailing:
        return body[:-1].strip(), body[-1] == "-"
    return body, False


def _take_currency(body: str) -> tuple[str, str, bool]:
    for symbol, code in SYMBOLS.items():
        if symbol in body and body.count(symbol) == 1:
            front, _, back = body.partition(symbol)
            if front.strip(" (+-") and back.strip(" )+-"):
                return body, "", False
            return (front.strip() + back.strip()).strip(), code, True
    found = _CODE.search(body)
    if found:
        code = found.group(1) or found.group(2)
        if is_currency(code):
            return (body[: found.start()] + body[found.end() :]).strip(), code, False
    return body, "", False


def _take_flag(body: str) -> tuple[str, str]:
    found = _FLAG.search(body)
    if not found:
        return body, ""
    return body[: found.start()].strip(), "D" if found.group(1).upper() in {"DR", "D", "S"} else "C"


def decide_mark(cells: Iterable[object], *, prefers_comma: bool = False, three_digits: bool = False) -> DecimalMark:
    """Decide a file's decimal mark from all its amounts.

    A cell with both marks, with one mark twice, or with one mark and not three digits behind it, is evidence. Where
    only `1.000` or `1,000` occur the mark makes thousands, unless `three_digits` (KWD and the like) is given.
    `prefers_comma` decides only where nothing else does.
    """
    votes = {".": 0, ",": 0}
    example = {".": "", ",": ""}
    doubtful = {".": "", ",": ""}
    for cell in cells:
        if not isinstance(cell, str) or ("." not in cell and "," not in cell):
            continue
        if votes["."] + votes[","] >= ENOUGH:
            break
        mark, sure = _evidence(cell)
        if mark and sure:
            votes[mark] += 1
            example[mark] = example[mark] or cell.strip()
        elif mark:
            doubtful[mark] = doubtful[mark] or cell.strip()
    return _verdict(votes, example, doubtful, prefers_comma=prefers_comma, three_digits=three_digits)


def _evidence(cell: str) -> tuple[str, bool]:
    """Return the decimal mark that a cell speaks for, and whether it proves it; "" when it says nothing."""
    digits = re.sub(r"[^\d.,]", "", cell)
    dots, commas = digits.count("."), digits.count(",")
    if dots and commas:
        return ("." if digits.rfind(".") > digits.rfind(",") else ","), True
    if dots + commas == 0:
        return "", False
    mark = "." if dots else ","
    if dots + commas > 1:
        # "1.234.567": this mark groups, so the other begins the decimals. "12..34" and "31.12.2025" say nothing.
        grouped = re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", digits)
        return (("," if dots else "."), True) if grouped else ("", False)
    head, _, tail = digits.partition(mark)
    if len(tail) == 3 and 1 <= len(head) <= 3 and head.strip("0"):
        return mark, False
    return (mark, True) if tail else ("", False)


def _verdict(
    votes: dict[str, int],
    example: dict[str, str],
    doubtful: dict[str, str],
    *,
    prefers_comma: bool,
    three_digits: bool,
) -> DecimalMark:
    if votes["."] or votes[","]:
        mark = "." if votes["."] > votes[","] or (votes["."] == votes[","] and not prefers_comma) else ","
        return DecimalMark(mark, f"“{example[mark]}” shows it ({votes[mark]} of {sum(votes.values())} amounts)")
    for mark, other in ((".", ","), (",", ".")):
        if doubtful[mark] and not doubtful[other]:
            if three_digits:
                return DecimalMark(mark, f"the currency has three digits, as in “{doubtful[mark]}”")
            return DecimalMark(other, f"“{doubtful[mark]}” is read as thousands; no amount shows decimals")
    if prefers_comma:
        return DecimalMark(",", "no amount shows decimals; the file's language or delimiter suggests a comma")
    return DecimalMark(None, "no amount shows decimals")
