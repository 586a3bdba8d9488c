"""Receivables turnover: how often the average balance was sold and collected. Higher is better."""

from __future__ import annotations

from decimal import Decimal

from arcore.analytics.dso import NEGATIVE_SALES
from arcore.analytics.dso import averaged
from arcore.analytics.dso import sales_missing
from arcore.analytics.figures import DAYS
from arcore.analytics.figures import HUNDRED
from arcore.analytics.figures import TIMES
from arcore.analytics.figures import Figure
from arcore.analytics.figures import Number
from arcore.analytics.figures import exact

DAYS_IN_YEAR = 365
NO_BALANCE = "the average balance is not positive"
NO_CLOSING = "the closing balance is not positive"


def turnover(
    *,
    credit_sales: Number,
    ar_begin: Number | None = None,
    ar_end: Number | None = None,
    ar_average: Number | None = None,
) -> Figure:
    """Divide the net credit sales of the window by the mean of opening and closing balance; times per window."""
    average, inputs, formula = averaged(ar_begin=ar_begin, ar_end=ar_end, ar_average=ar_average)
    figure = Figure(
        name="turnover",
        variant="average_balance",
        unit=TIMES,
        formula=f"credit_sales ÷ ({formula})" if "+" in formula else f"credit_sales ÷ {formula}",
        inputs={"credit_sales": credit_sales, **inputs},
    )
    sales = exact(credit_sales)
    if average <= 0:
        return figure.because(NO_BALANCE)
    return figure.because(NEGATIVE_SALES) if sales < 0 else figure.worth(sales / average)


def of_closing_balance(*, credit_sales: Number, ar_end: Number) -> Figure:
    """Divide the net credit sales of the window by the closing balance: the quick form of textbooks."""
    figure = turnover(credit_sales=credit_sales, ar_average=ar_end)
    return figure.altered(
        variant="period_end",
        formula="credit_sales ÷ ar_end",
        inputs={"credit_sales": credit_sales, "ar_end": ar_end},
        undefined=NO_CLOSING if figure.undefined == NO_BALANCE else figure.undefined,
    )


def of_month_ends(*, credit_sales: Number, ar_average: Number) -> Figure:
    """Divide by the mean of thirteen month-end balances, which two balances a year apart can't hide a season from."""
    return turnover(credit_sales=credit_sales, ar_average=ar_average).altered(variant="thirteen_point")


def ar_days(
    *,
    credit_sales: Number,
    ar_begin: Number | None = None,
    ar_end: Number | None = None,
    ar_average: Number | None = None,
    days: int = DAYS_IN_YEAR,
) -> Figure:
    """Divide the days of the window by the unrounded turnover: the average-balance DSO."""
    times = turnover(credit_sales=credit_sales, ar_begin=ar_begin, ar_end=ar_end, ar_average=ar_average)
    figure = Figure(
        name="ar_days",
        variant="days_over_turnover",
        unit=DAYS,
        formula=f"days ÷ ({times.formula})",
        inputs={**times.inputs, "days": days},
    )
    if times.exact is None:
        return figure.because(times.undefined or NO_BALANCE)
    return sales_missing(figure, times.exact) or figure.worth(days / times.exact)


def without_cash_sales(*, total_sales: Number, cash_sales_pct: Number) -> Decimal:
    """Return the credit sales left when a percentage of all sales was paid in cash."""
    return exact(total_sales) * (HUNDRED - exact(cash_sales_pct)) / HUNDRED
