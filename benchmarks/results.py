"""What a comparison found, how it is shown and how it is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import asdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from benchmarks.timing import Timed

SECONDS, MEGABYTES = "s", "MB"
"""What a comparison may be about."""


class Differs(AssertionError):
    """The peer came to other figures than we: nothing about speed can be said."""


@dataclass(frozen=True)
class Target:
    """What is claimed of a ratio: at least so many times faster, or at most so many times slower."""

    times: float
    faster: bool

    def __str__(self) -> str:
        return f"≥ {self.times:g}×" if self.faster else f"≤ {self.times:g}×"


def at_least(times: float) -> Target:
    """Claim to be this many times faster than the peer."""
    return Target(times, faster=True)


def within(times: float) -> Target:
    """Claim to take at most this many times as long as the peer."""
    return Target(times, faster=False)


@dataclass(frozen=True)
class Result:
    """One comparison.

    Attributes:
        rows: items and applications that both sides worked on.
        ours, peer_figure: seconds, or megabytes where `unit` says so, the best of the runs; `…_typical` is the median.
        ratio: how many times faster we are; where the target is to stay within, how many times as long we take.
        target, met: what is claimed, and whether it holds; None where nothing is claimed.
        checked: how many figures of both sides were compared and found equal.
    """

    name: str
    rows: int
    ours: float
    ours_typical: float
    peer: str
    peer_figure: float
    peer_typical: float
    ratio: float
    target: str | None
    met: bool | None
    checked: int
    note: str
    unit: str = SECONDS


def compared(
    name: str,
    rows: int,
    ours: Timed[Any],
    peer: str,
    theirs: Timed[Any],
    *,
    target: Target | None,
    checked: int,
    note: str = "",
    unit: str = SECONDS,
) -> Result:
    """Make a result. Raises Differs when no figure was compared: unchecked speed is no speed."""
    if checked < 1:
        raise Differs(f"{name}: nothing was compared with {peer}")
    faster = target is None or target.faster
    ratio = theirs.seconds / ours.seconds if faster else ours.seconds / theirs.seconds
    met = None if target is None else ratio >= target.times if target.faster else ratio <= target.times
    return Result(
        name=name,
        rows=rows,
        ours=ours.seconds,
        ours_typical=ours.typical,
        peer=peer,
        peer_figure=theirs.seconds,
        peer_typical=theirs.typical,
        ratio=ratio,
        target=None if target is None else str(target),
        met=met,
        checked=checked,
        note=note,
        unit=unit,
    )


def equal(ours: NDArray[Any], theirs: NDArray[Any], what: str) -> int:
    """Return how many figures are equal, which has to be all of them. Raises Differs."""
    if ours.shape != theirs.shape:
        raise Differs(f"{what}: {ours.shape} figures here, {theirs.shape} there")
    wrong = np.flatnonzero((ours != theirs).ravel())
    if len(wrong):
        first = wrong[0]
        raise Differs(f"{what}: {len(wrong)} figures differ, first {ours.ravel()[first]} and {theirs.ravel()[first]}")
    return int(ours.size)


def draw(results: Sequence[Result], console: Console) -> None:
    """Print the table."""
    table = Table(title="Ours and the peers, best of the runs", title_justify="left")
    table.add_column("what")
    table.add_column("ours", justify="right")
    table.add_column("peer")
    for name in ("peer's", "ratio", "target"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("met")
    for found in results:
        table.add_row(
            found.name,
            _written(found.ours, found.unit),
            found.peer,
            _written(found.peer_figure, found.unit),
            f"{found.ratio:,.1f}×",
            found.target or "",
            "" if found.met is None else "yes" if found.met else "[bold red]no[/]",
        )
    console.print(table)


def _written(value: float, unit: str) -> str:
    return seconds(value) if unit == SECONDS else f"{value:,.0f} {unit}"


def seconds(value: float) -> str:
    """Write a time with the unit that suits it."""
    return f"{value:.2f} s" if value >= 1 else f"{value * 1000:.1f} ms"


def write(
    path: Path, results: Sequence[Result], facts: Mapping[str, Any], book: Mapping[str, Any], more: Mapping[str, Any]
) -> None:
    """Keep the results with the facts of the machine, the versions and what the book is made of."""
    kept = {"results": [asdict(found) for found in results], "first_figures": more, "book": book, **facts}
    path.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
