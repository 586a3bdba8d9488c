"""Copies of the books: taken while the app runs, and put back.

SQLite copies itself through its backup interface: the copy is one moment of the store, whoever writes meanwhile.
PostgreSQL does the same through its own programs pg_dump and pg_restore.
"""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from contextlib import contextmanager
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast

from sqlalchemy import URL
from sqlalchemy import Engine
from sqlalchemy import text
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from arcore.errors import BadInput
from arcore.errors import Unavailable
from arcore.store.books import LedgerHead
from arcore.store.engine import is_sqlite
from arcore.store.engine import unavailable
from arcore.store.migrate import SCRIPTS
from arcore.store.migrate import head_of
from arcore.store.migrate import is_empty
from arcore.store.migrate import migrate

SQLITE_MARK = b"SQLite format 3\x00"
POSTGRES_MARK = b"PGDMP"
BUSY_MILLISECONDS = 30_000


@dataclass(frozen=True)
class Copy:
    """One copy of the books.

    Attributes:
        path: where it is.
        size: in bytes.
        writes: how many writes it holds (its last audit sequence).
    """

    path: Path
    size: int
    writes: int


@dataclass(frozen=True)
class Restored:
    """What a restore did.

    Attributes:
        writes: how many writes the books hold now.
        kept: the copy of what was there before; None when nothing was.
    """

    writes: int
    kept: Copy | None


def backup(engine: Engine, target: Path, *, replace: bool = False) -> Copy:
    """Copy the books into one file, all of one moment; readers and writers go on meanwhile.

    The file appears under its name only when it is whole. Raises BadInput when it is there already (unless `replace`)
    or its folder is not, Unavailable when the store can't be read or the copy can't be written.
    """
    if target.exists() and not replace:
        raise BadInput(f"{target} is already there; choose another name, or replace it with --force", file=str(target))
    if not target.parent.is_dir():
        raise BadInput(f"There is no folder {target.parent}", file=str(target))
    if is_sqlite(engine) and target.exists() and target.samefile(_file_of(engine)):
        raise BadInput("These are the books themselves; choose another name for the copy", file=str(target))
    with _whole_or_nothing(target) as unfinished:
        writes = _copy_sqlite(engine, unfinished) if is_sqlite(engine) else _dump_postgres(engine, unfinished)
    return Copy(target, target.stat().st_size, writes)


def restore(engine: Engine, source: Path, *, now: datetime) -> Restored:
    """Put a copy back in place of the books; what was there is kept in a file of its own.

    The store gets a new random id, so nothing that was cached of the books before is taken for theirs. Raises BadInput
    for a file that is no copy of arcore's books, or of another engine, or made by a newer program.
    """
    _check_source(engine, source)
    kept = None
    if not is_empty(engine) and head_of(engine).audit_seq > 0:
        kept = backup(engine, _aside(engine, source, now))
    if is_sqlite(engine):
        _put_back_sqlite(engine, source)
    else:
        _run("pg_restore", engine.url, "--clean", "--if-exists", "--no-owner", "--single-transaction", str(source))
    engine.dispose()
    migrate(engine)
    with engine.execution_options(write=True).begin() as connection:
        connection.execute(update(LedgerHead).values(store_id=secrets.token_hex(8)))
    return Restored(head_of(engine).audit_seq, kept)


# --- SQLite -----------------------------------------------------------------------------------------------------------


def _file_of(engine: Engine) -> Path:
    return Path(str(engine.url.database))


def _copy_sqlite(engine: Engine, target: Path) -> int:
    """Copy and return the last audit sequence of the copy."""
    try:
        with engine.connect() as connection, closing(sqlite3.connect(target)) as copy:
            live = cast("sqlite3.Connection", connection.connection.driver_connection)
            live.backup(copy)
            # One file, without a log beside it.
            copy.execute("PRAGMA journal_mode=DELETE")
    except OperationalError as error:
        raise unavailable(error) from error
    except sqlite3.Error as error:
        raise Unavailable(f"The copy could not be written: {error}", file=str(target)) from error
    return _checked_sqlite(target)


def _put_back_sqlite(engine: Engine, source: Path) -> None:
    # Into the open store, as one transaction: who has it open sees the books change and does not go on writing to a
    # file that has been moved away.
    with closing(_open_sqlite(source)) as copy, closing(sqlite3.connect(_file_of(engine))) as live:
        live.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
        try:
            copy.backup(live)
            live.execute("PRAGMA journal_mode=WAL")
        except sqlite3.Error as error:
            raise Unavailable(f"The books could not be put back: {error}", store=str(_file_of(engine))) from error


def _open_sqlite(path: Path) -> sqlite3.Connection:
    # Immutable: a copy may lie in a folder where nothing can be written.
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)


