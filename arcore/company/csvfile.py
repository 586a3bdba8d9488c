"""Tables that people upload for the company: small CSV files with a heading, refused whole at the first bad line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from decimal import InvalidOperation

from arcore.errors import BadInput
from arcore.money import is_currency
from arcore.money import to_minor

MOST_ROWS = 100_000

Cells = dict[str, str]


def rows(content: bytes, *, required: Sequence[str], called: str) -> Iterator[tuple[int, Cells]]:
    """Give each line's number and its cells by heading in small letters; `;` parts them where the heading has one.

    Raises BadInput for what is no text, lacks a column of `required` or has too many rows; `called` names the file.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        msg = f"The {called} is not UTF-8 text; save it as CSV (UTF-8)"
        raise BadInput(msg) from error
    reader = csv.DictReader(io.StringIO(text), delimiter=";" if ";" in text.partition("\n")[0] else ",")
    names = {name.strip().lower(): name for name in reader.fieldnames or () if name}
    missing = [name for name in required if name not in names]
    if missing:
        msg = f"The {called} has no column {', '.join(missing)}; the first line must say {', '.join(required)}"
        raise BadInput(msg, missing=missing)
    for number, row in enumerate(reader):
        if number >= MOST_ROWS:
            msg = f"The {called} has more than {MOST_ROWS:,} rows"
            raise BadInput(msg)
        yield reader.line_num, {name: (row.get(column) or "").strip() for name, column in names.items()}


def day_of(text: str, line: int, column: str) -> date:
    """Read an ISO date. Raises BadInput that names line, column and value."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        msg = f"Line {line}, {column}: {text!r} is no date; write 2026-01-31"
        raise BadInput(msg, line=line, column=column, value=text) from error


def month_of(text: str, line: int, column: str) -> date:
    """Read a month, 2026-01 or any day of it, as its first day. Raises BadInput."""
    try:
        return date.fromisoformat(f"{text}-01" if len(text) == len("2026-01") else text).replace(day=1)
    except ValueError as error:
        msg = f"Line {line}, {column}: {text!r} is no month; write 2026-01"
        raise BadInput(msg, line=line, column=column, value=text) from error


def currency_of(text: str, line: int) -> str:
    """Read a currency code. Raises BadInput."""
    code = text.upper()
    if not is_currency(code):
        msg = f"Line {line}, currency: {text!r} is no currency code"
        raise BadInput(msg, line=line, column="currency", value=text)
    return code


def amount_of(text: str, currency: str, line: int, column: str) -> Decimal:
    """Read an amount with a point and no more decimals than its currency has; may be negative. Raises BadInput."""
    try:
        amount = Decimal(text)
        to_minor(amount, currency)
    except (InvalidOperation, BadInput) as error:
        msg = f"Line {line}, {column}: {text!r} is no amount of {currency}; write 1234.50 with a point"
        raise BadInput(msg, line=line, column=column, value=text) from error
    return amount
