"""One object for equal cells of a column: a large file names few customers, days and currencies, each many times."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from datetime import date
from operator import call
from typing import Any

LOOKED_AT = 20_000
"""After so many rows a column of which most cells differ is no longer searched for equal ones."""


class _Known(dict[Any, Any]):
    """The cells of a column by what they were; numbers are not kept, for 1, 1.0 and True would be one."""

    def __init__(self, clean: Callable[[Any], Any]) -> None:
        super().__init__()
        self.clean = clean

    def __missing__(self, cell: Any) -> Any:
        """Clean a cell that was not seen before, and keep it where it is text or a day."""
        made = self.clean(cell)
        if isinstance(cell, str | date):
            self[cell] = made
        return made


class Shared:
    """Cleans the cells of rows, the same cell of a column only once."""

    def __init__(self, clean: Callable[[Any], Any]) -> None:
        """Begin with nothing known; `clean` makes of a cell what is kept of it."""
        self._clean = clean
        self._known: list[_Known | None] = []
        self._takes: list[Callable[[Any], Any]] = []
        self._rows = 0

    def row(self, cells: Iterable[Any], width: int) -> list[Any]:
        """Return the cells of one row, cleaned."""
        if width > len(self._takes):
            new = [_Known(self._clean) for _ in range(width - len(self._takes))]
            self._known.extend(new)
            self._takes.extend(known.__getitem__ for known in new)
        self._rows += 1
        if self._rows == LOOKED_AT:
            self._give_up()
        return list(map(call, self._takes, cells))

    def _give_up(self) -> None:
        for position, known in enumerate(self._known):
            if known is not None and len(known) * 2 > LOOKED_AT:
                self._known[position] = None
                self._takes[position] = self._clean
