"""Why DSO and CEI changed between two days, in causes that add up to the change, however they are counted."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import numpy as np
from sqlalchemy import Engine

from arcore.analytics.columns import Ints
from arcore.analytics.figures import Figure
from arcore.analytics.headline import months_of
from arcore.analytics.history import Point
from arcore.analytics.kpi import Kpi
from arcore.analytics.kpis import BY_KEY
from arcore.analytics.kpis import BY_NAME
from arcore.analytics.month_ends import month_end_average
from arcore.analytics.moves import PLACE
from arcore.analytics.moves import applied
from arcore.analytics.ratio_causes import CAUSES
from arcore.analytics.ratio_causes import Inputs
from arcore.analytics.ratio_causes import Segment
from arcore.analytics.ratio_causes import cei_causes
from arcore.analytics.ratio_causes import dso_causes
from arcore.analytics.true_dso import PERIOD
from arcore.analytics.variant_causes import OF_TERMS
from arcore.analytics.variant_causes import countback_causes
from arcore.analytics.variant_causes import term_causes
from arcore.analytics.windows import Window
from arcore.dates import to_day
from arcore.errors import BadInput
from arcore.reports.filters import Filters
from arcore.reports.kpis import Lenses
from arcore.reports.ratio_months import counter
from arcore.reports.ratio_months import months_counted
from arcore.reports.ratio_months import terms_of

RATIOS = ("dso", "cei")
NO_SPLIT = "with the sales of one day and the balance of the other there is no value, so the causes can't be told apart"
VARIANTS = {
    "dso": ("period_end", "average_balance", "month_ends", "countback", "countback_months", "sales_weighted", "true"),
    "cei": ("period", "rolling_12", "cash", "cash_rolling_12"),
}
"""The ways of counting that have causes: all of those that can be chosen."""
_TERMS = {"true": 1, "sales_weighted": PERIOD}
_COUNTED_BACK = ("countback", "countback_months")
_CASH = ("cash", "cash_rolling_12")
_OPEN_ONLY = "it looks at what is still open alone; what was credited or written off shows as a lower balance"
LEFT_OUT = {
    "terms": {
        "mix": "every part is divided by the sales of all segments in its own month",
        "credits": _OPEN_ONLY,
        "write_offs": _OPEN_ONLY,
    },
    "cash": {"write_offs": "a write-off is no cash, and what could have been collected stays the same"},
}
"""Causes that a way of counting does not have, each with its reason."""
_GIVEN = ("ar_begin", "ar_end", "ar_average", "ar_end_current", "credit_sales", "transfers", "cash")
_OF_SEGMENT = ("sales", "owed", "late")
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
        left_out: causes that have no meaning in this way of counting, with the reason.
    """

    before: Figure
    after: Figure
    causes: tuple[RatioCause, ...]
    undefined: str | None = None
    left_out: Mapping[str, str] = field(default_factory=dict)


def has_causes(kpi: Kpi) -> bool:
    """Tell whether the change of a measure is split into causes."""
    return kpi.variant in VARIANTS.get(kpi.name, ())


def ratio_bridge(engine: Engine, filters: Filters, since: date, name: str) -> RatioBridge:
    """Split the change of "dso", "cei" or a variant ("dso.countback") from the end of `since` to the as-of day.

    The bare names mean the balance at the end of the window and all that was collected.

    Both figures are those of the measure itself, each at the rates of its own day, and so are their segments. Raises
    BadInput for another measure or days in the wrong order.
    """
    plain, _, variant = name.partition(".")
    if plain not in RATIOS or (variant and variant not in VARIANTS[plain]):
        known = ", ".join((*RATIOS, *(f"{each}.{one}" for each in RATIOS for one in VARIANTS[each])))
        raise BadInput(f"{name!r} has no causes; one of {known}", measure=name)
    kpi = BY_KEY[plain, variant] if variant else BY_NAME[plain]
    if since >= filters.as_of:
        raise BadInput("The first day of a bridge lies before the second", since=since, as_of=filters.as_of)
    lenses = Lenses.of(engine, filters)
    key = ("ratio bridge", filters.key(), since, kpi.key)
    return lenses.seen.book.remembered(key, lambda: _bridge(engine, filters, since, kpi))


def _bridge(engine: Engine, filters: Filters, since: date, kpi: Kpi) -> RatioBridge:
    whole, days = Lenses.of(engine, filters), (since, filters.as_of)
    before, after = (whole.whole(kpi, day) for day in days)
    for figure in (before, after):
        if figure.exact is None:
            return RatioBridge(before, after, (), figure.undefined)
    if kpi.variant in _TERMS:
        causes, left_out = _of_terms(whole, kpi, (before, after)), LEFT_OUT["terms"]
    else:
        left_out = LEFT_OUT["cash"] if kpi.variant in _CASH else {}
        causes = _of_inputs(whole, Lenses.of(engine, filters, by="segment"), kpi, (before, after))
    if causes is None:
        return RatioBridge(before, after, (), NO_SPLIT)
    return RatioBridge(before, after, tuple(each for each in causes if each.key not in left_out), left_out=left_out)


