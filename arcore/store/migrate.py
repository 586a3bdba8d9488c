"""Bring a store to the tables of this program."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection
from sqlalchemy import Engine
from sqlalchemy import inspect
from sqlalchemy import select

from arcore.errors import Unavailable
from arcore.store.books import APPEND_ONLY
from arcore.store.books import BOOKS
from arcore.store.books import LedgerHead
from arcore.store.engine import BROKEN
from arcore.store.engine import is_sqlite
from arcore.store.engine import unavailable

SCRIPTS = Path(__file__).parent / "migrations"
_ONE_AT_A_TIME = threading.Lock()
"""Alembic keeps what it works on in the module, so two threads would take it from each other."""


def migrate(engine: Engine) -> None:
    """Create or upgrade every table, the triggers and the head; harmless when nothing is to be done.

    Raises Unavailable when the store can't be opened or written, or has tables of a newer program.
    """
    try:
        if not _at_head(engine):
            _upgrade(engine)
    except BROKEN as error:
        raise unavailable(error) from error


def is_empty(engine: Engine) -> bool:
    """Tell whether the store has no tables of ours yet."""
    try:
        return not inspect(engine).has_table("ledger_head")
    except BROKEN as error:
        raise unavailable(error) from error


def add_triggers(connection: Connection, tables: Sequence[str] = BOOKS) -> None:
    """Make tables append-only: UPDATE, DELETE and (PostgreSQL) TRUNCATE of them are refused."""
    if connection.dialect.name == "sqlite":
        for table in tables:
            for verb in ("UPDATE", "DELETE"):
                connection.exec_driver_sql(
                    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        return
    connection.exec_driver_sql(
        "CREATE OR REPLACE FUNCTION arcore_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$"
    )
    for table in tables:
        connection.exec_driver_sql(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION arcore_append_only()"
        )
        connection.exec_driver_sql(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION arcore_append_only()"
        )


def missing_triggers(connection: Connection) -> list[str]:
    """Return the triggers of `add_triggers` that are not there, switched off or do something else; sorted."""
    if connection.dialect.name == "sqlite":
        wanted = {f"{table}_no_{verb}" for table in APPEND_ONLY for verb in ("update", "delete")}
        found = connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name = tbl_name || '_no_' || "
            "CASE WHEN sql LIKE '% BEFORE UPDATE ON %' THEN 'update' ELSE 'delete' END "
            "AND sql LIKE '%BEGIN SELECT RAISE(ABORT, %'"
        )
    else:
        wanted = {f"{table}_{kind}" for table in APPEND_ONLY for kind in ("append_only", "no_truncate")}
        found = connection.exec_driver_sql(
            "SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "JOIN pg_proc p ON p.oid = t.tgfoid WHERE p.proname = 'arcore_append_only' AND t.tgenabled IN ('O', 'A') "
            "AND t.tgname IN (c.relname || '_append_only', c.relname || '_no_truncate')"
        )
    return sorted(wanted - {str(name) for name in found.scalars()})


def add_head(connection: Connection) -> None:
    """Write the one row of the ledger head, with the random id of this store."""
    connection.execute(LedgerHead.__table__.insert().values(id=1, store_id=secrets.token_hex(8)))  # type: ignore[attr-defined]


def _at_head(engine: Engine) -> bool:
    """Compare the store's revision with the newest script, without importing alembic (0.4 s).

    Raises Unavailable for a revision that no script here makes.
    """
    known = {path.stem.split("_")[0] for path in (SCRIPTS / "versions").glob("[0-9]*.py")}
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    if found is not None and found not in known:
        msg = f"This store was made by another version of the program (its tables are {found}); update the program"
        raise Unavailable(msg, revision=str(found))
    return bool(found == max(known))


def _upgrade(engine: Engine) -> None:
    from alembic import command  # noqa: PLC0415  imported only when there is something to do
    from alembic.config import Config  # noqa: PLC0415

    with _ONE_AT_A_TIME, engine.execution_options(write=True).connect() as connection, connection.begin():
        if not is_sqlite(engine):
            # Two processes that start at once: the second waits here and finds nothing to do.
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(4172202611)")
        config = Config()
        config.set_main_option("script_location", str(SCRIPTS))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


class Position(NamedTuple):
    """How far a store is: its id, its last audit event and the hash of that, its last document."""

    store_id: str
    audit_seq: int
    audit_hash: str
    document_id: int


def position_of(engine: Engine) -> Position:
    """Return how far a store is; every page asks this several times. Raises Unavailable when it can't be read."""
    try:
        with engine.connect() as connection:
            query = "SELECT store_id, audit_seq, audit_hash, document_id FROM ledger_head"
            return Position(*connection.exec_driver_sql(query).one())
    except BROKEN as error:
        raise unavailable(error) from error


def head_of(engine: Engine) -> LedgerHead:
    """Return the ledger head: the store's id and the last audit sequence. Raises Unavailable when it can't be read."""
    try:
        with engine.connect() as connection:
            row = connection.execute(select(LedgerHead.__table__)).one()  # type: ignore[attr-defined]
    except BROKEN as error:
        raise unavailable(error) from error
    return LedgerHead(**row._mapping)  # noqa: SLF001  SQLAlchemy's public name for a row as a mapping
