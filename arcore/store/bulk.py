"""Many rows into one table at once: each value is made what the driver wants by the column's own type, no more."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from itertools import repeat
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import Table
from sqlalchemy import insert
from sqlmodel import Session

AT_ONCE = 20_000
"""Rows handed to the driver together, so that a large import holds few of them twice."""


def insert_rows(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all name the same columns, through the session's transaction.

    SQLAlchemy would look up every value of every row by name again; the statement and the types are its own all the
    same. Columns that the rows do not name get their default.
    """
    if not rows:
        return
    connection = session.connection()
    names = list(rows[0])
    statement = insert(table).values(dict.fromkeys(names)).compile(dialect=connection.dialect, column_keys=names)
    order = list(statement.positiontup or statement.params)
    for start in range(0, len(rows), AT_ONCE):
        part = rows[start : start + AT_ONCE]
        values: list[Any] = list(zip(*(_column(connection, table, part, name) for name in order), strict=False))
        if not statement.positiontup:
            values = [dict(zip(order, row, strict=True)) for row in values]
        connection.exec_driver_sql(str(statement), values)


def _column(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], name: str) -> Iterable[Any]:
    """Return the values of a column as the driver wants them; a default is repeated without end."""
    column = table.c[name]
    made = column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
    if name not in rows[0]:
        told = getattr(column.default, "arg", None)
        return repeat(told if made is None else made(told))
    found = map(itemgetter(name), rows)
    return list(found) if made is None else list(map(made, found))
