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
from arcore.intake.delimited import read_delimited
from arcore.intake.encoding import decode
from arcore.intake.workbook import Cell
from arcore.intake.workbook import read_workbook

LARGEST_FILE = 256 * 1024 * 1024
LARGEST_UNPACKED = 1024 * 1024 * 1024

_MAGIC = (
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF89a", "a picture (GIF)"),
    (b"%PDF", "a PDF document"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file; save it as .xlsx or CSV"),
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
        format: "csv", "xlsx", or a bank or remittance format ("mt940", "camt", "ofx", "qif", "bai2", "edi").
        sheets: its tables, none for bank and remittance formats.
        content: the bytes, unpacked if it came gzipped.
    """

    path: str
    format: str
    sheets: list[Sheet] = field(default_factory=list)
    encoding: str = ""
    delimiter: str = ""
    content: bytes = field(default=b"", repr=False)


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
    if data.startswith(b"PK"):
        sheets = [
            Sheet(sheet.rows, list(range(1, len(sheet.rows) + 1)), sheet.name) for sheet in read_workbook(name, data)
        ]
        return Opened(path, "xlsx", sheets)
    for magic, words in _MAGIC:
        if data.startswith(magic):
            raise BadInput(f"{name} is {words}; arcore reads CSV and XLSX files.", file=name)
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
        return Opened(path, "edi", encoding=encoding)
    if _MARKUP.match(text[:1000]):
        raise BadInput(f"{name} is an XML or HTML document; arcore reads CSV and XLSX files.", file=name)
    rows, lines, delimiter = read_delimited(name, text)
    return Opened(path, "csv", [Sheet(rows, lines)], encoding, delimiter, data)


def _unpack(name: str, data: bytes) -> bytes:
    try:
        with gzip.open(io.BytesIO(data)) as packed:
            plain = packed.read(LARGEST_UNPACKED + 1)
    except (OSError, EOFError, zlib.error) as err:
        raise BadInput(f"{name} is not a complete gzip file.", file=name) from err
    if len(plain) > LARGEST_UNPACKED:
        raise BadInput(f"{name} would unpack to more than {LARGEST_UNPACKED // 2**20} MB.", file=name)
    return plain
