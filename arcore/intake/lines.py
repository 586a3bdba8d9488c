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
from itertools import repeat
from typing import NamedTuple

from arcore.intake import words
from arcore.intake.cells import Amounts
from arcore.intake.cells import Days
from arcore.intake.cells import Made
from arcore.intake.cells import amounts
from arcore.intake.cells import days
from arcore.intake.cells import texts
from arcore.intake.column_words import gone
from arcore.intake.column_words import kinds_of
from arcore.intake.column_words import states_of
from arcore.intake.columns import Columns
from arcore.intake.dates import BadDate
from arcore.intake.dates import DateOrder
from arcore.intake.delivery_days import FIELD as DELIVERED
from arcore.intake.delivery_days import delivery_days
from arcore.intake.layout import Table
from arcore.intake.numbers import Amount
from arcore.intake.profiles_read import PLAIN
from arcore.intake.profiles_read import Rules
from arcore.intake.synonyms import squash
from arcore.intake.understood import DELETED
from arcore.intake.understood import DRAFT
from arcore.intake.understood import VOID
from arcore.intake.understood import RefusedRow
from arcore.intake.unreadable import problems
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
    delivered: date | None = None


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
    rules = reading.rules
    result = Lines()
    text = {name: texts(table.column(at.get(name)), ids=name in _IDS) for name in _TEXT_FIELDS}
    dates = {name: days(table.column(at.get(name)), reading.orders.get(name)) for name in DATE_FIELDS}
    money = {name: amounts(table.column(at[name]), reading.mark) for name in AMOUNT_FIELDS if name in at}
    deliveries, doubt = delivery_days(table, at, reading.orders.get(DELIVERED), dates["issue_date"])
    result.warnings += [doubt] if doubt else []
    kinds = kinds_of(text["doc_type"], default_kind, rules.types, result.warnings)
    said = states_of(text["status"], _header_of(table, at, "status"), rules.states, result.warnings)
    states = _all_states(said, text, at, rules)
    _name_groups(table, text)
    make = _Maker(
        text,
        dates,
        money,
        columns.currencies.get("amount") or columns.currencies.get("open_amount") or "",
        net="tax_amount" in at and bool(_NET.match(squash(_header_of(table, at, "amount")))),
        turned=rules.turned,
    )
    lines = make.lines(table.lines, kinds, states)
    for index, problem in problems(table, at, dates, money).items():
        lines[index].problem = problem
    if deliveries:
        for line, day in zip(lines, deliveries, strict=True):
            line.delivered = day
    result.lines = [line for line in lines if line.kind != words.NOT_RECEIVABLE]
    if len(result.lines) < len(lines):
        result.left_out["not_receivable"] += len(lines) - len(result.lines)
    return result


def _all_states(
    states: Sequence[str], text: Mapping[str, Sequence[str]], at: Mapping[str, int], rules: Rules
) -> Sequence[str]:
    """Let a second status that says draft, void or deleted win, and flags of deletion over both."""
    if "state" in at:
        hidden = states_of(text["state"], "", rules.states, [])
        states = [one if one in _UNSETTLED else state for one, state in zip(hidden, states, strict=True)]
    if "deleted_flag" in at or "current_flag" in at:
        flags = zip(text["deleted_flag"], text["current_flag"], states, strict=True)
        states = [DELETED if gone(deleted, current) else state for deleted, current, state in flags]
    return states


def _name_groups(table: Table, text: dict[str, list[str]]) -> None:
    """Let rows without a customer be those of the group they stand in."""
    if any(table.groups):
        named = zip(table.groups, text["customer_name"], text["customer_code"], strict=True)
        text["customer_name"] = [name or ("" if code else group) for group, name, code in named]


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
_PRICED = frozenset(_LINE_FIELDS)


def _header_of(table: Table, at: Mapping[str, int], name: str) -> str:
    return table.header[at[name]] if name in at else ""


