"""From the data rows of a document table to lines: every cell read, every doubtful one a refusal with its reason."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from arcore.intake import words
from arcore.intake.columns import Columns
from arcore.intake.columns import is_no_day
from arcore.intake.dates import BadDate
from arcore.intake.dates import DateOrder
from arcore.intake.dates import read_date
from arcore.intake.layout import Table
from arcore.intake.numbers import Amount
from arcore.intake.numbers import read_amount
from arcore.intake.profiles_read import PLAIN
from arcore.intake.profiles_read import Rules
from arcore.intake.synonyms import squash
from arcore.intake.understood import DELETED
from arcore.intake.understood import DRAFT
from arcore.intake.understood import VOID
from arcore.intake.understood import RefusedRow
from arcore.intake.workbook import Cell
from arcore.money import ZERO

DATE_FIELDS = ("issue_date", "due_date", "paid_date")
AMOUNT_FIELDS = (
    "amount",
    "open_amount",
    "paid_amount",
    "tax_amount",
    "line_amount",
    "quantity",
    "unit_price",
    "debit",
    "credit",
)
LABELS = {
    "issue_date": "Date",
    "due_date": "Due date",
    "paid_date": "Payment date",
    "amount": "Amount",
    "open_amount": "Open amount",
    "paid_amount": "Paid amount",
    "tax_amount": "Tax",
    "line_amount": "Line amount",
    "quantity": "Quantity",
    "unit_price": "Unit price",
    "debit": "Debit",
    "credit": "Credit",
}
"""What the fields are called in sentences."""
MOST_SAID = 6
"""So many unknown words are named in warnings."""
_FLOAT_ID = re.compile(r"\d+\.0+\Z")
_NET = re.compile(
    r"net(?:to)?(?:amount|betrag|total|value|summe)?$|untaxed|(?:montant|total)ht$|baseimponible|imponibile"
)
"""Names of amounts that the tax has yet to be added to."""
_DELETED_NAME = re.compile(r"\s*\((?:deleted|gelöscht|supprimé|inactive)\)\s*$", re.IGNORECASE)


@dataclass(slots=True)
class Line:
    """One data row, read. Amounts are signed as the file signs them, with the file's debit and credit flags applied.

    `kind` is the ledger kind that the type column names, "" when it names none; `problem` is (column, value, reason)
    when the row can't be booked.
    """

    line: int
    kind: str
    type_word: str
    number: str
    system_id: str
    code: str
    name: str
    entity: str
    issue: date | None
    due: date | None
    paid_on: date | None
    amount: Decimal | None
    open: Decimal | None
    paid: Decimal | None
    tax: Decimal | None
    value: Decimal | None
    currency: str
    currency_sign: bool
    status: str
    applies_to: str
    po_number: str
    reference: str
    terms: str
    payment_no: str
    cleared: bool
    problem: tuple[str, str, str] | None = None


class Reading(NamedTuple):
    """How the cells of a table are read: its name, decimal mark, the order of each date column, its system's words."""

    file: str
    mark: str
    orders: Mapping[str, DateOrder]
    rules: Rules = PLAIN


@dataclass
class Lines:
    """The lines of a table, what was left out while reading, and what to say about it."""

    lines: list[Line] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    warnings: list[str] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)


def text_of(cell: Cell) -> str:
    """Write a cell as text; a whole number typed as float loses its ".0"."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def texts(cells: Sequence[Cell], *, ids: bool = False) -> list[str]:
    """Write a column as text. `ids`: where every cell is like "2960623488.0", that ".0" is no part of it."""
    found = [cell if isinstance(cell, str) else text_of(cell) for cell in cells]
    filled = [one for one in found if one] if ids else []
    if filled and all(_FLOAT_ID.match(one) for one in filled):
        return [one.partition(".")[0] for one in found]
    return found


def how_many(count: int, what: str = "row") -> str:
    """Write a number with its noun: "1 row", "5 rows"."""
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def clean_name(name: str) -> tuple[str, bool]:
    """Return a customer's name without the "(deleted)" behind it, and whether that stood there."""
    bare = _DELETED_NAME.sub("", name) if name.endswith(")") else name
    return " ".join(bare.split()), bare != name


