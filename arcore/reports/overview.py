"""The overview: five tiles, the customers that matter most and why, and what happened since the last working day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import numpy as np
from sqlalchemy import Engine

from arcore.analytics.figures import MONEY
from arcore.analytics.figures import Figure
from arcore.dates import add_months
from arcore.dates import month_end
from arcore.dates import month_ends
from arcore.money import nearest_minor
from arcore.reports.filters import Filters
from arcore.reports.kpis import Lenses
from arcore.reports.targets import values_shown
from arcore.reports.view import month_before
from arcore.reports.view import view

TILES = ("open", "overdue", "dso", "cei", "cash_in")
SPARKS = 24
"""Values of the grey line on a tile: month-ends, and the as-of day last."""

Judgement = Literal["better", "worse", "neutral"]


@dataclass(frozen=True)
class Tile:
    """One measure at a glance.

    Attributes:
        figure: the value of the as-of day, explained.
        before: the same at the month-end before; cash in: to the same day of the month before.
        judgement: whether the change is good; neutral for the open balance, or when there is nothing to compare.
        target: what was set for it, in the unit of the figure; money in major units.
        met: whether the target is met; None without target or value. Cash to date is never held against a month.
        history: values of earlier month-ends and of the as-of day, oldest first; None where undefined.
    """

    name: str
    label: str
    figure: Figure
    before: Figure
    judgement: Judgement
    target: float | None
    met: bool | None
    history: tuple[float | None, ...]

    @property
    def change(self) -> Decimal | None:
        """Value less the value before; None when either is undefined."""
        if self.figure.exact is None or self.before.exact is None:
            return None
        return self.figure.exact - self.before.exact

    @property
    def units(self) -> int | None:
        """The value in minor units, for money."""
        if self.figure.exact is None or self.figure.unit != MONEY:
            return None
        return nearest_minor(self.figure.exact, self.figure.currency)


@dataclass(frozen=True)
class Counts:
    """How much there is to see.

    Attributes:
        customers: with open items.
        items: open.
    """

    customers: int
    items: int


def tiles(engine: Engine, filters: Filters, *, names: Sequence[str] = TILES) -> tuple[Tile, ...]:
    """Return the tiles, in the currency asked for or the company's own. Raises Unavailable."""
    lenses = Lenses.of(engine, filters)
    key = ("tiles", filters.key(), tuple(names))
    return lenses.seen.book.remembered(key, lambda: tuple(_tile(lenses, name) for name in names))


def counts(engine: Engine, filters: Filters) -> Counts:
    """Count open items and the customers that have them."""
    seen = view(engine, filters)

    def counted() -> Counts:
        owes = np.zeros(len(seen.book.around.customers.ids), np.bool_)
        owes[seen.holders()] = True
        return Counts(customers=int(np.count_nonzero(owes)), items=len(seen.opened().row))

    return seen.derived("counts", counted)


def _tile(lenses: Lenses, name: str) -> Tile:
    kpi = lenses.kpi(name)
    as_of = lenses.seen.filters.as_of
    compared = add_months(as_of, -1) if name == "cash_in" else month_before(as_of)
    figure, before = lenses.whole(kpi, as_of), lenses.whole(kpi, compared)
    if name in ("open", "overdue") and not lenses.seen.coverage.covers("balances", compared):
        before = before.because(lenses.seen.coverage.missing("balances", compared) or "")
    target = values_shown(lenses.seen, as_of).get(kpi.key)
    return Tile(
        name=name,
        label=kpi.label,
        figure=figure,
        before=before,
        judgement=_judged(figure, before, kpi.better),
        target=target,
        met=_met(figure, target, kpi.better, running=name == "cash_in" and as_of != month_end(as_of)),
        history=_history(lenses, name),
    )


def _judged(figure: Figure, before: Figure, better: str) -> Judgement:
    if figure.exact is None or before.exact is None or figure.exact == before.exact or not better:
        return "neutral"
    return "better" if (figure.exact < before.exact) == (better == "lower") else "worse"


def _met(figure: Figure, target: float | None, better: str, *, running: bool) -> bool | None:
    if figure.exact is None or target is None or not better or running:
        return None
    value = float(figure.exact)
    return value <= target if better == "lower" else value >= target


def _history(lenses: Lenses, name: str) -> tuple[float | None, ...]:
    """Return month-ends and the as-of day; a running month of cash in is left to the tile itself."""
    kpi = lenses.kpi(name)
    as_of = lenses.seen.filters.as_of
    days = [day for day in month_ends(as_of, SPARKS - 1) if day < as_of]
    figures = [lenses.whole(kpi, day) for day in [*days, as_of]]
    covered = lenses.seen.coverage
    balance = name in ("open", "overdue")
    return tuple(
        None if balance and not covered.covers("balances", day) else figure.value
        for day, figure in zip([*days, as_of], figures, strict=True)
    )
