"""How targets stand on a day: met or not, how far off, on the way or behind, and which measure left its band."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace
from datetime import date
from decimal import Decimal

from sqlalchemy import Engine

from arcore.analytics.figures import Figure
from arcore.analytics.kpi import Kpi
from arcore.analytics.windows import as_of_days
from arcore.dates import month_end
from arcore.goals import queries
from arcore.goals.queries import Annotation
from arcore.goals.queries import Goal
from arcore.goals.queries import Side
from arcore.goals.queries import State
from arcore.reports.filters import DOCUMENT
from arcore.reports.filters import Filters
from arcore.reports.kpis import MONTHS
from arcore.reports.kpis import Lenses
from arcore.reports.view import View
from arcore.reports.view import month_before
from arcore.reports.view import view


@dataclass(frozen=True)
class Alert:
    """A measure that is outside of its band.

    Attributes:
        limit: the end of the band that it passed.
        since: the first month-end of the unbroken run outside, at most 36 back; the as-of day when it left just then.
        beyond: how far outside it is, in the unit of the measure.
    """

    side: Side
    limit: Decimal
    since: date
    beyond: Decimal


@dataclass(frozen=True)
class Status:
    """How one target stands.

    Attributes:
        figure: the measure on the as-of day; cash in: of the last whole month.
        start: the same on the day the target was set from; None where nobody noted it.
        gap: value less target; None without a value.
        missing: how much is missing to the target, 0 when it is met; None without a value.
        expected: where the measure is to be now, on the straight line to the due day; None without one.
        progress: which part of the way from start to target is done; None where that can't be told.
        alert: None while it is in its band.
    """

    goal: Goal
    figure: Figure
    start: Figure | None
    state: State
    gap: Decimal | None
    missing: Decimal | None
    expected: Decimal | None
    progress: Decimal | None
    alert: Alert | None

    @property
    def words(self) -> str:
        """The state in plain words."""
        return queries.WORDS[self.state]


def statuses(engine: Engine, filters: Filters, *, shown: bool = False) -> tuple[Status, ...]:
    """Say how every target stands on the as-of day, or with `shown` those of exactly what the filters choose.

    Each is measured for its own segment and, where it is an amount, in its own currency; of the filters count the day,
    the basis and what was known when. Raises Unavailable.
    """
    seen = view(engine, filters)
    found = goals_shown(seen) if shown else seen.book.around.goals
    return tuple(_status(engine, filters, goal) for goal in found)


def shown_by_kpi(engine: Engine, filters: Filters) -> dict[tuple[str, str], Status]:
    """Return by name and variant the targets of exactly what the filters choose, as far as they stand on the day."""
    return {
        status.goal.kpi.key: status
        for status in statuses(engine, filters, shown=True)
        if status.goal.begun(filters.as_of)
    }


def alerts(engine: Engine, filters: Filters) -> tuple[Status, ...]:
    """Return the targets whose measure is outside of its band on the as-of day."""
    return tuple(status for status in statuses(engine, filters) if status.alert is not None)


def notes(engine: Engine, filters: Filters) -> tuple[Annotation, ...]:
    """Return the notes that charts show with these filters, oldest day first, numbered among themselves."""
    kept = [note for note in view(engine, filters).book.around.notes if note.concerns(filters.segments)]
    return tuple(replace(note, number=place) for place, note in enumerate(kept, start=1))


def goals_shown(seen: View) -> tuple[Goal, ...]:
    """Return the targets of exactly the part of the books that the filters choose, and in its currency.

    A target for everybody says nothing of one owner or one company of ours, and none is set for two segments together.
    """
    filters = seen.filters
    if filters != replace(_plain(filters, filters.segments), currency=filters.currency) or len(filters.segments) > 1:
        return ()
    part = filters.segments[0] if filters.segments else ""
    return tuple(
        goal for goal in seen.book.around.goals if goal.segment == part and goal.currency in ("", seen.reporting)
    )


def values_shown(seen: View, day: date) -> Mapping[tuple[str, str], float]:
    """Return what the measures should be by name and variant, as far as a target for this part stands on a day."""
    return {goal.kpi.key: float(goal.value) for goal in goals_shown(seen) if goal.begun(day)}


def narrowed(filters: Filters, goal: Goal) -> Filters:
    """Return the filters through which a target is measured."""
    return replace(_plain(filters, (goal.segment,) if goal.segment else ()), currency=goal.currency or DOCUMENT)


def meant(engine: Engine, filters: Filters, name: str) -> Kpi:
    """Return the measure of a name, in the variant the company chose where none is named. Raises BadInput."""
    return Lenses.of(engine, filters).kpi(name)


def held_against(engine: Engine, filters: Filters, name: str, segment: str) -> Figure:
    """Measure what a target of a measure and a segment ("" for all customers) would be held against now.

    Raises BadInput for an unknown measure, Unavailable.
    """
    lenses = Lenses.of(engine, _plain(filters, (segment,) if segment else ()))
    kpi = lenses.kpi(name)
    return lenses.whole(kpi, judged_on(kpi, filters.as_of))


def judged_on(kpi: Kpi, day: date) -> date:
    """Return the day whose figure is held against a target: cash in only counts in whole months."""
    return month_before(day) if kpi.name == "cash_in" and day != month_end(day) else day


def _plain(filters: Filters, segments: tuple[str, ...]) -> Filters:
    """Return filters with the same day, basis and knowledge, and no other choice than segments."""
    return Filters(as_of=filters.as_of, segments=segments, basis=filters.basis, known_at=filters.known_at)


def _status(engine: Engine, filters: Filters, goal: Goal) -> Status:
    lenses, kpi = Lenses.of(engine, narrowed(filters, goal)), goal.kpi
    day = judged_on(kpi, filters.as_of)
    figure = lenses.whole(kpi, day)
    start = None if goal.valid_from is None else lenses.whole(kpi, judged_on(kpi, goal.valid_from))
    value, began = figure.exact, None if start is None else start.exact
    state = queries.state(
        value=value, start=began, target=goal.value, better=kpi.better, low=goal.low, high=goal.high,
        first=goal.valid_from, due=goal.due_on, day=filters.as_of,
    )  # fmt: skip
    begun = state != "not_begun" and value is not None
    line = None
    if begun and began is not None and goal.valid_from is not None and goal.due_on is not None:
        line = queries.expected(began, goal.value, goal.valid_from, goal.due_on, filters.as_of)
    return Status(
        goal=goal,
        figure=figure,
        start=start,
        state=state,
        gap=None if value is None else value - goal.value,
        missing=None if value is None else queries.missing(value, goal.value, kpi.better),
        expected=line,
        progress=queries.progress(began, value, goal.value)
        if begun and began is not None and value is not None
        else None,
        alert=_alert(lenses, goal, value, day) if begun else None,
    )


def _alert(lenses: Lenses, goal: Goal, value: Decimal | None, day: date) -> Alert | None:
    if value is None:
        return None
    side = queries.outside(value, goal.low, goal.high)
    limit = {"above": goal.high, "below": goal.low, "": None}[side]
    if limit is None:
        return None
    values = [(each, lenses.whole(goal.kpi, each).exact) for each in as_of_days(day, MONTHS)]
    since = queries.outside_since(values, goal.low, goal.high) or day
    return Alert(side, limit, since, queries.beyond(value, goal.low, goal.high))
