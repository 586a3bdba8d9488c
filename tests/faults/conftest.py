"""A batch of reminders, a mail server that notes what it took, and a program that is killed while it sends."""

from __future__ import annotations

import asyncio
import contextlib
import email
import json
import os
import queue
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from typing import TypeAlias

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from aiosmtpd.smtp import Envelope
from aiosmtpd.smtp import Session
from sqlalchemy import Engine
from sqlalchemy import func
from sqlalchemy import select
from sqlmodel import Session as StoreSession

from arcore.company.service import save_profile
from arcore.dunning import service as dunning
from arcore.ledger.entry import Entry
from arcore.ledger.entry import Part
from arcore.ledger.journal import Journal
from arcore.ledger.verify import verify
from arcore.settings import ROOT
from arcore.settings import settings
from arcore.store.contact import CaseEvent
from arcore.store.customers import Contact
from arcore.store.customers import Customer
from arcore.store.messages import Message
from arcore.store.unit import Actor
from arcore.store.unit import Facts
from arcore.store.unit import Unit
from arcore.store.unit import commit

TODAY = date(2026, 11, 20)
ANNA = Actor("anna")
DAILY = Actor("daily")

PROGRAM = """
import os
import sys
import traceback
from datetime import date
from arcore.dunning import service
from arcore.store.engine import open_engine
from arcore.store.unit import Actor

for _ in sys.stdin:
    number = os.fork()
    if not number:
        try:
            day = date.fromisoformat(sys.argv[2])
            run = service.send_due(open_engine(sys.argv[1]), as_of=day, actor=Actor("daily"))
            print(run.stopped, file=sys.stderr, flush=True)
            os._exit(1 if run.stopped else 0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    print(number, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(number, 0)[1]), flush=True)
"""
"""What is killed: one run of what is due, as the nightly job does it, in a process of its own.

For each line that it reads it begins one; its modules are loaded once only, so fifty runs do not take all day.
"""


Taken: TypeAlias = tuple[str, str, bytes]
"""Address of the recipient, Message-ID, bytes."""


@dataclass
class PostOffice:
    """A mail server that notes each message that it says yes to, in the order and the bytes that it took them.

    Attributes:
        port: where it listens.
        slow: the longest that it thinks over sender, recipient and text, in seconds.
        noted: address of the recipient, Message-ID, bytes.
        busy: set once somebody connects.
    """

    port: int
    slow: float = 0.02
    noted: list[Taken] = field(default_factory=list)
    busy: threading.Event = field(default_factory=threading.Event)
    chance: random.Random = field(default_factory=lambda: random.Random(7))

    def taken(self) -> list[Taken]:
        """Return what was taken until now."""
        return list(self.noted)

    def count(self) -> int:
        """Count what was taken until now."""
        return len(self.noted)

    def rest(self) -> None:
        """Wait for the next run."""
        self.busy.clear()

    def wait(self, seconds: float) -> bool:
        """Wait at most so long until a run has begun to send."""
        return self.busy.wait(seconds)

    async def handle_EHLO(self, server: SMTP, session: Session, envelope: Envelope, name: str, said: list) -> list:  # noqa: N802
        session.host_name = name
        self.busy.set()
        return said

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list) -> str:  # noqa: N802
        await self._think()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        await self._think()
        raw = envelope.original_content
        assert isinstance(raw, bytes)
        header_id = str(email.message_from_bytes(raw)["Message-ID"])
        self.noted += [(address, header_id, raw) for address in envelope.rcpt_tos]
        await self._think()
        return "250 taken"

    async def _think(self) -> None:
        await asyncio.sleep(self.chance.uniform(0, self.slow))


