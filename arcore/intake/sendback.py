"""Refused lines as files to mend and send again: as they came, in their own format, with the reason at the end."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from pathlib import PurePath
from typing import NamedTuple

import xlsxwriter

from arcore.intake.changes import Plan
from arcore.intake.files import Opened
from arcore.intake.files import open_file
from arcore.intake.layout import REASON
from arcore.intake.queries import FORMULA
from arcore.intake.understood import RefusedRow
from arcore.intake.understood import Understood
from arcore.intake.workbook import Cell

_AMOUNT = re.compile(r"[-+][\s\d.,'’()€$£]*\Z")
"""What begins like a formula and is none: −85,00 is an amount."""


class SentBack(NamedTuple):
    """A file to download."""

    name: str
    content: bytes
    mime: str


class _Table(NamedTuple):
    """The refused lines of one table, the header first where there is one."""

    sheet: str
    rows: list[list[Cell]]


def sent_back(plan: Plan) -> SentBack:
    """Return the refused lines of a plan as one file; of several files as an archive.

    A text file keeps its delimiter and encoding, any other becomes an .xlsx. Cells that a spreadsheet would take for
    formulas are made text. Raises ValueError when nothing was refused.
    """
    made = [_file(path, plan) for path in sorted({row.file for row in plan.refused} & plan.contents.keys())]
    if not made:
        msg = "no line was refused"
        raise ValueError(msg)
    if len(made) == 1:
        return made[0]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in made:
            packed.writestr(file.name, file.content)
    return SentBack("refused-lines.zip", out.getvalue(), "application/zip")


def _file(path: str, plan: Plan) -> SentBack:
    opened = open_file(path, plan.contents[path])
    tables = list(
        _tables(opened, [file.understood for file in plan.files if file.understood.path == path], plan.refused)
    )
    stem = PurePath(path.replace("\\", "/")).stem
    if opened.format == "csv":
        return SentBack(f"{stem}-refused.csv", _csv(opened, tables), "text/csv")
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return SentBack(f"{stem}-refused.xlsx", _xlsx(tables), kind)


def _tables(opened: Opened, understood: Sequence[Understood], refused: Sequence[RefusedRow]) -> Iterator[_Table]:
    """Yield the tables of a file that have refused lines; a refusal belongs to the sheet that has its line."""
    for one in understood:
        sheet = next((sheet for sheet in opened.sheets if sheet.name == one.sheet), None)
        if sheet is None:
            continue
        reasons = _reasons(one, refused, alone=len(understood) == 1)
        rows = [
            [*row, REASON if line == one.header_row else "; ".join(reasons[line])]
            for row, line in zip(_even(sheet.rows), sheet.lines, strict=True)
            if line in reasons or line == one.header_row
        ]
        if reasons:
            yield _Table(one.sheet, rows)


def _reasons(one: Understood, refused: Sequence[RefusedRow], *, alone: bool) -> Mapping[int, list[str]]:
    mine = {(row.line, row.number) for row in one.refused} | {(row.line, row.number) for row in one.rows}
    found: dict[int, list[str]] = {}
    for row in refused:
        if row.file == one.path and (alone or (row.line, row.number) in mine):
            found.setdefault(row.line, []).append(row.reason)
    return found


def _even(rows: Sequence[Sequence[Cell]]) -> Iterator[list[Cell]]:
    """Yield rows of one width, so that the reason stands in a column of its own."""
    width = max(map(len, rows), default=0)
    yield from ([*row, *[""] * (width - len(row))] for row in rows)


def _csv(opened: Opened, tables: Sequence[_Table]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=opened.delimiter, lineterminator="\r\n")
    writer.writerows([_harmless(str(cell)) for cell in row] for table in tables for row in table.rows)
    return text.getvalue().encode(opened.encoding, "replace")


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) and not _AMOUNT.match(cell) else cell


def _xlsx(tables: Sequence[_Table]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for number, table in enumerate(tables, 1):
            sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", " ", table.sheet)[:31] or f"Refused {number}")
            for place, row in enumerate(table.rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, date):
                        sheet.write_datetime(place, column, cell, day)
                    elif isinstance(cell, bool | str):
                        sheet.write_string(place, column, str(cell))
                    else:
                        sheet.write_number(place, column, cell)
    return out.getvalue()
