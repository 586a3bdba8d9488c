"""Collection effectiveness index: of what could have been collected in the window, how much left the books."""

from __future__ import annotations

from decimal import Decimal

from arcore.analytics.figures import HUNDRED
from arcore.analytics.figures import PERCENT
from arcore.analytics.figures import Figure
from arcore.analytics.figures import Number
from arcore.analytics.figures import exact

NEGATIVE = "more was refunded or bounced than came in"
NOTHING_DUE = "nothing fell due in the window"


def collected(
    *, ar_begin: Number, credit_sales: Number, ar_end: Number, ar_end_current: Number, transfers: Number = 0
) -> Figure:
    """Return 100 × what left ÷ (what left + what is still overdue), in percent (CRF).

    All balances net; `ar_end_current` is the closing balance less overdue debit items, so unapplied credits never lift
    it over 100. `transfers` (in less out) belong to a part of the book. Undefined when more went out than came in, or
    nothing was collectable. Write-offs and settlements count as left: see `cash_collected` for the twin.
    """
    moved = exact(transfers)
    collectable = exact(ar_begin) + exact(credit_sales) + moved
    plus = " + transfers" if moved else ""
    figure = Figure(
        name="cei",
        variant="period",
        unit=PERCENT,
        formula=f"(ar_begin + credit_sales{plus} − ar_end) ÷ (ar_begin + credit_sales{plus} − ar_end_current) × 100",
        inputs={
            "ar_begin": ar_begin,
            "credit_sales": credit_sales,
            **({"transfers": transfers} if moved else {}),
            "ar_end": ar_end,
            "ar_end_current": ar_end_current,
        },
    )
    return _share(figure, collectable - exact(ar_end), collectable - exact(ar_end_current))


def cash_collected(
    *, cash: Number, ar_begin: Number, credit_sales: Number, ar_end_current: Number, transfers: Number = 0
) -> Figure:
    """Return the cash twin: 100 × (receipts − refunds − reversals) ÷ what could have been collected, in percent.

    Credits, write-offs and settlements nobody has explained are not cash.
    """
    moved = exact(transfers)
    plus = " + transfers" if moved else ""
    figure = Figure(
        name="cei",
        variant="cash",
        unit=PERCENT,
        formula=f"cash ÷ (ar_begin + credit_sales{plus} − ar_end_current) × 100",
        inputs={
            "cash": cash,
            "ar_begin": ar_begin,
            "credit_sales": credit_sales,
            **({"transfers": transfers} if moved else {}),
            "ar_end_current": ar_end_current,
        },
    )
    return _share(figure, exact(cash), exact(ar_begin) + exact(credit_sales) + moved - exact(ar_end_current))


def rolling_year(
    *, ar_begin: Number, credit_sales: Number, ar_end: Number, ar_end_current: Number, transfers: Number = 0
) -> Figure:
    """Return the index of twelve months at once: not the mean of twelve monthly ones."""
    figure = collected(
        ar_begin=ar_begin, credit_sales=credit_sales, ar_end=ar_end, ar_end_current=ar_end_current, transfers=transfers
    )
    return figure.altered(variant="rolling_12")


def cash_rolling_year(
    *, cash: Number, ar_begin: Number, credit_sales: Number, ar_end_current: Number, transfers: Number = 0
) -> Figure:
    """Return the cash twin of twelve months at once."""
    figure = cash_collected(
        cash=cash, ar_begin=ar_begin, credit_sales=credit_sales, ar_end_current=ar_end_current, transfers=transfers
    )
    return figure.altered(variant="cash_rolling_12")


def with_sales_over_months(
    *, ar_begin: Number, credit_sales: Number, n_months: int, ar_end: Number, ar_end_current: Number
) -> Figure:
    """Return the printed CRF form, sales divided by the months of the window; only right with one-month balances."""
    figure = Figure(
        name="cei",
        variant="sales_over_months",
        unit=PERCENT,
        formula="(ar_begin + credit_sales ÷ n_months − ar_end) ÷ (ar_begin + credit_sales ÷ n_months − ar_end_current)"
        " × 100",
        inputs={
            "ar_begin": ar_begin,
            "credit_sales": credit_sales,
            "n_months": n_months,
            "ar_end": ar_end,
            "ar_end_current": ar_end_current,
        },
    )
    collectable = exact(ar_begin) + exact(credit_sales) / n_months
    return _share(figure, collectable - exact(ar_end), collectable - exact(ar_end_current))


def _share(figure: Figure, left: Decimal, collectable: Decimal) -> Figure:
    if left < 0:
        return figure.because(NEGATIVE)
    if collectable <= 0:
        return figure.because(NOTHING_DUE)
    return figure.worth(left / collectable * HUNDRED)
