"""Many rows into one table at once: each value is made what the driver wants by the column's own type, no more."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import suppress
from itertools import repeat
from typing import IO
from typing import Any

from sqlalchemy import Table
from sqlalchemy import insert
from sqlmodel import Session

from arcore.errors import Unavailable

AT_ONCE = 20_000
"""Rows handed to the driver together, so that a large import holds few of them twice."""


def insert_rows(
    session: Session,
    table: Table,
    names: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    same: Mapping[str, Any] | None = None,
    instead: Mapping[str, Mapping[Any, Any]] | None = None,
) -> None:
    """Insert rows through the session's transaction; the values of a row stand in the order of `names`.

    SQLAlchemy would look up every value of every row by name again; the statement and the types are its own all the
    same. `same` gives columns that are alike in every row, `instead` what is written in place of some values of a
    column. Columns that are not named get their default.
    """
    if not rows:
        return
    connection = session.connection()
    told = [*names, *(same or {})]
    statement = insert(table).values(dict.fromkeys(told)).compile(dialect=connection.dialect, column_keys=told)
    order = list(statement.positiontup or statement.params)
    written = {name: _Written.of(table, name, connection.dialect) for name in order}

    def column(name: str, found: Mapping[str, Sequence[Any]]) -> Iterable[Any]:
        if name not in found:
            default = getattr(table.c[name].default, "arg", None)
            return repeat(written[name].one((same or {}).get(name, default)))
        swaps = (instead or {}).get(name)
        values = [swaps.get(value, value) for value in found[name]] if swaps else found[name]
        return written[name].all(values)

    for start in range(0, len(rows), AT_ONCE):
        found = dict(zip(names, zip(*rows[start : start + AT_ONCE], strict=True), strict=True))
        values: list[Any] = list(zip(*(column(name, found) for name in order), strict=False))
        if not statement.positiontup:
            values = [dict(zip(order, row, strict=True)) for row in values]
        connection.exec_driver_sql(str(statement), values)


class _Written(dict[Any, Any]):
    """What a column's values are for the driver, each worked out once: there are few days in a million rows."""

    def __init__(self, made: Callable[[Any], Any] | None) -> None:
        super().__init__()
        self._made = made

    @classmethod
    def of(cls, table: Table, name: str, dialect: Any) -> _Written:
        """Return how the column of a table is written."""
        return cls(table.c[name].type.dialect_impl(dialect).bind_processor(dialect))

    def __missing__(self, value: Any) -> Any:
        self[value] = written = value if self._made is None else self._made(value)
        return written

    def one(self, value: Any) -> Any:
        """Return one value as the driver wants it."""
        return value if self._made is None else self[value]

    def all(self, values: Sequence[Any]) -> Iterable[Any]:
        """Return values as the driver wants them."""
        return values if self._made is None else map(self.__getitem__, values)


class Shelf:
    """Rows laid aside in a file that has no name: for a transaction to come, without taking memory till then."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._file: IO[bytes] | None = None

    def put(self, *tables: Iterable[Sequence[Any]]) -> None:
        """Lay rows of some tables aside. Raises Unavailable when the disk has no room; nothing stays then."""
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(prefix="arcore-rows-")  # noqa: SIM115  closed by who laid aside
            rows = tuple(list(map(tuple, each)) for each in tables)
            pickle.dump(rows, self._file, protocol=pickle.HIGHEST_PROTOCOL)
            self._file.flush()
        except OSError as error:
            self.close()
            msg = f"Nothing was written: rows could not be laid aside in {tempfile.gettempdir()} ({error.strerror})"
            raise Unavailable(msg) from error

    def taken(self) -> Iterator[tuple[Any, ...]]:
        """Take everything off the shelf, in the order in which it came."""
        if self._file is not None:
            end = self._file.tell()
            self._file.seek(0)
            while self._file.tell() < end:
                yield pickle.load(self._file)  # noqa: S301  written above; nobody else can reach the file

    def close(self) -> None:
        """Let the file go."""
        if self._file is not None:
            with suppress(OSError):  # what could not be written is not wanted any more
                self._file.close()
