"""How far the cells of a sheet reach, told from its XML before any reader lays the sheet out.

Two cells a million rows apart are a small file and a huge table; the compiled reader would ask for all of it at once.
"""

from __future__ import annotations

import re
from typing import IO
from typing import NamedTuple
from xml.parsers import expat

MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
MOST_CELLS = 20_000_000
_CHUNK = 1024 * 1024
_DECLARED = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)")
_PLACED = re.compile(rb'<c r="([A-Z]{1,3}[0-9]{1,7})"')
_PREFIXED = re.compile(rb":(?:c[\s/>]|v[\s/>]|is|si|row|table)")
"""Comments and raw text may hide tags or look like them, prefixes give them other names."""
_ENDS = (b" ", b">", b"/", b"\n", b"\r", b"\t")
_DIGITS = b"0123456789"
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})\Z")


class Extent(NamedTuple):
    """The last row and column that hold something, how many cells do, and the longest text of a shared string."""

    rows: int
    columns: int
    cells: int
    longest: int


class StrangeXml(ValueError):
    """The XML is not what a spreadsheet writes."""


class _Counter:
    """Follows rows and cells as the reader would: by their reference, else one after the other."""

    def __init__(self) -> None:
        self.row = self.column = 0
        self.rows = self.columns = self.cells = 0
        self.text = self.longest = 0
        self.in_string = False
        self.times = 1

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local.startswith("table"):
            self._table(local, attributes)
        elif local == "row":
            self.row = int(attributes["r"]) if "r" in attributes else self.row + 1
            self.column = 0
        elif local == "c":
            self._cell(attributes.get("r"))
        elif local in {"v", "is"}:
            self.cells += 1
            self.rows, self.columns = max(self.rows, self.row), max(self.columns, self.column)
        elif local == "si":
            self.in_string, self.text = True, 0
        if self.row > MOST_ROWS or self.row < 0 or self.times < 0 or self.column > MOST_COLUMNS:
            raise StrangeXml("a cell beyond the last row or column")

    def _cell(self, reference: str | None) -> None:
        if reference is None:
            self.row, self.column = max(self.row, 1), self.column + 1
            return
        found = _REFERENCE.match(reference)
        if not found:
            raise StrangeXml("a cell without a place")
        self.row, self.column = int(found[2]), _number(found[1])

    def _table(self, local: str, attributes: dict[str, str]) -> None:
        """Follow OpenDocument, where a row or cell is told once with how often it is repeated."""
        told = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        if local == "table":
            self.row = self.column = 0
        elif local == "table-row":
            self.times = int(told.get("number-rows-repeated", "1"))
            self.row, self.column = self.row + self.times, 0
        elif local in {"table-cell", "covered-table-cell"}:
            across = int(told.get("number-columns-repeated", "1"))
            self.in_string, self.text = True, 0
            self.column += across
            if "value-type" in told:
                self.cells += across * self.times
                self.rows, self.columns = max(self.rows, self.row), max(self.columns, self.column)

    def end(self, name: str) -> None:
        if name.rpartition(":")[2] in {"si", "table-cell"}:
            self.in_string = False

    def characters(self, text: str) -> None:
        if self.in_string:
            self.text += len(text)
            self.longest = max(self.longest, self.text)


def measure(stream: IO[bytes]) -> Extent:
    """Read one XML part to its end and return how far its cells reach.

    A document type, and so any entity, is refused. Raises ValueError or ExpatError when the part is odd.
    """
    counter = _Counter()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = counter.start
    parser.EndElementHandler = counter.end
    parser.CharacterDataHandler = counter.characters
    parser.StartDoctypeDeclHandler = _refuse_doctype
    while chunk := stream.read(_CHUNK):
        parser.Parse(chunk, False)
    parser.Parse(b"", True)
    return Extent(counter.rows, counter.columns, counter.cells, counter.longest)


def glance(stream: IO[bytes]) -> Extent | None:
    """Return at least how far the cells of a part reach, without following every tag; None when only `measure` can say.

    The part is held to the same rules: it is read to its end, has to be well-formed, and no document type is taken.
    It counts what programs write: cells that name their place first. Whatever is told in another way is not guessed.
    """
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_doctype
    seen, rest = _Glance(), b""
    while chunk := stream.read(_CHUNK):
        parser.Parse(chunk, False)
        chunk = rest + chunk
        cut = chunk.rfind(b"<")
        rest = chunk[cut:]
        if not seen.take(chunk[:cut]) or len(rest) > _CHUNK:
            return None
    parser.Parse(b"", True)
    return seen.extent() if seen.take(rest) else None


class _Glance:
    """Counts what stands in the bytes of a part, cut before tags."""

    def __init__(self) -> None:
        self.rows = self.columns = self.cells = 0
        self.text = self.longest = 0
        self.strings = False
        self.begun = False

    def take(self, part: bytes) -> bool:
        """Count one piece; False when it holds something that is not what it seems."""
        if not self.begun and part:
            self.begun = True
            head = _DECLARED.match(part)
            if b"\0" in part or (head and head[1].lower() not in {b"utf-8", b"us-ascii"}):
                return False
        places = _PLACED.findall(part)
        hidden = b"<!" in part or (b":" in part and _PREFIXED.search(part))
        all_named = len(places) == part.count(b"<c")
        if hidden or not (all_named or len(places) == sum(part.count(b"<c" + end) for end in _ENDS)):
            return False
        self.cells += len(places)
        columns = {place.rstrip(_DIGITS) for place in places}
        rows = {place.lstrip(_LETTERS) for place in places}
        self.columns = max(self.columns, *(_number(letters.decode()) for letters in columns), 0)
        self.rows = max(self.rows, *map(int, rows), 0)
        self._strings(part)
        return self.rows <= MOST_ROWS and self.columns <= MOST_COLUMNS

    def _strings(self, part: bytes) -> None:
        """Follow how much stands between the ends of two shared strings, which no text of one is longer than."""
        self.strings = self.strings or b"<si" in part
        first, *others = part.split(b"</si>")
        self.longest = max(self.longest, self.text + len(first), *map(len, others), 0)
        self.text = len(others[-1]) if others else self.text + len(first)

    def extent(self) -> Extent:
        """Return what was counted; every cell counts, also one that holds nothing."""
        return Extent(self.rows, self.columns, self.cells, self.longest if self.strings else 0)


def _refuse_doctype(*_: object) -> None:
    raise StrangeXml("a document type")


def _number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number
