"""Workbooks of Excel and OpenDocument: measured before they are opened, read with typed cells, sheet by sheet."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from collections.abc import Sequence
from datetime import date
from typing import IO
from typing import NamedTuple
from typing import TypeAlias
from typing import TypeVar

import python_calamine

from arcore.errors import BadInput
from arcore.intake.extent import MOST_CELLS
from arcore.intake.extent import Extent
from arcore.intake.extent import glance
from arcore.intake.extent import measure
from arcore.intake.sharing import Shared

Cell: TypeAlias = str | int | float | bool | date
"""What a cell may hold; a date and time is a date too. Text files have only str."""

T = TypeVar("T")
WORKBOOKS = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
"""How their bytes begin: packed ones, and Excel 97 to 2003."""
MOST_UNPACKED = 400 * 1024 * 1024
MOST_ENTRIES = 5_000
MOST_RATIO = 300
"""A workbook that unpacks to more than this many times its size is a trap; real ones stay below 60."""
MOST_TEXT = 1_000_000_000
MOST_SHEETS = 1_000
"""Each sheet, or table of a web page, is understood by itself, which takes its time."""


class WorkbookSheet(NamedTuple):
    """One visible sheet; rows are as wide as the widest, empty cells are ""."""

    name: str
    rows: list[list[Cell]]


class Workbook(NamedTuple):
    """A workbook that was read; `format` is "xlsx", "ods" or "xls"."""

    format: str
    sheets: list[WorkbookSheet]


def read_workbook(name: str, data: bytes) -> Workbook:
    """Read all visible sheets. Raises BadInput when the file is broken, locked, too large or a bomb."""
    kind = _measure(name, data) if data.startswith(b"PK") else "xls"
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        visible = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.visible == python_calamine.SheetVisibleEnum.Visible
            and sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
        ]
        check_sheets(name, len(visible))
        return Workbook(kind, [WorkbookSheet(title, _rows(name, book, title)) for title in visible])
    except (KeyboardInterrupt, SystemExit, BadInput):
        raise
    except python_calamine.PasswordError as err:
        raise BadInput(f"{name} is locked by a password: save it without one.", file=name) from err
    except BaseException as err:  # the reader is compiled; a panic of it is no Exception
        raise _broken(name) from err


def _rows(name: str, book: python_calamine.CalamineWorkbook, title: str) -> list[list[Cell]]:
    sheet = book.get_sheet_by_name(title)
    if sheet.total_height * sheet.total_width > MOST_CELLS:
        raise _too_wide(name, sheet.total_height, sheet.total_width)
    if sheet.start is None:
        return []
    left, shared = [""] * sheet.start[1], Shared(_cell)
    return [shared.row(row if not left else [*left, *row], len(left) + len(row)) for row in sheet.iter_rows()]


def _cell(cell: object) -> Cell:
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, int | float | date):
        return cell
    return str(cell)


def check_sheets(name: str, count: int) -> None:
    """Raise BadInput for a file of more sheets or tables than are read."""
    if count > MOST_SHEETS:
        raise BadInput(f"{name} holds more than {MOST_SHEETS:,} tables, which is more than is read.", file=name)


def _broken(name: str) -> BadInput:
    return BadInput(f"{name} is not a complete workbook: it can't be opened.", file=name)


def _too_wide(name: str, rows: int, columns: int) -> BadInput:
    return BadInput(
        f"{name} has a sheet of {rows:,} rows by {columns:,} columns, which is more than is read.", file=name
    )


def _measure(name: str, data: bytes) -> str:
    """Say which format it is, or refuse before anything is built: unpacked size, as told and as real, and extent."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            _size(name, packed, len(data))
            kind = _kind(name, packed.namelist())
            _extent(name, packed)
            return kind
    except BadInput:
        raise
    except Exception as err:
        # A damaged archive fails in more ways than zipfile and expat name.
        raise _broken(name) from err


def _size(name: str, packed: zipfile.ZipFile, packed_size: int) -> None:
    entries = packed.infolist()
    size = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES or size > min(MOST_UNPACKED, max(packed_size * MOST_RATIO, 8 * 1024 * 1024)):
        raise BadInput(
            f"{name} would unpack to {size / 2**20:,.0f} MB; no ordinary workbook does, so it is not opened.", file=name
        )


def _kind(name: str, entries: list[str]) -> str:
    if any(entry.startswith("xl/") and entry.endswith(".xml") for entry in entries):
        return "xlsx"
    if "content.xml" in entries:
        return "ods"
    if "xl/workbook.bin" in entries:
        raise BadInput(f"{name} is a binary Excel workbook (.xlsb): save it as .xlsx or CSV.", file=name)
    if "word/document.xml" in entries or "ppt/presentation.xml" in entries:
        raise BadInput(f"{name} is an Office document, not a workbook.", file=name)
    raise BadInput(f"{name} is a ZIP archive: unpack it and give the files inside.", file=name)


def _extent(name: str, packed: zipfile.ZipFile) -> None:
    """Refuse a sheet whose cells span too wide an area: a reader would lay it out in full.

    What a glance takes for too wide is measured tag by tag: a million empty cells with a border are none.
    """
    parts = [entry for entry in packed.infolist() if _is_xml(packed, entry)]
    if _widest([_read_part(packed, entry, glance) or _read_part(packed, entry, measure) for entry in parts]):
        wide = _widest([_read_part(packed, entry, measure) for entry in parts])
        if wide:
            raise _too_wide(name, wide.rows, wide.columns)


def _is_xml(packed: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    """Tell whether a part may hold cells: a sheet may have any name."""
    with packed.open(entry) as stream:
        return stream.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def _read_part(packed: zipfile.ZipFile, entry: zipfile.ZipInfo, reader: Callable[[IO[bytes]], T]) -> T:
    with packed.open(entry) as stream:
        return reader(stream)


def _widest(parts: Sequence[Extent]) -> Extent | None:
    """Return the first part that is more than is read."""
    longest = max((part.longest for part in parts), default=0)
    too_wide = (part for part in parts if part.rows * part.columns > MOST_CELLS or part.cells * longest > MOST_TEXT)
    return next(too_wide, None)
