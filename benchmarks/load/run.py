"""Measure how long people wait when many look at the pages at once: `python -m benchmarks.load`.

The app runs as it is served, on books of 300,000 invoices. Every tab is a session of its own over the websocket. Half
of the clicks ask for a day that was asked for before, half for one that nobody has asked for; a bare page with as many
elements of constant data takes the same clicks from the same server, right before.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import replace
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks import machine
from benchmarks.book import LAST_DAY
from benchmarks.load import results
from benchmarks.load.bare import query_of
from benchmarks.load.clicks import Clock
from benchmarks.load.clicks import Days
from benchmarks.load.clicks import Window
from benchmarks.load.clicks import alone
from benchmarks.load.clicks import together
from benchmarks.load.tab import Tab
from tools import served

RESULTS = Path(__file__).with_name("results.json")
PROGRAM = ("-m", "benchmarks.load.server")
PAGES = {"Overview": "", "Aging": "aging", "Trends": "trends"}
SEED = 20261031
WIDTH = 100
"""Characters of a line of the table, whatever the terminal is."""
Sides = dict[str, list[Tab]]
"""The tabs of the "bare" page and of our "page"."""


@dataclass(frozen=True)
class Plan:
    """How much is measured.

    Attributes:
        invoices: of the generated books; 0 takes the sample company.
        sessions: how many tabs click at once, beside one alone.
        rounds: of which the best counts.
        seconds: how long many tabs click, in one round on one page.
        every: seconds from one click of a tab to its next.
        single: clicks of the one tab alone, in one round on one page.
        pause: seconds between these: it has nobody to wait for, so it need not wait ten.
    """

    invoices: int = 300_000
    sessions: int = 50
    rounds: int = 3
    seconds: float = 11.0
    every: float = 10.0
    single: int = 24
    pause: float = 0.05

    @property
    def days(self) -> int:
        """How many new days are needed at most, with those to warm up."""
        crowd = self.sessions * (self.seconds / self.every + 1)
        return 10 + len(PAGES) * (4 + round(self.rounds * (self.single + crowd)))


FULL = Plan()
QUICK = Plan(invoices=0, sessions=3, rounds=1, seconds=2.0, every=1.0, single=4, pause=0.0)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the load, print the table, write the results; 1 when something wanted was missed."""
    asked = _arguments(argv)
    plan = QUICK if asked.quick else FULL
    plan = replace(plan, **{name: value for name, value in vars(asked).items() if name in ONLY and value is not None})
    console, began = Console(width=WIDTH), time.perf_counter()
    facts = machine.facts()
    facts["versions"] |= {name: version(name) for name in ("streamlit", "websockets", "uvicorn")}
    with tempfile.TemporaryDirectory(prefix="arcore-load-") as name:
        folder = Path(name)
        today = prepare(folder, plan, console)
        with served.process(folder, today.isoformat(), PROGRAM) as (pid, address):
            before = memory_of(pid)
            pages = asyncio.run(measure(address, clock_of(pid), plan, today, console))
            memory = {"server_mb_at_start": before, "server_mb_at_end": memory_of(pid)}
    claimed = plan == FULL
    results.draw(console, pages, claimed=claimed)
    seconds = round(time.perf_counter() - began)
    met = results.all_met(pages) if claimed else None
    held = f"server {memory['server_mb_at_start']:.0f} MB at first, {memory['server_mb_at_end']:.0f} MB at last"
    console.print(f"{results.VERDICTS[met]}; {seconds} s in all; {held}", highlight=False)
    out = asked.out or (RESULTS if claimed else None)
    if out is not None:
        kept = {
            **facts,
            "plan": asdict(plan),
            "seconds": seconds,
            "wanted": results.WANTED,
            "met": met,
            **memory,
            "pages": pages,
        }
        results.write(out, kept)
        console.print(f"Written to {out}", style="dim", highlight=False)
    return 1 if met is False else 0


def prepare(folder: Path, plan: Plan, console: Console) -> date:
    """Fill a data folder with the books to look at; return the day that is today there."""
    from benchmarks import store
    from benchmarks.book import make

    if not plan.invoices:
        return date.fromisoformat(served.TODAY)
    begin = time.perf_counter()
    engine = store.write(make(plan.invoices), folder / served.STORES[0])
    store.check(engine)
    engine.dispose()
    console.print(
        f"Books of {plan.invoices:,} invoices, proven: {time.perf_counter() - begin:.1f} s",
        style="dim",
        highlight=False,
    )
    return LAST_DAY


