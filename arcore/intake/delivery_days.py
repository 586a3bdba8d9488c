"""The column that says when something was delivered: read, and believed only as far as its content allows."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date

from arcore.intake.columns import is_no_day
from arcore.intake.dates import BadDate
from arcore.intake.dates import DateOrder
from arcore.intake.dates import read_date
from arcore.intake.layout import Table
from arcore.intake.workbook import Cell
from arcore.ledger.checks import FIRST_YEAR
from arcore.ledger.checks import LAST_YEAR

FIELD = "delivery_date"
FEWEST = 3
"""With fewer rows that tell both days nothing is said about the column."""
USUAL = 0.5
"""A column of delivery dates is at or before the document date at least so often."""


def delivery_days(
    table: Table, at: Mapping[str, int], order: DateOrder | None, issued: Sequence[date | BadDate | None]
) -> tuple[list[date | None], str]:
    """Return the day of each row and "", or none of them and a sentence why; an empty list where there is no column.

    A cell that is no day tells nothing, and refuses no row.
    """
    if FIELD not in at:
        return [], ""
    day_first = order is None or order.day_first is not False
    seen: dict[Cell, date | None] = {"": None}
    days = []
    for cell in table.column(at[FIELD]):
        if cell not in seen:
            seen[cell] = _day(cell, day_first=day_first)
        days.append(seen[cell])
    return believed(days, issued, table.header[at[FIELD]])


def believed(
    days: Sequence[date | None], issued: Sequence[date | BadDate | None], header: str
) -> tuple[list[date | None], str]:
    """Return delivery dates and "", or none of them and a sentence on why they can't be that.

    What is delivered is invoiced on that day or later, but for money asked in advance; a column that is mostly later
    tells something else, such as a day that is planned.
    """
    pairs = [(one, other) for one, other in zip(days, issued, strict=True) if one and isinstance(other, date)]
    before = sum(one <= other for one, other in pairs)
    if len(pairs) >= FEWEST and before < USUAL * len(pairs):
        why = (
            f"“{header}” is after the document date in {len(pairs) - before:,} of {len(pairs):,} rows, so it is not "
            "taken for the day of delivery."
        )
        return [], why
    return list(days), ""


def _day(cell: Cell, *, day_first: bool) -> date | None:
    found = None if is_no_day(cell) else read_date(cell, day_first=day_first)
    return found if isinstance(found, date) and FIRST_YEAR <= found.year <= LAST_YEAR else None
