"""A column of cells read at once: what is regular by one look at the whole column, the rest cell by cell.

Both ways come to the same; the first is what lets a million rows be read while one waits.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from typing import NamedTuple
from typing import TypeAlias

from arcore.intake.columns import is_no_day
from arcore.intake.dates import BadDate
from arcore.intake.dates import DateOrder
from arcore.intake.dates import read_date
from arcore.intake.numbers import Amount
from arcore.intake.numbers import read_amount
from arcore.intake.workbook import Cell

Days: TypeAlias = Sequence[date | BadDate | None]

_FLOAT_ID = re.compile(r"\d+\.0+\Z")
_ODD = {
    ".": re.compile(r"^(?!(?:-?(?:\d{1,18}|\d{1,3}(?:,\d{3}){1,5})(?:\.\d{1,6})?)?$)", re.MULTILINE),
    ",": re.compile(r"^(?!(?:-?(?:\d{1,18}|\d{1,3}(?:\.\d{3}){1,5})(?:,\d{1,6})?)?$)", re.MULTILINE),
}
"""Finds a line that is neither empty nor what nearly all amounts look like."""
_ODD_FLOAT = re.compile(r"^(?!(?:-?\d{1,17}\.\d{1,6})?$)", re.MULTILINE)
_FEW = 0.75
"""Below this share of different amounts it pays to look for equal ones."""


class Amounts(NamedTuple):
    """A column of amounts: the values, and what more stood in the cell (currency, debit or credit) where it did."""

    values: Sequence[Decimal | None]
    more: Mapping[int, Amount]

    def at(self, index: int) -> Amount | None:
        """Return the whole amount of one row."""
        value = self.values[index]
        return None if value is None else self.more.get(index) or Amount(value)


class Made(dict[Any, Any]):
    """What was made of each cell, made when first asked for."""

    def __init__(self, make: Callable[[Any], Any]) -> None:
        """Begin with nothing made."""
        super().__init__()
        self.make = make

    def __missing__(self, cell: Any) -> Any:
        """Make it, and keep it."""
        made = self[cell] = self.make(cell)
        return made


def text_of(cell: Cell) -> str:
    """Write a cell as text; a whole number typed as float loses its ".0"."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def texts(cells: Sequence[Cell], *, ids: bool = False) -> list[str]:
    """Write a column as text. `ids`: where every cell is like "2960623488.0", that ".0" is no part of it."""
    found: list[str] = list(map(text_of, cells)) if set(map(type, cells)) - {str} else list(cells)  # type: ignore[arg-type]
    if ids and any(found) and all(_FLOAT_ID.match(one) for one in found if one):
        return [one.partition(".")[0] for one in found]
    return found


def days(cells: Sequence[Cell], order: DateOrder | None) -> Days:
    """Read a column of dates, each distinct cell once; None where there is none."""
    day_first = order is None or order.day_first is not False
    read = Made(lambda cell: None if cell == "" or is_no_day(cell) else read_date(cell, day_first=day_first))
    return list(map(read.__getitem__, cells))


def amounts(cells: Sequence[Cell], mark: str) -> Amounts:
    """Read a column of amounts; None where there is none or it can't be read."""
    plain = _plain(cells, mark)
    if plain is not None:
        return Amounts(plain, {})
    read = [None if cell == "" else read_amount(cell, mark) for cell in cells]
    more = {index: one for index, one in enumerate(read) if one and (one.currency or one.flag or one.sign_only)}
    return Amounts([one.value if one else None for one in read], more)


def _plain(cells: Sequence[Cell], mark: str) -> list[Decimal | None] | None:
    """Read a column in which every amount is regular; None when one is not."""
    kinds = set(map(type, cells))
    if kinds <= {str}:
        whole, odd = "\n".join(cells), _ODD[mark]  # type: ignore[arg-type]
    elif kinds == {float} or (kinds == {float, str} and all(cell == "" for cell in cells if isinstance(cell, str))):
        whole, odd = "\n".join(cell if isinstance(cell, str) else repr(cell) for cell in cells), _ODD_FLOAT
    else:
        return None
    if whole.count("\n") != len(cells) - 1 or odd.search(whole):
        return None
    if odd is not _ODD_FLOAT:
        whole = whole.replace(",", "") if mark == "." else whole.replace(".", "").replace(",", ".")
    parts = whole.split("\n")
    different = len(set(parts))
    if different < _FEW * len(parts) or not all(parts):
        made = Made(lambda part: Decimal(part) if part else None)
        return list(map(made.__getitem__, parts))
    return list(map(Decimal, parts))
