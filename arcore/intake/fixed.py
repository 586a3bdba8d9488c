"""Lists in columns of fixed width: a column begins and ends where every line has blanks."""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

SAMPLE_LINES = 400
LEAST_LINES = 3
MOST_WIDTH = 2_000
GAP = 2
"""So many blanks side by side part two columns; one may stand inside a name."""
_RULE = re.compile(r"[-=_+\s]+\Z")


class Fixed(NamedTuple):
    """The rows of a list and the line each stands on (1-based); cells are trimmed."""

    rows: list[list[str]]
    lines: list[int]


def read_fixed(text: str) -> Fixed | None:
    """Split a list by the blanks that run down through all of its long lines; None when nothing runs through."""
    lines = text.expandtabs(8).splitlines()
    body = [line.rstrip() for line in lines if line.strip() and not _RULE.match(line)]
    table = _body(body[:SAMPLE_LINES])
    if len(table) < LEAST_LINES or max(map(len, table)) > MOST_WIDTH:
        return None
    starts = _starts(table)
    if len(starts) < 2:
        return None
    rows, numbers = [], []
    for number, line in enumerate(lines, 1):
        if not line.strip() or _RULE.match(line):
            continue
        cells = _cut(line, starts)
        rows.append(cells if _fits(line, starts) else [line.strip()])
        numbers.append(number)
    return Fixed(rows, numbers)


def _body(lines: list[str]) -> list[str]:
    """Return the lines of the table: those with as many parted words as most have, or nearly."""
    counts = Counter(len(_words(line)) for line in lines)
    usual = max((count for count in counts if count > 1), key=lambda count: (counts[count], count), default=0)
    return [line for line in lines if usual and len(_words(line)) >= max(2, usual - 1)]


def _words(line: str) -> list[str]:
    return re.split(r"\s{2,}", line.strip())


def _starts(table: list[str]) -> list[int]:
    """Return where columns begin: behind each run of at least `GAP` places that are blank in every line."""
    width = max(map(len, table))
    blank = [all(place >= len(line) or line[place] == " " for line in table) for place in range(width)]
    starts, run = [], GAP
    for place, empty in enumerate(blank):
        if not empty and run >= GAP:
            starts.append(place)
        run = run + 1 if empty else 0
    return starts


def _cut(line: str, starts: list[int]) -> list[str]:
    ends = [*starts[1:], len(line) + 1]
    return [
        line[(0 if number == 0 else start) : end].strip()
        for number, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]


def _fits(line: str, starts: list[int]) -> bool:
    """Tell whether no word of a line runs across the beginning of a column, as a title's does."""
    return all(start >= len(line) or line[start - 1] == " " for start in starts[1:])
