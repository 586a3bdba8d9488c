"""How time and memory grow with the book, from ten thousand to ten million invoices: `python -m benchmarks.scale`.

Each size is written and measured in processes of its own, so that memory is that of this size alone. Growing tenfold
must cost no more than ten times the processor time, and ten million invoices must fit into the memory named below. The
clock on the wall is written down beside it: what else the machine does bends it. Small books are measured more often.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from benchmarks import machine
from benchmarks.results import seconds

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
RESULTS = Path(__file__).with_name("scale.json")
MOST_GB = 20
SLACK = 1.25
"""A measured tenfold book may take this much more than ten times as long before it counts as worse than linear."""
STEPS = ("load", "overview", "measures", "after_payment")
LEAST_TURNS, MOST_TURNS = 2, 9
ENOUGH = 20.0
"""After so many seconds the least number of turns will do."""
WIDTH = 100
"""Characters of a line of the table, whatever the terminal is."""


class Cost(NamedTuple):
    """Seconds on the wall, and of all processors together."""

    wall: float
    cpu: float


def main(argv: Sequence[str] | None = None) -> int:
    """Measure every size and write the curve; 0 when no step grows worse than linearly and all fits."""
    asked = _arguments(argv)
    if asked.build:
        build(asked.build, asked.store)
        return 0
    if asked.store:
        print(json.dumps(measured(asked.store)))
        return 0
    console = Console(width=WIDTH)
    curve = [_size(rows, console) for rows in asked.rows]
    draw(curve, console)
    bad = worse_than_linear(curve)
    for words in bad:
        console.print(words, style="bold red", highlight=False)
    if asked.out is not None:
        kept = {"curve": curve, "linear": not bad, "most_gb": MOST_GB, **machine.facts()}
        asked.out.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    return 1 if bad else 0


def build(rows: int, path: Path) -> None:
    """Write a book of so many invoices, its customers in segments."""
    from benchmarks import segments
    from benchmarks import store
    from benchmarks.book import make

    engine = store.write(make(rows), path)
    segments.assign(engine)
    engine.dispose()


def measured(path: Path) -> dict[str, Any]:
    """Return what it takes to load a store, to show the Overview, to measure all by segment, to follow a payment."""
    from arcore.analytics.warm import warm
    from arcore.reports.book import book
    from arcore.reports.book import forget
    from arcore.store.engine import open_engine
    from benchmarks.following import pay
    from benchmarks.measures import all_by_segment
    from benchmarks.overview import figures

    warm()
    engine = open_engine(f"sqlite:///{path.resolve()}")
    taken: dict[str, list[Cost]] = {name: [] for name in STEPS}
    begin = time.perf_counter()
    for turn in range(MOST_TURNS):
        if turn >= LEAST_TURNS and time.perf_counter() - begin > ENOUGH:
            break
        forget()
        _clock(taken["load"], lambda: book(engine))
        loaded = _megabytes(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
        _clock(taken["overview"], lambda: figures(engine))
        _clock(taken["measures"], lambda: all_by_segment(engine))
        pay(engine, turn)
        _clock(taken["after_payment"], lambda: figures(engine))
    columns = book(engine).columns
    engine.dispose()
    return {
        "items": len(columns.item_id),
        "applications": len(columns.app_id),
        "turns": len(taken["load"]),
        "seconds": {name: round(min(cost.wall for cost in each), 4) for name, each in taken.items()},
        "cpu": {name: round(min(cost.cpu for cost in each), 4) for name, each in taken.items()},
        "loaded_mb": round(loaded),
        "peak_mb": round(_megabytes(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)),
    }


def worse_than_linear(curve: Sequence[dict[str, Any]]) -> list[str]:
    """Say which steps took more than their share when the book grew, and what did not fit into memory."""
    found = []
    for smaller, larger in pairwise(curve):
        grown = larger["invoices"] / smaller["invoices"]
        for name in STEPS:
            times = larger["cpu"][name] / smaller["cpu"][name]
            if times > grown * SLACK:
                found.append(f"{name} took {times:.1f} times the processor time for {grown:.0f} times the invoices")
        if larger["peak_mb"] / smaller["peak_mb"] > grown * SLACK:
            found.append(f"memory grew faster than the book from {smaller['invoices']:,} invoices on")
    found += [f"{each['invoices']:,} invoices took {each['peak_mb']:,} MB" for each in curve if _too_large(each)]
    return found


def draw(curve: Sequence[dict[str, Any]], console: Console) -> None:
    """Print the curve, with seconds of the processor, and these and memory per million invoices."""
    title = "Time and memory by size of the book; below, of the processor and per million invoices"
    table = Table(title=title, title_justify="left")
    for name in ("invoices", "items", *(name.replace("_", " ") for name in STEPS), "peak memory"):
        table.add_column(name, justify="right")
    for each in curve:
        millions = each["invoices"] / 1_000_000
        table.add_row(
            f"{each['invoices']:,}",
            f"{each['items']:,}",
            *(
                f"{seconds(each['seconds'][name])}\n{seconds(each['cpu'][name])}\n{each['cpu'][name] / millions:.2f}"
                for name in STEPS
            ),
            f"{each['peak_mb']:,} MB\n\n{each['peak_mb'] / millions:,.0f}",
        )
    console.print(table)


def _size(rows: int, console: Console) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="arcore-scale-") as folder:
        path = Path(folder) / "store.db"
        begin = time.perf_counter()
        _run("--build", str(rows), "--store", str(path))
        console.print(f"{rows:,} invoices written: {time.perf_counter() - begin:.0f} s", style="dim", highlight=False)
        return {
            "invoices": rows,
            "store_mb": round(path.stat().st_size / 1e6),
            **json.loads(_run("--store", str(path))),
        }


def _run(*words: str) -> str:
    done = subprocess.run(  # noqa: S603  our own program
        [sys.executable, "-m", "benchmarks.scale", *words],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[1],
    )
    return done.stdout


def _clock(taken: list[Cost], act: Callable[[], object]) -> None:
    begin, used = time.perf_counter(), time.process_time()
    act()
    taken.append(Cost(time.perf_counter() - begin, time.process_time() - used))


def _megabytes(peak: int) -> float:
    return peak / (1_000_000 if sys.platform == "darwin" else 1_000)


def _too_large(each: dict[str, Any]) -> bool:
    return bool(each["peak_mb"] > MOST_GB * 1000)


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=SIZES, help="numbers of invoices, ascending")
    parser.add_argument("--out", type=Path, default=RESULTS, help="where the curve goes")
    parser.add_argument("--build", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--store", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args(argv)


if __name__ == "__main__":
    raise SystemExit(main())
