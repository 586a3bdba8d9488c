"""Where the table is in a sheet: title rows, header, data, and the rows that are no data, counted by reason."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from operator import itemgetter
from typing import NamedTuple

from arcore.intake import synonyms
from arcore.intake.columns import candidates_of
from arcore.intake.dates import is_date
from arcore.intake.files import Sheet
from arcore.intake.numbers import read_amount
from arcore.intake.workbook import Cell
from arcore.money import ZERO
from arcore.money import is_currency

REASON = "Refused because"
"""The column that refused lines come back with."""
SEARCHED = 60
"""The header is looked for in so many rows that hold something."""
SAMPLED = 400

_TOTAL = re.compile(
    r"^\W*(?:(?:grand|sub|running|report|net|page)[\s-]*)?totals?\b|^\W*summe?\b|^\W*zwischensumme|^\W*gesamt(?:summe|betrag)?\b"
    r"|^\W*sous[\s-]*total|^\W*somme\b|^\W*suma\b|^\W*totale\b|^\W*totaal\b|^\W*subtotaal\b|^\W*saldo\b|^\W*kontostand\b"
    r"|^\*+$|^\W*(?:opening|closing|ending|beginning) balance",
    re.IGNORECASE,
)
_WHOLE_TOTAL = re.compile(
    r"^\W*(?:(?:grand|report)\s+)?(?:totals?|summe|gesamtsumme|gesamt|total général|suma|totale|totaal)\W*$",
    re.IGNORECASE,
)


class TotalRow(NamedTuple):
    """A row of totals; `grand` when its label says no more than "Total" or nothing at all."""

    line: int
    cells: Sequence[Cell]
    grand: bool


@dataclass
class Table:
    """The data rows of a sheet and what was left out of it.

    Attributes:
        header: the names by position; empty when the sheet has no header.
        header_line: where it stands, 0 without one.
        titles: the texts above the header.
        rows: data rows, all as wide as the header; `lines` where each stands; `groups` what the group row
            above each calls the customer, "" if nothing.
        totals: the total rows.
        left_out: count by reason.
        overlong: line → how many values stand there, for rows with more values than the header has names.
        unnamed: lines with an amount but neither number nor date, which foot with nothing.
        read: all rows that hold something, without the header.
    """

    header: list[str]
    header_line: int = 0
    titles: list[str] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    totals: list[TotalRow] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    overlong: dict[int, int] = field(default_factory=dict)
    unnamed: list[int] = field(default_factory=list)
    read: int = 0

    def column(self, position: int | None) -> list[Cell]:
        """Return a column of the data rows; empty cells when there is no such column."""
        if position is None:
            return [""] * len(self.rows)
        return list(map(itemgetter(position), self.rows))


class Header(NamedTuple):
    """Where the header is: its place in the sheet's rows, −1 when there is none; how many fields it names."""

    place: int
    fields: int


def find_header(sheet: Sheet) -> Header:
    """Find the row that names most fields: at least two, and no dates or amounts in it. The first of equals wins."""
    best = Header(-1, 1)
    seen = 0
    for index, row in enumerate(sheet.rows):
        cells = [cell for cell in row if cell != ""]
        if not cells:
            continue
        seen += 1
        if seen > SEARCHED:
            break
        named = _named(cells)
        if named > best.fields:
            best = Header(index, named)
    return best


def _named(cells: Sequence[Cell]) -> int:
    """Count the distinct fields that a row names; 0 for a row of data."""
    if len(cells) < 2 or sum(1 for cell in cells if _is_datum(cell)) * 4 > len(cells):
        return 0
    fields: set[str] = set()
    exact = 0
    for cell in cells:
        if isinstance(cell, str) and len(cell) <= 200:
            places = synonyms.PLACES.get(synonyms.squash(synonyms.header_currency(cell)[0]))
            found = [place[0] for place in places] if places else [one.field for one in candidates_of(cell)[:1]]
            exact += bool(places)
            fields.update(found[:1])
    return len(fields) if exact >= 2 or len(fields) >= 4 else 0


def _is_datum(cell: Cell) -> bool:
    if not isinstance(cell, str):
        return True
    return "@" in cell or is_date(cell) or (cell[-1:].isdigit() and read_amount(cell, ".") is not None)


