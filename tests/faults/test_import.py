"""An import is killed, the disk is full, two people import at once: books are as before or as after, never between."""

from __future__ import annotations

import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import contextmanager
from contextlib import suppress
from datetime import date
from os import kill
from pathlib import Path
from signal import SIGKILL
from typing import TYPE_CHECKING
from typing import NamedTuple

import pytest
from sqlalchemy import Engine
from sqlalchemy import event
from sqlalchemy import text

from arcore.errors import BooksMoved
from arcore.errors import Unavailable
from arcore.intake.plan import plan
from arcore.intake.reading import understand
from arcore.intake.service import commit
from arcore.ledger.verify import verify
from arcore.settings import ROOT
from arcore.store.engine import open_engine
from arcore.store.unit import Actor

if TYPE_CHECKING:
    from tests.conftest import Server

ANNA, BEN = Actor("anna"), Actor("ben")
TODAY = date(2026, 11, 20)
ROWS = 400
TABLES = ("customer", "document", "item", "application", "import", "import_file", "source_word", "audit_event")

PROGRAM = """
import os
import sys
import traceback
from datetime import date
from pathlib import Path
from arcore.intake.plan import plan
from arcore.intake.reading import understand
from arcore.intake.service import commit
from arcore.store.engine import open_engine
from arcore.store.unit import Actor

for line in sys.stdin:
    number = os.fork()
    if not number:
        try:
            path = Path(line.strip())
            contents = {path.name: path.read_bytes()}
            engine = open_engine(sys.argv[1])
            made = plan(engine, understand(list(contents.items())), contents=contents, today=date(2026, 11, 20))
            tell = lambda done, phase: os.write(1, f"{phase}\\n".encode())
            commit(engine, made, actor=Actor("anna"), progress=tell)
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    print(number, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(number, 0)[1]), flush=True)
"""
"""What is killed: one import, in a process of its own, for each path that is read; modules are loaded once only.

It writes the number of the process, each step of the commit as it begins, and how the process ended.
"""

START, LOCKED, COMMITTING = "", "Customers", "Committing"
"""Of an import, of the commit as it holds the write lock, of its end: the event of the audit, then COMMIT."""


def export(first: int, count: int = ROWS) -> bytes:
    """Return invoices by number from `first` on, each of another amount, for seven customers."""
    head = "Invoice No,Customer,Invoice Date,Due Date,Amount,Currency\n"
    rows = (
        f"R-{n},Customer {n % 7},2026-10-{1 + n % 28:02},2026-11-28,{100 + n}.00,EUR"
        for n in range(first, first + count)
    )
    return (head + "\n".join(rows) + "\n").encode()


def state(engine: Engine) -> dict[str, int]:
    """Count the rows of every table that an import writes."""
    with engine.connect() as connection:
        return {name: int(connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()) for name in TABLES}


def broken(engine: Engine) -> list[str]:
    """Return what the proof of the books finds."""
    return [check.name for check in verify(engine) if not check.ok]


def book(engine: Engine, content: bytes, actor: Actor = ANNA, name: str = "export.csv") -> int | None:
    """Import a file; when somebody else wrote meanwhile, plan it again."""
    while True:
        contents = {name: content}
        made = plan(engine, understand(list(contents.items())), contents=contents, today=TODAY)
        with suppress(BooksMoved):
            return commit(engine, made, actor=actor)


# --- killed -----------------------------------------------------------------------------------------------------------


class Run(NamedTuple):
    """How an import went: its exit code, the steps of the commit it began, the moment each began (seconds)."""

    code: int
    began: dict[str, float]
    seconds: float


class Tally(NamedTuple):
    """What killed imports came to; `locked` and `committing` count those killed with the lock and at the very end."""

    none: int = 0
    whole: int = 0
    locked: int = 0
    committing: int = 0


