"""DATEV booking batches (EXTF, category 21): the bookings on debtors, as a plain table of documents.

Accounts of debtors have one digit more than ledger accounts and begin with 1 to 6; dates are DDMM and get their year
from the fiscal year in the first row; amounts are unsigned beside S (debit) or H (credit) of the first account.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from arcore.intake.cells import text_of
from arcore.intake.dates import read_date
from arcore.intake.files import Sheet
from arcore.intake.profiles import named
from arcore.intake.synonyms import squash
from arcore.intake.workbook import Cell

_BATCH = "21"
_HEADER: tuple[Cell, ...] = (
    "Kundennummer",
    "Belegart",
    "Rechnungsnummer",
    "Rechnungsdatum",
    "Fälligkeit",
    "Betrag",
    "Soll/Haben",
    "Währung",
    "Buchungstext",
)
_FIELDS = (
    "amount",
    "debit_credit",
    "currency",
    "customer_code",
    "counter_account",
    "issue_date",
    "invoice_no",
    "due_date",
    "reference",
)


class Batch(NamedTuple):
    """The bookings on debtors as a table with a header of its own, and how many bookings touch no debtor."""

    sheet: Sheet
    others: int


class _Meta(NamedTuple):
    """What the first row says: when the fiscal year begins, how long ledger accounts are, the currency of the books."""

    begins: date
    length: int
    currency: str


def is_batch(sheet: Sheet) -> bool:
    """Tell a DATEV booking batch by its first row."""
    first = [text_of(cell) for cell in sheet.rows[0]]
    return len(first) > 13 and first[0] == "EXTF" and first[2] == _BATCH and len(sheet.rows) > 1


def debtor_bookings(sheet: Sheet) -> Batch:
    """Turn a batch into a table of documents; each row keeps the line it stood on."""
    meta = _meta([text_of(cell) for cell in sheet.rows[0]])
    names = [squash(text_of(cell)) for cell in sheet.rows[1]]
    at = _places(names)
    rows: list[Sequence[Cell]] = [(), _HEADER]
    lines = list(sheet.lines[:2])
    others = 0
    for row, line in zip(sheet.rows[2:], sheet.lines[2:], strict=True):
        cells = {
            field: text_of(row[place]) if place is not None and place < len(row) else "" for field, place in at.items()
        }
        document = _document(cells, meta)
        if document:
            rows.append(document)
            lines.append(line)
        elif any(cell != "" for cell in row):
            others += 1
    return Batch(Sheet(rows, lines, sheet.name), others)


def _places(names: Sequence[str]) -> dict[str, int | None]:
    """Return where each field of a booking stands, as the profile names its columns."""
    at: dict[str, int | None] = dict.fromkeys(_FIELDS)
    profile = named("datev")
    for layout in profile.layouts if profile else ():
        for header, name in layout.columns.items():
            if at.get(name, -1) is None and header in names and "belegfeld1" in layout.headers:
                at[name] = names.index(header)
    return at


def _meta(first: Sequence[str]) -> _Meta:
    said = read_date(first[12], day_first=True) if len(first[12]) == 8 else date.min
    begins = said if isinstance(said, date) else date.min
    currency = first[21] if len(first) > 21 else ""
    return _Meta(begins, int(first[13]) if first[13].isdecimal() else 4, currency)


def _document(cells: dict[str, str], meta: _Meta) -> tuple[Cell, ...] | None:
    account, counter, side = cells["customer_code"], cells["counter_account"], cells["debit_credit"].upper()
    if not _is_debtor(account, meta.length):
        if not _is_debtor(counter, meta.length):
            return None
        account, counter, side = counter, account, {"S": "H", "H": "S"}.get(side, side)
    bank = len(counter.lstrip("0")) == meta.length and counter.lstrip("0").startswith("1")
    kind = {("S", False): "Rechnung", ("H", True): "Zahlung", ("S", True): "Erstattung"}.get((side, bank), "Gutschrift")
    day, due = _day(cells["issue_date"], meta.begins), _due(cells["due_date"])
    currency = cells["currency"] or meta.currency
    return (account, kind, cells["invoice_no"], day, due, cells["amount"], side, currency, cells["reference"])


def _is_debtor(account: str, length: int) -> bool:
    digits = account.strip().lstrip("0")
    return digits.isdecimal() and len(digits) == length + 1 and digits[0] in "123456"


def _day(text: str, begins: date) -> str:
    """Write DDMM with its year: the first such day from the beginning of the fiscal year on."""
    digits = text.zfill(4)
    if len(digits) != 4 or not digits.isdecimal():
        return text
    day, month = int(digits[:2]), int(digits[2:])
    year = begins.year if (month, day) >= (begins.month, begins.day) else begins.year + 1
    return f"{year:04d}-{month:02d}-{day:02d}"


def _due(text: str) -> str:
    """Write a due date DDMMYY or DDMMYYYY with its marks; other texts are no due date."""
    digits = text.zfill(6) if len(text) == 5 else text.zfill(8) if len(text) == 7 else text
    if not digits.isdecimal() or len(digits) not in {6, 8}:
        return ""
    return f"{digits[:2]}.{digits[2:4]}.{digits[4:]}"