def fingerprint(header: Sequence[str]) -> str:
    """Return a short hash of a header, the same for the same names in the same order.

    The column that refused lines come back with does not count: what is known of the file holds for them too.
    """
    named = [synonyms.squash(name) for name in header if name != REASON]
    return hashlib.sha256("|".join(named).encode()).hexdigest()[:16]


def samples_of(sheet: Sheet, header_index: int, width: int) -> list[list[Cell]]:
    """Return for each column some of its cells that are not empty, from rows that look like data."""
    samples: list[list[Cell]] = [[] for _ in range(width)]
    taken = 0
    for row in sheet.rows[header_index + 1 :]:
        filled = [cell for cell in row if cell != ""]
        if len(filled) < 2 or is_total(filled[0]):
            continue
        for position, cell in enumerate(row[:width]):
            if cell != "":
                samples[position].append(cell)
        taken += 1
        if taken == SAMPLED:
            break
    return samples


def is_total(cell: Cell) -> bool:
    """Tell whether a cell begins a row of totals: "Total", "Summe", "Sous-total", "***"."""
    return isinstance(cell, str) and bool(_TOTAL.match(cell))


def lay_out(
    sheet: Sheet, header_index: int, header: list[str], at: Mapping[str, int], mark: str, *, documents: bool
) -> Table:
    """Sort the rows of a sheet into data and what is left out.

    `documents`: the table lists documents, so a row needs a number or a date; else (customers, balances) a name.
    """
    table = Table(header, sheet.lines[header_index] if header_index >= 0 else 0)
    for row in sheet.rows[: max(header_index, 0)]:
        table.left_out["title"] += 1
        table.titles.extend(str(cell) for cell in row if cell != "")
    sorter = _Sorter(table, at, mark, documents=documents)
    for row, line in zip(sheet.rows[header_index + 1 :], sheet.lines[header_index + 1 :], strict=True):
        sorter.take(row, line)
    sorter.finish()
    table.read = len(table.rows) + sum(table.left_out.values()) + len(table.overlong) + len(table.unnamed)
    return table


