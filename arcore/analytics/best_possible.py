"""Best possible DSO: the days of sales that would be open if everybody paid on the due day."""

from __future__ import annotations

from arcore.analytics.dso import sales_missing
from arcore.analytics.figures import DAYS
from arcore.analytics.figures import Figure
from arcore.analytics.figures import Number
from arcore.analytics.figures import exact


def best_possible(*, ar_current: Number, credit_sales: Number, days: int) -> Figure:
    """Divide the debit items not yet due by the credit sales of the window, times its days (CRF).

    Unapplied credits stay out, so it lies between 0 and DSO plus the days of those credits.
    """
    figure = Figure(
        name="bpdso",
        variant="period_end",
        unit=DAYS,
        formula="ar_current ÷ credit_sales × days",
        inputs={"ar_current": ar_current, "credit_sales": credit_sales, "days": days},
    )
    sales = exact(credit_sales)
    return sales_missing(figure, sales) or figure.worth(exact(ar_current) / sales * days)


def less_past_due(*, ar_end: Number, ar_past_due: Number, credit_sales: Number, days: int) -> Figure:
    """Take the current part as balance less what is past due; the same figure where no credits are unapplied."""
    return best_possible(ar_current=exact(ar_end) - exact(ar_past_due), credit_sales=credit_sales, days=days)
