"""The workbook's paper: styles, and a sheet that is filled row by row. No text ever becomes a formula."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from typing import NamedTuple
from typing import TypeAlias

from xlsxwriter.utility import xl_rowcol_to_cell

from arcore.money import digits
from arcore.money import from_minor


class Amount(NamedTuple):
    """Minor units of a currency."""

    units: int
    currency: str


class Number(NamedTuple):
    """A plain number with so many decimals."""

    value: float | Decimal
    places: int = 1


class Formula(NamedTuple):
    """A formula with the value it has; `places` decimals."""

    text: str
    value: float
    places: int = 2


Cell: TypeAlias = str | int | date | Amount | Number | Formula | None


@dataclass(frozen=True)
class Styles:
    """Formats by what they are for; amounts by decimals and weight."""

    book: Any
    kept: dict[tuple[str, int, bool], Any]

    def number(self, places: int, *, bold: bool = False) -> Any:
        """Return the format of numbers with so many decimals."""
        pattern = "#,##0" + ("." + "0" * places if places else "")
        return self._kept(("number", places, bold), {"num_format": f"{pattern};-{pattern}"})

    def text(self, *, bold: bool = False) -> Any:
        """Return the format of texts."""
        return self._kept(("text", 0, bold), {})

    def day(self, *, bold: bool = False) -> Any:
        """Return the format of dates."""
        return self._kept(("day", 0, bold), {"num_format": "yyyy-mm-dd", "align": "left"})

    def head(self, *, right: bool) -> Any:
        """Return the format of a column's name."""
        align = {"align": "right"} if right else {}
        return self._kept(("head", int(right), True), {"bottom": 1, "text_wrap": True, "valign": "bottom", **align})

    def title(self) -> Any:
        """Return the format of a sheet's title."""
        return self._kept(("title", 0, True), {"font_size": 14})

    def quiet(self) -> Any:
        """Return the format of remarks."""
        return self._kept(("quiet", 0, False), {"font_color": "#566274"})

    def long(self) -> Any:
        """Return the format of texts of several lines."""
        return self._kept(("long", 0, False), {"text_wrap": True, "valign": "top"})

    def _kept(self, key: tuple[str, int, bool], made: dict[str, Any]) -> Any:
        if key not in self.kept:
            self.kept[key] = self.book.add_format({**made, **({"bold": True} if key[2] else {})})
        return self.kept[key]


class Sheet:
    """A sheet with a pen that stands in a row; rows and columns count from 0, and names of cells are those of Excel."""

    def __init__(self, book: Any, styles: Styles, name: str, widths: Sequence[int]) -> None:
        self.name = name
        self.styles = styles
        self.row = 0
        self._sheet = book.add_worksheet(name)
        self._sheet.hide_gridlines(2)
        for column, width in enumerate(widths):
            self._sheet.set_column(column, column, width)

    def top(self, title: str, facts: Iterable[str]) -> None:
        """Write the title and what the sheet is of, and leave a row."""
        self._sheet.write_string(self.row, 0, title, self.styles.title())
        for fact in facts:
            self.row += 1
            self._sheet.write_string(self.row, 0, fact, self.styles.quiet())
        self.row += 2

    def heads(self, names: Sequence[str], *, left: int = 1, freeze: bool = False) -> None:
        """Write the names of columns, the first `left` at the left."""
        for column, name in enumerate(names):
            self._sheet.write_string(self.row, column, name, self.styles.head(right=column >= left))
        self.row += 1
        if freeze:
            self._sheet.freeze_panes(self.row, 0)

    def add(self, cells: Sequence[Cell], *, bold: bool = False) -> int:
        """Write a row and return its number."""
        for column, cell in enumerate(cells):
            self._write(column, cell, bold=bold)
        self.row += 1
        return self.row - 1

    def paragraph(self, text: str, *, last: int) -> None:
        """Write a long text over the columns up to `last`."""
        lines = sum(1 + len(line) // 110 for line in text.split("\n"))
        self._sheet.set_row(self.row, 15.5 * lines)
        self._sheet.merge_range(self.row, 0, self.row, last, "", self.styles.long())
        self._sheet.write_string(self.row, 0, text, self.styles.long())
        self.row += 1

    def skip(self, rows: int = 1) -> None:
        """Leave rows out."""
        self.row += rows

    def filtered(self, first: int, last: int, columns: int) -> None:
        """Let the rows be filtered, their heads above them."""
        self._sheet.autofilter(first - 1, 0, last, columns - 1)

    def at(self, row: int, column: int) -> str:
        """Return how formulas on other sheets name a cell."""
        return f"'{self.name}'!{xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True)}"

    def _write(self, column: int, cell: Cell, *, bold: bool) -> None:
        sheet, row, styles = self._sheet, self.row, self.styles
        if cell is None:
            return
        if isinstance(cell, Amount):
            places = digits(cell.currency)
            sheet.write_number(row, column, float(from_minor(*cell)), styles.number(places, bold=bold))
        elif isinstance(cell, Number):
            sheet.write_number(row, column, float(cell.value), styles.number(cell.places, bold=bold))
        elif isinstance(cell, Formula):
            sheet.write_formula(row, column, cell.text, styles.number(cell.places, bold=bold), cell.value)
        elif isinstance(cell, int):
            sheet.write_number(row, column, cell, styles.number(0, bold=bold))
        elif isinstance(cell, date):
            sheet.write_datetime(row, column, cell, styles.day(bold=bold))
        else:
            sheet.write_string(row, column, cell, styles.text(bold=bold))


def cell(row: int, column: int) -> str:
    """Return the name of a cell on the same sheet: B7."""
    return str(xl_rowcol_to_cell(row, column))


def span(first: int, last: int, column: int) -> str:
    """Return a part of a column on the same sheet: B7:B20."""
    return f"{cell(first, column)}:{cell(last, column)}"


def major(units: int, currency: str) -> float:
    """Return minor units as the number that a cell holds."""
    return float(from_minor(units, currency))