class _Sorter:
    """Takes the rows below the header one by one."""

    def __init__(self, table: Table, at: Mapping[str, int], mark: str, *, documents: bool) -> None:
        self.table = table
        self.mark = mark
        self.width = len(table.header)
        self.documents = documents
        self.numbers = [at[name] for name in ("invoice_no", "system_id", "payment_no") if name in at]
        self.dates = [at[name] for name in ("issue_date", "due_date", "paid_date") if name in at]
        self.money = [
            at[name]
            for name in ("amount", "open_amount", "line_amount", "debit", "credit", "unit_price", "paid_amount")
            if name in at
        ]
        self.names = [at[name] for name in ("customer_name", "customer_code", "email") if name in at]
        self.header_text = [name.casefold() for name in table.header]
        # Most rows of documents have the first number and the first date; that is enough.
        self.sure = (self.numbers[0], self.dates[0]) if documents and self.numbers and self.dates else None
        self.group = ""
        self.block_start = 0
        self.lone: list[str] = []
        self.second_line = table.header_line + 1
        self.named_in = at.get("customer_name", at.get("customer_code"))

    def take(self, row: Sequence[Cell], line: int) -> None:
        """Sort one row."""
        width = self.width
        if len(row) > width:
            extra = sum(1 for cell in row[width:] if cell != "")
            if extra and self._is_data(row[:width]):
                self.table.overlong[line] = width + extra
                return
            row = row[:width]
        elif len(row) < width:
            row = [*row, *[""] * (width - len(row))]
        if self._is_data(row):
            self._data(row, line)
        else:
            self._other(row, line)

    def _is_data(self, row: Sequence[Cell]) -> bool:
        if self.sure and row[self.sure[0]] != "" and row[self.sure[1]] != "":
            return str(row[self.sure[0]]).casefold() != self.header_text[self.sure[0]]
        if not self.documents:
            return any(row[position] != "" for position in self.names) and not _WHOLE_TOTAL.match(_label(row))
        number = any(row[position] != "" for position in self.numbers)
        dated = any(row[position] != "" for position in self.dates)
        if number and dated:
            return (
                row[self.numbers[0]] == "" or str(row[self.numbers[0]]).casefold() != self.header_text[self.numbers[0]]
            )
        return (number or dated) and not is_total(_label(row)) and self._filled(row) > 1

    def _data(self, row: Sequence[Cell], line: int) -> None:
        if self.lone:
            self._flush_lone()
        self.table.rows.append(row if isinstance(row, list) else list(row))
        self.table.lines.append(line)
        self.table.groups.append(self.group)

    def _other(self, row: Sequence[Cell], line: int) -> None:
        filled = [cell for cell in row if cell != ""]
        if not filled:
            return
        texts = [cell for cell in filled if isinstance(cell, str)]
        if [str(cell).casefold() for cell in row] == self.header_text:
            self.table.left_out["header"] += 1
        elif not any(mark.isalnum() or mark == "*" for cell in filled for mark in str(cell)):
            self.table.left_out["rule"] += 1
        elif len(filled) == 1 and texts and not is_total(texts[0]) and read_amount(texts[0], self.mark) is None:
            self.lone.append(texts[0] if self._may_name(row) else "")
        elif line == self.second_line and not any(mark.isdigit() for cell in filled for mark in str(cell)):
            self.table.left_out["header"] += 1
        elif is_total(filled[0]) or not self.documents or self._foots(row):
            self._flush_lone()
            self._total(row, line)
        elif any(row[position] != "" for position in self.money):
            self.table.unnamed.append(line)
        else:
            self.table.left_out["group"] += 1
            self.group = str(filled[0]) if self._may_name(row) else ""

    def _total(self, row: Sequence[Cell], line: int) -> None:
        if not self.documents and not _WHOLE_TOTAL.match(_label(row)):
            self.table.unnamed.append(line)
            return
        self.table.left_out["total"] += 1
        label = _label(row)
        grand = bool(_WHOLE_TOTAL.match(label)) or (read_amount(label, self.mark) is not None)
        self.table.totals.append(TotalRow(line, row, grand))
        self.block_start = len(self.table.rows)
        self.group = ""

    def _foots(self, row: Sequence[Cell]) -> bool:
        """Tell a subtotal without a label: nobody is named, or an amount equals the rows above it."""
        named = any(row[position] != "" for position in self.names)
        if not named:
            return all(self._is_sum(cell) for cell in row if cell != "")
        for position in self.money:
            stated = read_amount(row[position], self.mark)
            if stated is None:
                continue
            for start in (self.block_start, 0):
                above = (read_amount(one[position], self.mark) for one in self.table.rows[start:])
                if self.table.rows[start:] and stated.value == sum((one.value for one in above if one), ZERO):
                    return True
        return False

    def _may_name(self, row: Sequence[Cell]) -> bool:
        """Tell whether a lone label may name the customer of the rows below: no column does, or it is in that one."""
        return self.named_in is None or row[self.named_in] != ""

    def _is_sum(self, cell: Cell) -> bool:
        return read_amount(cell, self.mark) is not None or (isinstance(cell, str) and is_currency(cell))

    def _filled(self, row: Sequence[Cell]) -> int:
        return sum(1 for cell in row if cell != "")

    def _flush_lone(self) -> None:
        """Count the lone texts seen since the last data row: labels of what follows."""
        if self.lone:
            self.table.left_out["group"] += len(self.lone)
            self.group = self.lone[-1]
            self.lone = []

    def finish(self) -> None:
        """Count the lone texts behind the last row as footers."""
        if self.lone:
            self.table.left_out["footer"] += len(self.lone)


def _label(row: Sequence[Cell]) -> str:
    for cell in row:
        if cell != "":
            return str(cell)
    return ""


_BUCKET = re.compile(
    r"^\W*(?:(?:not|nicht)\b.*(?:due|fällig)|current|0*\d{1,3}\s*(?:-|–|to|bis|à|a)\s*0*\d{1,3}\b.*|[<>]=?\s*0*\d{1,3}\b.*"
    r"|0*\d{2,3}\s*(?:\+|days|and over|or more|plus|above).*|over\s*\d+.*|older|non échu)\W*$",
    re.IGNORECASE,
)


def bucket_columns(header: Sequence[str]) -> int:
    """Count headers that are aging buckets: "1-30", "31 to 60", "<= 030 days", "> 90", "91 and over", "Current"."""
    return sum(1 for name in header if _BUCKET.match(name))
