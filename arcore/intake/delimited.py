"""Delimited text: the delimiter that gives most rows of one width, rows with the line they begin on."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from arcore.errors import BadInput
from arcore.intake.sharing import Shared

DELIMITERS = (",", ";", "\t", "|")
MOST_ROWS = 1_000_000
MOST_COLUMNS = 2_000
_PARTING_COMMA = re.compile(r",(?!\d{3}(?!\d)|\s+\S)")
"""A comma that neither groups digits nor stands in a sentence."""
_SAMPLE = 256 * 1024
_SAMPLE_ROWS = 500
_LONGEST_RECORD = 200
"""A record over more lines than this has a quote that is never closed."""


class Lines(NamedTuple):
    """The rows of a delimited text, each with the line it begins on (1-based); cells are trimmed."""

    rows: list[list[str]]
    lines: list[int]
    delimiter: str


def read_delimited(name: str, text: str) -> Lines:
    """Split text into rows. Blank lines are kept as empty rows. Raises BadInput on broken quotes or too much."""
    delimiter = choose_delimiter(text)
    rows: list[list[str]] = []
    lines: list[int] = []
    reader = csv.reader(_lines(text), delimiter=delimiter)
    begins = 1
    shared = Shared(_unwrapped if '="' in text else str.strip)
    try:
        for row in reader:
            if reader.line_num - begins > _LONGEST_RECORD:
                raise BadInput(f"{name}: the quote opened on line {begins} is never closed.", file=name, line=begins)
            rows.append(shared.row(row, len(row)))
            lines.append(begins)
            begins = reader.line_num + 1
            if len(rows) > MOST_ROWS or len(row) > MOST_COLUMNS:
                raise BadInput(
                    f"{name} is too large: at most {MOST_ROWS:,} rows and {MOST_COLUMNS:,} columns are read.", file=name
                )
    except csv.Error as err:
        raise BadInput(f"{name}: line {begins} can't be split into columns ({err}).", file=name, line=begins) from err
    return Lines(rows, lines, delimiter)


def _lines(text: str) -> Iterator[str]:
    """Give the lines of a text, ends kept, a piece at a time: a stream over the whole would hold it four bytes wide."""
    start = 0
    while start < len(text):
        end = text.find("\n", start + _SAMPLE) + 1 or len(text)
        yield from io.StringIO(text[start:end], newline="")
        start = end


def _unwrapped(cell: str) -> str:
    """Trim a cell, and take the text out of the `="0234"` that keeps zeros in Excel."""
    cell = cell.strip()
    return cell[2:-1].strip() if cell.startswith('="') and cell.endswith('"') else cell


def choose_delimiter(text: str) -> str:
    """Return the delimiter that splits most rows of the beginning into one same width above 1; "," if none does."""
    sample = text[:_SAMPLE]
    if len(text) > _SAMPLE:
        sample = sample[: max(sample.rfind("\n"), sample.rfind("\r")) + 1] or sample
    best, best_score = ",", (0, 0)
    for delimiter in DELIMITERS:
        if delimiter not in sample:
            continue
        score = _score(sample, delimiter)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _score(sample: str, delimiter: str) -> tuple[int, int]:
    widths: Counter[int] = Counter()
    try:
        for row in islice(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter), _SAMPLE_ROWS):
            if len(row) > 1:
                widths[len(row)] += 1
    except csv.Error:
        return (0, 0)
    if not widths:
        return (0, 0)
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    return (count, width)


def parts_rows(text: str, rows: list[list[str]], delimiter: str) -> bool:
    """Tell whether a delimiter really parts the rows: most hold it, and it is more than the comma inside of amounts."""
    # Ruled lines are no rows: SAP draws them around every block.
    filled = [row for row in rows[:_SAMPLE_ROWS] if any(mark.isalnum() for cell in row for mark in cell)]
    if 2 * sum(1 for row in filled if len(row) > 1) < len(filled):
        return False
    return delimiter != "," or _PARTING_COMMA.search(text[:_SAMPLE]) is not None
