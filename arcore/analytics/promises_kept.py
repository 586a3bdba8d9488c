"""Promises kept: of those that were decided in a window, how many, and how much of their value, were paid in time.

What still runs, what is not known yet and what was withdrawn or fell away is not decided and counts on neither side.
"""

from __future__ import annotations

from decimal import Decimal

from arcore.analytics.figures import HUNDRED
from arcore.analytics.figures import PERCENT
from arcore.analytics.figures import Figure
from arcore.analytics.figures import Number
from arcore.analytics.figures import exact

NONE_DECIDED = "no promise was decided in the window"


def by_count(*, kept: int, broken: int) -> Figure:
    """Return 100 × kept ÷ (kept + broken), in percent; one kept in part counts as broken."""
    figure = Figure(
        name="promises_kept",
        variant="count",
        unit=PERCENT,
        formula="kept ÷ (kept + broken) × 100",
        inputs={"kept": kept, "broken": broken},
    )
    if not kept + broken:
        return figure.because(NONE_DECIDED)
    return figure.worth(Decimal(kept) / (kept + broken) * HUNDRED)


def by_value(*, received: Number, promised: Number) -> Figure:
    """Return 100 × what came in for promises that were decided ÷ what these said, in percent; parts count as parts."""
    figure = Figure(
        name="promises_kept",
        variant="value",
        unit=PERCENT,
        formula="received ÷ promised × 100",
        inputs={"received": received, "promised": promised},
    )
    if exact(promised) <= 0:
        return figure.because(NONE_DECIDED)
    return figure.worth(exact(received) / exact(promised) * HUNDRED)
