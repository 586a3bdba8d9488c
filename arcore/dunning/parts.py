"""The pieces a letter is made of: paragraphs, tables and bank details, every cell already text."""

from __future__ import annotations

from typing import NamedTuple
from typing import TypeAlias

from arcore.dunning.sandbox import Words

COLUMNS = ("document", "dated", "due", "days_late", "invoiced", "open", "disputed", "asked")
"""The columns of a letter's table, named as in the words of a language; from the fourth on they stand right."""
LEFT = 3
"""How many of them stand left."""


class Row(NamedTuple):
    """One debt: a cell for each column, a quieter line under the first, and the four amounts in minor units."""

    cells: tuple[str, ...]
    note: str = ""
    units: tuple[int, ...] = ()


class Table(NamedTuple):
    """The debts of one currency: heads, rows, and the total as label, invoiced, open, in dispute, asked.

    `sums` are the four amounts of the total in minor units.
    """

    currency: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    total: tuple[str, ...]
    sums: tuple[int, ...] = ()


class Payment(NamedTuple):
    """Where to pay: a sentence, free lines, and labels with what to write."""

    heading: str
    lines: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]


Part: TypeAlias = Words | Table | Payment
