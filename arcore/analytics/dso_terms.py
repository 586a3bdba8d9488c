"""The parts of true and of sales-weighted DSO, each with the credit sales that it is divided by."""

from __future__ import annotations

from datetime import date

from arcore.analytics.conversion import Conversion
from arcore.analytics.coverage import Coverage
from arcore.analytics.history import Point
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


def months_of_sale(point: Point, conversion: Conversion, coverage: Coverage) -> list[Term]:
    """Return open amount × age of invoices by month of sale, newest first. Raises RateGap, SalesUnknownError."""
    as_of, found = point.window.last, []
    for month, aged, sales in reversed(sale_months(point.history).terms(point)):
        older = month.first == date.min
        if not older:
            _refuse_unknown(coverage, month)
        name = f"before {month.last:%b %Y}" if older else f"{month.first:%b %Y}"
        found.append(Term(name, conversion.total(aged, as_of), conversion.total(sales, as_of)))
    return found


def steps_of_age(point: Point, conversion: Conversion, coverage: Coverage) -> list[Term]:
    """Return open debit items in steps of 30 days past due, each with the sales of as many months back.

    Not due goes with the month that ends on the as-of day; beyond a year everything goes with the twelfth month before.
    Raises RateGap, SalesUnknownError.
    """
    as_of, found = point.window.last, []
    columns = steps(point.history).columns(point.group, to_day(as_of))
    for place, month in enumerate(trailing_months(as_of, LAST + 1)):
        part = conversion.total(columns[:, place], as_of)
        if part:
            _refuse_unknown(coverage, month)
            sales = conversion.total(point.flow("credit_sales", month), as_of)
            found.append(Term(_step_name(place), part, sales))
    return found


def _refuse_unknown(coverage: Coverage, month: Window) -> None:
    missing = coverage.missing_sales(month)
    if missing is not None:
        raise SalesUnknownError(missing)


def _step_name(place: int) -> str:
    if place == 0:
        return "not due"
    first = STEP * (place - 1) + 1
    return f"{first}-{STEP * place}" if place < LAST else f"{first}+"
