"""What a profile changes in the rows of a sheet before they are laid out: rows left out, due dates reckoned."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from datetime import timedelta
from typing import NamedTuple

from arcore.intake.cells import text_of
from arcore.intake.dates import read_date
from arcore.intake.files import Sheet
from arcore.intake.numbers import read_amount
from arcore.intake.profiles_read import Rules
from arcore.intake.synonyms import squash
from arcore.intake.workbook import Cell

DUE = "Net due date"
"""The header of a due date that was reckoned."""
MOST_DAYS = 3650


class Prepared(NamedTuple):
    """The sheet as it is read further, and how many rows its profile left out."""

    sheet: Sheet
    dropped: int


def prepare(sheet: Sheet, place: int, rules: Rules) -> Prepared:
    """Apply the rules of a profile to the rows below the header at `place`."""
    if not rules.leave_out and not rules.due_after:
        return Prepared(sheet, 0)
    names = {squash(text_of(cell)): position for position, cell in enumerate(sheet.rows[place])}
    kept = [n for n, row in enumerate(sheet.rows) if n <= place or not _is_out(row, names, rules.leave_out)]
    rows = [sheet.rows[n] for n in kept]
    if rules.due_after in names and squash(DUE) not in names:
        rows = _with_due(rows, place, names, rules)
    lines = [sheet.lines[n] for n in kept]
    return Prepared(Sheet(rows, lines, sheet.name), len(sheet.rows) - len(kept))


def _is_out(row: Sequence[Cell], names: Mapping[str, int], leave_out: Mapping[str, frozenset[str]]) -> bool:
    return any(
        head in names and names[head] < len(row) and squash(text_of(row[names[head]])) in words
        for head, words in leave_out.items()
    )


def _with_due(
    rows: Sequence[Sequence[Cell]], place: int, names: Mapping[str, int], rules: Rules
) -> list[Sequence[Cell]]:
    """Add a column with the due date: the first of the columns of days that says any, behind the day it counts from."""
    width = len(rows[place])
    days = [names[name] for name in rules.due_days if name in names]
    found: list[Sequence[Cell]] = [*rows[:place], [*rows[place], DUE]]
    for row in rows[place + 1 :]:
        begins = row[names[rules.due_after]] if names[rules.due_after] < len(row) else ""
        due = _due(begins, [row[position] for position in days if position < len(row)])
        found.append([*row, *[""] * (width - len(row)), due] if len(row) <= width else row)
    return found


def _due(begins: Cell, days: Sequence[Cell]) -> Cell:
    first = read_date(begins, day_first=True) if begins != "" else None
    if not isinstance(first, date):
        return begins
    counts = (amount.value for cell in days if (amount := read_amount(cell, ".")) is not None)
    later = next((int(count) for count in counts if 0 < count <= MOST_DAYS), 0)
    return (first + timedelta(days=later)).isoformat() if first.year < date.max.year - 10 else begins
