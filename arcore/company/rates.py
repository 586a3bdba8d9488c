"""A table of exchange rates from a file: day, currency, what one unit of it is worth in the reporting currency."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from decimal import InvalidOperation
from typing import NamedTuple

from arcore.errors import BadInput
from arcore.money import is_currency

HEADER = ("day", "currency", "reporting", "rate")
TEMPLATE = "day,currency,reporting,rate\n2026-01-31,USD,EUR,0.9214\n"
MOST_ROWS = 500_000


class QuotedRate(NamedTuple):
    """One unit of `currency` was worth `rate` units of `reporting` on `day`."""

    day: date
    currency: str
    reporting: str
    rate: Decimal


def read_rates(content: bytes, *, reporting: str) -> list[QuotedRate]:
    """Read a CSV with the columns day (ISO), currency, rate and, if others are meant, reporting.

    Raises BadInput that names line, column and value of the first row that can't be read; nothing is taken then.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        msg = "The rate table is not UTF-8 text; save it as CSV (UTF-8)"
        raise BadInput(msg) from error
    reader = csv.DictReader(io.StringIO(text), delimiter=";" if ";" in text.partition("\n")[0] else ",")
    names = {name.strip().lower(): name for name in reader.fieldnames or ()}
    missing = [name for name in ("day", "currency", "rate") if name not in names]
    if missing:
        msg = f"The rate table has no column {', '.join(missing)}; the first line must say day, currency, rate"
        raise BadInput(msg, missing=missing)
    return list(_rows(reader, names, reporting))


def _rows(reader: csv.DictReader[str], names: dict[str, str], reporting: str) -> Iterable[QuotedRate]:
    for number, row in enumerate(reader):
        if number >= MOST_ROWS:
            msg = f"The rate table has more than {MOST_ROWS:,} rows"
            raise BadInput(msg)
        cells = {name: (row.get(column) or "").strip() for name, column in names.items()}
        line = reader.line_num
        yield QuotedRate(
            _day(cells["day"], line),
            _code(cells["currency"], line, "currency"),
            _code(cells.get("reporting") or reporting, line, "reporting"),
            _rate(cells["rate"], line),
        )


def _day(text: str, line: int) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        msg = f"Line {line}, day: {text!r} is no date; write 2026-01-31"
        raise BadInput(msg, line=line, column="day", value=text) from error


def _code(text: str, line: int, column: str) -> str:
    code = text.upper()
    if not is_currency(code):
        msg = f"Line {line}, {column}: {text!r} is no currency code"
        raise BadInput(msg, line=line, column=column, value=text)
    return code


def _rate(text: str, line: int) -> Decimal:
    try:
        rate = Decimal(text)
    except InvalidOperation as error:
        msg = f"Line {line}, rate: {text!r} is no number; write 0.9214 with a point"
        raise BadInput(msg, line=line, column="rate", value=text) from error
    if not rate.is_finite() or rate <= 0:
        msg = f"Line {line}, rate: {text} is not above zero"
        raise BadInput(msg, line=line, column="rate", value=text)
    return rate
