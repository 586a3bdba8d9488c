"""What a warm rerun of a page costs with a million invoices, beside the sample company: `python -m benchmarks.reruns`.

The pages run through app.py in Streamlit's own test runner, each book in a process of its own; what counts is the
processor time of a run with nothing new in the books, the best of some.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import machine
from benchmarks.book import LAST_DAY
from benchmarks.results import seconds

ROOT = Path(__file__).parents[1]
RESULTS = Path(__file__).with_name("reruns.json")
PAGES = ("overview", "aging", "trends")
INVOICES = 1_000_000
TIMES = 3.0
"""So many times what the sample company costs a large book may cost at most."""
RUNS = 9
LEAST_ELEMENTS = 30
"""Fewer than these, and a page shows that there is nothing to show."""


def main(argv: Sequence[str] | None = None) -> int:
    """Measure the pages on both books and write what they cost; 0 when every page keeps to its part."""
    asked = _arguments(argv)
    if asked.data is not None:
        print(json.dumps(measured(asked.data, asked.runs)))
        return 0
    console = Console()
    with tempfile.TemporaryDirectory(prefix="arcore-reruns-") as folder:
        sample, large = Path(folder, "sample"), Path(folder, "large")
        for data in (sample, large):
            data.mkdir()
        _sample(sample / "arcore.db")
        _large(large / "arcore.db", asked.rows)
        small, big = (_in_process(data, asked.runs) for data in (sample, large))
    times = {page: big[page]["warm"] / small[page]["warm"] for page in PAGES}
    _draw(small, big, times, asked.rows, console)
    if asked.out is not None:
        kept = {"invoices": asked.rows, "sample": small, "large": big, "times": times, "most": TIMES, **machine.facts()}
        asked.out.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    return 0 if all(found <= TIMES for found in times.values()) else 1


def measured(data: Path, runs: int) -> dict[str, Any]:
    """Return the processor seconds of the first and of the best warm run of every page, in this process."""
    from streamlit.runtime.pages_manager import PagesManager
    from streamlit.testing.v1 import AppTest

    begin = PagesManager.__init__

    def through_app(self: PagesManager, *args: Any, **kwargs: Any) -> None:
        begin(self, *args, **kwargs)
        PagesManager.uses_pages_directory = False  # as the served app does; the test runner begins the old way

    PagesManager.__init__ = through_app  # type: ignore[method-assign]
    os.environ["ARCORE_DATA_DIR"] = str(data)
    found = {}
    for page in PAGES:
        at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=300)
        at.query_params["as_of"] = LAST_DAY.isoformat()
        at = at.switch_page(f"pages/{page}.py")
        taken = [_processor(at) for _ in range(runs + 1)]
        if at.exception:
            raise RuntimeError(f"{page}: {at.exception[0].value}")
        elements = _elements(at.main)
        if elements < LEAST_ELEMENTS:
            raise RuntimeError(f"{page} shows {elements} elements only: nothing was drawn")
        found[page] = {"first": taken[0], "warm": min(taken[1:]), "elements": elements}
    return found


def _elements(block: Any) -> int:
    return 1 + sum(map(_elements, getattr(block, "children", {}).values()))


def _processor(at: Any) -> float:
    gc.collect()
    begin = time.process_time()
    at.run()
    return time.process_time() - begin


def _sample(path: Path) -> None:
    from arcore.sample import service

    service.make(f"sqlite:///{path}", today=LAST_DAY)


def _large(path: Path, rows: int) -> None:
    from benchmarks import segments
    from benchmarks import store
    from benchmarks.book import make

    engine = store.write(make(rows), path)
    segments.assign(engine)
    engine.dispose()


def _in_process(data: Path, runs: int) -> dict[str, Any]:
    done = subprocess.run(  # noqa: S603  our own program
        [sys.executable, "-m", "benchmarks.reruns", "--data", str(data), "--runs", str(runs)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "ARCORE_TODAY": date.isoformat(LAST_DAY)},
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _draw(small: dict[str, Any], big: dict[str, Any], times: dict[str, float], rows: int, console: Console) -> None:
    table = Table(title=f"Processor time of a rerun with nothing new; {rows:,} invoices", title_justify="left")
    for name in ("page", "sample company", "large book", "times", "at most", "first run"):
        table.add_column(name, justify="left" if name == "page" else "right")
    for page in PAGES:
        table.add_row(
            page.capitalize(),
            seconds(small[page]["warm"]),
            seconds(big[page]["warm"]),
            f"{times[page]:.2f}×",
            f"{TIMES:g}×",
            seconds(big[page]["first"]),
        )
    console.print(table)


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reruns", description=__doc__)
    parser.add_argument("--rows", type=int, default=INVOICES, help="how many invoices (a million)")
    parser.add_argument("--runs", type=int, default=RUNS, help="how often each page is drawn again")
    parser.add_argument("--out", type=Path, default=RESULTS, help="where the figures go")
    parser.add_argument("--data", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args(argv)


if __name__ == "__main__":
    raise SystemExit(main())
