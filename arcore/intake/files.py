"""From a name and bytes to sheets: what kind of file it is, and a plain refusal of what is none of ours."""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field

from arcore.errors import BadInput
from arcore.intake.delimited import parts_rows
from arcore.intake.delimited import read_delimited
from arcore.intake.encoding import decode
from arcore.intake.fixed import read_fixed
from arcore.intake.markup import is_spreadsheet_xml
from arcore.intake.markup import read_html
from arcore.intake.markup import read_spreadsheet_xml
from arcore.intake.records import is_json
from arcore.intake.records import read_records
from arcore.intake.workbook import WORKBOOKS
from arcore.intake.workbook import Cell
from arcore.intake.workbook import read_workbook

LARGEST_FILE = 256 * 1024 * 1024
LARGEST_UNPACKED = 1024 * 1024 * 1024

READABLE = "arcore reads CSV and other lists in text, Excel, OpenDocument, JSON, tables of web pages, and ZIP of these"

_MAGIC = (
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF89a", "a picture (GIF)"),
    (b"%PDF", "a PDF document"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"SQLite format 3", "a database"),
    (b"{\\rtf", "a text document (RTF)"),
)
_BANK = (
    ("mt940", re.compile(r"\A[\s\S]{0,400}?^:(?:20|25|60[FM]|61):", re.MULTILINE)),
    ("camt", re.compile(r"\A\s*<[\s\S]{0,600}?(?:camt\.05\d|BkToCstmr)")),
    ("ofx", re.compile(r"\A[\s\S]{0,600}?(?:OFXHEADER|<OFX>)")),
    ("qif", re.compile(r"\A\s*!(?:Type|Account|Option)", re.IGNORECASE)),
    ("bai2", re.compile(r"\A01,[^,\n]*,[^,\n]*,\d{6},")),
)
_REMITTANCE = re.compile(r"\A\s*(?:ISA.\d\d.|UNA.{6}|UNB\+)")
_PAGE = re.compile(r"<(?:html|body|table)\b", re.IGNORECASE)
_MARKUP = re.compile(r"\A\s*<(?:\?xml|!doctype|html|[A-Za-z][\w:]*[ >/])", re.IGNORECASE)


@dataclass(frozen=True)
class Sheet:
    """One table of a file: rows of cells, and for each row the line or sheet row it stands on."""

    rows: Sequence[Sequence[Cell]]
    lines: Sequence[int]
    name: str = ""


@dataclass(frozen=True)
class Opened:
    """A file that could be opened.

    Attributes:
        path: its name as given.
        format: "csv", "fixed", "json", "html", "xml", "xlsx", "ods", "xls", or a bank or remittance format ("mt940",
            "camt", "ofx", "qif", "bai2", "edi").
        sheets: its tables, none for bank and remittance formats.
        content: the bytes, unpacked if it came gzipped.
        text: of remittance messages, which are taken apart later.
    """

    path: str
    format: str
    sheets: list[Sheet] = field(default_factory=list)
    encoding: str = ""
    delimiter: str = ""
    content: bytes = field(default=b"", repr=False)
    text: str = field(default="", repr=False)


def open_file(path: str, data: bytes) -> Opened:
    """Open a file by what is in it, not by its name. Raises BadInput with one sentence when it is none of ours."""
    name = path.replace("\\", "/").rsplit("/", 1)[-1]
    if len(data) > LARGEST_FILE:
        raise BadInput(
            f"{name} has {len(data) / 2**20:,.0f} MB; at most {LARGEST_FILE // 2**20} MB are read.", file=name
        )
    if data.startswith(b"\x1f\x8b"):
        data = _unpack(name, data)
    if not data.strip():
        raise BadInput(f"{name} is empty.", file=name)
    if data.startswith(WORKBOOKS):
        book = read_workbook(name, data)
        return Opened(path, book.format, [_numbered(sheet.name, sheet.rows) for sheet in book.sheets])
    for magic, words in _MAGIC:
        if data.startswith(magic):
            raise BadInput(f"{name} is {words}; {READABLE}.", file=name)
    return _open_text(path, name, data)


def _open_text(path: str, name: str, data: bytes) -> Opened:
    read = decode(data)
    if read is None:
        raise BadInput(f"{name} is neither text nor a workbook: it holds bytes that no CSV file has.", file=name)
    text, encoding = read
    for kind, pattern in _BANK:
        if pattern.match(text[:5000]):
            return Opened(path, kind, encoding=encoding)
    if _REMITTANCE.match(text[:200]):
        return Opened(path, "edi", encoding=encoding, text=text)
    if _MARKUP.match(text[:1000]):
        return _open_markup(path, name, text, encoding)
    if is_json(text):
        found = [Sheet(table.rows, table.lines, table.name) for table in read_records(name, text)]
        return Opened(path, "json", found, encoding)
    rows, lines, delimiter = read_delimited(name, text)
    if not parts_rows(text, rows, delimiter) and (fixed := read_fixed(text)):
        return Opened(path, "fixed", [Sheet(fixed.rows, fixed.lines)], encoding)
    return Opened(path, "csv", [Sheet(rows, lines)], encoding, delimiter, data)


def _open_markup(path: str, name: str, text: str, encoding: str) -> Opened:
    if is_spreadsheet_xml(text):
        tables, kind = read_spreadsheet_xml(name, text.encode()), "xml"
    elif _PAGE.search(text[:100_000]):
        tables, kind = read_html(name, text), "html"
    else:
        raise BadInput(f"{name} is an XML document of a kind that is not known; {READABLE}.", file=name)
    return Opened(path, kind, [Sheet(table.rows, table.lines, table.name) for table in tables], encoding)


def _numbered(name: str, rows: Sequence[Sequence[Cell]]) -> Sheet:
    return Sheet(rows, list(range(1, len(rows) + 1)), name)


def _unpack(name: str, data: bytes) -> bytes:
    try:
        with gzip.open(io.BytesIO(data)) as packed:
            plain = packed.read(LARGEST_UNPACKED + 1)
    except (OSError, EOFError, zlib.error) as err:
        raise BadInput(f"{name} is not a complete gzip file.", file=name) from err
    if len(plain) > LARGEST_UNPACKED:
        raise BadInput(f"{name} would unpack to more than {LARGEST_UNPACKED // 2**20} MB.", file=name)
    return plain
