"""True DSO and sales-weighted DSO: each open amount against the sales of its own time, not of the last months.

A trend in sales bends DSO; here it can't, as what is open of a month is divided by what that month sold.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from arcore.analytics.dso import NO_SALES
from arcore.analytics.figures import DAYS
from arcore.analytics.figures import Figure
from arcore.analytics.figures import Number
from arcore.analytics.figures import exact

PERIOD = 30
LEFT_OUT = "without_sales_left_out"
"""The flag of a figure that lacks the part of a month with a balance and no sales."""


class Term(NamedTuple):
    """One month of a sum.

    Attributes:
        month: its name.
        part: what is divided: open amount × age in days (true), open amount (sales-weighted).
        sales: credit sales of the month.
    """

    month: str
    part: Number
    sales: Number


def true_dso(terms: Iterable[Term | tuple[str, Number, Number]]) -> Figure:
    """Add open amount × age in days ÷ the credit sales of the month of sale (Oracle Advanced Collections)."""
    used, total, flags = _summed(terms)
    figure = Figure(
        name="dso",
        variant="true",
        unit=DAYS,
        formula="Σ by month of sale: unpaid amount × age ÷ sales of that month",
        inputs={"terms": used},
    )
    return figure.because(NO_SALES).flagged(*flags) if total is None else figure.worth(total, *flags)


def sales_weighted(terms: Iterable[Term | tuple[str, Number, Number]]) -> Figure:
    """Add (not due ÷ sales of the last month + 1-30 ÷ those of the month before + …) × 30 (CRF)."""
    used, total, flags = _summed(terms)
    figure = Figure(
        name="dso",
        variant="sales_weighted",
        unit=DAYS,
        formula="Σ by 30-day step past due: unpaid amount ÷ sales as many months back × 30",
        inputs={"terms": used},
    )
    return figure.because(NO_SALES).flagged(*flags) if total is None else figure.worth(total * PERIOD, *flags)


def _summed(
    terms: Iterable[Term | tuple[str, Number, Number]],
) -> tuple[tuple[Term, ...], Decimal | None, Sequence[str]]:
    """Return the terms with a part, their sum, and the flag for those that can't be divided; None if none can."""
    used: list[Term] = []
    counted: list[Decimal] = []
    for given in terms:
        term = given if isinstance(given, Term) else Term(*given)
        if part := exact(term.part):
            used.append(term)
            if (sales := exact(term.sales)) > 0:
                counted.append(part / sales)
    flags = () if len(counted) == len(used) else (LEFT_OUT,)
    return tuple(used), (None if used and not counted else sum(counted, Decimal(0))), flags
