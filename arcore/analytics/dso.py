"""Days sales outstanding: how many days of credit sales are still open."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_CEILING
from decimal import Decimal
from typing import Literal
from typing import NamedTuple

from arcore.analytics.figures import DAYS
from arcore.analytics.figures import Figure
from arcore.analytics.figures import Number
from arcore.analytics.figures import exact

OnNoSales = Literal["continue", "stop"]
"""What countback does with a period whose sales are zero or negative: go on through it, or end there."""

NO_SALES = "no credit sales in the window"
NEGATIVE_SALES = "credit notes exceed the sales of the window"
NOTHING_PAID = "nothing was paid in the window"
CREDIT_BALANCE = "the balance is a credit: more was paid or credited than is owed"


def sales_missing(figure: Figure, credit_sales: Decimal) -> Figure | None:
    """Return the figure as undefined when it can't be divided by these sales, else None."""
    if credit_sales == 0:
        return figure.because(NO_SALES)
    return figure.because(NEGATIVE_SALES) if credit_sales < 0 else None


def period_end(*, ar_end: Number, credit_sales: Number, days: int) -> Figure:
    """Divide the closing net balance by the credit sales of the window, times its days (CRF, APQC).

    Undefined without sales, and for a credit balance (flag credit_balance).
    """
    figure = Figure(
        name="dso",
        variant="period_end",
        unit=DAYS,
        formula="ar_end ÷ credit_sales × days",
        inputs={"ar_end": ar_end, "credit_sales": credit_sales, "days": days},
    )
    return _days_of_sales(figure, exact(ar_end), exact(credit_sales), days)


def delinquent(*, ar_end: Number, ar_current: Number, credit_sales: Number, days: int) -> Figure:
    """Return DSO less best possible DSO of the same window (JD Edwards): ADD less the days of unapplied credits.

    With best possible DSO it adds up to DSO; below zero where unapplied credits exceed what is overdue.
    """
    figure = Figure(
        name="delinquent_dso",
        variant="period_end",
        unit=DAYS,
        formula="(ar_end − ar_current) ÷ credit_sales × days",
        inputs={"ar_end": ar_end, "ar_current": ar_current, "credit_sales": credit_sales, "days": days},
    )
    sales = exact(credit_sales)
    return sales_missing(figure, sales) or figure.worth((exact(ar_end) - exact(ar_current)) / sales * days)


def average_balance(
    *,
    credit_sales: Number,
    days: int,
    ar_begin: Number | None = None,
    ar_end: Number | None = None,
    ar_average: Number | None = None,
) -> Figure:
    """Divide the mean of opening and closing balance (or a given average) by credit sales, times days."""
    average, inputs, formula = averaged(ar_begin=ar_begin, ar_end=ar_end, ar_average=ar_average)
    figure = Figure(
        name="dso",
        variant="average_balance",
        unit=DAYS,
        formula=f"{formula} ÷ credit_sales × days",
        inputs={**inputs, "credit_sales": credit_sales, "days": days},
    )
    return _days_of_sales(figure, average, exact(credit_sales), days)


def on_month_ends(*, ar_average: Number, credit_sales: Number, days: int) -> Figure:
    """Divide the mean of the balances at every month-end of the window, the opening one too (JD Edwards), by sales."""
    figure = average_balance(ar_average=ar_average, credit_sales=credit_sales, days=days)
    return figure.altered(variant="month_ends")


def average_daily_sales(*, ar_end: Number, average_daily_sales: Number) -> Figure:
    """Divide the closing balance by the average sales of a day: the period-end figure, written differently."""
    figure = Figure(
        name="dso",
        variant="average_daily_sales",
        unit=DAYS,
        formula="ar_end ÷ average_daily_sales",
        inputs={"ar_end": ar_end, "average_daily_sales": average_daily_sales},
    )
    return _days_of_sales(figure, exact(ar_end), exact(average_daily_sales), 1)


def averaged(
    *, ar_begin: Number | None, ar_end: Number | None, ar_average: Number | None
) -> tuple[Decimal, dict[str, Number], str]:
    """Return the average balance, the inputs it came from, and how it is written in a formula."""
    if ar_average is not None:
        return exact(ar_average), {"ar_average": ar_average}, "ar_average"
    if ar_begin is None or ar_end is None:
        raise TypeError("give ar_average, or ar_begin and ar_end")
    return (exact(ar_begin) + exact(ar_end)) / 2, {"ar_begin": ar_begin, "ar_end": ar_end}, "(ar_begin + ar_end) ÷ 2"


