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


def _refuse_doctype(*_: object) -> None:
    raise StrangeXml("a document type")


def _number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number
