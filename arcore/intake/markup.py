"""Tables in markup: web pages and Excel's XML of 2003, both often named .xls by the program that wrote them.

Cells are kept as text; nothing in the markup is followed, run or fetched, and a document type with entities is refused.
"""

from __future__ import annotations

import re
from datetime import date
from datetime import datetime
from html.parser import HTMLParser
from typing import NamedTuple
from xml.parsers import expat

from arcore.errors import BadInput
from arcore.intake.workbook import Cell
from arcore.intake.workbook import check_sheets

MOST_CELLS = 5_000_000
MOST_COLUMNS = 2_000
MOST_REPEATED = 100_000
"""More cells than this come from no `colspan` or index of an honest file."""
_SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet"
_BLANKS = re.compile(r"\s+")


class MarkupTable(NamedTuple):
    """One table; `lines` say for each row where its markup begins, `rows` are not of one width."""

    name: str
    rows: list[list[Cell]]
    lines: list[int]


def is_spreadsheet_xml(text: str) -> bool:
    """Tell whether a text is a workbook in the XML of Excel 2003."""
    return _SPREADSHEET in text[:5000] and "Workbook" in text[:5000]


# --- web pages --------------------------------------------------------------------------------------------------------


def read_html(name: str, text: str) -> list[MarkupTable]:
    """Read all tables of a web page, an inner one apart from the outer. Raises BadInput when there is none."""
    reader = _Html(name)
    reader.feed(text)
    reader.close()
    tables = [table for table in reader.tables if any(table.rows)]
    if not tables:
        raise BadInput(f"{name} is a web page without a table.", file=name)
    return tables


class _Html(HTMLParser):
    """Collects cells; pages are often written without closing tags, so each begin ends what stood open before."""

    def __init__(self, name: str) -> None:
        super().__init__(convert_charrefs=True)
        self.name = name
        self.tables: list[MarkupTable] = []
        self._open: list[MarkupTable] = []
        self._words: list[str] | None = None
        self._span = 1
        self._cells = 0
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "style"}:
            self._silent += 1
        elif tag == "table":
            self._end_cell()
            self._open.append(MarkupTable("", [], []))
            self.tables.append(self._open[-1])
            check_sheets(self.name, len(self.tables))
        elif tag == "tr" and self._open:
            self._end_cell()
            self._open[-1].rows.append([])
            self._open[-1].lines.append(self.getpos()[0])
        elif tag in {"td", "th"} and self._open and self._open[-1].rows:
            self._end_cell()
            span = dict(attrs).get("colspan") or "1"
            self._words, self._span = [], int(span) if span.isdecimal() and len(span) < 5 else 1
        elif tag == "br" and self._words is not None:
            self._words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"}:
            self._silent = max(0, self._silent - 1)
        elif tag in {"td", "th", "tr"}:
            self._end_cell()
        elif tag == "table" and self._open:
            self._end_cell()
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._words is not None and not self._silent:
            self._words.append(data)

    def _end_cell(self) -> None:
        if self._words is None:
            return
        text, row = _BLANKS.sub(" ", "".join(self._words)).strip(), self._open[-1].rows[-1]
        row += [text, *[""] * (self._span - 1)]
        self._cells += self._span
        self._words, self._span = None, 1
        if self._cells > MOST_CELLS or len(row) > MOST_COLUMNS:
            raise _too_large(self.name)


# --- Excel's XML ------------------------------------------------------------------------------------------------------


def read_spreadsheet_xml(name: str, data: bytes) -> list[MarkupTable]:
    """Read the sheets of an Excel 2003 XML workbook. Raises BadInput when it is broken or too large."""
    parser = expat.ParserCreate(namespace_separator=" ")
    reader = _Spreadsheet(name, parser)
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    parser.EntityDeclHandler = reader.refuse_entity
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, OverflowError) as err:
        raise BadInput(f"{name} is not complete XML: {err}.", file=name) from err
    return reader.sheets


class _Spreadsheet:
    """Follows rows and cells by their index, else one after the other."""

    def __init__(self, name: str, parser: expat.XMLParserType) -> None:
        self.name = name
        self.sheets: list[MarkupTable] = []
        self._parser = parser
        self._words: list[str] | None = None
        self._type = ""
        self._repeated = self._cells = self._at = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        local = tag.rpartition(" ")[2]
        told = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        if local == "Worksheet":
            self.sheets.append(MarkupTable(told.get("Name", ""), [], []))
            check_sheets(self.name, len(self.sheets))
        elif not self.sheets:
            return
        elif local == "Row":
            rows = self.sheets[-1].rows
            self._skip(rows, _index(told, len(rows)), [])
            rows.append([])
            self.sheets[-1].lines.extend([self._parser.CurrentLineNumber] * (len(rows) - len(self.sheets[-1].lines)))
        elif local == "Cell" and self.sheets[-1].rows:
            row = self.sheets[-1].rows[-1]
            self._skip(row, _index(told, len(row)), "")
            across = told.get("MergeAcross", "0")
            row.append("")
            self._skip(row, len(row) + (int(across) if across.isdecimal() else 0), "")
            self._cells += 1
            if len(row) > MOST_COLUMNS or self._cells > MOST_CELLS:
                raise _too_large(self.name)
            self._at = len(row) - 1 - (int(across) if across.isdecimal() else 0)
        elif local == "Data":
            self._words, self._type = [], told.get("Type", "String")

    def end(self, tag: str) -> None:
        if tag.rpartition(" ")[2] != "Data" or self._words is None:
            return
        text, self_type = "".join(self._words).strip(), self._type
        self._words = None
        if self.sheets and self.sheets[-1].rows and self.sheets[-1].rows[-1]:
            self.sheets[-1].rows[-1][self._at] = _typed(text, self_type)

    def characters(self, text: str) -> None:
        if self._words is not None:
            self._words.append(text)

    def refuse_entity(self, *_: object) -> None:
        raise BadInput(f"{self.name} declares entities; no ordinary export does, so it is not read.", file=self.name)

    def _skip(self, filled: list[object] | list[Cell] | list[list[Cell]], to: int, empty: object) -> None:
        """Fill up to an index, which an odd file could set a million rows ahead."""
        self._repeated += max(0, to - len(filled))
        if self._repeated > MOST_REPEATED:
            raise _too_large(self.name)
        for _ in range(to - len(filled)):
            filled.append([] if empty == [] else empty)  # type: ignore[arg-type]


def _index(told: dict[str, str], following: int) -> int:
    """Return the place from 0 that an `Index` names, else the following one."""
    said = told.get("Index", "")
    return max(following, int(said) - 1) if said.isdecimal() and len(said) < 8 else following


def _typed(text: str, kind: str) -> Cell:
    """Return a cell as what it is: a number stays exact as text with a point, a moment is a day."""
    if kind == "DateTime":
        try:
            moment: date = datetime.fromisoformat(text)
        except ValueError:
            return text
        return moment
    if kind == "Number":
        try:
            return float(text) if "." in text or "e" in text.lower() else int(text)
        except ValueError:
            return text
    return text


def _too_large(name: str) -> BadInput:
    return BadInput(f"{name} has a table of more cells than are read.", file=name)
