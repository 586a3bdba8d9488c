"""Concentration: how much of the book hangs on few customers. Customers whose balance is a credit are left out."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from arcore.analytics.figures import HUNDRED
from arcore.analytics.figures import PERCENT
from arcore.analytics.figures import Figure
from arcore.analytics.figures import Number
from arcore.analytics.figures import exact

POINTS = "points"
CUSTOMERS = "customers"
MOST = 10_000
NOBODY_OWES = "no customer owes anything"
NOBODY_BOUGHT = "nothing was sold in the window"

Amounts = NDArray[np.float64]


def top_open(*, top_open: Number, positive_open: Number) -> Figure:
    """Return what the largest customers owe in percent of what all customers owe."""
    return _share("top_customers", "open", "top_open", top_open, "positive_open", positive_open, NOBODY_OWES)


def top_sales(*, top_sales: Number, positive_sales: Number) -> Figure:
    """Return the credit sales to the largest customers in percent of those to all."""
    return _share("top_customers", "sales", "top_sales", top_sales, "positive_sales", positive_sales, NOBODY_BOUGHT)


def hhi_open(*, open_squares: Number, positive_open: Number) -> Figure:
    """Return the Herfindahl-Hirschman index of what customers owe: Σ (share in percent)², 0 to 10,000."""
    return _index("open", "open_squares", open_squares, "positive_open", positive_open, NOBODY_OWES)


def hhi_sales(*, sales_squares: Number, positive_sales: Number) -> Figure:
    """Return the same of the credit sales of the window."""
    return _index("sales", "sales_squares", sales_squares, "positive_sales", positive_sales, NOBODY_BOUGHT)


def large_customers(*, large_count: int, large_sales: Number, positive_sales: Number) -> Figure:
    """Count the customers with at least the share of sales that makes a large one (ten percent by default)."""
    figure = Figure(
        name="large_customers",
        variant="sales",
        unit=CUSTOMERS,
        formula="large_count",
        inputs={"large_count": large_count, "large_sales": large_sales, "positive_sales": positive_sales},
    )
    return figure.because(NOBODY_BOUGHT) if exact(positive_sales) <= 0 else figure.worth(Decimal(large_count))


def active_customers(*, active_customers: int) -> Figure:
    """Count the customers with an invoice or a payment in the window, or an open item at its end."""
    return Figure(
        name="active_customers",
        variant="year",
        unit=CUSTOMERS,
        formula="active_customers",
        inputs={"active_customers": active_customers},
    ).worth(Decimal(active_customers))


def hhi_of_shares(shares_pct: list[Number]) -> Decimal:
    """Return the index of shares given in percent."""
    return sum((exact(share) ** 2 for share in shares_pct), Decimal(0))


def amounts_of(held: Amounts, *, top: int, large_share: Decimal) -> dict[str, Decimal | int]:
    """Sum the amounts of customers up: all that are positive, the largest, the squares, and those of large ones."""
    positive = np.sort(held[held > 0])[::-1]
    total = positive.sum()
    large = positive[positive >= total * float(large_share) / 100] if len(positive) else positive
    return {
        "positive": _exact(total),
        "top": _exact(positive[:top].sum()),
        "squares": _exact(float(np.dot(positive, positive))),
        "large": _exact(large.sum()),
        "large_count": len(large),
    }


def _exact(amount: float) -> Decimal:
    """Return a sum of amounts without the noise of adding floats: fifteen digits are certain."""
    return Decimal(f"{float(amount):.15g}")


def _share(
    name: str, variant: str, part_name: str, part: Number, whole_name: str, whole: Number, nothing: str
) -> Figure:
    figure = Figure(
        name=name,
        variant=variant,
        unit=PERCENT,
        formula=f"{part_name} ÷ {whole_name} × 100",
        inputs={part_name: part, whole_name: whole},
    )
    total = exact(whole)
    return figure.because(nothing) if total <= 0 else figure.worth(exact(part) / total * HUNDRED)


def _index(variant: str, part_name: str, squares: Number, whole_name: str, whole: Number, nothing: str) -> Figure:
    figure = Figure(
        name="hhi",
        variant=variant,
        unit=POINTS,
        formula=f"{part_name} ÷ ({whole_name} × {whole_name}) × 10000",
        inputs={part_name: squares, whole_name: whole},
    )
    total = exact(whole)
    return figure.because(nothing) if total <= 0 else figure.worth(exact(squares) / (total * total) * MOST)
