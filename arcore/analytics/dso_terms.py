"""The parts of true and of sales-weighted DSO, each with the credit sales that it is divided by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import cache

from arcore.analytics.conversion import RateGap
from arcore.analytics.history import Point
from arcore.analytics.lens import Lens
from arcore.analytics.sale_months import sale_months
from arcore.analytics.steps import LAST
from arcore.analytics.steps import STEP
from arcore.analytics.steps import steps
from arcore.analytics.true_dso import Term
from arcore.analytics.windows import Window
from arcore.analytics.windows import trailing_months
from arcore.dates import to_day


class SalesUnknownError(Exception):
    """The sales of a month with an open balance are not known; it becomes the reason of a figure."""


def months_of_sale(point: Point, lens: Lens) -> list[Term]:
    """Return open amount × age of invoices by month of sale, newest first. Raises RateGap, SalesUnknownError."""
    as_of = point.window.last
    terms = sale_months(point.history).terms(point)[::-1]
    parts = _converted(lens, [aged for _, aged, _ in terms], as_of)
    sold = _converted(lens, [sales for _, _, sales in terms], as_of)
    for month, _, _ in terms:
        if month.first != date.min:
            _refuse_unknown(lens, month)
    return [Term(_name(month), part, sales) for (month, _, _), part, sales in zip(terms, parts, sold, strict=True)]


def _converted(lens: Lens, amounts: Sequence[Sequence[int]], day: date) -> list[Decimal]:
    """Convert many amounts by currency at once. Raises RateGap."""
    found: list[Decimal] = []
    for total in lens.conversion.totals(amounts, day):
        if isinstance(total, RateGap):
            raise total
        found.append(total)
    return found


def steps_of_age(point: Point, lens: Lens) -> list[Term]:
    """Return open debit items in steps of 30 days past due, each with the sales of as many months back.

    Not due goes with the month that ends on the as-of day; beyond a year everything goes with the twelfth month before.
    Raises RateGap, SalesUnknownError.
    """
    as_of, found = point.window.last, []
    columns = steps(point.history).columns(point.group, to_day(as_of)).T.tolist()
    months = lens.once(("steps", as_of), lambda: trailing_months(as_of, LAST + 1))
    parts = lens.conversion.totals(columns, as_of)
    for place, (month, part) in enumerate(zip(months, parts, strict=True)):
        if isinstance(part, RateGap):
            raise part
        if part:
            _refuse_unknown(lens, month)
            found.append(Term(_step_name(place), part, lens.sold(point, month)))
    return found


@cache
def _name(month: Window) -> str:
    return f"before {month.last:%b %Y}" if month.first == date.min else f"{month.first:%b %Y}"


def _refuse_unknown(lens: Lens, month: Window) -> None:
    missing = lens.once(("unknown", month), lambda: lens.coverage.missing_sales(month))
    if missing is not None:
        raise SalesUnknownError(missing)


@cache
def _step_name(place: int) -> str:
    if place == 0:
        return "not due"
    first = STEP * (place - 1) + 1
    return f"{first}-{STEP * place}" if place < LAST else f"{first}+"