def _of_terms(whole: Lenses, kpi: Kpi, figures: tuple[Figure, Figure]) -> list[RatioCause] | None:
    """Split a sum of parts, each over the sales of its own time."""
    found = terms_of(whole, kpi, figures)
    effects = None if found is None else term_causes(*found, times=_TERMS[kpi.variant])
    if found is None or effects is None:
        return None
    amounts = [
        {"balance": Decimal(each.open), "sales": sum(map(Decimal, each.sales.values()), Decimal(0))} for each in found
    ]
    then, now = amounts
    return [RatioCause(cause, then.get(cause), now.get(cause), effects[cause]) for cause in OF_TERMS]


def _of_inputs(whole: Lenses, split: Lenses, kpi: Kpi, figures: tuple[Figure, Figure]) -> list[RatioCause] | None:
    """Split a balance over sales, or what was collected over what could have been, segment by segment."""
    then, now = (_inputs(split, kpi, figure) for figure in figures)
    if kpi.variant in _COUNTED_BACK:
        months = months_counted(whole, figures)
        effects = None if months is None else countback_causes(then, now, months, counter(whole, kpi))
    else:
        effects = (dso_causes if kpi.name == "dso" else cei_causes)(then, now)
    if effects is None:
        return None
    return [RatioCause(cause, _amount(then, cause), _amount(now, cause), effects[cause]) for cause in CAUSES]


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


def _inputs(lenses: Lenses, kpi: Kpi, figure: Figure) -> Inputs:
    """Lay out what a figure is made of, segment by segment; rounding against the whole stands by itself."""
    assert figure.as_of is not None  # noqa: S101  both ratios have a day
    day, conversion = figure.as_of, lenses.conversion(lenses.currency)
    months = months_of(kpi, lenses.inputs.variants) or months_of(BY_NAME[kpi.name], lenses.inputs.variants)
    history, groups = lenses.prepared(day, months=months)
    window = history.point(day, months=months).window
    taken = _taken(lenses, window, len(groups.keys)) if kpi.name == "cei" and kpi.variant not in _CASH else None
    segments: dict[str, Segment] = {}
    sums = dict.fromkeys(("credit_notes", "credits", "write_offs"), Decimal(0))
    for place, key in enumerate(groups.keys):
        point = history.point(day, months=months, group=place)

        def of(*names: str, point: Point = point) -> Decimal:
            return sum((conversion.total(point.amounts(each), day) for each in names), Decimal(0))

        def mean(point: Point = point) -> Decimal:
            return conversion.total(month_end_average(point)[point.group], day)

        credit_notes = of("credit_notes")
        sales = of("credit_sales") + credit_notes
        if kpi.variant in _CASH:
            owed, credited, write_offs = of("ar_begin", "transfers") - of("ar_end_current"), credit_notes, Decimal(0)
            late = owed + sales - of("cash")
        elif taken is None:
            ends = _ends(kpi, months)
            credited = (credit_notes + of("discounts")) / ends
            write_offs = (of("uncollectible", "other_write_offs") - of("recoveries")) / ends
            late = of("overdue") / ends
            owed = _balance(kpi, of, mean) - late + credited + write_offs
        else:
            credited, write_offs = (conversion.total(part[place], day) for part in taken)
            late = of("overdue") + credited + write_offs
            owed = of("ar_begin", "transfers") - of("ar_end_current")
        sums["credit_notes"] += credit_notes
        sums["credits"] += credited
        sums["write_offs"] += write_offs
        segments[key] = Segment(sales, owed, late)
    days = int(figure.inputs.get("days", window.days))
    made = Inputs(segments, sums["credit_notes"], sums["credits"], sums["write_offs"], days)
    return _tied(made, kpi, figure)


def _ends(kpi: Kpi, months: int) -> int:
    """Return how many balances a figure is the mean of; what is overdue, credited or lost bears on the last alone."""
    return {"average_balance": 2, "month_ends": months + 1}.get(kpi.variant, 1)


def _balance(kpi: Kpi, of: Callable[..., Decimal], mean: Callable[[], Decimal]) -> Decimal:
    if kpi.variant == "month_ends":
        return mean()
    return of("ar_begin", "ar_end") / 2 if kpi.variant == "average_balance" else of("ar_end")


def _tied(inputs: Inputs, kpi: Kpi, figure: Figure) -> Inputs:
    """Add what is missing to the very inputs of the figure, where every item was rounded by itself."""
    given = {each: Decimal(figure.inputs[each]) for each in _GIVEN if each in figure.inputs}
    lost = Decimal(inputs.credits) + Decimal(inputs.write_offs)
    parts = list(inputs.segments.values())
    sales, owed, late = (sum((Decimal(getattr(part, each)) for part in parts), Decimal(0)) for each in _OF_SEGMENT)
    if "credit_sales" in given:
        sales = given["credit_sales"] + Decimal(inputs.credit_notes)
    if kpi.name == "dso":
        mean = (given.get("ar_begin", Decimal(0)) + given.get("ar_end", Decimal(0))) / (2 if "ar_begin" in given else 1)
        owed = given.get("ar_average", mean) - late + lost
    else:
        owed = given["ar_begin"] + given.get("transfers", Decimal(0)) - given["ar_end_current"]
        late = (
            owed + sales - given["cash"] if kpi.variant in _CASH else given["ar_end"] - given["ar_end_current"] + lost
        )
    held = (sum((Decimal(getattr(part, each)) for part in parts), Decimal(0)) for each in _OF_SEGMENT)
    rest = Segment(*(whole - part for whole, part in zip((sales, owed, late), held, strict=True)))
    return replace(inputs, segments={**inputs.segments, _REST: rest})


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
