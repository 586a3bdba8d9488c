"""Throw away everything a store holds, and put something else in its place. Only for stores that are not books.

The sample company is built again this way. Whoever has the store open sees the one state or the other.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy import Engine
from sqlalchemy import select

from arcore.store.books import APPEND_ONLY
from arcore.store.books import LedgerHead
from arcore.store.engine import BROKEN
from arcore.store.engine import is_sqlite
from arcore.store.engine import unavailable
from arcore.store.tables import metadata


def empty(engine: Engine, *, seen: int) -> bool:
    """Delete every row of a store whose last audit sequence is still `seen`; return whether it was.

    The store gets a new random id. Raises Unavailable when it can't be written.
    """
    return _replace(engine, None, seen)


def fill(engine: Engine, source: Path, *, seen: int) -> bool:
    """Replace every row of a SQLite store by those of the SQLite file `source`, made by this program, in one step.

    Nothing happens, and False is returned, when the store's last audit sequence is no longer `seen`.
    """
    return _replace(engine, source, seen)


def _replace(engine: Engine, source: Path | None, seen: int) -> bool:
    try:
        with engine.execution_options(write=True).connect() as connection:
            if source is not None:
                # Not allowed inside a transaction, so past SQLAlchemy, which would begin one.
                _cursor(connection, "ATTACH DATABASE ? AS built", (str(source),))
            try:
                with connection.begin():
                    head = connection.execute(select(LedgerHead.audit_seq).with_for_update()).scalar_one()  # type: ignore[call-overload]
                    if head != seen:
                        return False
                    (_empty_sqlite if is_sqlite(engine) else _empty_postgres)(connection)
                    if source is None:
                        _new_head(connection)
                    else:
                        _copy(connection)
            finally:
                if source is not None:
                    _cursor(connection, "DETACH DATABASE built")
    except BROKEN as error:
        raise unavailable(error) from error
    return True


def _cursor(connection: Connection, statement: str, values: tuple[str, ...] = ()) -> None:
    cursor = connection.connection.cursor()
    cursor.execute(statement, values)
    cursor.close()


def _empty_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
    query = "SELECT name, sql FROM main.sqlite_master WHERE type = 'trigger'"
    triggers = connection.exec_driver_sql(query).all()
    for name, _ in triggers:
        connection.exec_driver_sql(f'DROP TRIGGER main."{name}"')
    for table in reversed(metadata.sorted_tables):
        connection.exec_driver_sql(f'DELETE FROM main."{table.name}"')  # noqa: S608  our own names
    for _, statement in triggers:
        connection.exec_driver_sql(statement)


def _empty_postgres(connection: Connection) -> None:
    for table in APPEND_ONLY:
        connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
    connection.exec_driver_sql(f"TRUNCATE {names} RESTART IDENTITY")
    for table in APPEND_ONLY:
        connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _copy(connection: Connection) -> None:
    for table in metadata.sorted_tables:
        columns = ", ".join(f'"{column.name}"' for column in table.columns)
        connection.exec_driver_sql(
            f'INSERT INTO main."{table.name}" ({columns}) SELECT {columns} FROM built."{table.name}"'  # noqa: S608  our own names
        )


def _new_head(connection: Connection) -> None:
    head = LedgerHead.__table__  # type: ignore[attr-defined]
    connection.execute(head.insert().values(id=1, store_id=secrets.token_hex(8)))
