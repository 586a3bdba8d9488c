"""What the cells of a column are, whatever it is called: dates, amounts, words, codes, and how often they repeat."""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from statistics import median

from arcore.intake import words
from arcore.intake.dates import decide_order
from arcore.intake.dates import is_date
from arcore.intake.dates import read_date
from arcore.intake.layout import is_total
from arcore.intake.numbers import decide_mark
from arcore.intake.numbers import read_amount
from arcore.intake.workbook import Cell
from arcore.money import is_currency

LOOKED_AT = 300
"""So many rows speak for a table."""
MOST_COLUMNS = 150
"""A wider table is not guessed."""
LONG_TEXT = 40
"""Characters; texts that are longer on average describe something."""

_ACCOUNT = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9 ]{11,34}\Z")
_DECIMALS = re.compile(r"\d[.,]\d{2}\D*\Z")
_GROUPS = re.compile(r"\d{1,3}(?:[.,' \u00a0\u202f]\d{3})+(?:[.,]\d+)?\D*\Z")
_TAX_ID = re.compile(
    r"(?:AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|GB|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK)U?[A-Z0-9]{8,12}\Z"
)
_OLD = re.compile(r"19[0-7]\d[-/.]\d{1,2}[-/.]\d{1,2}\b|\d{1,2}[-/.]\d{1,2}[-/.]19[0-7]\d\b")
_OTHER_DECIMALS = re.compile(r"\d[.,](?:[1-9]|\d{4,})\D*\Z")


def rows_of(rows: Sequence[Sequence[Cell]]) -> list[Sequence[Cell]]:
    """Return the rows that look like data: at least half as full as most, and no totals."""
    filled = [(row, sum(1 for cell in row if cell != "")) for row in rows[: LOOKED_AT * 2]]
    usual = median([count for _, count in filled if count > 1] or [0])
    return [
        row
        for row, count in filled
        if count > 1 and count * 2 >= usual and not is_total(next(cell for cell in row if cell != ""))
    ][:LOOKED_AT]


@dataclass(frozen=True)
class Traits:
    """A column of the rows looked at; `cells` has one cell for each of them, "" where it is empty.

    `mark` is the decimal mark of the table. `counts`: what looks like days without a mark between are numbers, such as
    20260101, 20260102, because other columns have the dates.
    """

    position: int
    cells: tuple[Cell, ...]
    mark: str = "."
    counts: bool = False

    @cached_property
    def filled(self) -> list[Cell]:
        """Return the cells that are not empty."""
        return [cell for cell in self.cells if cell != ""]

    @cached_property
    def fill(self) -> float:
        """Return which share of the rows has a cell here."""
        return len(self.filled) / len(self.cells) if self.cells else 0.0

    @cached_property
    def distinct(self) -> float:
        """Return how many different cells there are for each that is filled: 1 when none repeats."""
        return len({str(cell) for cell in self.filled}) / len(self.filled) if self.filled else 0.0

    @cached_property
    def length(self) -> float:
        """Return how many characters a cell has on average."""
        return sum(len(str(cell)) for cell in self.filled) / len(self.filled) if self.filled else 0.0

    def share(self, test: Callable[[Cell], bool]) -> float:
        """Return which share of the filled cells passes a test; each different cell is tested once."""
        if not self.filled:
            return 0.0
        passed = {cell: test(cell) for cell in set(self.filled)}
        return sum(1 for cell in self.filled if passed[cell]) / len(self.filled)

    @cached_property
    def is_dates(self) -> bool:
        """Tell a column of dates."""
        return not self.counts and self.share(is_date) > 0.8

    @cached_property
    def is_old(self) -> bool:
        """Tell a column with days before 1980 in it: birthdays, not documents."""
        return self.share(lambda cell: isinstance(cell, str) and bool(_OLD.match(cell))) > 0.1

    @cached_property
    def may_count(self) -> bool:
        """Tell days written without a mark between, which numbers of documents may look like."""
        return self.distinct > 0.2 and self.is_dates and all(str(cell).isdecimal() for cell in self.filled)

    @cached_property
    def is_counter(self) -> bool:
        """Tell a column that counts the rows: 1, 2, 3."""
        texts = [str(cell).removesuffix(".0") for cell in self.filled]
        if len(texts) < 2 or texts[0] not in {"0", "1"}:
            return False
        return texts == [str(int(texts[0]) + place) for place in range(len(texts))]

    @cached_property
    def is_amounts(self) -> bool:
        """Tell a column of numbers that are no dates."""
        return not self.is_dates and self.share(lambda cell: read_amount(cell, self.mark) is not None) > 0.9

    @cached_property
    def is_words(self) -> bool:
        """Tell a column of words: nearly every cell has a letter, and few have a digit."""
        lettered = self.share(lambda cell: isinstance(cell, str) and any(mark.isalpha() for mark in cell)) > 0.9
        return lettered and not self.is_dates and not self.is_emails

    @cached_property
    def is_emails(self) -> bool:
        """Tell a column of e-mail addresses."""
        return self.share(lambda cell: isinstance(cell, str) and "@" in cell and "." in cell.rpartition("@")[2]) > 0.7

    @cached_property
    def is_currencies(self) -> bool:
        """Tell a column of currency codes; three letters that are no code now and then don't matter."""
        return self.share(lambda cell: isinstance(cell, str) and len(cell) == 3 and is_currency(cell.upper())) > 0.9

    @cached_property
    def is_types(self) -> bool:
        """Tell a column of words for kinds of documents."""
        few = self.is_words and self.digits < 0.2 and len(set(self.filled)) <= 15
        return few and self.share(lambda one: bool(_type(one))) > 0.8

    @cached_property
    def is_states(self) -> bool:
        """Tell a column of words for states of invoices."""
        few = self.is_words and len(set(self.filled)) <= 10
        return few and self.share(lambda cell: bool(words.state_of(str(cell)))) > 0.8

    @cached_property
    def is_sides(self) -> bool:
        """Tell a column that says debit or credit, with both in it."""
        if not self.is_words or len(set(self.filled)) > 2:
            return False
        return {words.side_of(str(cell)) for cell in self.filled} == {1, -1}

    @cached_property
    def is_flags(self) -> bool:
        """Tell a column that says yes or no."""
        return len(set(self.filled)) <= 2 and all(words.is_yes(cell) is not None for cell in set(self.filled))

    @cached_property
    def is_accounts(self) -> bool:
        """Tell a column of bank accounts (IBAN)."""
        return self.share(lambda cell: isinstance(cell, str) and bool(_ACCOUNT.match(cell))) > 0.5

    @cached_property
    def is_tax_numbers(self) -> bool:
        """Tell a column of tax numbers as countries of the European Union write them."""
        return self.share(lambda cell: bool(_TAX_ID.match(str(cell).replace(" ", "")))) > 0.8

    @cached_property
    def digits(self) -> float:
        """Return the share of cells with a digit in them."""
        return self.share(lambda cell: any(mark.isdecimal() for mark in str(cell)))

    @cached_property
    def is_money(self) -> bool:
        """Tell numbers that show they are money: two decimals, groups of thousands, fractions in a spreadsheet."""
        return self.is_amounts and self.share(_shows_money) > 0.25

    @cached_property
    def is_measured(self) -> bool:
        """Tell numbers with one decimal, or more than three, which money has not."""
        if not self.is_amounts or any(not isinstance(cell, str) for cell in self.filled):
            return False
        odd = self.share(lambda cell: bool(_OTHER_DECIMALS.search(str(cell))))
        return odd > 0.3 and not self.share(lambda cell: bool(_DECIMALS.search(str(cell)))) > 0.3

    @cached_property
    def amounts(self) -> tuple[Decimal | None, ...]:
        """Return the amounts by row, None where there is none."""
        read = (read_amount(cell, self.mark) if cell != "" else None for cell in self.cells)
        return tuple(one.value if one is not None else None for one in read)

    @cached_property
    def days(self) -> tuple[date | None, ...]:
        """Return the dates by row, None where there is none."""
        first = decide_order(self.cells, default=True, default_why="").day_first is not False
        read = (read_date(cell, day_first=first) if cell != "" else None for cell in self.cells)
        return tuple(one if isinstance(one, date) else None for one in read)


