"""Engines: SQLite by default, PostgreSQL by URL; writers and readers begin differently."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import Engine
from sqlalchemy import create_engine
from sqlalchemy import event
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.exc import InternalError
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session

from arcore.errors import BadInput
from arcore.errors import Unavailable

BUSY_SECONDS = 30
"""How long a writer waits for another; longer than the longest import transaction."""

GONE = "The store's file is gone: put it back, or start arcore again to begin with an empty one"

BROKEN = (OperationalError, InternalError)
"""What the drivers raise when the store itself can't answer; PostgreSQL calls a read-only server an internal error."""


def is_sqlite(engine: Engine) -> bool:
    """Tell whether the store is a SQLite file."""
    return engine.dialect.name == "sqlite"


def open_engine(url: str) -> Engine:
    """Make the engine of a store; nothing is created or migrated.

    A SQLite file's folder is made when missing. Raises BadInput for an address that can't be read.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        msg = f"{url!r} is not a store address; write sqlite:///data/arcore.db or postgresql://user@host/name"
        raise BadInput(msg, store=url) from error
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername.startswith("sqlite"):
        return _sqlite(parsed.render_as_string(hide_password=False), parsed.database)
    if parsed.drivername != "postgresql+psycopg":
        msg = f"arcore keeps its books in SQLite or PostgreSQL, not in {parsed.drivername}"
        raise BadInput(msg, store=parsed.drivername)
    return create_engine(parsed, pool_size=5, max_overflow=20, pool_pre_ping=True)


def _sqlite(url: str, path: str | None) -> Engine:
    if not path or path == ":memory:":
        msg = "The store must be a file; an in-memory SQLite database can't be shared by two connections"
        raise BadInput(msg, store=url)
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(f"The folder of the store can't be made: {error}", store=path) from error
    engine = create_engine(url, pool_size=5, max_overflow=20, connect_args={"timeout": BUSY_SECONDS})

    _keep_to_the_file(engine, path)

    @event.listens_for(engine, "connect")
    def _connect(dbapi: sqlite3.Connection, _record: Any) -> None:
        # The driver begins nothing by itself: with its own BEGIN, updates of two writers get lost.
        dbapi.isolation_level = None
        try:
            dbapi.execute("PRAGMA schema_version")
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            raise Unavailable("The file is not a store of arcore", store=path, cause=str(error)) from error
        for pragma in (
            "foreign_keys=ON",
            f"busy_timeout={BUSY_SECONDS * 1000}",
            "synchronous=FULL",
            # Without it INSERT OR REPLACE deletes rows behind the append-only triggers.
            "recursive_triggers=ON",
        ):
            dbapi.execute(f"PRAGMA {pragma}")
        try:
            dbapi.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            # A read-only file can still be read; the first write says what is wrong.
            return

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN DEFERRED")

    return engine


def _keep_to_the_file(engine: Engine, path: str) -> None:
    """Refuse to go on with a file that was deleted, and open anew one that was replaced.

    The system keeps a deleted file alive for who has it open: writes would be answered, and nobody would read them.
    """
    opened = Event()

    @event.listens_for(engine, "do_connect")
    def _do_connect(*_args: Any) -> None:
        if opened.is_set() and _identity(path) is None:
            raise Unavailable(GONE, store=path)

    @event.listens_for(engine, "checkout")
    def _checkout(_dbapi: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
        found = _identity(path)
        if found is None:
            raise Unavailable(GONE, store=path)
        if record.info.setdefault("file", found) != found:
            raise DisconnectionError
        opened.set()


def _identity(path: str) -> tuple[int, int] | None:
    """Return what tells a file from another one of the same name; None when there is none."""
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """Give a session that sees one state of the store throughout; it never writes."""
    bound = engine if is_sqlite(engine) else engine.execution_options(isolation_level="REPEATABLE READ")
    try:
        with Session(bound) as session:
            yield session
            session.expunge_all()  # what was read stays readable after the rollback
            session.rollback()
    except BROKEN as error:
        raise unavailable(error) from error


WORDS = (
    (("readonly", "read-only"), "The store is read-only: nothing can be written to it"),
    (("unable to open",), "The store can't be opened: is the file still there, and may this user read it?"),
    (("no such table",), "The store is empty or older than this program: run `python -m arcore init`"),
    (("locked",), "The store is busy with another write; try again in a moment"),
    (("disk is full", "No space left"), "The disk is full: nothing was written"),
    (("disk I/O",), "The disk does not answer, it may be full: nothing was written"),
)
"""What databases say, and the sentence for people."""


def unavailable(error: DBAPIError) -> Unavailable:
    """Say in one sentence why the database did not answer."""
    text = str(error.orig).strip().splitlines()[0] if error.orig else str(error)
    found = (words for signs, words in WORDS if any(sign in text for sign in signs))
    return Unavailable(next(found, f"The store does not answer: {text}"), cause=text)