class _Maker:
    """Makes lines; columns are looked up once, for a table may have a million rows."""

    def __init__(
        self,
        text: Mapping[str, Sequence[str]],
        dates: Mapping[str, Days],
        money: Mapping[str, Amounts],
        header_currency: str,
        *,
        net: bool,
        turned: bool,
    ) -> None:
        self.text = text
        self.issue, self.due, self.paid_on = (_days_only(dates[name]) for name in DATE_FIELDS)
        self.money = money
        self.simple = not {"debit", "credit"} & money.keys()
        self.header_currency = header_currency
        self.net = net
        self.turned = turned
        cleaned = Made(lambda name: clean_name(name)[0])
        named = zip(map(cleaned.__getitem__, text["customer_name"]), text["customer_code"], text["email"], strict=True)
        self.name = [name or ("" if code else email) for name, code, email in named]

    def lines(self, numbers: Sequence[int], kinds: Sequence[str], states: Sequence[str]) -> list[Line]:
        """Put all rows together: column by column where no cell holds more than its value, else row by row."""
        if (
            self.simple
            and not any(column.more for column in self.money.values())
            and not any(self.text["debit_credit"])
        ):
            return self.by_columns(numbers, kinds, states)
        told = zip(numbers, kinds, states, strict=True)
        return [self.line(index, line, kind, state) for index, (line, kind, state) in enumerate(told)]

    def by_columns(self, numbers: Sequence[int], kinds: Sequence[str], states: Sequence[str]) -> list[Line]:
        """Do what `line` does for all rows at once; for tables without flags, currencies in cells, debit and credit."""
        text, without = self.text, [None] * len(numbers)
        values = {name: self.money[name].values if name in self.money else without for name in AMOUNT_FIELDS}
        main, owed, tax = values["amount"], values["open_amount"], values["tax_amount"]
        if self.net:
            main = [_gross(value, more) for value, more in zip(main, tax, strict=True)]
        if self.turned:
            main, owed = ([None if value is None else -value for value in column] for column in (main, owed))
        priced = zip(values["line_amount"], values["quantity"], values["unit_price"], strict=True)
        found = map(
            Line,
            numbers,
            kinds,
            text["doc_type"],
            text["invoice_no"],
            text["system_id"],
            text["customer_code"],
            self.name,
            text["entity"],
            self.issue,
            self.due,
            self.paid_on,
            main,
            owed,
            values["paid_amount"],
            tax,
            [_line_value(*told) for told in priced] if _PRICED & self.money.keys() else without,
            [currency or self.header_currency for currency in text["currency"]],
            repeat(False),
            states,
            text["applies_to"],
            text["po_number"],
            text["reference"],
            text["terms"],
            text["payment_no"],
            [bool(clearing.strip("0")) for clearing in text["clearing"]],
        )
        return list(found)

    def amount(self, name: str, index: int) -> Amount | None:
        column = self.money.get(name)
        return column.at(index) if column is not None else None

    def line(self, index: int, line: int, kind: str, status: str) -> Line:
        """Put the cells of one row together."""
        text = self.text
        main = self._signed(index, text["debit_credit"][index])
        tax = _value(self.amount("tax_amount", index))
        if self.net and main:
            main = main._replace(value=_gross(main.value, tax) or ZERO)
        owed = self.amount("open_amount", index)
        if self.turned:
            main, owed = _turned(main), _turned(owed)
        first = main or owed or self.amount("line_amount", index) or self.amount("unit_price", index)
        code, currency = text["customer_code"][index], text["currency"][index]
        return Line(
            line=line,
            kind=kind,
            type_word=text["doc_type"][index],
            number=text["invoice_no"][index],
            system_id=text["system_id"][index],
            code=code,
            name=self.name[index],
            entity=text["entity"][index],
            issue=self.issue[index],
            due=self.due[index],
            paid_on=self.paid_on[index],
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
        return _line_value(*(_value(self.amount(name, index)) for name in _LINE_FIELDS))


def _line_value(line: Decimal | None, quantity: Decimal | None, price: Decimal | None) -> Decimal | None:
    """Return what one line of an invoice comes to: its own total, else quantity × unit price."""
    if line is not None:
        return line
    return quantity * price if quantity is not None and price is not None else None


def _gross(value: Decimal | None, tax: Decimal | None) -> Decimal | None:
    """Add the tax to a net amount, to its side."""
    if value is None or tax is None:
        return value
    return value + (abs(tax) if value >= 0 else -abs(tax))


def _days_only(found: Days) -> Sequence[date | None]:
    """Return the days of a column, None for what is none."""
    if BadDate in set(map(type, found)):
        return [day if isinstance(day, date) else None for day in found]
    return found  # type: ignore[return-value]


def _turned(amount: Amount | None) -> Amount | None:
    return None if amount is None else amount._replace(value=-amount.value)


def _value(amount: Amount | None) -> Decimal | None:
    return amount.value if amount is not None else None
