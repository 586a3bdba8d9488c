"""What a whole table shows that no cell does: its decimal mark, the order of its dates, whether it foots."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from arcore.intake.dates import DateOrder
from arcore.intake.dates import decide_order
from arcore.intake.dates import read_date
from arcore.intake.delivery_days import FIELD as DELIVERED
from arcore.intake.documents import Documents
from arcore.intake.layout import Table
from arcore.intake.lines import AMOUNT_FIELDS
from arcore.intake.lines import DATE_FIELDS
from arcore.intake.numbers import DecimalMark
from arcore.intake.numbers import decide_mark
from arcore.intake.numbers import read_amount
from arcore.intake.understood import NOT_COUNTED
from arcore.intake.understood import FileTotal
from arcore.intake.unreadable import LABELS
from arcore.intake.workbook import Cell
from arcore.ledger.kinds import BY_NAME
from arcore.ledger.kinds import CREDIT
from arcore.money import ZERO
from arcore.money import digits

_MONTH_FIRST = frozenset({"USD"})
_LIMIT_FIELDS = ("credit_limit", "insured_limit")
_USUAL_TERMS = range(121)
_LOOKED_AT = 1000


def decimal_mark(
    rows: Sequence[Sequence[Cell]], at: Mapping[str, int], *, delimiter: str, currency: str | None
) -> DecimalMark:
    """Decide the decimal mark of a table from all its amount columns; a `;` delimiter suggests a comma."""
    positions = [at[name] for name in (*AMOUNT_FIELDS, *_LIMIT_FIELDS) if name in at]
    cells = (row[position] for row in rows for position in positions if position < len(row))
    three = currency is not None and digits(currency) == 3
    return decide_mark(cells, prefers_comma=delimiter == ";", three_digits=three)


def date_orders(
    table: Table, at: Mapping[str, int], *, given: bool | None, usual: bool | None, currency: str | None
) -> dict[str, DateOrder]:
    """Decide each date column: by its own days above 12, else by the other columns, the terms, the currency.

    `given` wins over all of that; `usual` is how files before were read and counts where no date proves an order.
    """
    columns = {name: table.column(at[name]) for name in (*DATE_FIELDS, DELIVERED) if name in at}
    if given is not None:
        return {name: DateOrder(given, proved=True, why="order chosen by hand") for name in columns}
    found = {name: decide_order(cells, default=True, default_why="") for name, cells in columns.items()}
    open_questions = [name for name, order in found.items() if not order.proved]
    if not open_questions:
        return found
    for name, order in found.items():
        if order.proved and order.day_first is not None:
            why = f"order as in the column of the {LABELS[name].lower()}"
            return found | {one: DateOrder(order.day_first, proved=True, why=why) for one in open_questions}
    if usual is not None:
        why = f"{'day' if usual else 'month'} first, as in files with this header before"
        return found | {one: DateOrder(usual, proved=True, why=why) for one in open_questions}
    default, why = _default(columns, currency)
    return found | {name: decide_order(columns[name], default=default, default_why=why) for name in open_questions}


def _default(columns: Mapping[str, Sequence[Cell]], currency: str | None) -> tuple[bool, str]:
    if "issue_date" in columns and "due_date" in columns:
        day, month = (_usual(columns["issue_date"], columns["due_date"], day_first=order) for order in (True, False))
        if abs(day - month) > 0.2:
            return day > month, "so that most fall due within 120 days"
    if currency in _MONTH_FIRST:
        return False, f"amounts are in {currency}"
    return True, "the usual order"


def _usual(issued: Sequence[Cell], due: Sequence[Cell], *, day_first: bool) -> float:
    """Return the share of rows that fall due 0 to 120 days after they are issued, when read that way."""
    pairs = [
        (read_date(one, day_first=day_first), read_date(other, day_first=day_first))
        for one, other in zip(issued[:_LOOKED_AT], due[:_LOOKED_AT], strict=True)
        if one != "" and other != ""
    ]
    usual = sum(
        1
        for one, other in pairs
        if isinstance(one, date) and isinstance(other, date) and (other - one).days in _USUAL_TERMS
    )
    return usual / len(pairs) if pairs else 0.0


class Footing(NamedTuple):
    """The totals that a file states itself, and what to say about them."""

    totals: tuple[FileTotal, ...]
    warnings: list[str]


def foot(
    table: Table, at: Mapping[str, int], mark: str, *, without: Collection[int], documents: Documents | None
) -> Footing:
    """Compare the last total row of the file with its rows, column by column.

    Args:
        table: the data rows and the total rows.
        at: which column is what.
        mark: the decimal mark.
        without: lines that were refused; they are not in the sum.
        documents: of a table of documents; one in several currencies is not compared.
    """
    last = table.lines[-1] if table.lines else 0
    grand = [total for total in table.totals if total.grand and total.line > last]
    if not grand:
        return Footing((), [])
    if documents and len({row.currency for row in documents.rows}) > 1:
        return Footing((), ["The file's total row adds up different currencies, so it is not compared."])
    totals, warnings = [], []
    for name in ("amount", "open_amount"):
        position = at.get(name)
        stated = read_amount(grand[-1].cells[position], mark) if position is not None else None
        if position is None or stated is None:
            continue
        sums = _sums(table, position, mark, without, documents, name)
        closest = min(sums, key=lambda one: abs(stated.value - one))
        total = FileTotal(table.header[position], grand[-1].line, stated.value, closest, name)
        totals.append(total)
        if total.difference:
            warnings.append(
                f"The file's own total {stated.value:,.2f} in “{total.column}” differs from the rows by"
                f" {abs(total.difference):,.2f}."
            )
    return Footing(tuple(totals), warnings)


def _sums(
    table: Table, position: int, mark: str, without: Collection[int], documents: Documents | None, name: str
) -> list[Decimal]:
    """Return what the rows may add up to: line by line, and with repeated totals taken once."""
    amounts = (
        read_amount(row[position], mark)
        for row, line in zip(table.rows, table.lines, strict=True)
        if line not in without
    )
    sums = [sum((amount.value for amount in amounts if amount), ZERO)]
    if documents:
        rows = [row for row in documents.rows if row.status not in NOT_COUNTED]
        if name == "open_amount":
            sums.append(sum((row.open_amount or ZERO for row in rows), ZERO))
        else:
            sums.append(sum((-row.amount if BY_NAME[row.kind].side == CREDIT else row.amount for row in rows), ZERO))
    return sums
