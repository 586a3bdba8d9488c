"""The overview: five tiles, the customers that matter most and why, and what happened since the last working day."""

from __future__ import annotations

from collections.abc import Mapping
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
from arcore.goals.queries import State
from arcore.money import nearest_minor
from arcore.reports.filters import Filters
from arcore.reports.kpis import Lenses
from arcore.reports.targets import Status
from arcore.reports.targets import shown_by_kpi
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
        state: how the target stands; None without target or value. Cash to date is never held against a month.
        history: values of earlier month-ends and of the as-of day, oldest first; None where undefined.
    """

    name: str
    label: str
    figure: Figure
    before: Figure
    judgement: Judgement
    target: float | None
    state: State | None
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

    def measured() -> tuple[Tile, ...]:
        targets = shown_by_kpi(engine, filters)
        return tuple(_tile(lenses, name, targets) for name in names)

    return lenses.seen.book.remembered(key, measured)


def counts(engine: Engine, filters: Filters) -> Counts:
    """Count open items and the customers that have them."""
    seen = view(engine, filters)

    def counted() -> Counts:
        owes = np.zeros(len(seen.book.around.customers.ids), np.bool_)
        owes[seen.holders()] = True
        return Counts(customers=int(np.count_nonzero(owes)), items=len(seen.opened().row))

    return seen.derived("counts", counted)


def _tile(lenses: Lenses, name: str, targets: Mapping[tuple[str, str], Status]) -> Tile:
    kpi = lenses.kpi(name)
    as_of = lenses.seen.filters.as_of
    compared = add_months(as_of, -1) if name == "cash_in" else month_before(as_of)
    figure, before = lenses.whole(kpi, as_of), lenses.whole(kpi, compared)
    if name in ("open", "overdue") and not lenses.seen.coverage.covers("balances", compared):
        before = before.because(lenses.seen.coverage.missing("balances", compared) or "")
    aim = targets.get(kpi.key)
    running = name == "cash_in" and as_of != month_end(as_of)
    return Tile(
        name=name,
        label=kpi.label,
        figure=figure,
        before=before,
        judgement=_judged(figure, before, kpi.better),
        target=None if aim is None else float(aim.goal.value),
        state=None if aim is None or running or figure.exact is None else aim.state,
        history=_history(lenses, name),
    )


def _judged(figure: Figure, before: Figure, better: str) -> Judgement:
    if figure.exact is None or before.exact is None or figure.exact == before.exact or not better:
        return "neutral"
    return "better" if (figure.exact < before.exact) == (better == "lower") else "worse"


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
