"""Cost of collection: what collecting costs for each hundred collected. The cost comes from somebody who knows it."""

from __future__ import annotations

from decimal import Decimal

from arcore.analytics.dso import sales_missing
from arcore.analytics.figures import HUNDRED
from arcore.analytics.figures import MONEY
from arcore.analytics.figures import PERCENT
from arcore.analytics.figures import Figure
from arcore.analytics.figures import Number
from arcore.analytics.figures import exact

UNKNOWN = "needs what collecting costs a month: type it in Settings → Measures"
THOUSAND = 1000
NOTHING_COLLECTED = "no cash came in in the window"


def cost_of_window(monthly: Decimal | None, months: int) -> Decimal | None:
    """Return what collecting cost in a window of so many months."""
    return None if monthly is None else monthly * months


def per_collection(*, cost: Number, collections: Number) -> Decimal | None:
    """Return the cost of one collection, whatever is counted as one; None without any."""
    return None if exact(collections) <= 0 else exact(cost) / exact(collections)


def of_cash(*, cost: Number | None, cash: Number) -> Figure:
    """Return the cost of the window in percent of the cash that came in."""
    figure = Figure(
        name="collection_cost",
        variant="cash",
        unit=PERCENT,
        formula="cost ÷ cash × 100",
        inputs={"cost": cost, "cash": cash},
    )
    if cost is None:
        return figure.because(UNKNOWN)
    came = exact(cash)
    return figure.because(NOTHING_COLLECTED) if came <= 0 else figure.worth(exact(cost) / came * HUNDRED)


def per_thousand(*, cost: Number | None, credit_sales: Number) -> Figure:
    """Return the cost of the window for every thousand of credit sales (APQC), in money."""
    figure = Figure(
        name="collection_cost",
        variant="per_1000",
        unit=MONEY,
        formula="cost ÷ credit_sales × 1000",
        inputs={"cost": cost, "credit_sales": credit_sales},
    )
    if cost is None:
        return figure.because(UNKNOWN)
    sales = exact(credit_sales)
    return sales_missing(figure, sales) or figure.worth(exact(cost) / sales * THOUSAND)