@contextmanager
def program(engine: Engine) -> Iterator[Callable[[Path, str, float | None], Run]]:
    """Give a function that imports a file; it kills the import some seconds after a step of the commit began.

    Without seconds nothing is killed.
    """
    url = engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", PROGRAM, url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as running:
        asked, told = running.stdin, running.stdout
        assert asked is not None
        assert told is not None

        def run(path: Path, step: str, after: float | None) -> Run:
            first, began, code = time.monotonic(), dict[str, float](), None

            def hear() -> int | None:
                line = told.readline().strip()
                if line.lstrip("-").isdigit():
                    return int(line)
                began[line] = time.monotonic() - first
                return None

            print(path, file=asked, flush=True)
            number = int(told.readline())
            while step and step not in began and code is None:
                code = hear()
            if after is not None:
                time.sleep(after)
                with suppress(ProcessLookupError):
                    kill(number, SIGKILL)
            while code is None:
                code = hear()
            return Run(code, began, time.monotonic() - first)

        yield run
        asked.close()


def killed(engine: Engine, folder: Path, kills: int, seed: int) -> Tally:
    """Kill imports at random moments: of the whole, of what holds the lock, of the end, in turn.

    An import that was over before its moment came does not count; the moments of its kind come a little earlier then.
    """
    chance, path, tally = random.Random(seed), folder / "export.csv", Tally()
    with program(engine) as run:
        path.write_bytes(export(0))
        assert run(path, START, None).code == 0
        path.write_bytes(export(ROWS))
        usual = run(path, COMMITTING, None)
        assert usual.code == 0
        left = {step: usual.seconds - usual.began.get(step, 0) for step in (START, LOCKED, COMMITTING)}
        while tally.none + tally.whole < kills:
            step = list(left)[(tally.none + tally.whole) % len(left)]
            before = state(engine)
            path.write_bytes(export(before["document"]))
            went = run(path, step, chance.uniform(0, left[step]))
            _wait_for_the_server(engine)
            after = state(engine)
            tally = _counted(tally, went, {name: after[name] - before[name] for name in TABLES})
            if went.code == 0:
                left[step] *= 0.9
    return tally


def _counted(tally: Tally, went: Run, added: Mapping[str, int]) -> Tally:
    """Count one import, if it was killed; what any leaves is nothing or the whole."""
    assert went.code in {0, -SIGKILL}
    if whole := any(added.values()):
        assert added == {"customer": 0, "document": ROWS, "item": ROWS, "application": 0, "import": 1,
                         "import_file": 1, "source_word": ROWS, "audit_event": 1}  # fmt: skip
    if went.code == 0:
        assert whole
        return tally
    return Tally(
        tally.none + (not whole),
        tally.whole + whole,
        tally.locked + (LOCKED in went.began),
        tally.committing + (COMMITTING in went.began),
    )


def _wait_for_the_server(engine: Engine) -> None:
    """Wait until PostgreSQL has ended what the killed program asked of it last: a COMMIT under way is carried out."""
    if engine.dialect.name != "postgresql":
        return
    busy = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
    )
    for _ in range(1000):
        with engine.connect() as connection:
            if not connection.execute(busy).scalar_one():
                return
        time.sleep(0.01)
    msg = "the server goes on with the transaction of a program that is dead"
    raise AssertionError(msg)


def test_three_killed_imports_leave_nothing_or_all(engine: Engine, tmp_path: Path) -> None:
    tally = killed(engine, tmp_path, kills=3, seed=5)
    assert tally.none + tally.whole == 3
    assert broken(engine) == []
    assert book(engine, export(state(engine)["document"])) is not None  # and the next one goes on as if nothing were