def clock_of(pid: int) -> Clock:
    """Return a clock of the processor time that a process has used, all its threads together (Linux)."""
    number = (~pid << 3) | 2
    time.clock_gettime(number)
    return lambda: time.clock_gettime(number)


def memory_of(pid: int) -> float:
    """Return the megabytes of memory that a process holds (Linux)."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6, 1)


async def measure(address: str, clock: Clock, plan: Plan, today: date, console: Console) -> dict[str, Any]:
    """Open all tabs, then click page by page, round by round."""
    days = Days(today, plan.days, SEED)
    found: dict[str, Any] = {}
    async with AsyncExitStack() as stack:
        begin = time.perf_counter()
        tabs = {name: await opened(stack, address, name, plan) for name in PAGES}
        for name, both in tabs.items():
            await warmed(both, name, days)
            found[name] = {"elements": dict(sorted(both["page"][0].shown.items()))}
        says = f"{2 * len(PAGES) * plan.sessions} tabs open: {time.perf_counter() - begin:.1f} s"
        console.print(says, style="dim", highlight=False)
        windows = await rounds(tabs, days, clock, plan, console)
    for (name, sessions), pairs in windows.items():
        figures = results.best(pairs)
        found[name].setdefault("sessions", {})[str(sessions)] = {
            "clicks": figures, "both_sides": results.both_sides(pairs), "met": results.judged(figures)
        }  # fmt: skip
    return found


async def rounds(
    tabs: dict[str, Sides], days: Days, clock: Clock, plan: Plan, console: Console
) -> dict[tuple[str, int], list[dict[str, Window]]]:
    """Click on every page and on its bare one, with one tab and with all; what was taken by page and tabs."""
    windows: dict[tuple[str, int], list[dict[str, Window]]] = {}
    for number in range(plan.rounds):
        for name, both in tabs.items():
            for sessions in dict.fromkeys((1, plan.sessions)):
                taken = {}
                for side, every in both.items():
                    taken[side] = await _window(every[:sessions], side, name, days, clock, plan, number)
                windows.setdefault((name, sessions), []).append(taken)
        console.print(f"Round {number + 1} of {plan.rounds} done", style="dim", highlight=False)
    return windows


async def opened(stack: AsyncExitStack, address: str, name: str, plan: Plan) -> Sides:
    """Open the tabs of one page and as many of the bare page with its number of elements."""
    first = await stack.enter_async_context(Tab(address, PAGES[name]))
    await first.open()
    query = query_of(first.shown)
    pages = [first, *[await stack.enter_async_context(Tab(address, PAGES[name])) for _ in range(plan.sessions - 1)]]
    for tab in pages[1:]:
        await tab.open()
    bares = [await stack.enter_async_context(Tab(address, "", query)) for _ in range(plan.sessions)]
    for tab in bares:
        await tab.open()
    return {"bare": bares, "page": pages}


async def warmed(both: Sides, name: str, days: Days) -> None:
    """Ask for two days first: what only the very first visitor waits for is measured elsewhere."""
    for _ in range(2):
        day = days.new(name)
        for tab in (both["bare"][0], both["page"][0]):
            await tab.click(day)
    shown, bare = both["page"][0].shown, both["bare"][0].shown
    # Days differ in a line or two.
    if abs(shown.total() - bare.total()) > 0.05 * shown.total():
        raise AssertionError(f"{name} shows {shown.total()} elements, the bare page {bare.total()}")


async def _window(tabs: list[Tab], side: str, page: str, days: Days, clock: Clock, plan: Plan, number: int) -> Window:
    gc.collect()
    gc.disable()
    try:
        if len(tabs) == 1:
            return await alone(tabs[0], page, days, clock, count=plan.single, pause=plan.pause, bare=side == "bare")
        return await together(
            tabs, page, days, clock, seconds=plan.seconds, every=plan.every, seed=SEED + number, bare=side == "bare"
        )
    finally:
        gc.enable()


ONLY = ("invoices", "sessions", "rounds", "seconds", "every", "single")


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="three tabs on the sample company; keeps no results")
    for name in ONLY:
        kind = type(getattr(FULL, name))
        parser.add_argument(f"--{name}", type=kind, help=f"instead of {getattr(FULL, name):g}; then nothing is judged")
    parser.add_argument("--out", type=Path, help=f"where the results go ({RESULTS.name} beside the benchmark)")
    return parser.parse_args(argv)


if __name__ == "__main__":
    raise SystemExit(main())
