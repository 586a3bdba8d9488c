"""The sample company's store: made once, kept while somebody works in it, made again for a new day."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from sqlalchemy import Engine
from sqlalchemy import event
from sqlalchemy import select
from sqlmodel import col

from arcore.company import queries
from arcore.errors import RuleBroken
from arcore.sample.build import BUILT
from arcore.sample.build import build
from arcore.sample.chance import EDITION
from arcore.sample.masterdata import SETTINGS
from arcore.store.books import LedgerHead
from arcore.store.company import CompanySetting
from arcore.store.engine import is_sqlite
from arcore.store.engine import open_engine
from arcore.store.engine import reading
from arcore.store.migrate import migrate
from arcore.store.replace import empty
from arcore.store.replace import fill

ONCE_MORE = 3
"""How often a store is looked at again when another process wrote to it meanwhile."""


@dataclass(frozen=True)
class Standing:
    """What a store holds.

    Attributes:
        writes: its last audit sequence, 0 when nothing was ever written.
        sample: it is a sample company.
        day: the last day of that sample, None for a store that is none or was left half built.
        seed: what it was built from; another one than EDITION comes from an older program.
        touched: somebody wrote to it after it was built.
    """

    writes: int
    sample: bool = False
    day: date | None = None
    seed: str = ""
    touched: bool = False


@dataclass(frozen=True)
class Made:
    """What `make` did: whether it built the sample, the day it ends on, and the store's address without password."""

    built: bool
    day: date
    store: str


def current_day() -> date:
    """Return what day it is where the sample company sits."""
    return queries.today(SETTINGS["time_zone"])


def standing(engine: Engine) -> Standing:
    """Tell what a migrated store holds."""
    with reading(engine) as session:
        writes = session.execute(select(col(LedgerHead.audit_seq))).scalar_one()
        wanted = col(CompanySetting.name).in_(["sample", BUILT])
        rows = session.execute(select(col(CompanySetting.name), col(CompanySetting.value)).where(wanted))
        found: dict[str, Any] = {name: json.loads(value) for name, value in rows}
    mark = found.get(BUILT)
    if not found.get("sample"):
        return Standing(writes)
    if mark is None:
        return Standing(writes, sample=True)
    return Standing(
        writes,
        sample=True,
        day=date.fromisoformat(mark["today"]),
        seed=mark["seed"],
        touched=mark["audit_seq"] != writes,
    )


def make(url: str, *, today: date, force: bool = False, scale: float = 1.0) -> Made:
    """Build the sample company in a store that is empty, or with `force` in one that holds a sample.

    A sample that is there is kept otherwise. Raises RuleBroken when the store holds anything but a sample, and
    BadInput or Unavailable when it can't be opened. It appears in one step on SQLite, whoever looks meanwhile.
    """
    with _opened(url) as engine:
        store = engine.url.render_as_string(hide_password=True)
        for _ in range(ONCE_MORE):
            found = standing(engine)
            if found.writes and not found.sample:
                msg = "This store holds books that are not a sample; choose another store for the sample company"
                raise RuleBroken(msg, store=store)
            if found.day is not None and not force:
                return Made(built=False, day=found.day, store=store)
            if _put(engine, found, today, scale):
                return Made(built=True, day=today, store=store)
    msg = "Somebody else writes to this store at the same time; nothing was replaced"
    raise RuleBroken(msg)


def ensure(path: Path | str, today: date) -> str:
    """See to it that there is a sample company in a SQLite file, and return the store's address.

    It is built when there is none, and again when it ends on another day than today, is half built or of an older
    program, unless somebody has worked in it: then it stays as it is. Safe when several processes do it at once.
    Raises RuleBroken when the file holds other books.
    """
    url = str(path) if "://" in str(path) else f"sqlite:///{path}"
    with _opened(url) as engine:
        found = standing(engine)
    fresh = (found.day, found.seed) == (today, EDITION)
    if not found.sample or not (fresh or found.touched):
        make(url, today=today, force=found.sample)
    return url


def _put(engine: Engine, found: Standing, today: date, scale: float) -> bool:
    """Build and put in place; return False when the store changed meanwhile."""
    if is_sqlite(engine):
        with tempfile.TemporaryDirectory(prefix="arcore-sample-") as folder:
            path = Path(folder) / "sample.db"
            with _opened(f"sqlite:///{path}", careless=True) as aside:
                build(aside, today=today, scale=scale)
            return fill(engine, path, seen=found.writes)
    if found.writes and not empty(engine, seen=found.writes):
        return False
    build(engine, today=today, scale=scale)
    return True


@contextmanager
def _opened(url: str, *, careless: bool = False) -> Iterator[Engine]:
    """Open and migrate a store; a careless one does not wait for the disk, as nobody misses it after a power cut."""
    engine = open_engine(url)
    if careless:

        @event.listens_for(engine, "connect")
        def _connect(connection: Connection, _record: Any) -> None:
            connection.execute("PRAGMA synchronous=OFF")

    try:
        migrate(engine)
        yield engine
    finally:
        engine.dispose()
