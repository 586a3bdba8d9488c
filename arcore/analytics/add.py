"""Average days delinquent: the part of DSO that comes from lateness."""

from __future__ import annotations

from arcore.analytics.dso import sales_missing
from arcore.analytics.figures import DAYS
from arcore.analytics.figures import Figure
from arcore.analytics.figures import Number
from arcore.analytics.figures import exact


def average_days_delinquent(*, overdue: Number, credit_sales: Number, days: int) -> Figure:
    """Divide the overdue debit items by the credit sales of the window, times its days (CRF).

    With BPDSO and the days of unapplied credits it adds up to DSO: DSO = BPDSO + ADD − unapplied ÷ sales × days.
    """
    figure = Figure(
        name="add",
        variant="period_end",
        unit=DAYS,
        formula="overdue ÷ credit_sales × days",
        inputs={"overdue": overdue, "credit_sales": credit_sales, "days": days},
    )
    sales = exact(credit_sales)
    return sales_missing(figure, sales) or figure.worth(exact(overdue) / sales * days)


def dso_minus_bpdso(*, dso: Number, bpdso: Number) -> Figure:
    """Subtract best possible DSO from DSO of the same window."""
    return Figure(
        name="add",
        variant="dso_minus_bpdso",
        unit=DAYS,
        formula="dso − bpdso",
        inputs={"dso": dso, "bpdso": bpdso},
    ).worth(exact(dso) - exact(bpdso))