@dataclass
class Outbox:
    """The folder of letters that leave as files, read as if it were a mail server."""

    folder: Path
    slow: float = 0.0
    before: int = 0

    def taken(self) -> list[Taken]:
        """Return what lies there, as PostOffice does."""
        found = []
        for file in sorted(self.folder.glob("*.eml")):
            mail = email.message_from_bytes(raw := file.read_bytes())
            found.append((parseaddr(str(mail["To"]))[1], str(mail["Message-ID"]), raw))
        return found

    def rest(self) -> None:
        """Wait for the next run."""
        self.before = self.count()

    def wait(self, seconds: float) -> bool:
        """Wait at most so long until a run has begun to send."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.count() > self.before:
                return True
            time.sleep(0.005)
        return False

    def count(self) -> int:
        """Count what was taken until now."""
        return sum(1 for _ in self.folder.glob("*.eml"))


@dataclass
class Tally:
    """What a fault run came to."""

    customers: int
    kills: int = 0
    runs: int = 0
    seconds: float = 0
    sent: int = 0
    unknown: int = 0
    unknown_arrived: int = 0
    unknown_lost: int = 0
    doubles: int = 0
    forgotten: int = 0
    killed_after: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        moments = sorted(self.killed_after)
        spread = f", {moments[0]:.3f} to {moments[-1]:.3f} s after the first line" if moments else ""
        return (
            f"{self.customers} reminders, {self.kills} kills{spread}, {self.runs} runs, {self.seconds:.0f} s: "
            f"{self.sent} sent, {self.unknown} unknown ({self.unknown_arrived} of them arrived, {self.unknown_lost} "
            f"did not), {self.doubles} twice, {self.forgotten} forgotten"
        )


@pytest.fixture
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[..., None]]:
    """Return a function that sets `ARCORE_…` for this process and its children; the day stands still."""

    def set_them(**values: object) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"ARCORE_{name.upper()}", str(value))
        settings.cache_clear()

    set_them(data_dir=tmp_path / "data", today=TODAY)
    yield set_them
    settings.cache_clear()


@pytest.fixture
def post_office(free_port: Callable[[], int], surroundings: Callable[..., None]) -> Iterator[PostOffice]:
    """Open the mail server and point the settings to it."""
    office = PostOffice(free_port())
    controller = Controller(office, hostname="127.0.0.1", port=office.port)
    controller.start()
    office.busy.clear()
    surroundings(
        smtp_host="127.0.0.1",
        smtp_port=office.port,
        smtp_security="none",
        smtp_from="ar@arcore.example",
        smtp_timeout=10,
    )
    yield office
    controller.stop()


@pytest.fixture
def outbox(surroundings: Callable[..., None]) -> Outbox:
    """Give the folder that letters leave into without a mail server."""
    return Outbox(settings().outbox_dir)


@pytest.fixture
def batch(surroundings: Callable[..., None]) -> Callable[[Engine, int], dict[str, int]]:
    """Return a function that books customers who each owe 100.00, ten days late, and goes live; ids by address."""

    def book(engine: Engine, count: int) -> dict[str, int]:
        save_profile(engine, actor=ANNA, name="Arcore GmbH", sender="Arcore GmbH", bank_details="DE00 0000")
        ids: dict[str, int] = {}

        def body(unit: Unit) -> Facts:
            journal = Journal(unit)
            due = TODAY - timedelta(days=10)
            for number in range(count):
                customer = Customer(code=f"C{number:03}", name=f"Kunde {number:03}", currency="EUR")
                unit.session.add(customer)
                unit.session.flush()
                address = f"payables@c{number:03}.example"
                unit.session.add(Contact(customer_id=customer.id or 0, name="Payables", email=address))
                ids[address] = customer.id or 0
                journal.post(
                    Entry(
                        "invoice", ids[address], due - timedelta(days=30), "EUR", [Part(10_000, due)], f"R{number:03}"
                    )
                )
            journal.flush()
            return {}

        commit(engine, body, actor=ANNA, verb="book_batch")
        dunning.go_live(engine, opening={}, daily_limit=0, actor=ANNA)
        return ids

    return book


@pytest.fixture
def two_at_once() -> Callable[[Engine], None]:
    """Return a function that has two programs send the same batch at the same time, to the end."""

    def both(engine: Engine) -> None:
        url = engine.url.render_as_string(hide_password=False)
        with _starter(url) as one, _starter(url) as other:
            for run in [one(), other()]:
                assert run.wait(300) == 0

    return both


@pytest.fixture
def fault_run() -> Callable[..., Tally]:
    """Return a function that sends a batch while killing the program, and says what came of it."""
    return _fault_run


def _fault_run(engine: Engine, office: PostOffice | Outbox, ids: dict[str, int], *, kills: int, seed: int) -> Tally:
    chance, began = random.Random(seed), time.monotonic()
    tally, pace = Tally(len(ids)), office.slow * 2 + 0.05
    with _starter(engine.url.render_as_string(hide_password=False)) as start:
        while tally.kills < kills and (left := len(ids) - _count_messages(engine)):
            # So long that, on the mean, the batch is done when the last kill is.
            longest = 2 * pace * left / (kills - tally.kills + 1)
            before, moment = office.count(), chance.uniform(0, longest)
            tally.runs += 1
            # However quick a run is, it leaves something for each kill to come.
            most = before + max(1, left - 2 * (kills - tally.kills))
            if (lived := _run_and_kill(start, office, moment, most)) is None:
                continue
            tally.kills += 1
            tally.killed_after.append(lived)
            if (done := office.count() - before) > 2:
                pace = (pace + lived / done) / 2
        _run(start)
        dunning.sweep(engine, actor=DAILY, now=datetime.now(UTC) + timedelta(minutes=16))
        _run(start)
        tally.runs += 2
    tally.seconds = time.monotonic() - began
    _count(engine, office, ids, tally)
    return tally


@dataclass
class Running:
    """A run of its own process; `code` is how it ended, None while it has not."""

    number: int
    answers: queue.Queue[str]
    code: int | None = None

    def wait(self, seconds: float) -> int | None:
        """Wait at most so long for its end."""
        if self.code is None:
            with contextlib.suppress(queue.Empty):
                self.code = int(self.answers.get(timeout=seconds) if seconds else self.answers.get_nowait())
        return self.code


def _run(start: Callable[[], Running]) -> None:
    assert start().wait(600) == 0


def _run_and_kill(start: Callable[[], Running], office: PostOffice | Outbox, moment: float, most: int) -> float | None:
    """Begin a run and kill it so many seconds after its first message is on the way, or once `most` were taken in all.

    Returns how long it lived from then on, None when it ended by itself.
    """
    office.rest()
    run = start()
    while not office.wait(0.02) and run.wait(0) is None:
        continue
    began = time.monotonic()
    while (left := began + moment - time.monotonic()) > 0 and office.count() < most:
        time.sleep(min(left, 0.01))
    lived = time.monotonic() - began
    if run.wait(0) is None:
        os.kill(run.number, signal.SIGKILL)
        run.wait(30)
    assert run.code in {0, -signal.SIGKILL}, "the run failed by itself; see what it said"
    return lived if run.code == -signal.SIGKILL else None


@contextlib.contextmanager
def _starter(url: str) -> Iterator[Callable[[], Running]]:
    """Give a function that begins a run; what runs say on standard error goes to that of the tests."""
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, url, TODAY.isoformat()],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as program:
        answers: queue.Queue[str] = queue.Queue()
        assert program.stdin is not None
        assert program.stdout is not None
        reader = threading.Thread(target=_pass_on, args=(program.stdout, answers))
        reader.start()

        def start() -> Running:
            assert program.stdin is not None
            print(file=program.stdin, flush=True)
            return Running(int(answers.get(timeout=120)), answers)

        try:
            yield start
        finally:
            program.stdin.close()
            program.kill()
            reader.join(10)


def _pass_on(lines: Iterable[str], to: queue.Queue[str]) -> None:
    for line in lines:
        to.put(line)


def _count_messages(engine: Engine) -> int:
    with StoreSession(engine) as session:
        return session.execute(select(func.count()).select_from(Message)).scalar_one()


def _messages(engine: Engine) -> list[Message]:
    with StoreSession(engine) as session:
        return list(session.execute(select(Message).order_by(Message.id)).scalars())


def _count(engine: Engine, office: PostOffice | Outbox, ids: dict[str, int], tally: Tally) -> None:
    """Count what the server took against what the store says of each customer; refuse what contradicts itself."""
    taken = Counter(address for address, _, _ in office.taken())
    raw = {header_id: sent for _, header_id, sent in office.taken()}
    by_customer: dict[int, list[Message]] = {}
    for message in _messages(engine):
        by_customer.setdefault(message.customer_id, []).append(message)
    with StoreSession(engine) as session:
        events = Counter(session.execute(select(CaseEvent.subject_id).where(CaseEvent.subject == "message")).scalars())
    for address, customer_id in ids.items():
        # A refused one certainly did not leave; its step was tried again.
        messages = [message for message in by_customer.get(customer_id, []) if message.state != "refused"]
        tally.doubles += taken[address] > 1 or len(messages) > 1
        tally.forgotten += not messages
        for message in messages:
            _judge(message, arrived=taken[address] > 0, sent=raw.get(message.header_id), tally=tally)
            assert json.loads(message.recipients) == [address]
            assert events[message.id or 0] >= 2, "prepared, and what became of it"
    assert not set(taken) - set(ids)


def _judge(message: Message, *, arrived: bool, sent: bytes | None, tally: Tally) -> None:
    assert message.state in {"sent", "unknown"}, (message.state, message.words)
    assert message.words
    tally.sent += message.state == "sent"
    tally.unknown += message.state == "unknown"
    tally.unknown_arrived += message.state == "unknown" and arrived
    tally.unknown_lost += message.state == "unknown" and not arrived
    assert arrived or message.state == "unknown", "said to be sent, and nobody took it"
    assert sent is None or sent == message.raw, "the bytes that are kept are not those that left"


@pytest.fixture
def sound() -> Callable[[Engine], list[Any]]:
    """Return a function that lists the rules of the books that are broken."""
    return lambda engine: [check for check in verify(engine) if not check.ok]
