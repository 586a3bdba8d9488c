"""The app as a process of its own: `python -m arcore serve` on a data folder that nobody else has.

`template` fills a folder with an untouched sample company and empty books; `launched` serves a copy of it, and
`Served.fresh` puts both stores back under the running server, which costs a tenth of a second and no start.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from pathlib import Path
from secrets import token_hex

from sqlalchemy import Engine

from arcore.sample import service as sample
from arcore.settings import DATABASE_FILE
from arcore.settings import ROOT
from arcore.store.engine import open_engine
from arcore.store.migrate import head_of
from arcore.store.migrate import migrate
from arcore.store.replace import fill

TODAY = "2026-10-31"
"""What day it is for the servers started here, so that figures and pictures stay the same."""
USER = "anna"
"""Who sits at the screen; the audit keeps the name."""
SAMPLE_FILE = "sample.db"
STORES = (DATABASE_FILE, SAMPLE_FILE)

START_SECONDS = 240
"""How long a start may take: seconds on a machine at rest, a minute or two on one with ten times its load."""
STOP_SECONDS = 20
TRIES = 3
"""How often a server is started: another program may take the free port before it listens there."""

SERVE = ("-m", "arcore", "serve", "--port", "0")
"""How the app is started, behind the name of Python itself."""

Version = tuple[str, int]


class NotThere(Exception):
    """A program is missing, or the app did not answer in time; says what to do."""


@dataclass
class Served:
    """A running server and its two stores, which may be written into beside it.

    Attributes:
        address: of the server, without a slash at its end.
        folder: its data folder.
        template: the folder that it was copied from.
        mine: the store of my own books.
        sample: the store of the sample company.
    """

    address: str
    folder: Path
    template: Path
    mine: Engine
    sample: Engine
    _left: dict[str, Version] = field(default_factory=dict)

    def fresh(self) -> None:
        """Put both stores back to what the template holds, where somebody wrote into them; letters as files go."""
        for letter in (self.folder / "outbox").rglob("*.eml"):
            letter.unlink()
        for name, engine in zip(STORES, (self.mine, self.sample), strict=True):
            if name not in self._left:
                with _opened(self.template / name) as untouched:
                    self._left[name] = _version(untouched)
            while (found := _version(engine)) != self._left[name]:
                self._replace(name, engine, found[1])

    def _replace(self, name: str, engine: Engine, seen: int) -> None:
        copy = self.folder / f"fresh-{name}"
        shutil.copyfile(self.template / name, copy)
        # Another id: what the server remembers is kept by the id and the number of writes.
        with _opened(copy) as store:
            with store.begin() as connection:
                connection.exec_driver_sql("UPDATE ledger_head SET store_id = ?", (token_hex(8),))
            put = _version(store)
        if fill(engine, copy, seen=seen):
            self._left[name] = put
        copy.unlink()


def template(folder: Path, today: str = TODAY) -> Path:
    """Fill a folder with the sample company of a day and with empty books of my own; some seconds."""
    sample.ensure(folder / SAMPLE_FILE, date.fromisoformat(today))
    with _opened(folder / DATABASE_FILE) as mine:
        migrate(mine)
    return folder


@contextmanager
def launched(source: Path, folder: Path, today: str = TODAY) -> Iterator[Served]:
    """Serve a copy of `source`, a folder that `template` filled, from `folder`, which must not exist yet."""
    shutil.copytree(source, folder)
    with (
        server(folder, today) as address,
        _opened(folder / DATABASE_FILE) as mine,
        _opened(folder / SAMPLE_FILE) as sampled,
    ):
        yield Served(address, folder, source, mine, sampled)


@contextmanager
def server(folder: Path, today: str = TODAY) -> Iterator[str]:
    """Run `python -m arcore serve` on a data folder and give its address; what is not in the folder yet is made.

    Two servers may share a folder, on two days for example. Raises NotThere when it does not listen in time.
    """
    with process(folder, today) as (_, address):
        yield address


@contextmanager
def process(folder: Path, today: str = TODAY, program: Sequence[str] = SERVE) -> Iterator[tuple[int, str]]:
    """Run a Python program that serves the app from a data folder; give its process id and its address.

    The program prints `URL: …` before it listens. Raises NotThere when it does not listen in time.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ARCORE_")}
    environment |= {"ARCORE_DATA_DIR": str(folder), "ARCORE_USER": USER, "ARCORE_TODAY": today}
    started, address = _started(folder, environment | {"PYTHONUNBUFFERED": "1"}, program)
    try:
        yield started.pid, address
    finally:
        _stop(started)


def _started(folder: Path, environment: dict[str, str], program: Sequence[str]) -> tuple[subprocess.Popen[bytes], str]:
    command = [sys.executable, *program]
    for number in range(TRIES):
        log = folder / f"server-{token_hex(4)}.log"
        with log.open("w") as output:
            started = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)
        try:
            return started, _listening(started, log)
        except NotThere:
            _stop(started)
            if number == TRIES - 1:
                raise
    raise AssertionError


def _listening(process: subprocess.Popen[bytes], log: Path) -> str:
    """Wait until the server has said its address, a moment before it listens, and takes connections there."""
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        lines = [line for line in log.read_text().splitlines(keepends=True) if line.startswith("URL: ")]
        if lines and lines[0].endswith("\n"):
            address = lines[0].removeprefix("URL: ").strip().rstrip("/")
            host, _, port = address.removeprefix("http://").partition(":")
            with suppress(OSError), socket.create_connection((host, int(port)), timeout=1):
                return address
        time.sleep(0.05)
    raise NotThere(f"The server did not start:\n{log.read_text()}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def _opened(path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{path}")
    try:
        yield engine
    finally:
        engine.dispose()


def _version(engine: Engine) -> Version:
    head = head_of(engine)
    return head.store_id, head.audit_seq
