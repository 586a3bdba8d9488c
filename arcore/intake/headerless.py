"""A table without a header: what its columns must be, from their content and their order. A person has to confirm."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from arcore.intake.dates import is_date
from arcore.intake.files import Sheet
from arcore.intake.numbers import read_amount
from arcore.intake.workbook import Cell

_LOOKED_AT = 300
_LONG_TEXT = 40


class Guess(NamedTuple):
    """Names for the columns ("Column 1", …) and the field of each position that could be told."""

    header: list[str]
    fields: dict[int, str]


class _Column(NamedTuple):
    position: int
    cells: list[Cell]

    def share(self, test: Callable[[Cell], bool]) -> float:
        return sum(1 for cell in self.cells if test(cell)) / len(self.cells)

    def long(self) -> bool:
        return sum(len(str(cell)) for cell in self.cells) / len(self.cells) > _LONG_TEXT

    def distinct(self) -> float:
        return len(set(self.cells)) / len(self.cells)


def _is_amount(cell: Cell) -> bool:
    return read_amount(cell, ".") is not None or read_amount(cell, ",") is not None


def _is_words(cell: Cell) -> bool:
    return isinstance(cell, str) and any(mark.isalpha() for mark in cell) and not is_date(cell)


def _has_digit(cell: Cell) -> bool:
    return any(mark.isdecimal() for mark in str(cell))


def guess_columns(sheet: Sheet) -> Guess | None:
    """Guess a table of invoices without a header; None unless it has a name, a number, a date and an amount.

    The first texts are the customer, the many-valued short column before the dates is the number, the first date is
    the invoice's and the second the due date; behind a long text (what was sold) two numbers are quantity and price,
    else the last number is the amount.
    """
    rows = [row for row in sheet.rows[:_LOOKED_AT] if sum(1 for cell in row if cell != "") > 1]
    width = max((len(row) for row in rows), default=0)
    if not rows or sum(1 for row in rows if len(row) == width) * 10 < len(rows) * 9:
        return None
    columns = [
        _Column(position, cells)
        for position in range(width)
        if (cells := [row[position] for row in rows if position < len(row) and row[position] != ""])
        and len(cells) * 10 >= len(rows) * 8
    ]
    fields = _fields(columns)
    wanted = {"customer_name", "invoice_no", "issue_date"}
    if not wanted <= set(fields.values()) or not {"amount", "unit_price"} & set(fields.values()):
        return None
    return Guess([f"Column {position + 1}" for position in range(width)], fields)


def likely_header(rows: Sequence[Sequence[Cell]]) -> int:
    """Return the row that must be a header although no name in it is known, −1 when there is none.

    It holds only texts, all different, in as many columns as the rows below, of which the next holds a date or amount.
    """
    filled = [(n, [cell for cell in row if cell != ""]) for n, row in enumerate(rows[:_LOOKED_AT])]
    filled = [(n, cells) for n, cells in filled if cells]
    width = max((len(cells) for _, cells in filled), default=0)
    for (n, cells), (_, below) in pairwise(filled):
        if any(_is_datum(cell) for cell in cells):
            return -1
        wide = width >= 2 and len(cells) * 5 >= width * 4
        if wide and len(set(cells)) == len(cells) and any(_is_datum(cell) for cell in below):
            return n
    return -1


def _is_datum(cell: Cell) -> bool:
    return not isinstance(cell, str) or is_date(cell) or (cell[-1:].isdigit() and _is_amount(cell))


def _fields(columns: Sequence[_Column]) -> dict[int, str]:
    dates = [column for column in columns if column.share(is_date) > 0.8]
    if not dates:
        return {}
    others = [column for column in columns if column not in dates]
    words = [column for column in others if column.share(_is_words) > 0.8]
    names = [column for column in words if not column.long()]
    fields = {dates[0].position: "issue_date"}
    if len(dates) > 1:
        fields[dates[1].position] = "due_date"
    # A number such as INV-7 is made of letters too, but few names have a digit in them.
    plain = [column for column in names if column.share(_has_digit) < 0.5]
    if names:
        fields[(plain or names)[0].position] = "customer_name"
    before = [column for column in others if column.position < dates[0].position and column.position not in fields]
    short = [column for column in before if column.distinct() > 0.4 and not column.long()]
    numbers = [column for column in short if column.share(_has_digit) > 0.5] or short
    if numbers:
        fields[numbers[-1].position] = "invoice_no"
    sums = [
        column
        for column in others
        if column.position > dates[-1].position and column.share(_is_amount) > 0.8 and column.position not in fields
    ]
    described = [column for column in words if column.long() and column.position > dates[-1].position]
    behind = [column for column in sums if described and column.position > described[0].position]
    if described:
        fields[described[0].position] = "reference"
    if len(behind) >= 2:
        fields[behind[0].position], fields[behind[1].position] = "quantity", "unit_price"
    elif sums:
        fields[sums[-1].position] = "amount"
    return fields
