"""What the load came to: the best of the rounds, what was wanted, whether it was met."""

from __future__ import annotations

import json
from collections.abc import Mapping
from collections.abc import Sequence
from pathlib import Path
from statistics import mean
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.load.clicks import KINDS
from benchmarks.load.clicks import Kind
from benchmarks.load.clicks import Window

REPEAT_TIMES = 2.0
"""A day asked before may take this many times what the bare page takes, at the 95th percentile."""
NEW_MS = 150.0
"""Milliseconds that a day not asked before may take at the 95th percentile."""
WANTED = {"repeat": f"p95 at most {REPEAT_TIMES:g} times the bare page", "new": f"p95 under {NEW_MS:g} ms"}
VERDICTS = {
    True: "Everything wanted is met",
    False: "Something wanted was MISSED",
    None: "Other books or fewer clicks than the full run: nothing is judged",
}
WORDS: Mapping[Kind, str] = {"bare": "bare page", "repeat": "repeated", "new": "new day"}


def best(windows: Sequence[Mapping[str, Window]]) -> dict[str, dict[str, Any]]:
    """Return the figures of each kind of click from the round in which that kind was quickest at the 95th percentile.

    Each round is a pair of windows, "bare" and "page".
    """
    found: dict[str, dict[str, Any]] = {}
    for kind in KINDS:
        held = [window for pair in windows for window in pair.values() if kind in window.by_kind]
        window = min(held, key=lambda window: window.by_kind[kind].share(0.95))
        taken = window.by_kind[kind]
        found[kind] = {
            "p50_ms": round(taken.share(0.5), 1),
            "p95_ms": round(taken.share(0.95), 1),
            "p95_ms_rounds": [round(one.by_kind[kind].share(0.95), 1) for one in held],
            "clicks_a_round": len(taken.seconds),
            "kb_a_click": round(mean(taken.received) / 1024, 1),
            "server_cpu_ms": None if taken.server_ms is None else round(taken.server_ms, 1),
        }
    return found


def both_sides(windows: Sequence[Mapping[str, Window]]) -> dict[str, dict[str, float]]:
    """Return how busy server and client were on our page and on the bare one, over all rounds."""
    found = {}
    for name in ("bare", "page"):
        held = [pair[name] for pair in windows]
        seconds, clicks = sum(window.seconds for window in held), sum(window.clicks for window in held)
        found[name] = {
            "clicks_a_second": round(clicks / seconds, 2),
            "server_cpu_ms_a_click": round(1000 * sum(window.server_cpu for window in held) / clicks, 1),
            "server_cores": round(sum(window.server_cpu for window in held) / seconds, 3),
            "client_cores": round(sum(window.client_cpu for window in held) / seconds, 3),
            "client_behind_ms": round(1000 * max(window.behind for window in held), 1),
        }
    return found


def judged(figures: Mapping[str, Mapping[str, Any]]) -> dict[str, bool]:
    """Tell of each wish whether the best round met it."""
    bare, repeat, new = (figures[kind]["p95_ms"] for kind in KINDS)
    return {"repeat": repeat <= REPEAT_TIMES * bare, "new": new < NEW_MS}


def all_met(pages: Mapping[str, Any]) -> bool:
    """Tell whether all wishes were met on all pages with one tab and with many."""
    return all(met for page in pages.values() for found in page["sessions"].values() for met in found["met"].values())


def draw(console: Console, pages: Mapping[str, Any], *, claimed: bool) -> None:
    """Print one line per page, number of sessions and kind of click."""
    table = Table(title="A click in ms as the one who clicks waits, the best of the rounds", pad_edge=False)
    for head in ("page", "tabs", "click"):
        table.add_column(head, no_wrap=True)
    for head in ("p50", "p95", "server CPU", "KB", "× bare", "wanted", ""):
        table.add_column(head, justify="right", no_wrap=True)
    for name, page in pages.items():
        for sessions, found in page["sessions"].items():
            _lines(table, name, sessions, found, claimed=claimed)
        table.add_section()
    console.print(table)
    for name, page in pages.items():
        for sessions, found in page["sessions"].items():
            ours, bare = found["both_sides"]["page"], found["both_sides"]["bare"]
            says = (
                f"{name}, {sessions} tabs: {ours['clicks_a_second']} clicks a second keep {ours['server_cores']} cores "
                f"of the server and {ours['client_cores']} of the client busy; {ours['server_cpu_ms_a_click']} ms of "
                f"the server a click, {bare['server_cpu_ms_a_click']} on the bare page"
            )
            console.print(says, style="dim", highlight=False, soft_wrap=True)


def _lines(table: Table, name: str, sessions: str, found: Mapping[str, Any], *, claimed: bool) -> None:
    bare = found["clicks"]["bare"]["p95_ms"]
    wanted = {"bare": "", "repeat": f"≤ {REPEAT_TIMES:g}× bare", "new": f"< {NEW_MS:g} ms"}
    for kind in KINDS:
        line = found["clicks"][kind]
        cpu = line["server_cpu_ms"]
        met = "" if kind == "bare" or not claimed else "met" if found["met"][kind] else "MISSED"
        times = "" if kind == "bare" else f"{line['p95_ms'] / bare:.1f}"
        table.add_row(
            name, sessions, WORDS[kind], f"{line['p50_ms']:.1f}", f"{line['p95_ms']:.1f}",
            "" if cpu is None else f"{cpu:.1f}", f"{line['kb_a_click']:.0f}", times, wanted[kind], met,
        )  # fmt: skip


def write(path: Path, found: Mapping[str, Any]) -> None:
    """Keep the results as JSON."""
    path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