def countback(
    *,
    ar_end: Number,
    periods: Iterable[tuple[Number, int]],
    on_no_sales: OnNoSales = "continue",
    unit: Literal["days", "months"] = "days",
    round_up: bool = False,
) -> Figure:
    """Use up the balance with the sales of each period, newest first, and add the days (JD Edwards, UK standard).

    `periods` are (credit sales, days), newest first; only those needed are asked for, and they are the input. A period
    that the rest covers whole adds its days; the last one adds a part. Three rules exist for a period whose sales are
    zero or negative: "continue" (default) adds its days and a net credit raises the rest (Sage UK, JD Edwards), "stop"
    ends the count there (Oracle HFM); skipping it is not offered, as a silent month is elapsed time. Where the history
    runs out it is the days so far, flag history_exhausted. In "months" every period counts as one. `round_up` rounds
    the last part up (Sage UK).
    """
    figure = Figure(name="dso", variant="countback", unit=unit, formula="whole_days", inputs={"ar_end": ar_end})
    if exact(ar_end) < 0:
        return figure.because(CREDIT_BALANCE).flagged("credit_balance")
    counted = _count_back(exact(ar_end), periods, unit, on_no_sales)
    used = {"ar_end": ar_end, "periods": counted.periods, "rest": counted.rest, "whole_days": counted.whole_days}
    if counted.last is None:
        return figure.altered(inputs=used).worth(counted.whole_days, *counted.flags)
    sales, days = counted.last
    part = counted.rest / sales * days
    explained = figure.altered(
        formula="whole_days + rest ÷ last_sales × last_days",
        inputs={**used, "last_sales": sales, "last_days": days},
    )
    return explained.worth(counted.whole_days + (part.to_integral_value(ROUND_CEILING) if round_up else part))


def countback_months(
    *,
    ar_end: Number,
    periods: Iterable[tuple[Number, int]],
    on_no_sales: OnNoSales = "continue",
    round_up: bool = False,
) -> Figure:
    """Count back in months instead of days (AccountingWEB): every month counts as one."""
    figure = countback(ar_end=ar_end, periods=periods, on_no_sales=on_no_sales, unit="months", round_up=round_up)
    return figure.altered(variant="countback_months")


def days_overdue(
    *,
    overdue: Number,
    periods: Iterable[tuple[Number, int]],
    on_no_sales: OnNoSales = "continue",
    round_up: bool = False,
) -> Figure:
    """Count back what is overdue alone (Sage UK's days sales overdue): how many days of sales it holds."""
    figure = countback(ar_end=overdue, periods=periods, on_no_sales=on_no_sales, round_up=round_up)
    inputs = {"overdue": overdue, **{name: given for name, given in figure.inputs.items() if name != "ar_end"}}
    return figure.altered(name="add", inputs=inputs)


def extended(
    *,
    ar_current: Number,
    credit_sales: Number,
    paid_amount: Number,
    paid_amount_days: Number,
    paid_amount_days_late: Number,
    days: int,
) -> Figure:
    """Return the days of credit granted (best possible DSO) beyond the terms of what was paid (JD Edwards)."""
    figure = Figure(
        name="extended_dso",
        variant="period_end",
        unit=DAYS,
        formula="ar_current ÷ credit_sales × days − (paid_amount_days − paid_amount_days_late) ÷ paid_amount",
        inputs={
            "ar_current": ar_current,
            "credit_sales": credit_sales,
            "days": days,
            "paid_amount_days": paid_amount_days,
            "paid_amount_days_late": paid_amount_days_late,
            "paid_amount": paid_amount,
        },
    )
    sales, paid = exact(credit_sales), exact(paid_amount)
    if paid <= 0:
        return figure.because(NOTHING_PAID)
    terms = (exact(paid_amount_days) - exact(paid_amount_days_late)) / paid
    return sales_missing(figure, sales) or figure.worth(exact(ar_current) / sales * days - terms)


class _CountedBack(NamedTuple):
    """Where counting back ended: `last` is the sales and days of the period that is used in part, if any."""

    whole_days: Decimal
    rest: Decimal
    periods: tuple[tuple[Number, int], ...]
    last: tuple[Decimal, int] | None = None
    flags: tuple[str, ...] = ()


def _count_back(
    rest: Decimal, periods: Iterable[tuple[Number, int]], unit: str, on_no_sales: OnNoSales
) -> _CountedBack:
    whole = Decimal(0)
    used: list[tuple[Number, int]] = []
    for given, length in periods:
        sales, days = exact(given), 1 if unit == "months" else length
        if rest == 0:
            return _CountedBack(whole, rest, tuple(used))
        used.append((given, length))
        if sales <= 0 and on_no_sales == "stop":
            return _CountedBack(whole, rest, tuple(used), flags=("stopped_without_sales",))
        if rest < sales:
            return _CountedBack(whole, rest, tuple(used), last=(sales, days))
        rest -= sales
        whole += days
    return _CountedBack(whole, rest, tuple(used), flags=() if rest == 0 else ("history_exhausted",))


def _days_of_sales(figure: Figure, balance: Decimal, credit_sales: Decimal, days: int) -> Figure:
    missing = sales_missing(figure, credit_sales)
    if missing is not None:
        return missing
    if balance < 0:
        return figure.because(CREDIT_BALANCE).flagged("credit_balance")
    return figure.worth(balance / credit_sales * days)
