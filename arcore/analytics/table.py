"""Many measures of many groups on many days: figures are made here while another processor passes over the books."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from threading import Thread

from arcore.analytics.figures import Figure
from arcore.analytics.inputs import PASSES
from arcore.analytics.kpi import Kpi
from arcore.analytics.lens import Lens
from arcore.analytics.measure import PASSING
from arcore.analytics.measure import measure_groups

Parts = list[tuple[Lens, list[int]]]
"""Lenses by currency, each with the groups that are looked at through it."""
Row = dict[int, Figure]
"""The figures of one measure on one day, by group."""


def measure_table(
    chosen: Sequence[Kpi], looked: Sequence[tuple[date, Parts]], *, months: int | None = None, ahead: bool = False
) -> list[list[Row]]:
    """Measure every group on every day: for each day a row by measure, in the order of `chosen`.

    With `ahead` the sums that single measures need are prepared by a second thread, in the order in which they are
    asked for here, while the measures that need none are made first.
    """
    order = list(range(len(chosen)))
    if ahead and looked:
        slow = {place for place, kpi in enumerate(chosen) if any(_passes(lens, kpi) for lens, _ in looked[-1][1])}
        order = sorted(order, key=lambda place: place in slow)
        _prepare([chosen[place] for place in order if place in slow], looked, months)
    rows: list[list[Row]] = [[{} for _ in chosen] for _ in looked]
    for place in order:
        for (day, parts), row in zip(looked, rows, strict=True):
            for lens, groups in parts:
                figures = measure_groups(lens, chosen[place], day, groups, months=months)
                row[place].update(zip(groups, figures, strict=True))
    return rows


def _passes(lens: Lens, kpi: Kpi) -> bool:
    """Tell whether the first figure of a measure passes over the books, or reads something else."""
    return kpi.variant in PASSING or any(name in PASSES or name in lens.more for name in kpi.inputs)


def _prepare(slow: Sequence[Kpi], looked: Sequence[tuple[date, Parts]], months: int | None) -> None:
    """Let the sums of measures be made on another processor, for each history on its last day, where most is known."""
    last = {id(lens.history): (day, lens, groups[:1]) for day, parts in looked for lens, groups in parts}

    def run() -> None:
        for kpi in slow:
            for day, lens, groups in last.values():
                # Whatever goes wrong here goes wrong again where the figure is asked for, and is told there.
                with suppress(Exception):
                    measure_groups(lens, kpi, day, groups, months=months)

    Thread(target=run, daemon=True).start()
