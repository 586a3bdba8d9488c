"""What a step takes over many debts: weighted mean, median, 90th percentile, amount × days, how sure the mean is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from arcore.analytics.columns import Ints

FEWEST_INVOICES = 20
FEWEST_CUSTOMERS = 8
"""With fewer on either side nothing is said about a difference."""
_Z = 1.959964
"""Two-sided 95 % of the normal distribution."""

Verdict = Literal["better", "worse", "chance", "few"]


@dataclass(frozen=True)
class StepSum:
    """One step over some debts.

    Attributes:
        invoices, payments, customers: how many of each went through it.
        amount: minor units that went through it.
        amount_days: amount × days, minor units: what ranks where days are lost.
        median, p90: over payments, each counted once, interpolated; None for none.
        error: standard error of the mean; None with fewer than two customers.
    """

    invoices: int = 0
    payments: int = 0
    customers: int = 0
    amount: int = 0
    amount_days: int = 0
    median: float | None = None
    p90: float | None = None
    error: float | None = None

    @property
    def mean(self) -> float | None:
        """Return days on average, each weighed by its amount; None for nothing."""
        return self.amount_days / self.amount if self.amount else None


def step_sum(days: Ints, amount: Ints, invoice: Ints, customer: Ints) -> StepSum:
    """Sum up days of payments with their amounts (0 or more); `invoice` and `customer` are small numbers."""
    if len(days) == 0:
        return StepSum()
    whole, product = int(amount.sum()), int((amount * days).sum())
    median, p90 = (float(value) for value in np.percentile(days, (50, 90)))
    customers = int(np.count_nonzero(np.bincount(customer)))
    return StepSum(
        invoices=int(np.count_nonzero(np.bincount(invoice))),
        payments=len(days),
        customers=customers,
        amount=whole,
        amount_days=product,
        median=median,
        p90=p90,
        error=standard_error(days, amount, customer, customers),
    )


def standard_error(days: Ints, amount: Ints, customer: Ints, customers: int) -> float | None:
    """Return the standard error of the weighted mean; `customers` is how many there are.

    The mean is a ratio of two sums, so its error is that of the ratio (Cochran, Sampling Techniques, 1977, chapter 6;
    Gatz and Smith, Atmospheric Environment 29, 1995, found it nearest to a bootstrap). Payments of one customer go
    together, so residuals are added up by customer first (Cameron and Miller, Journal of Human Resources 50, 2015).
    """
    whole = float(amount.sum())
    if customers < 2 or whole <= 0:
        return None
    mean = float((amount * days).sum()) / whole
    residual = np.bincount(customer, weights=amount * (days - mean))
    return float(np.sqrt(customers / (customers - 1) * (residual**2).sum()) / whole)


def verdict(now: StepSum, before: StepSum) -> Verdict:
    """Say whether a step became quicker or slower, or whether the difference may be chance.

    It is more than chance when it exceeds t × √(error² + error²), t for 95 % with the degrees of freedom of the side
    with fewer customers. The two sides are taken as independent: as they mostly are the same customers, that claims
    less, never more. With too few invoices or customers nothing is claimed.
    """
    sides = (now, before)
    enough = all(s.invoices >= FEWEST_INVOICES and s.customers >= FEWEST_CUSTOMERS for s in sides)
    if not enough or None in (now.mean, before.mean, now.error, before.error):
        return "few"
    difference = (now.mean or 0.0) - (before.mean or 0.0)
    error = float(np.hypot(now.error or 0.0, before.error or 0.0))
    if abs(difference) <= student_t(min(s.customers for s in sides) - 1) * error:
        return "chance"
    return "better" if difference < 0 else "worse"


def student_t(freedom: int) -> float:
    """Return the two-sided 95 % quantile of Student's t (Abramowitz and Stegun 26.7.5), good from 4 degrees on."""
    z, v = _Z, float(freedom)
    return (
        z
        + (z**3 + z) / (4 * v)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * v**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * v**3)
        + (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / (92160 * v**4)
    )
