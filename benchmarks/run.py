"""Measure what is claimed about speed, with the peers in the same run, on the same rows: `python -m benchmarks.run`.

Every answer of a peer is compared with ours to the cent; where one differs the run stops and keeps nothing.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from pathlib import Path
from typing import Any
from typing import TypeVar

import numpy as np
from rich.console import Console
from sqlalchemy import Engine

from arcore.analytics.warm import warm
from arcore.reports.book import Book
from benchmarks import aging_by_customer
from benchmarks import first_figures
from benchmarks import following
from benchmarks import history_by_day
from benchmarks import history_by_month
from benchmarks import importing
from benchmarks import kpi_table
from benchmarks import loading
from benchmarks import machine
from benchmarks import plain_sum
from benchmarks import store
from benchmarks.book import KINDS
from benchmarks.book import SEED
from benchmarks.book import Book as Made
from benchmarks.book import make
from benchmarks.peers import tables
from benchmarks.results import Result
from benchmarks.results import draw
from benchmarks.results import write
from benchmarks.stored import Stored
from benchmarks.timing import Pace

RESULTS = Path(__file__).with_name("results.json")
FULL, QUICK = Pace(turns=5, seconds=0.3), Pace(turns=1, seconds=0.0)
CLAIMED, QUICK_ROWS = 1_000_000, 20_000
IMPORTED = 5
"""One line is imported for so many invoices of the book."""
T = TypeVar("T")


@dataclass(frozen=True)
class Bench:
    """Where a run puts its store and its words."""

    folder: Path
    pace: Pace
    console: Console

    def step(self, says: str, act: Callable[[], T]) -> T:
        """Do something and say how long it took."""
        begin = time.perf_counter()
        done = act()
        self.console.print(f"{says}: {time.perf_counter() - begin:.1f} s", style="dim", highlight=False)
        return done


def main(argv: Sequence[str] | None = None) -> int:
    """Run all comparisons, print the table and write the results; 0 when all figures were equal."""
    asked = _arguments(argv)
    console = Console()
    rows = asked.rows or (QUICK_ROWS if asked.quick else CLAIMED)
    with tempfile.TemporaryDirectory(prefix="arcore-bench-") as folder:
        bench = Bench(Path(folder), QUICK if asked.quick else FULL, console)
        facts = machine.facts()
        made = bench.step(f"Draw a book of {rows:,} invoices", lambda: make(rows))
        engine = bench.step("Write it into a store", lambda: store.write(made, bench.folder / "store.db"))
        bench.step("Prove every rule of the books", lambda: store.check(engine))
        results, first = measure(bench, engine)
        engine.dispose()
        lines = rows // IMPORTED
        results += bench.step("Files in", lambda: importing.compare(lines, bench.folder, bench.pace))
    if rows < CLAIMED:
        results = [replace(found, met=None) for found in results]
        console.print(f"Targets are for {CLAIMED:,} invoices; on a smaller book none is met or missed", style="dim")
    draw(results, console)
    console.print("First figures of the Overview, in seconds:", first, highlight=False)
    out = asked.out or (None if asked.quick else RESULTS)
    if out is not None:
        write(out, results, facts, contents(made), first)
        console.print(f"Written to {out}", style="dim", highlight=False)
    return 0


def measure(bench: Bench, engine: Engine) -> tuple[list[Result], dict[str, float]]:
    """Run the comparisons; the store is written to in the last one."""
    warm()
    path = bench.folder / "store.db"
    closed = bench.folder / "closed.db"
    engine.dispose()
    shutil.copyfile(path, closed)
    loaded, book, stored = bench.step("Loading", lambda: loading.compare(engine, closed, bench.pace))
    compared = beside_peers(bench, book, stored)
    followed = bench.step("One new payment", lambda: following.compare(engine, bench.pace))
    first = bench.step("First figures", lambda: first_figures.in_new_process(path))
    table = bench.step("All measures by segment", lambda: kpi_table.compare(engine, path, bench.pace))
    return [*compared, *table, *loaded, *followed], first


def beside_peers(bench: Bench, book: Book, stored: Stored) -> list[Result]:
    """Run what happens in memory, with the rows in every peer's own form."""
    peers = bench.step("Give the peers their rows", lambda: tables.load(stored))
    return [
        *bench.step("Daily history, month-ends", lambda: history_by_month.compare(book, peers, bench.pace)),
        *bench.step("Daily history, one SQL", lambda: history_by_day.compare(book, peers, bench.pace)),
        *bench.step("Daily history, plain sums", lambda: plain_sum.compare(book, bench.pace)),
        *bench.step("Aging by customer", lambda: aging_by_customer.compare(book, peers, bench.pace)),
    ]


def contents(made: Made) -> dict[str, Any]:
    """Return what the book is made of."""
    counts = np.bincount(made.kind, minlength=len(KINDS)).tolist()
    return {
        "seed": SEED,
        "documents": dict(zip(KINDS, counts, strict=True)),
        "items": len(made.item_due),
        "applications": len(made.app_day),
        "customers": int(made.customer.max()),
        "days": int(made.day.max() - made.day.min()) + 1,
    }


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rows", type=int, help="how many invoices (a million)")
    parser.add_argument("--quick", action="store_true", help="a small book and one run each; keeps no results")
    parser.add_argument("--out", type=Path, help=f"where the results go ({RESULTS.name} beside the benchmarks)")
    return parser.parse_args(argv)


if __name__ == "__main__":
    raise SystemExit(main())
