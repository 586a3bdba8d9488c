"""Why DSO and CEI changed between two days, in causes that add up to the change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import numpy as np
from sqlalchemy import Engine

from arcore.analytics.columns import Ints
from arcore.analytics.figures import Figure
from arcore.analytics.headline import months_of
from arcore.analytics.history import Point
from arcore.analytics.kpis import BY_NAME
from arcore.analytics.moves import PLACE
from arcore.analytics.moves import applied
from arcore.analytics.ratio_causes import CAUSES
from arcore.analytics.ratio_causes import Inputs
from arcore.analytics.ratio_causes import Segment
from arcore.analytics.ratio_causes import cei_causes
from arcore.analytics.ratio_causes import dso_causes
from arcore.analytics.windows import Window
from arcore.dates import to_day
from arcore.errors import BadInput
from arcore.reports.filters import Filters
from arcore.reports.kpis import Lenses

RATIOS = ("dso", "cei")
NO_SPLIT = "with the sales of one day and the balance of the other there is no value, so the causes can't be told apart"
_SPLIT = {"dso": dso_causes, "cei": cei_causes}
_REST = "\0rest"
"""What rounding leaves between the segments and the whole."""


class RatioCause(NamedTuple):
    """One cause: its amounts then and now in one currency (None for the mix), and what it did to the figure."""

    key: str
    then: Decimal | None
    now: Decimal | None
    effect: Decimal


@dataclass(frozen=True)
class RatioBridge:
    """The way of a ratio from one day to another.

    Attributes:
        before, after: the figure on both days, by the segments and customers of each.
        causes: those of `ratio_causes.CAUSES`, in their order; they add up to the change. Empty where there are none.
        undefined: why there are none.
    """

    before: Figure
    after: Figure
    causes: tuple[RatioCause, ...]
    undefined: str | None = None


def ratio_bridge(engine: Engine, filters: Filters, since: date, name: str) -> RatioBridge:
    """Split the change of "dso" or "cei" from the end of `since` to the as-of day into its causes.

    Both figures are those of the measure itself, each at the rates of its own day, and so are their segments. Raises
    BadInput for another measure or days in the wrong order.
    """
    if name not in RATIOS:
        raise BadInput(f"{name!r} has no causes; one of {', '.join(RATIOS)}", measure=name)
    if since >= filters.as_of:
        raise BadInput("The first day of a bridge lies before the second", since=since, as_of=filters.as_of)
    lenses = Lenses.of(engine, filters)
    key = ("ratio bridge", filters.key(), since, name)
    return lenses.seen.book.remembered(key, lambda: _bridge(engine, filters, since, name))


def _bridge(engine: Engine, filters: Filters, since: date, name: str) -> RatioBridge:
    whole, split = Lenses.of(engine, filters), Lenses.of(engine, filters, by="segment")
    days = (since, filters.as_of)
    before, after = (whole.whole(BY_NAME[name], day) for day in days)
    for figure in (before, after):
        if figure.exact is None:
            return RatioBridge(before, after, (), figure.undefined)
    then, now = (_inputs(split, name, figure, day) for figure, day in zip((before, after), days, strict=True))
    effects = _SPLIT[name](then, now)
    if effects is None:
        return RatioBridge(before, after, (), NO_SPLIT)
    causes = (RatioCause(cause, _amount(then, cause), _amount(now, cause), effects[cause]) for cause in CAUSES)
    return RatioBridge(before, after, tuple(causes))


def _amount(inputs: Inputs, cause: str) -> Decimal | None:
    """Return what a cause amounts to, for the table beside its effect."""
    whole = {"balance": "owed", "sales": "sales", "timeliness": "late"}
    if cause in whole:
        return sum((Decimal(getattr(part, whole[cause])) for part in inputs.segments.values()), Decimal(0))
    return {"mix": None, "credits": Decimal(inputs.credits), "write_offs": Decimal(inputs.write_offs)}[cause]


class _Taken(NamedTuple):
    """Credits and write-offs that took items off which would be overdue at the end: [group, currency]."""

    credited: Ints
    written_off: Ints


def _inputs(lenses: Lenses, name: str, figure: Figure, day: date) -> Inputs:
    """Lay out what a figure is made of, segment by segment; rounding against the whole stands by itself."""
    assert figure.window is not None  # noqa: S101  both ratios have a window
    window, conversion = Window(*figure.window), lenses.conversion(lenses.currency)
    months = months_of(BY_NAME[name], lenses.inputs.variants)
    history, groups = lenses.prepared(day, months=months)
    taken = _taken(lenses, window, len(groups.keys)) if name == "cei" else None
    segments: dict[str, Segment] = {}
    sums = dict.fromkeys(("credit_notes", "credits", "write_offs"), Decimal(0))
    for place, key in enumerate(groups.keys):
        point = history.point(day, months=months, group=place)

        def of(*names: str, point: Point = point) -> Decimal:
            return sum((conversion.total(point.amounts(each), day) for each in names), Decimal(0))

        credit_notes = of("credit_notes")
        if taken is None:
            credited = credit_notes + of("discounts")
            write_offs = of("uncollectible", "other_write_offs") - of("recoveries")
            late = of("overdue")
            owed = of("ar_end") - late + credited + write_offs
        else:
            credited, write_offs = (conversion.total(part[place], day) for part in taken)
            late = of("overdue") + credited + write_offs
            owed = of("ar_begin", "transfers") - of("ar_end_current")
        sums["credit_notes"] += credit_notes
        sums["credits"] += credited
        sums["write_offs"] += write_offs
        segments[key] = Segment(of("credit_sales") + credit_notes, owed, late)
    days = int(figure.inputs.get("days", window.days))
    return _tied(Inputs(segments, sums["credit_notes"], sums["credits"], sums["write_offs"], days), name, figure)


def _tied(inputs: Inputs, name: str, figure: Figure) -> Inputs:
    """Add what is missing to the very inputs of the figure, where every item was rounded by itself."""
    given = {each: Decimal(amount) for each, amount in figure.inputs.items() if each != "days"}
    sales = given["credit_sales"] + Decimal(inputs.credit_notes)
    if name == "dso":
        late = sum((Decimal(part.late) for part in inputs.segments.values()), Decimal(0))
        owed = given["ar_end"] - late + Decimal(inputs.credits) + Decimal(inputs.write_offs)
    else:
        late = given["ar_end"] - given["ar_end_current"] + Decimal(inputs.credits) + Decimal(inputs.write_offs)
        owed = given["ar_begin"] + given.get("transfers", Decimal(0)) - given["ar_end_current"]
    parts = list(inputs.segments.values())
    rest = Segment(
        *(
            whole - sum((Decimal(getattr(part, field)) for part in parts), Decimal(0))
            for field, whole in (("sales", sales), ("owed", owed), ("late", late))
        )
    )
    return Inputs(
        segments={**inputs.segments, _REST: rest},
        credit_notes=inputs.credit_notes,
        credits=inputs.credits,
        write_offs=inputs.write_offs,
        days=inputs.days,
    )


def _taken(lenses: Lenses, window: Window, groups: int) -> _Taken:
    seen, scope = lenses.seen, lenses.scope_on(window.last)
    columns, last = seen.columns, to_day(window.last)
    legs = applied(columns, to_day(window.before), last, scope.mask)
    late = (columns.side[legs.row] > 0) & (columns.due_of(seen.filters.basis)[legs.row] < last)
    found = []
    for cause in ("credited", "written_off"):
        mine = legs.where(late & (legs.cause == PLACE[cause]))
        sums = np.zeros((groups, max(1, len(seen.currencies))), np.int64)
        group = scope.groups[mine.row] if len(scope.groups) else np.zeros(len(mine.row), np.int64)
        np.subtract.at(sums, (group, columns.currency[mine.row]), mine.amount)
        found.append(sums)
    return _Taken(*found)
