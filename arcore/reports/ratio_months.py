"""The months that other ways of counting DSO divide by, on both days of a bridge."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from itertools import takewhile

from arcore.analytics.conversion import RateGap
from arcore.analytics.dso_terms import SalesUnknownError
from arcore.analytics.figures import Figure
from arcore.analytics.headline import DAYS_OF_A_MONTH
from arcore.analytics.kpi import Kpi
from arcore.analytics.lens import Lens
from arcore.analytics.measure import TERMS
from arcore.analytics.measure import back_rules
from arcore.analytics.sale_months import sale_months
from arcore.analytics.steps import STEP
from arcore.analytics.variant_causes import Months
from arcore.analytics.variant_causes import Terms
from arcore.analytics.windows import Window
from arcore.analytics.windows import trailing_months
from arcore.dates import add_months
from arcore.dates import month_end
from arcore.dates import month_start
from arcore.reports.kpis import Lenses

Pair = tuple[Figure, Figure]
EARLIER = 10_000
"""Stands for all months too long ago to stand by themselves: they have no sales of their own."""


def counter(lenses: Lenses, kpi: Kpi) -> Callable[[Decimal, Months], Figure]:
    """Return the measure that counts a balance back over months."""
    rules = back_rules(lenses.inputs.variants)

    def count(balance: Decimal, months: Months) -> Figure:
        return kpi.make(ar_end=balance, periods=months.sold, **rules)

    return count


def months_counted(lenses: Lenses, figures: Pair) -> tuple[Months, Months] | None:
    """Return the months that both figures could use up; None where a rate is missing."""
    try:
        then, now = (_months(lenses, _day(figure)) for figure in figures)
    except RateGap:
        return None
    return then, now


def _months(lenses: Lenses, day: date) -> Months:
    lens, thirty = lenses.lens(day), lenses.inputs.variants.month_days == "thirty"
    point = lens.history.point(day, months=1)
    every = trailing_months(day, lens.history.countback)
    known = list(takewhile(lambda month: lens.coverage.stated_in(month) is not None, every))
    sold = [(lens.sold(point, month), DAYS_OF_A_MONTH if thirty else month.days) for month in known]
    return Months(sold, whole=len(known) == len(every))


def terms_of(lenses: Lenses, kpi: Kpi, figures: Pair) -> tuple[Terms, Terms] | None:
    """Return the parts of both figures by months back, each with the sales of all months that either uses.

    None where a rate is missing, or the sales of a month that only one of them uses are not known on the other day.
    """
    days = [_day(figure) for figure in figures]
    try:
        parts = [_parts(lenses.lens(day), kpi, day) for day in days]
        places = sorted({place for own in parts for place in own})
        then, now = (
            Terms(
                open=Decimal(figure.inputs["gross_debits"]),
                parts={place: part for place, (part, _) in own.items()},
                sales={
                    place: own[place][1] if place in own else _sold(lenses.lens(day), kpi, day, place)
                    for place in places
                },
            )
            for figure, day, own in zip(figures, days, parts, strict=True)
        )
    except (RateGap, SalesUnknownError):
        return None
    return then, now


def _parts(lens: Lens, kpi: Kpi, day: date) -> dict[int, tuple[Decimal, Decimal]]:
    """Return part and sales by months back. Raises RateGap, SalesUnknownError."""
    point = lens.history.point(day, months=1)
    terms = TERMS[kpi.variant](point, lens)
    if kpi.variant == "true":
        places = [_months_back(day, window) for window, _, _ in sale_months(lens.history).terms(point)[::-1]]
    else:
        # "not due", "1-30", "31-60", "331+": a step is as many months back.
        firsts = [re.match(r"\d+", term.month) for term in terms]
        places = [0 if first is None else int(first[0]) // STEP + 1 for first in firsts]
    return {place: (Decimal(term.part), Decimal(term.sales)) for place, term in zip(places, terms, strict=True)}


def _months_back(day: date, month: Window) -> int:
    if month.first == date.min:
        return EARLIER
    return (day.year - month.first.year) * 12 + day.month - month.first.month


def _sold(lens: Lens, kpi: Kpi, day: date, place: int) -> Decimal:
    """Return the sales so many months back of a day that has nothing open from then. Raises RateGap, …UnknownError."""
    if place == EARLIER:
        return Decimal(0)
    if kpi.variant == "true":
        first = month_start(add_months(month_start(day), -place))
        month = Window(first, min(day, month_end(first)))
    else:
        month = trailing_months(day, place + 1)[place]
    missing = lens.coverage.missing_sales(month)
    if missing is not None:
        raise SalesUnknownError(missing)
    return lens.sold(lens.history.point(day, months=1), month)


def _day(figure: Figure) -> date:
    assert figure.as_of is not None  # noqa: S101  measures have a day
    return figure.as_of
