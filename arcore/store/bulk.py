"""Many rows into one table at once: each value is made what the driver wants by the column's own type, no more."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import suppress
from itertools import repeat
from typing import Any

from sqlalchemy import Column
from sqlalchemy import Connection
from sqlalchemy import Engine
from sqlalchemy import MetaData
from sqlalchemy import Table
from sqlalchemy import func
from sqlalchemy import insert
from sqlalchemy import literal
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from arcore.errors import Unavailable
from arcore.store.engine import BROKEN
from arcore.store.engine import is_sqlite
from arcore.store.engine import unavailable

AT_ONCE = 4_000
"""Rows handed to the driver together, so that a large import holds few of them twice."""
FEW = 2_000
"""Rows of one table that wait in memory; more wait in the database."""
ROOM = ("cache_size=-16000", "wal_autocheckpoint=0")
"""For who writes much to SQLite: pages of indexes stay in memory (16 MB); the log is carried over after the lock."""


def insert_rows(
    where: Session | Connection,
    table: Table,
    names: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    same: Mapping[str, Any] | None = None,
    instead: Mapping[str, Mapping[Any, Any]] | None = None,
) -> None:
    """Insert rows through an open transaction; the values of a row stand in the order of `names`.

    SQLAlchemy would look up every value of every row by name again; the statement and the types are its own all the
    same. `same` gives columns that are alike in every row, `instead` what is written in place of some values of a
    column. Columns that are not named get their default.
    """
    if not rows:
        return
    connection = where.connection() if isinstance(where, Session) else where
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
    """Rows laid aside for a transaction to come, each table's in the order in which the tables were first put.

    Many lie in temporary tables of one connection, in the form in which they will be kept, and the transaction has
    only to copy them: that takes half as long as handing over row after row. Nobody else sees them, and they are gone
    with the connection, even when the program is killed.
    """

    def __init__(self, engine: Engine) -> None:
        """Start with nothing."""
        self.engine = engine
        self.connection: Connection | None = None
        """Whose transaction has to insert; None while any may."""
        self._piles: dict[str, _Pile] = {}

    def put(
        self,
        table: Table,
        names: Sequence[str],
        rows: Sequence[Sequence[Any]],
        instead: Mapping[str, Mapping[Any, Any]] | None = None,
    ) -> None:
        """Lay rows of a table aside; `names` and `instead`, as for `insert_rows`, have to be the same each time.

        Raises Unavailable when there is no room.
        """
        if not rows:
            return
        pile = self._piles.setdefault(table.name, _Pile(table, tuple(names), instead or {}))
        pile.few += rows
        if len(pile.few) > FEW:
            self._lay(pile)

    def insert(self, session: Session, same: Mapping[str, Any]) -> None:
        """Insert everything in the transaction of `connection`; `same` gives columns alike in all rows of a table.

        Of `same` each table takes the columns that it has and whose values were not put.
        """
        for pile in self._piles.values():
            table = pile.table
            mine = {name: value for name, value in same.items() if name in table.c and name not in pile.names}
            if pile.laid is not None:
                values = [literal(value, table.c[name].type) for name, value in mine.items()]
                session.execute(insert(table).from_select([*pile.names, *mine], select(*pile.laid.c, *values)))
            insert_rows(session, table, pile.names, pile.few, same=mine, instead=pile.instead)

    def close(self) -> None:
        """Let everything go."""
        self._piles.clear()
        if self.connection is not None:
            self.connection.invalidate()  # given back to the pool, it would keep the room
            self.connection.close()
            self.connection = None
            _carry_log_over(self.engine)

    def _lay(self, pile: _Pile) -> None:
        try:
            connection = self._opened()
            if pile.laid is None:
                pile.laid = pile.lay(connection)
            insert_rows(connection, pile.laid, pile.names, pile.few, instead=pile.instead)
            connection.commit()
        except BROKEN as error:
            raise unavailable(error) from error
        pile.few = []

    def _opened(self) -> Connection:
        if self.connection is None:
            self.connection = self.engine.connect()
            if is_sqlite(self.engine):
                for pragma in ROOM:
                    self.connection.exec_driver_sql(f"PRAGMA {pragma}")
        return self.connection


class _Pile:
    """The rows of one table: few in memory, the first of many in a temporary table."""

    def __init__(self, table: Table, names: tuple[str, ...], instead: Mapping[str, Mapping[Any, Any]]) -> None:
        self.table = table
        self.names = names
        self.instead = instead
        self.few: list[Sequence[Any]] = []
        self.laid: Table | None = None

    def lay(self, connection: Connection) -> Table:
        """Make the temporary table: the columns that are put, as the table has them, nothing to check or to find."""
        columns = [Column(name, self.table.c[name].type) for name in self.names]
        laid = Table(f"laid_{self.table.name}", MetaData(), *columns, prefixes=["TEMPORARY"])
        laid.create(connection, checkfirst=False)
        return laid


def _carry_log_over(engine: Engine) -> None:
    """Let SQLite carry its log over into the file, as far as it can without stopping anybody."""
    if is_sqlite(engine):
        with suppress(DBAPIError, Unavailable), engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")


def next_ids(session: Session, table: Table, count: int) -> Sequence[int]:
    """Return the ids that new rows of a table get which numbers its rows itself; ask once for all of them.

    On SQLite they hold only as long as the books have not moved; PostgreSQL gives them to nobody else.
    """
    if session.get_bind().dialect.name == "sqlite":
        last = session.execute(select(func.max(table.c.id))).scalar_one() or 0
        return range(last + 1, last + 1 + count)
    taken = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)")
    return list(session.execute(taken, {"name": table.name, "count": count}).scalars())