def read_lines(table: Table, columns: Columns, reading: Reading, *, default_kind: str) -> Lines:
    """Read every data row. Raises nothing: a row that can't be read carries its problem.

    Args:
        table: the data rows.
        columns: which column is what.
        reading: decimal mark and date orders.
        default_kind: the kind of rows whose type is not told ("" = their sign decides).
    """
    at = columns.at
    result = Lines()
    text = {name: texts(table.column(at.get(name)), ids=name in _IDS) for name in _TEXT_FIELDS}
    dates = {name: _dates(table.column(at.get(name)), reading.orders.get(name)) for name in DATE_FIELDS}
    amounts = {
        name: _amounts(table.column(at.get(name)), reading.mark) if name in at else None for name in AMOUNT_FIELDS
    }
    checked = _checked_amounts(amounts)
    has_flags = "deleted_flag" in at or "current_flag" in at
    rules = reading.rules
    kinds = _kinds(text["doc_type"], default_kind, rules.types, result)
    states = _states(text["status"], _header_of(table, at, "status"), rules.states, result)
    hidden = _states(text["state"], "", rules.states, Lines()) if "state" in at else states
    net = "tax_amount" in at and bool(_NET.match(squash(_header_of(table, at, "amount"))))
    header_currency = columns.currencies.get("amount") or columns.currencies.get("open_amount") or ""
    make = _Maker(text, dates, amounts, header_currency, net=net, turned=rules.turned)
    for index, line in enumerate(table.lines):
        kind = kinds[index]
        if kind == words.NOT_RECEIVABLE:
            result.left_out["not_receivable"] += 1
            continue
        if table.groups[index] and not text["customer_name"][index] and not text["customer_code"][index]:
            text["customer_name"][index] = table.groups[index]
        one = make.line(index, line, kind, hidden[index] if hidden[index] in _UNSETTLED else states[index])
        one.problem = _problem(index, table, at, dates, checked)
        if has_flags and _is_gone(text, index):
            one.status = DELETED
        result.lines.append(one)
    return result


_IDS = frozenset({"invoice_no", "system_id", "payment_no", "customer_code", "applies_to", "po_number", "clearing"})
_TEXT_FIELDS = (
    *sorted(_IDS),
    "customer_name",
    "email",
    "entity",
    "currency",
    "doc_type",
    "status",
    "state",
    "debit_credit",
    "reference",
    "terms",
    "deleted_flag",
    "current_flag",
)

_UNSETTLED = frozenset({DRAFT, VOID, DELETED})
_LINE_FIELDS = ("line_amount", "quantity", "unit_price")
_Dates = Sequence[date | BadDate | None]
_Amounts = Sequence[Amount | None]


def _header_of(table: Table, at: Mapping[str, int], name: str) -> str:
    return table.header[at[name]] if name in at else ""


def _dates(cells: Sequence[Cell], order: DateOrder | None) -> _Dates:
    day_first = order is None or order.day_first is not False
    seen: dict[Cell, date | BadDate | None] = {"": None}
    found = []
    for cell in cells:
        if cell not in seen:
            seen[cell] = None if is_no_day(cell) else read_date(cell, day_first=day_first)
        found.append(seen[cell])
    return found


def _amounts(cells: Sequence[Cell], mark: str) -> _Amounts:
    return [None if cell == "" else read_amount(cell, mark) for cell in cells]


def _checked_amounts(amounts: Mapping[str, _Amounts | None]) -> Mapping[str, _Amounts | None]:
    """Return the columns that must be readable: line items only where no column has the whole amount, tax never."""
    whole = [amounts[name] for name in ("amount", "open_amount", "debit", "credit")]
    has_whole = any(cells is not None and any(cell is not None for cell in cells) for cells in whole)
    unchecked = {"tax_amount", *(_LINE_FIELDS if has_whole else ())}
    return {name: None if name in unchecked else cells for name, cells in amounts.items()}


def _kinds(cells: Sequence[str], default_kind: str, types: Mapping[str, str], result: Lines) -> list[str]:
    known: dict[str, str] = {}
    for cell, count in Counter(cells).items():
        kind = types.get(squash(cell)) or words.type_of(cell)
        if kind == words.NOT_RECEIVABLE and default_kind == "payment" and cell.casefold() in {"check", "cheque"}:
            kind = "payment"
        known[cell] = kind or default_kind
        if cell and not kind and len(result.warnings) < MOST_SAID:
            result.warnings.append(
                f"The type “{cell}” ({how_many(count)}) is not known; the sign of the amount decides."
            )
    return [known[cell] for cell in cells]


def _states(cells: Sequence[str], header: str, told: Mapping[str, str], result: Lines) -> list[str]:
    """Read a status column; yes and no mean what the header asks ("Open": yes is open; "Paid": yes is paid)."""
    asks_open = header.casefold().strip() in {"open", "isopen", "is open", "is_open", "offen"}
    known: dict[str, str] = {}
    for cell, count in Counter(cells).items():
        state = told.get(squash(cell)) or words.state_of(cell)
        answer = words.is_yes(cell) if cell and not state else None
        if answer is not None:
            state = words.OPEN if answer is asks_open else words.PAID
        known[cell] = state
        if cell and not state and len(result.warnings) < MOST_SAID:
            result.warnings.append(f"The status “{cell}” ({how_many(count)}) is not known; it is not used.")
    return [known[cell] for cell in cells]


