"""Files in, from bytes to committed, against the barest load of the same file: `python -m benchmarks.importing`.

Each run has a new store and a process of its own. Both sides have to leave the same in the store: documents, items,
applications, what the file said and customers, by count and by sum.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from benchmarks import export
from benchmarks.importing_once import BARE
from benchmarks.importing_once import OURS
from benchmarks.results import MEGABYTES
from benchmarks.results import Result
from benchmarks.results import compared
from benchmarks.results import draw
from benchmarks.results import equal
from benchmarks.results import within
from benchmarks.timing import Pace
from benchmarks.timing import Timed

LINES, QUICK_LINES = 200_000, 20_000
MOST_TURNS = 3
SLOWER, LOCKED_SECONDS = 4, 10
TIMES_FILE, TIMES_PEAK = 12, 2
BARE_LOAD = {"csv": "barest load, Polars", "xlsx": "barest load, calamine"}
Runs = dict[str, list[dict[str, Any]]]


def main(argv: Sequence[str] | None = None) -> int:
    """Compare, print the table and the steps of the import; 0 when both sides left the same in the store."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.importing", description=__doc__)
    parser.add_argument("--rows", type=int, default=QUICK_LINES, help=f"how many lines ({QUICK_LINES:,})")
    parser.add_argument("--turns", type=int, default=1, help="how many runs each (1)")
    asked = parser.parse_args(argv)
    console = Console()
    with tempfile.TemporaryDirectory(prefix="arcore-bench-") as folder:
        found = compare(asked.rows, Path(folder), Pace(turns=asked.turns, seconds=0.0))
    draw(found, console)
    for one in found:
        console.print(f"{one.name}: {one.note}", style="dim", highlight=False)
    return 0


def compare(lines: int, folder: Path, pace: Pace) -> list[Result]:
    """Import an export as CSV and as XLSX, ours and barest in turns. Raises Differs when the stores differ."""
    made = list(export.lines(lines))
    files = {"csv": folder / "export.csv", "xlsx": folder / "export.xlsx"}
    files["csv"].write_bytes(export.as_csv(made))
    files["xlsx"].write_bytes(export.as_xlsx(made))
    del made
    return [found for name, file in files.items() for found in _beside(name, file, lines, pace)]


def _beside(name: str, file: Path, lines: int, pace: Pace) -> list[Result]:
    runs: Runs = {OURS: [], BARE: []}
    for _ in range(min(pace.turns, MOST_TURNS)):
        for way, kept in runs.items():
            kept.append(_once(way, file))
    checked = equal(_holds(runs[OURS]), _holds(runs[BARE]), f"store after {name}")
    size = file.stat().st_size / 1_000_000
    best = min(runs[OURS], key=lambda run: float(run["cpu"]))
    steps = ", ".join(f"{step} {taken:.1f} s" for step, taken in best["steps"].items())
    cpu = {way: _timed(runs[way], "cpu").seconds for way in runs}
    told = f"{lines:,} lines, {size:.1f} MB; CPU {cpu[OURS]:.1f} s ({steps}) beside {cpu[BARE]:.1f} s"
    memory = _timed(runs[OURS], "memory_mb"), _timed(runs[BARE], "memory_mb")
    upper = name.upper()
    return [
        compared(
            f"{upper} to books",
            lines,
            _timed(runs[OURS], "seconds"),
            BARE_LOAD[name],
            _timed(runs[BARE], "seconds"),
            target=within(SLOWER),
            checked=checked,
            note=told,
        ),
        compared(
            f"{upper} to books, lock held",
            lines,
            _timed(runs[OURS], "locked"),
            f"{LOCKED_SECONDS} seconds",
            Timed.of([float(LOCKED_SECONDS)], None),
            target=within(1),
            checked=checked,
            note="how long no other could write",
        ),
        compared(
            f"{upper} to books, memory",
            lines,
            memory[0],
            "the file" if name == "csv" else "barest load's peak",
            Timed.of([size], None) if name == "csv" else memory[1],
            target=within(TIMES_FILE if name == "csv" else TIMES_PEAK),
            checked=checked,
            note=f"over the idle process; the barest load takes {memory[1].seconds:.0f} MB over its own",
            unit=MEGABYTES,
        ),
    ]


def _holds(runs: Sequence[dict[str, Any]]) -> NDArray[np.int64]:
    return np.array([run["holds"] for run in runs], np.int64)


def _timed(runs: Sequence[dict[str, Any]], what: str) -> Timed[None]:
    return Timed.of([float(run[what]) for run in runs], None)


def _once(way: str, file: Path) -> dict[str, Any]:
    done = subprocess.run(  # noqa: S603  our own program
        [sys.executable, "-m", "benchmarks.importing_once", way, str(file)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[1],
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


if __name__ == "__main__":
    raise SystemExit(main())
