"""One import in a process of its own: what it took, what the store holds then. `python -m benchmarks.importing_once`.

Memory is counted over the idle process: everything imported, the store open, nothing read yet.
"""

from __future__ import annotations

import argparse
import json
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import Engine
from sqlalchemy import event

from benchmarks.book import LAST_DAY

OURS, BARE = "ours", "bare"
HELD = (
    "SELECT count(*), sum(amount), sum(tax_amount), count(DISTINCT customer_id) FROM document WHERE kind = 'invoice'",
    "SELECT count(*), sum(amount), count(DISTINCT customer_id) FROM document WHERE kind <> 'invoice'",
    "SELECT count(*), sum(amount), sum(side) FROM item",
    "SELECT count(*), sum(amount) FROM application",
    "SELECT count(*), sum(amount), sum(open_amount), count(DISTINCT key) FROM source_word",
    "SELECT count(*), count(DISTINCT code) FROM customer",
)
"""What has to be the same in the store, whoever filled it."""
STATUS = Path("/proc/self/status")


def main(argv: Sequence[str] | None = None) -> int:
    """Import a file into a new store and print what it took as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.importing_once", description=__doc__)
    parser.add_argument("way", choices=(OURS, BARE))
    parser.add_argument("file", type=Path)
    asked = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="arcore-import-", dir=asked.file.parent) as folder:
        print(json.dumps(measured(asked.way, asked.file, Path(folder) / "store.db")))
    return 0


def measured(way: str, file: Path, store: Path) -> dict[str, Any]:
    """Import a file in one of the ways; return seconds, megabytes over the idle process and what the store holds."""
    from arcore.store.engine import open_engine
    from arcore.store.migrate import migrate

    engine = open_engine(f"sqlite:///{store}")
    migrate(engine)
    act, locked = _ours(engine, file) if way == OURS else _bare(engine, file, store)
    idle = megabytes()
    cpu, begin = time.process_time(), time.perf_counter()
    steps = act()
    taken = {"seconds": time.perf_counter() - begin, "cpu": time.process_time() - cpu, "memory_mb": megabytes() - idle}
    engine.dispose()
    with closing(sqlite3.connect(store)) as plain:
        holds = [value for sql in HELD for value in plain.execute(sql).fetchone()]
    return {**taken, "idle_mb": idle, "locked": sum(locked), "steps": steps, "holds": holds}


def _ours(engine: Engine, file: Path) -> tuple[Callable[[], dict[str, float]], list[float]]:
    from arcore.intake.plan import plan
    from arcore.intake.reading import understand
    from arcore.intake.service import commit
    from arcore.store.unit import Actor

    steps = ("understand", "plan", "commit")
    today = LAST_DAY + timedelta(days=1)

    def act() -> dict[str, float]:
        marks = [time.process_time()]
        contents = {file.name: file.read_bytes()}
        found = understand(list(contents.items()))
        marks.append(time.process_time())
        planned = plan(engine, found, contents=contents, today=today)
        del found
        marks.append(time.process_time())
        commit(engine, planned, actor=Actor("benchmark"))
        marks.append(time.process_time())
        return {step: after - before for step, (before, after) in zip(steps, pairwise(marks), strict=True)}

    return act, lock_held(engine)


def _bare(engine: Engine, file: Path, store: Path) -> tuple[Callable[[], dict[str, float]], list[float]]:
    from benchmarks.peers import bare_load

    engine.dispose()

    def act() -> dict[str, float]:
        bare_load.load(file, store)
        return {}

    return act, []


def lock_held(engine: Engine) -> list[float]:
    """Write down, from now on, how long each writer had the store for itself: begin to connection given back or up."""
    begun: dict[int, float] = {}
    held: list[float] = []

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get("write"):
            begun[id(connection.connection.dbapi_connection)] = time.perf_counter()

    @event.listens_for(engine, "checkin")
    @event.listens_for(engine, "invalidate")
    def _over(dbapi: Any, *_more: Any) -> None:
        since = begun.pop(id(dbapi), None)
        if since is not None:
            held.append(time.perf_counter() - since)

    return held


def megabytes() -> float:
    """Return the most memory this process has had in use so far."""
    if STATUS.exists():
        # Not the system's maximum of resources: a child inherits what its parent had before it became this program.
        line = next(line for line in STATUS.read_text(encoding="utf-8").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1_000
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1_000_000 if sys.platform == "darwin" else 1_000)


if __name__ == "__main__":
    raise SystemExit(main())
