"""The whole table of measures: every one of `kpi all` at 36 month-ends for 20 segments, against two ways to ask for it.

Ours is what the command line and pages call, with formula, inputs and window of each figure; the peers give values. The
books are in memory on both sides before the clock starts.
"""

from __future__ import annotations

import gc
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine

from arcore.dates import month_ends
from arcore.reports.book import book
from arcore.reports.book import forget
from arcore.reports.kpis import Measured
from benchmarks import segments
from benchmarks.book import FIRST_DAY
from benchmarks.book import LAST_DAY
from benchmarks.book import MONTHS
from benchmarks.measures import all_by_segment
from benchmarks.peers import kpis_at_once
from benchmarks.peers import kpis_duckdb
from benchmarks.peers import kpis_tables
from benchmarks.peers.kpi_formulas import FIGURES
from benchmarks.results import Differs
from benchmarks.results import Result
from benchmarks.results import at_least
from benchmarks.results import compared
from benchmarks.stored import read
from benchmarks.timing import Pace
from benchmarks.timing import Timed
from benchmarks.timing import clocked
from benchmarks.timing import no_collector

NAMES = tuple(FIGURES)
DAYS = tuple(month_ends(LAST_DAY, MONTHS))
CLOSE = 1e-9
"""So far apart may two values be, relative to their size: the peers add up in floating point."""
TURNS = 2
"""Enough: each asks 36 times."""

Cell = tuple[date, str, str]


def compare(engine: Engine, path: Path, pace: Pace) -> list[Result]:
    """Put the customers into segments and race both peers; every figure of theirs has to be ours."""
    segments.assign(engine)
    engine.dispose()
    closed = path.with_name("segments.db")
    shutil.copyfile(path, closed)
    rows = read(closed)
    peer = kpis_tables.load(rows)
    count = rows.items.num_rows + rows.applications.num_rows

    def by_month() -> list[dict[str, Any]]:
        return [kpis_duckdb.of_month(peer, day, FIRST_DAY) for day in DAYS]

    def at_once() -> list[dict[str, Any]]:
        return [kpis_at_once.every_month(peer, FIRST_DAY, LAST_DAY)]

    few = replace(pace, turns=min(pace.turns, TURNS))
    return [
        _against(engine, "DuckDB, 36 queries", by_month, few, count, 20),
        _against(engine, "DuckDB, one SQL for it all", at_once, pace, count, 1),
    ]


def _against(
    engine: Engine, name: str, ask: Callable[[], list[dict[str, Any]]], pace: Pace, rows: int, times: float
) -> Result:
    mine: list[float] = []
    others: list[float] = []
    with no_collector():
        for _ in range(pace.turns):
            forget()
            book(engine)
            gc.collect()
            found = clocked(lambda: all_by_segment(engine), mine)
            answers = clocked(ask, others)
    here, there = _ours(found), _theirs(answers)
    return compared(
        "all measures by segment",
        rows,
        Timed.of(mine, found),
        name,
        Timed.of(others, answers),
        target=at_least(times),
        checked=alike(here, there, name),
        note=f"{len(found):,} figures with their explanation here, {len(there):,} values there",
    )


def _ours(found: tuple[Measured, ...]) -> dict[Cell, float | None]:
    every = {(one.figure.as_of or LAST_DAY, one.key, _name(one)): one.figure.value for one in found}
    extra = {cell[2] for cell, value in every.items() if value is not None} - set(NAMES)
    if extra:
        raise Differs(f"the peers are not asked for {', '.join(sorted(extra))}")
    return {cell: value for cell, value in every.items() if cell[2] in FIGURES}


def _name(one: Measured) -> str:
    return f"{one.kpi.name}.{one.kpi.variant}"


def _theirs(answers: list[dict[str, Any]]) -> dict[Cell, float | None]:
    found: dict[Cell, float | None] = {}
    for answer in answers:
        days = [day.item() for day in answer["day"].astype("datetime64[D]")]
        for name in NAMES:
            values: NDArray[np.float64] = np.ma.filled(answer[name].astype(float), np.nan)
            for day, segment, value in zip(days, answer["segment"], values.tolist(), strict=True):
                found[day, str(segment), name] = None if value != value else value  # noqa: PLR0124  only nan differs
    return found


def alike(here: dict[Cell, float | None], there: dict[Cell, float | None], what: str) -> int:
    """Return how many figures are the same, defined or not, which has to be all of them. Raises Differs."""
    if here.keys() != there.keys():
        raise Differs(f"{what}: {len(here)} figures here, {len(there)} there")
    for cell, value in here.items():
        other = there[cell]
        if (value is None) != (other is None):
            raise Differs(f"{what}: {cell} is {value} here and {other} there")
        if value is not None and other is not None and abs(value - other) > CLOSE * max(1.0, abs(value)):
            raise Differs(f"{what}: {cell} is {value} here and {other} there")
    return len(here)