def _is_gone(text: Mapping[str, Sequence[str]], index: int) -> bool:
    deleted, current = text["deleted_flag"][index], text["current_flag"][index]
    return (bool(deleted) and words.is_yes(deleted) is True) or (bool(current) and words.is_yes(current) is False)


class _Maker:
    """Makes lines; columns are looked up once, for a table may have a million rows."""

    def __init__(
        self,
        text: Mapping[str, Sequence[str]],
        dates: Mapping[str, _Dates],
        amounts: Mapping[str, _Amounts | None],
        header_currency: str,
        *,
        net: bool,
        turned: bool,
    ) -> None:
        self.text = text
        self.issue, self.due, self.paid_on = (dates[name] for name in DATE_FIELDS)
        self.amounts = {name: cells for name, cells in amounts.items() if cells is not None}
        self.simple = not {"debit", "credit"} & self.amounts.keys()
        self.header_currency = header_currency
        self.net = net
        self.turned = turned

    def amount(self, name: str, index: int) -> Amount | None:
        cells = self.amounts.get(name)
        return cells[index] if cells is not None else None

    def line(self, index: int, line: int, kind: str, status: str) -> Line:
        """Put the cells of one row together."""
        text = self.text
        main = self._signed(index, text["debit_credit"][index])
        tax = _value(self.amount("tax_amount", index))
        if self.net and main and tax is not None:
            main = main._replace(value=main.value + (abs(tax) if main.value >= 0 else -abs(tax)))
        owed = self.amount("open_amount", index)
        if self.turned:
            main, owed = _turned(main), _turned(owed)
        first = main or owed or self.amount("line_amount", index) or self.amount("unit_price", index)
        code, currency = text["customer_code"][index], text["currency"][index]
        name, _ = clean_name(text["customer_name"][index])
        issue, due, paid_on = self.issue[index], self.due[index], self.paid_on[index]
        return Line(
            line=line,
            kind=kind,
            type_word=text["doc_type"][index],
            number=text["invoice_no"][index],
            system_id=text["system_id"][index],
            code=code,
            name=name or ("" if code else text["email"][index]),
            entity=text["entity"][index],
            issue=issue if isinstance(issue, date) else None,
            due=due if isinstance(due, date) else None,
            paid_on=paid_on if isinstance(paid_on, date) else None,
            amount=main.value if main else None,
            open=owed.value if owed else None,
            paid=_value(self.amount("paid_amount", index)),
            tax=tax,
            value=self._line_value(index),
            currency=currency or (first.currency if first else "") or self.header_currency,
            currency_sign=bool(first and first.sign_only and not currency),
            status=status,
            applies_to=text["applies_to"][index],
            po_number=text["po_number"][index],
            reference=text["reference"][index],
            terms=text["terms"][index],
            payment_no=text["payment_no"][index],
            cleared=bool(text["clearing"][index].strip("0")),
        )

    def _signed(self, index: int, flag: str) -> Amount | None:
        """Return the amount with its sign: by debit and credit columns, by flag, by letter beside it, else its own."""
        if not self.simple:
            debit, credit = self.amount("debit", index), self.amount("credit", index)
            if debit is not None or credit is not None:
                value = (debit.value if debit else ZERO) - (credit.value if credit else ZERO)
                return (debit or credit or Amount(value))._replace(value=value)
        main = self.amount("amount", index)
        if main is None or not (flag or main.flag):
            return main
        side = words.side_of(flag) or (0 if not main.flag else 1 if main.flag == "D" else -1)
        return main._replace(value=abs(main.value) * side) if side else main

    def _line_value(self, index: int) -> Decimal | None:
        """Return what one line of an invoice comes to: its own total, else quantity × unit price."""
        line = self.amount("line_amount", index)
        if line is not None:
            return line.value
        quantity, price = self.amount("quantity", index), self.amount("unit_price", index)
        return quantity.value * price.value if quantity is not None and price is not None else None


def _turned(amount: Amount | None) -> Amount | None:
    return None if amount is None else amount._replace(value=-amount.value)


def _value(amount: Amount | None) -> Decimal | None:
    return amount.value if amount is not None else None


def _problem(
    index: int,
    table: Table,
    at: Mapping[str, int],
    dates: Mapping[str, _Dates],
    amounts: Mapping[str, _Amounts | None],
) -> tuple[str, str, str] | None:
    """Return column, value and reason of the first cell that can't be read, None when all can."""
    for name in DATE_FIELDS:
        found = dates[name][index]
        if isinstance(found, BadDate):
            value = text_of(table.rows[index][at[name]])
            return table.header[at[name]], value, f"{LABELS[name]} {value} {found.why}"
    for name in AMOUNT_FIELDS:
        cells = amounts[name]
        if cells is not None and cells[index] is None and (cell := table.rows[index][at[name]]) != "":
            return table.header[at[name]], text_of(cell), f"{LABELS[name]} {text_of(cell)} is not an amount"
    return None
