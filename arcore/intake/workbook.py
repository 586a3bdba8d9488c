"""Excel workbooks: measured before they are opened, read with typed cells, sheet by sheet."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from datetime import date
from typing import NamedTuple
from typing import TypeAlias

import python_calamine

from arcore.errors import BadInput

Cell: TypeAlias = str | int | float | bool | date
"""What a cell may hold; a date and time is a date too. Text files have only str."""

MOST_UNPACKED = 400 * 1024 * 1024
MOST_ENTRIES = 5_000
MOST_RATIO = 300
"""A workbook that unpacks to more than this many times its size is a trap; real ones stay below 60."""
MOST_CELLS = 20_000_000
MOST_TEXT = 1_000_000_000
_CHUNK = 4 * 1024 * 1024
_CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>/]*>')
_STRING = re.compile(rb"<(?:\w+:)?si>.*?</(?:\w+:)?si>", re.DOTALL)


class WorkbookSheet(NamedTuple):
    """One visible sheet; rows are as wide as the widest, empty cells are ""."""

    name: str
    rows: list[list[Cell]]


def read_workbook(name: str, data: bytes) -> list[WorkbookSheet]:
    """Read all visible sheets of an .xlsx. Raises BadInput when it is broken, too large or a bomb."""
    _measure(name, data)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        visible = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.visible == python_calamine.SheetVisibleEnum.Visible
            and sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
        ]
        return [WorkbookSheet(title, _rows(book, title)) for title in visible]
    except (KeyboardInterrupt, SystemExit, BadInput):
        raise
    except BaseException as err:  # the reader is compiled; a panic of it is no Exception
        raise _broken(name) from err


def _rows(book: python_calamine.CalamineWorkbook, title: str) -> list[list[Cell]]:
    rows = book.get_sheet_by_name(title).to_python(skip_empty_area=False)
    return [[_cell(cell) for cell in row] for row in rows]


def _cell(cell: object) -> Cell:
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, int | float | date):
        return cell
    return str(cell)


def _broken(name: str) -> BadInput:
    return BadInput(f"{name} is not a complete Excel workbook: it can't be opened.", file=name)


def _measure(name: str, data: bytes) -> None:
    """Refuse before anything is built: unpacked size from the directory, then as really unpacked, and cell extent."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            entries = packed.infolist()
            size = sum(entry.file_size for entry in entries)
            limit = min(MOST_UNPACKED, max(len(data) * MOST_RATIO, 8 * 1024 * 1024))
            if len(entries) > MOST_ENTRIES or size > limit:
                raise BadInput(
                    f"{name} would unpack to {size / 2**20:,.0f} MB; no ordinary workbook does, so it is not opened.",
                    file=name,
                )
            _kind(name, packed.namelist())
            longest = 0
            for entry in entries:
                if entry.filename.endswith("sharedStrings.xml"):
                    longest = max((len(text) for text in _STRING.findall(packed.read(entry))), default=0)
            for entry in entries:
                if "worksheets/" in entry.filename and entry.filename.endswith(".xml"):
                    _extent(name, packed, entry, longest)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as err:
        raise _broken(name) from err


def _kind(name: str, entries: list[str]) -> None:
    if "xl/workbook.xml" in entries:
        return
    if "xl/workbook.bin" in entries or "content.xml" in entries:
        raise BadInput(f"{name} is a spreadsheet of another format: save it as .xlsx or CSV.", file=name)
    if "word/document.xml" in entries or "ppt/presentation.xml" in entries:
        raise BadInput(f"{name} is an Office document, not a workbook.", file=name)
    if any(entry.startswith("xl/") for entry in entries):
        return
    raise BadInput(f"{name} is a ZIP archive: unpack it and give the files inside.", file=name)


def _extent(name: str, packed: zipfile.ZipFile, entry: zipfile.ZipInfo, longest: int) -> None:
    """Refuse a sheet whose cells span too wide an area: a reader would lay it out in full."""
    rows = columns = cells = 0
    tail = b""
    with packed.open(entry) as stream:
        while chunk := stream.read(_CHUNK):
            text = tail + chunk
            end = 0
            for found in _CELL.finditer(text):
                rows = max(rows, int(found[2]))
                columns = max(columns, _column(found[1]))
                cells += 1
                end = found.end()
            tail = text[max(end, len(text) - 512) :]
    if rows * columns > MOST_CELLS or cells * longest > MOST_TEXT:
        raise BadInput(
            f"{name} has a sheet of {rows:,} rows by {columns:,} columns, which is more than is read.", file=name
        )


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
