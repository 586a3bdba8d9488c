"""Cash conversion cycle: days from paying suppliers to being paid. Inventory and payables come from somebody who knows.

Only DSO follows from receivables; days of inventory (DIO) and of payables (DPO) are never assumed.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from arcore.analytics.dso import average_balance
from arcore.analytics.dso import period_end
from arcore.analytics.figures import DAYS
from arcore.analytics.figures import Figure
from arcore.analytics.figures import Number
from arcore.analytics.figures import exact

UNKNOWN = "needs the days of inventory and of payables: type them in Settings → Measures"


class Cycle(NamedTuple):
    """The three parts, in days, and the cycle."""

    inventory: Decimal
    sales: Decimal
    payables: Decimal
    cycle: Decimal


def cash_cycle(
    *,
    days_of_inventory: Number | None,
    days_of_payables: Number | None,
    ar_end: Number,
    credit_sales: Number,
    days: int,
) -> Figure:
    """Add days of inventory to period-end DSO and subtract days of payables; may be negative."""
    figure = Figure(
        name="cash_cycle",
        variant="period_end",
        unit=DAYS,
        formula="days_of_inventory + ar_end ÷ credit_sales × days − days_of_payables",
        inputs={
            "days_of_inventory": days_of_inventory,
            "ar_end": ar_end,
            "credit_sales": credit_sales,
            "days": days,
            "days_of_payables": days_of_payables,
        },
    )
    if days_of_inventory is None or days_of_payables is None:
        return figure.because(UNKNOWN)
    dso = period_end(ar_end=ar_end, credit_sales=credit_sales, days=days)
    if dso.exact is None:
        return figure.because(dso.undefined or "").flagged(*dso.flags)
    return figure.worth(exact(days_of_inventory) + dso.exact - exact(days_of_payables))


def on_average_balance(
    *,
    days_of_inventory: Number | None,
    days_of_payables: Number | None,
    ar_begin: Number,
    ar_end: Number,
    credit_sales: Number,
    days: int,
) -> Figure:
    """Return the cycle with DSO on the mean of opening and closing balance; may be negative."""
    figure = Figure(
        name="cash_cycle",
        variant="average_balance",
        unit=DAYS,
        formula="days_of_inventory + (ar_begin + ar_end) ÷ 2 ÷ credit_sales × days − days_of_payables",
        inputs={
            "days_of_inventory": days_of_inventory,
            "ar_begin": ar_begin,
            "ar_end": ar_end,
            "credit_sales": credit_sales,
            "days": days,
            "days_of_payables": days_of_payables,
        },
    )
    if days_of_inventory is None or days_of_payables is None:
        return figure.because(UNKNOWN)
    dso = average_balance(ar_begin=ar_begin, ar_end=ar_end, credit_sales=credit_sales, days=days)
    if dso.exact is None:
        return figure.because(dso.undefined or "").flagged(*dso.flags)
    return figure.worth(exact(days_of_inventory) + dso.exact - exact(days_of_payables))


def of_averages(
    *,
    avg_inventory: Number,
    avg_ar: Number,
    avg_ap: Number,
    cogs: Number,
    credit_sales: Number,
    year_days: int = 365,
) -> Cycle:
    """Return the cycle of a year from average balances: inventory and payables on cost of sales, DSO on sales."""
    inventory = exact(avg_inventory) / exact(cogs) * year_days
    sales = exact(avg_ar) / exact(credit_sales) * year_days
    payables = exact(avg_ap) / exact(cogs) * year_days
    return Cycle(inventory, sales, payables, inventory + sales - payables)