def _type(cell: Cell) -> str:
    return words.type_of(str(cell))


def _shows_money(cell: Cell) -> bool:
    if isinstance(cell, float):
        return not cell.is_integer()
    text = str(cell).strip()
    return bool(_DECIMALS.search(text) or _GROUPS.match(text.lstrip("-( ")))


def traits_of(rows: Sequence[Sequence[Cell]], width: int, *, prefers_comma: bool) -> list[Traits]:
    """Return the traits of each column that holds anything; `prefers_comma` as the delimiter suggests it."""
    cells = [tuple(row[position] if position < len(row) else "" for row in rows) for position in range(width)]
    numeric = [one for one in cells if _numeric(one)]
    mark = decide_mark((cell for one in numeric for cell in one), prefers_comma=prefers_comma, three_digits=False).char
    found = [Traits(position, one, mark) for position, one in enumerate(cells) if any(cell != "" for cell in one)]
    dated = any(column.is_dates and not column.may_count for column in found)
    return [replace(column, counts=True) if dated and column.may_count else column for column in found]


def _numeric(cells: Sequence[Cell]) -> bool:
    filled = [cell for cell in cells if cell != ""][:50]
    good = sum(1 for one in filled if read_amount(one, ".") is not None or read_amount(one, ",") is not None)
    return bool(filled) and good * 10 >= len(filled) * 9


def depends(one: Sequence[Cell], other: Sequence[Cell]) -> float:
    """Return the share of rows in which the first column's cell always comes with the same cell of the other."""
    met: dict[Cell, Cell] = {}
    rows = [(a, b) for a, b in zip(one, other, strict=True) if a != ""]
    good = sum(1 for a, b in rows if met.setdefault(a, b) == b)
    return good / len(rows) if rows else 0.0


def groups_of(cells: Sequence[Cell]) -> Mapping[Cell, list[int]]:
    """Return the rows of each different cell."""
    found: dict[Cell, list[int]] = {}
    for row, cell in enumerate(cells):
        if cell != "":
            found.setdefault(cell, []).append(row)
    return found