@pytest.mark.fault
@pytest.mark.timeout(3600)
def test_a_hundred_killed_imports(engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tally = killed(engine, tmp_path, kills=100, seed=6)
    with capsys.disabled():
        print(
            f"\n{engine.dialect.name}: 100 imports killed, {tally.none} left nothing, {tally.whole} were booked whole;"
        )
        print(f"{tally.locked} were killed with the write lock held, {tally.committing} of them at the very end")
    assert (tally.none + tally.whole, broken(engine)) == (100, [])
    assert min(tally.none, tally.locked, tally.committing) >= 20


# --- no room ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pages", [0, 3, 12, 40])
def test_a_full_disk_leaves_the_books_as_they_were(sqlite_engine: Engine, pages: int) -> None:
    book(sqlite_engine, export(0, 20))
    before = state(sqlite_engine)
    with sqlite_engine.connect() as connection:
        most = connection.execute(text("PRAGMA page_count")).scalar_one() + pages
    small = open_engine(sqlite_engine.url.render_as_string())
    event.listen(small, "connect", lambda raw, _: raw.execute(f"PRAGMA max_page_count = {most}").fetchall())
    try:
        with pytest.raises(Unavailable, match="disk is full"):
            book(small, export(20, 3000))
    finally:
        small.dispose()
    assert state(sqlite_engine) == before
    assert broken(sqlite_engine) == []
    assert book(sqlite_engine, export(20, 3000)) is not None


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """Mount a disk of 32 MB that the server may write to; only root may, and not in every container."""
    folder = Path(tempfile.mkdtemp(prefix="arcore-small-"))
    owner = ["-o", "size=32m,mode=0700,uid=postgres"] if os.getuid() == 0 else []
    if subprocess.run(["mount", "-t", "tmpfs", *owner, "tmpfs", folder], capture_output=True, check=False).returncode:
        folder.rmdir()
        pytest.skip("a small disk can't be mounted here: that takes root")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)
    folder.rmdir()


@pytest.mark.parametrize("kilobytes", [0, 1000])
def test_a_full_disk_of_the_server_leaves_the_books_as_they_were(
    postgres_server: Server, postgres_template: str, small_disk: Path, kilobytes: int
) -> None:
    with postgres_server.space(small_disk) as space:
        name = postgres_server.create(postgres_template, space)
        engine, filler = open_engine(postgres_server.url(name)), small_disk / "filler"
        book(engine, export(0, 20))
        before = state(engine)
        free = shutil.disk_usage(small_disk).free // 1024 - kilobytes
        filler.write_bytes(bytes(1024) * free)
        with pytest.raises(Unavailable, match="disk is full"):
            book(engine, export(20, 3000))
        assert state(engine) == before
        assert broken(engine) == []
        filler.unlink()
        assert book(engine, export(20, 3000)) is not None
        engine.dispose()
        postgres_server.drop(name)


def test_no_room_for_the_log_ends_the_command_with_a_sentence(sqlite_engine: Engine, tmp_path: Path) -> None:
    book(sqlite_engine, export(0, 20))
    before, path = state(sqlite_engine), tmp_path / "export.csv"
    path.write_bytes(export(20, 3000))

    def no_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))

    url = sqlite_engine.url.render_as_string()
    command = [sys.executable, "-m", "arcore", "--store", url, "import", str(path), "--yes"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, preexec_fn=no_room, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert "disk" in done.stderr
    assert state(sqlite_engine) == before
    assert broken(sqlite_engine) == []


# --- two at once ------------------------------------------------------------------------------------------------------


def told(engine: Engine) -> list[tuple[str, int]]:
    """Return what documents stand, by number and amount."""
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT number, sum(amount) FROM document GROUP BY number ORDER BY number"))
        return [(str(number), int(amount)) for number, amount in rows if amount]


def test_two_people_import_overlapping_files_at_once(engine: Engine) -> None:
    files = {ANNA: export(0, 300), BEN: export(200, 300)}
    start, failed = threading.Barrier(2), []

    def work(actor: Actor) -> None:
        try:
            mine = open_engine(engine.url.render_as_string(hide_password=False))
            start.wait()
            book(mine, files[actor], actor, f"{actor.name}.csv")
            mine.dispose()
        except BaseException as error:  # noqa: BLE001  told by the test
            failed.append(error)

    people = [threading.Thread(target=work, args=(actor,)) for actor in files]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert failed == []
    assert told(engine) == sorted((f"R-{n}", 100 * (100 + n)) for n in range(500))
    assert state(engine)["import"] == 2
    assert state(engine)["document"] == 500  # the overlap was booked once
    assert broken(engine) == []
