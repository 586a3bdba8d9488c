"""Days to pay: from the document date to the receipt of the money, weighted by what each receipt settled.

Receipt is the date of the payment, not the day somebody matched it; for money that was transferred or converted, that
of the first origin. What credit notes, write-offs or unexplained settlements took away is not counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence
from decimal import Decimal

from arcore.analytics.figures import DAYS
from arcore.analytics.figures import Figure
from arcore.analytics.figures import Number
from arcore.analytics.figures import exact

NOTHING_PAID = "no invoice was paid in the window"


def weighted(payments: Iterable[tuple[Number, int]]) -> Figure:
    """Return Σ (amount × days) ÷ Σ amount over pairs of amount applied and days from document to receipt."""
    amount, amount_days = _sums(payments)
    return weighted_by_sums(paid_amount=amount, paid_amount_days=amount_days)


def weighted_late(payments: Iterable[tuple[Number, int]]) -> Figure:
    """Return the same with days from due date to receipt; early payers count as negative days."""
    amount, amount_days = _sums(payments)
    return late_by_sums(paid_amount=amount, paid_amount_days_late=amount_days)


def weighted_by_sums(*, paid_amount: Number, paid_amount_days: Number) -> Figure:
    """Divide the sum of amount × days to pay by the sum of amounts."""
    figure = Figure(
        name="days_to_pay",
        variant="weighted",
        unit=DAYS,
        formula="paid_amount_days ÷ paid_amount",
        inputs={"paid_amount_days": paid_amount_days, "paid_amount": paid_amount},
    )
    return _mean(figure, exact(paid_amount_days), exact(paid_amount))


def late_by_sums(*, paid_amount: Number, paid_amount_days_late: Number) -> Figure:
    """Divide the sum of amount × days late by the sum of amounts."""
    figure = Figure(
        name="days_late",
        variant="weighted",
        unit=DAYS,
        formula="paid_amount_days_late ÷ paid_amount",
        inputs={"paid_amount_days_late": paid_amount_days_late, "paid_amount": paid_amount},
    )
    return _mean(figure, exact(paid_amount_days_late), exact(paid_amount))


def terms_by_sums(*, paid_amount: Number, paid_amount_days: Number, paid_amount_days_late: Number) -> Figure:
    """Return the weighted average terms of what was paid: days to pay less days late, of the same receipts (Oracle)."""
    figure = Figure(
        name="terms",
        variant="weighted",
        unit=DAYS,
        formula="(paid_amount_days − paid_amount_days_late) ÷ paid_amount",
        inputs={
            "paid_amount_days": paid_amount_days,
            "paid_amount_days_late": paid_amount_days_late,
            "paid_amount": paid_amount,
        },
    )
    return _mean(figure, exact(paid_amount_days) - exact(paid_amount_days_late), exact(paid_amount))


def unweighted_by_sums(*, closed_count: int, closed_days: int) -> Figure:
    """Divide the days from document to last receipt by the number of debts paid off in the window."""
    figure = Figure(
        name="days_to_pay",
        variant="unweighted",
        unit=DAYS,
        formula="closed_days ÷ closed_count",
        inputs={"closed_days": closed_days, "closed_count": closed_count},
    )
    return _mean(figure, Decimal(closed_days), Decimal(closed_count))


def unweighted_late_by_sums(*, closed_count: int, closed_days_late: int) -> Figure:
    """Divide the days from due date to last receipt by the number of debts paid off in the window."""
    figure = Figure(
        name="days_late",
        variant="unweighted",
        unit=DAYS,
        formula="closed_days_late ÷ closed_count",
        inputs={"closed_days_late": closed_days_late, "closed_count": closed_count},
    )
    return _mean(figure, Decimal(closed_days_late), Decimal(closed_count))


def unweighted(days_to_pay: Sequence[Number]) -> Figure:
    """Return the plain mean over invoices that are paid off; blind to those still open."""
    return _plain_mean("days_to_pay", days_to_pay)


def unweighted_late(days_late: Sequence[Number]) -> Figure:
    """Return the plain mean of days late over receipts or invoices."""
    return _plain_mean("days_late", days_late)


def days_between(start: int, end: int) -> int:
    """Return the days from one day number to another; the end day is not counted twice."""
    return end - start


def _plain_mean(name: str, days: Sequence[Number]) -> Figure:
    total = sum((exact(one) for one in days), Decimal(0))
    figure = Figure(
        name=name,
        variant="unweighted",
        unit=DAYS,
        formula="total_days ÷ invoices",
        inputs={"total_days": total, "invoices": len(days)},
    )
    return _mean(figure, total, Decimal(len(days)))


def _sums(pairs: Iterable[tuple[Number, int]]) -> tuple[Decimal, Decimal]:
    amount = amount_days = Decimal(0)
    for weight, days in pairs:
        amount += exact(weight)
        amount_days += exact(weight) * days
    return amount, amount_days


def _mean(figure: Figure, total: Decimal, weight: Decimal) -> Figure:
    return figure.because(NOTHING_PAID) if weight <= 0 else figure.worth(total / weight)
