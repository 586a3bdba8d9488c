"""The exchange pair: the columns of documents.csv and applications.csv, and their rows as plain values."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from decimal import InvalidOperation
from typing import NamedTuple

from arcore.errors import BadInput
from arcore.intake.understood import RefusedRow
from arcore.ledger.checks import FIRST_YEAR
from arcore.ledger.checks import LAST_YEAR
from arcore.ledger.entry import Part
from arcore.ledger.kinds import BY_NAME
from arcore.money import is_currency
from arcore.money import nearest_minor

DOCUMENTS, APPLICATIONS = "documents", "applications"
DOCUMENT_COLUMNS = (
    "id type customer customer_name date due_date amount currency number original_due_date effective_on instalments"
    " against side linked_id entity tax_amount reason rate po_number reference"
    " delivered_on"
).split()
APPLICATION_COLUMNS = "from_id to_id date amount".split()
JOURNALS = ("journal_debit", "journal_credit")
SIDES = {"debit": 1, "credit": -1, "": 0}
NO_DATE = "a date such as 2026-10-31"


@dataclass(frozen=True, slots=True)
class BookDocument:
    """A row of documents.csv; amounts positive, minor units. `side` is 0 where neither file nor kind says it."""

    id: str
    type: str
    customer: str
    customer_name: str
    day: date
    due_date: date
    amount: int
    currency: str
    number: str
    original_due_date: date | None
    effective_on: date
    instalments: tuple[Part, ...]
    against: str
    side: int
    linked_id: str
    entity: str
    tax_amount: int | None
    reason: str
    rate: str
    po_number: str
    reference: str
    delivered_on: date | None
    file: str
    line: int


class BookApplication(NamedTuple):
    """A row of applications.csv; the amount is still text, its currency is the documents'."""

    from_id: str
    to_id: str
    day: date
    amount: Decimal
    file: str
    line: int


class Parsed(NamedTuple):
    """Rows that could be read, and those that could not."""

    rows: list[BookDocument] | list[BookApplication]
    refused: list[RefusedRow]


def read_documents(path: str, content: bytes) -> tuple[list[BookDocument], list[RefusedRow]]:
    """Read documents.csv; a row that can't be read is refused and hides no other."""
    found: list[BookDocument] = []
    refused: list[RefusedRow] = []
    for line, row in _rows(content):
        try:
            found.append(_document(row, path, line))
        except BadInput as error:
            refused.append(_refused(error, row, path, line))
    return found, refused


def read_applications(path: str, content: bytes) -> tuple[list[BookApplication], list[RefusedRow]]:
    """Read applications.csv; a row that can't be read is refused and hides no other."""
    found: list[BookApplication] = []
    refused: list[RefusedRow] = []
    for line, row in _rows(content):
        try:
            amount = _amount(row, "amount")
            found.append(BookApplication(row["from_id"], row["to_id"], _day(row, "date"), amount, path, line))
        except BadInput as error:
            refused.append(_refused(error, row, path, line))
    return found, refused


def _rows(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    for row in reader:
        cells = {name: (value or "").strip() for name, value in row.items() if isinstance(name, str)}
        if any(cells.values()):
            yield reader.line_num, cells


def _document(row: Mapping[str, str], path: str, line: int) -> BookDocument:
    kind = row["type"]
    if kind not in BY_NAME and kind not in JOURNALS:
        raise BadInput(f"{kind!r} is no type of document", column="type", value=kind)
    if not row["id"] or not row["customer"]:
        raise BadInput("A document needs an id and a customer", column="id", value=row["id"])
    currency = row["currency"].upper()
    if not is_currency(currency):
        raise BadInput(f"{currency!r} is no currency code (ISO 4217)", column="currency", value=currency)
    side = SIDES.get(row.get("side", "").lower())
    if side is None:
        raise BadInput("A side is debit or credit", column="side", value=row["side"])
    own = 1 if kind == "journal_debit" else -1 if kind == "journal_credit" else BY_NAME[kind].side
    if not (own or side):
        raise BadInput(f"A {kind.replace('_', ' ')} may be debit or credit: say which", column="side", value="")
    if kind == "write_off" and side > 0 and row.get("against"):
        own = side  # a recovery takes a write-off back
    day = _day(row, "date")
    amount = nearest_minor(_amount(row, "amount"), currency)
    due_date = _day(row, "due_date", day)
    tax = row.get("tax_amount", "")
    return BookDocument(
        id=row["id"],
        type=kind,
        customer=row["customer"],
        customer_name=row.get("customer_name", ""),
        day=day,
        due_date=due_date,
        amount=amount,
        currency=currency,
        number=row.get("number", "") or row["id"],
        original_due_date=_day(row, "original_due_date", day) if row.get("original_due_date") else None,
        effective_on=_day(row, "effective_on", day),
        instalments=_instalments(row.get("instalments", ""), amount, currency),
        against=row.get("against", ""),
        side=own or side,
        linked_id=row.get("linked_id", ""),
        entity=row.get("entity", ""),
        tax_amount=nearest_minor(_amount(row, "tax_amount"), currency) if tax else None,
        reason=row.get("reason", ""),
        rate=row.get("rate", ""),
        po_number=row.get("po_number", ""),
        reference=row.get("reference", ""),
        delivered_on=_day(row, "delivered_on") if row.get("delivered_on") else None,
        file=path,
        line=line,
    )


def _instalments(text: str, amount: int, currency: str) -> tuple[Part, ...]:
    """Read "2026-01-31:100.00;2026-02-28:50.00"; they have to add up to the document."""
    parts = []
    for piece in (piece.strip() for piece in text.split(";") if piece.strip()):
        due, _, value = piece.partition(":")
        cells = {"instalments": due, "amount": value}
        parts.append(Part(nearest_minor(_amount(cells, "amount"), currency), _day(cells, "instalments")))
    if parts and sum(part.amount for part in parts) != amount:
        raise BadInput("The instalments do not add up to the amount", column="instalments", value=text)
    return tuple(parts)


def _day(row: Mapping[str, str], column: str, otherwise: date | None = None) -> date:
    text = row.get(column, "")
    if not text and otherwise is not None:
        return otherwise
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise BadInput(f"{text!r} is not {NO_DATE}", column=column, value=text) from error
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadInput(f"Books hold the years {FIRST_YEAR} to {LAST_YEAR}", column=column, value=text)
    return day


def _amount(row: Mapping[str, str], column: str) -> Decimal:
    text = row.get(column, "")
    try:
        amount = Decimal(text)
    except InvalidOperation as error:
        raise BadInput(f"{text!r} is not an amount", column=column, value=text) from error
    if not amount.is_finite() or amount < 0:
        raise BadInput("Amounts are positive; the type gives the sign", column=column, value=text)
    return amount


def unreadable(part: str, path: str, content: bytes) -> list[RefusedRow]:
    """Return the rows of one file of the pair that can't be read, whatever the books know."""
    read = read_documents if part == DOCUMENTS else read_applications
    return list(read(path, content)[1])


def _refused(error: BadInput, row: Mapping[str, str], path: str, line: int) -> RefusedRow:
    return RefusedRow(
        path,
        line,
        str(error.details.get("column", "")),
        str(error.details.get("value", "")),
        error.message,
        row.get("id", ""),
        row.get("customer", ""),
    )
