"""Who clicks what and when, and what it took: many tabs at their own times, or one tab click by click."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import timedelta
from statistics import median
from typing import Literal

from benchmarks.load.tab import Answer
from benchmarks.load.tab import Tab

Kind = Literal["bare", "repeat", "new"]
KINDS: tuple[Kind, ...] = ("bare", "repeat", "new")
Clock = Callable[[], float]
"""Seconds of processor time that the server has used."""


class Days:
    """Days to ask for: each new one is handed out once in the life of the server; those asked before come again.

    Attributes:
        asked: by page, the days that somebody has looked at there.
    """

    def __init__(self, last: date, count: int, seed: int) -> None:
        """Take the `count` days up to the day before `last` in an order drawn from a seed."""
        self._dice = random.Random(seed)  # noqa: S311  not for secrets
        self._left = [last - timedelta(days=back) for back in range(1, count + 1)]
        self._dice.shuffle(self._left)
        self.asked: dict[str, list[date]] = {}

    def new(self, page: str) -> date:
        """Return a day that nobody has asked for on any page."""
        day = self._left.pop()
        self.asked.setdefault(page, []).append(day)
        return day

    def again(self, page: str, but: date | None) -> date:
        """Return a day that was asked for on this page before, another one than `but`."""
        return self._dice.choice([day for day in self.asked[page] if day != but])


@dataclass
class Taken:
    """What clicks of one kind took.

    Attributes:
        seconds: each, as the one who clicked waited.
        received: bytes that came in, each.
        server: seconds of processor time of the server, each; only where one tab clicks alone.
    """

    seconds: list[float] = field(default_factory=list)
    received: list[int] = field(default_factory=list)
    server: list[float] = field(default_factory=list)

    def add(self, answer: Answer, server: float | None = None) -> None:
        """Write a click down."""
        self.seconds.append(answer.seconds)
        self.received.append(answer.received)
        if server is not None:
            self.server.append(server)

    def share(self, part: float) -> float:
        """Return the milliseconds that such a part of the clicks took at most."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * part))]

    @property
    def server_ms(self) -> float | None:
        """Milliseconds of the server's processor for the median click."""
        return 1000 * median(self.server) if self.server else None


@dataclass
class Window:
    """What happened while tabs clicked.

    Attributes:
        by_kind: what the clicks took.
        seconds: how long it went on, until the last answer.
        server_cpu, client_cpu: seconds of processor time of both sides meanwhile.
        behind: the seconds by which the latest click started after its time; large, the client was too slow to measure.
    """

    by_kind: dict[Kind, Taken]
    seconds: float
    server_cpu: float
    client_cpu: float
    behind: float = 0.0

    @property
    def clicks(self) -> int:
        """All clicks."""
        return sum(len(taken.seconds) for taken in self.by_kind.values())


async def alone(tab: Tab, page: str, days: Days, clock: Clock, *, count: int, pause: float, bare: bool) -> Window:
    """Let one tab click `count` times with a pause between, half of them new days; weigh each click by itself."""
    found: dict[Kind, Taken] = {}
    began, server, client = time.perf_counter(), clock(), time.process_time()
    for number in range(count):
        kind, day = _next(tab, page, days, fresh=number % 2 == 0, bare=bare)
        await asyncio.sleep(pause)
        before = clock()
        answer = await tab.click(day)
        # The server tidies up after it has answered.
        await asyncio.sleep(0.02)
        found.setdefault(kind, Taken()).add(answer, clock() - before)
    return Window(found, time.perf_counter() - began, clock() - server, time.process_time() - client)


async def together(
    tabs: Sequence[Tab], page: str, days: Days, clock: Clock, *, seconds: float, every: float, seed: int, bare: bool
) -> Window:
    """Let tabs click once in `every` seconds, each at its own time, for so many seconds; half ask for new days."""
    dice = random.Random(seed)  # noqa: S311  not for secrets
    offsets = [dice.random() * every for _ in tabs]
    found: dict[Kind, Taken] = {}
    late = [0.0]
    server, client, began = clock(), time.process_time(), time.perf_counter()

    async def sit(tab: Tab, place: int) -> None:
        due, number = offsets[place], place
        while due < seconds:
            await asyncio.sleep(max(0.0, began + due - time.perf_counter()))
            late.append(time.perf_counter() - began - due)
            kind, day = _next(tab, page, days, fresh=number % 2 == 0, bare=bare)
            found.setdefault(kind, Taken()).add(await tab.click(day))
            due, number = due + every, number + 1

    async with asyncio.TaskGroup() as group:
        for place, tab in enumerate(tabs):
            group.create_task(sit(tab, place))
    spent = time.perf_counter() - began
    return Window(found, spent, clock() - server, time.process_time() - client, max(late))


def _next(tab: Tab, page: str, days: Days, *, fresh: bool, bare: bool) -> tuple[Kind, date]:
    """Return what a tab asks for now; on the bare page all days are as good."""
    if bare:
        return "bare", days.again(page, tab.day)
    return ("new", days.new(page)) if fresh else ("repeat", days.again(page, tab.day))
