"""How long the first visitor waits for the Overview's figures: in a new process, with the books forgotten, and again.

Run as a program, it prints the seconds of its own life: `python -m benchmarks.first_figures STORE`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

START = time.perf_counter()


def in_new_process(store: Path) -> dict[str, float]:
    """Return seconds from the start of a new process: imports done, figures there, the same figures again."""
    begin = time.perf_counter()
    done = subprocess.run(  # noqa: S603  our own program
        [sys.executable, "-m", "benchmarks.first_figures", str(store)],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[1],
    )
    whole = time.perf_counter() - begin
    return {"process": whole, **json.loads(done.stdout)}


def main(store: str) -> None:
    """Load the books of a store, make the figures, make them again, and say how long each took."""
    from arcore.reports.book import book
    from arcore.reports.book import forget
    from arcore.store.engine import open_engine
    from benchmarks.overview import figures

    engine = open_engine(f"sqlite:///{Path(store).resolve()}")
    taken = {"imports": _since(START)}
    for name in ("cold", "books_forgotten", "nothing_new"):
        if name == "books_forgotten":
            forget()
        begin = time.perf_counter()
        book(engine)
        taken[f"{name}_columns"] = _since(begin)
        figures(engine)
        taken[name] = _since(begin)
    engine.dispose()
    print(json.dumps(taken))


def _since(begin: float) -> float:
    return round(time.perf_counter() - begin, 4)


if __name__ == "__main__":
    main(sys.argv[1])