def _checked_sqlite(path: Path) -> int:
    """Return the last audit sequence of a copy. Raises BadInput when it is damaged, foreign or too new."""
    try:
        with closing(_open_sqlite(path)) as copy:
            sound = copy.execute("PRAGMA quick_check").fetchone()[0]
            writes = copy.execute("SELECT audit_seq FROM ledger_head").fetchone()[0]
            revision = copy.execute("SELECT version_num FROM alembic_version").fetchone()[0]
    except (sqlite3.Error, TypeError) as error:
        raise BadInput(f"{path.name} is not a copy of arcore's books", file=str(path), cause=str(error)) from error
    if sound != "ok":
        raise BadInput(f"{path.name} is damaged: {sound}", file=str(path))
    _check_revision(path, str(revision))
    return int(writes)


# --- PostgreSQL -------------------------------------------------------------------------------------------------------


def _dump_postgres(engine: Engine, target: Path) -> int:
    """Dump one snapshot and return the last audit sequence in it."""
    try:
        with engine.execution_options(isolation_level="REPEATABLE READ").connect() as connection:
            writes = connection.execute(text("SELECT audit_seq FROM ledger_head")).scalar_one()
            snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
            _run("pg_dump", engine.url, "--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={target}")
    except OperationalError as error:
        raise unavailable(error) from error
    return int(writes)


def _run(program: str, url: URL, *arguments: str) -> str:
    """Run one of PostgreSQL's programs against the store and return what it printed."""
    command = [_program(program), *arguments]
    environment = os.environ | {"PGOPTIONS": f"-c lock_timeout={BUSY_MILLISECONDS}"}
    if url.password:
        # Not on the command line, where everybody on the machine could read it.
        environment["PGPASSWORD"] = str(url.password)
    plain = url.set(drivername="postgresql", password=None).render_as_string()
    done = subprocess.run([*command, f"--dbname={plain}"], env=environment, capture_output=True, text=True, check=False)  # noqa: S603  our own words
    if done.returncode:
        raise Unavailable(f"{program} failed: {done.stderr.strip() or done.returncode}", program=program)
    return done.stdout


def _program(name: str) -> str:
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    if installed:
        return str(installed[-1])
    if (found := shutil.which(name)) is None:
        raise Unavailable(
            f"PostgreSQL's own program {name} is needed and not found; on Debian: apt-get install postgresql-client",
            program=name,
        )
    return found


def _check_dump(path: Path) -> None:
    listing = subprocess.run(  # noqa: S603  our own words
        [_program("pg_restore"), "--list", str(path)], capture_output=True, text=True, check=False
    )
    if listing.returncode or " ledger_head " not in listing.stdout:
        raise BadInput(f"{path.name} is not a copy of arcore's books", file=str(path), cause=listing.stderr.strip())


# --- both -------------------------------------------------------------------------------------------------------------


def _check_source(engine: Engine, source: Path) -> None:
    try:
        with source.open("rb") as file:
            start = file.read(len(SQLITE_MARK))
    except OSError as error:
        raise BadInput(f"{source} can't be read: {error.strerror}", file=str(source)) from error
    if start == SQLITE_MARK and is_sqlite(engine):
        _check_not_in_use(source)
        _checked_sqlite(source)
    elif start.startswith(POSTGRES_MARK) and not is_sqlite(engine):
        _check_dump(source)
    elif start == SQLITE_MARK or start.startswith(POSTGRES_MARK):
        message = "A copy goes back to the engine it came from; between engines, use `export --books` and `import`"
        raise BadInput(message, file=str(source))
    else:
        raise BadInput(f"{source.name} is not a copy of arcore's books", file=str(source))


def _check_not_in_use(source: Path) -> None:
    log = source.with_name(f"{source.name}-wal")
    if log.exists() and log.stat().st_size > 0:
        # A plain copy of a store in use lacks what its log still holds.
        raise BadInput(f"{source.name} is a store in use; take a copy of it with `backup` first", file=str(source))


def _check_revision(path: Path, revision: str) -> None:
    known = {script.stem.split("_")[0] for script in (SCRIPTS / "versions").glob("[0-9]*.py")}
    if revision not in known:
        raise BadInput(f"{path.name} was made by a newer arcore; this one can't read it", file=str(path))


def _aside(engine: Engine, source: Path, now: datetime) -> Path:
    """Return where the books of now are kept: beside the SQLite file, or beside the dump that replaces them."""
    beside = _file_of(engine) if is_sqlite(engine) else source
    return beside.with_name(f"{beside.stem}.before-restore-{now:%Y%m%d-%H%M%S-%f}{beside.suffix}")


@contextmanager
def _whole_or_nothing(target: Path) -> Iterator[Path]:
    """Give a file beside the target that takes its name at the end, or goes away when something fails."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        raise Unavailable(f"Nothing can be written to {target.parent}: {error.strerror}", file=str(target)) from error
    os.close(handle)
    unfinished = Path(name)
    try:
        yield unfinished
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
        unfinished.replace(target)
    finally:
        with suppress(FileNotFoundError):
            unfinished.unlink()
