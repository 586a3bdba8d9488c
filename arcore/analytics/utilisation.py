"""Exposure and utilisation: what customers owe against the credit limits they were given, both gross of tax."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from arcore.analytics.concentration import Amounts
from arcore.analytics.figures import HUNDRED
from arcore.analytics.figures import MONEY
from arcore.analytics.figures import PERCENT
from arcore.analytics.figures import Figure
from arcore.analytics.figures import Number
from arcore.analytics.figures import exact

NO_LIMIT = "no customer has a credit limit above zero on the day"
HIGH = 90
"""The percentile shown beside the mean."""


def exposure(*, positive_open: Number) -> Figure:
    """Return what customers owe, each net of its own credits; customers in credit lower nobody else's."""
    return Figure(
        name="exposure",
        variant="open",
        unit=MONEY,
        formula="positive_open",
        inputs={"positive_open": positive_open},
    ).worth(exact(positive_open))


def weighted(*, limited_open: Number, limits: Number) -> Figure:
    """Return what customers with a limit owe in percent of their limits: the limit-weighted mean."""
    figure = Figure(
        name="utilisation",
        variant="weighted",
        unit=PERCENT,
        formula="limited_open ÷ limits × 100",
        inputs={"limited_open": limited_open, "limits": limits},
    )
    whole = exact(limits)
    return figure.because(NO_LIMIT) if whole <= 0 else figure.worth(exact(limited_open) / whole * HUNDRED)


def high(*, high_utilisation: Number, limits: Number) -> Figure:
    """Return the utilisation that nine of ten customers with a limit stay at or below."""
    figure = Figure(
        name="utilisation",
        variant="p90",
        unit=PERCENT,
        formula="90th percentile of balance ÷ limit, customer by customer",
        inputs={"high_utilisation": high_utilisation, "limits": limits},
    )
    return figure.because(NO_LIMIT) if exact(limits) <= 0 else figure.worth(exact(high_utilisation))


def over_limit(*, over_limit: Number, limits: Number) -> Figure:
    """Return what is owed beyond the limits, customer by customer; room left at others does not make up for it."""
    figure = Figure(
        name="over_limit",
        variant="open",
        unit=MONEY,
        formula="over_limit",
        inputs={"over_limit": over_limit, "limits": limits},
    )
    return figure.because(NO_LIMIT) if exact(limits) <= 0 else figure.worth(exact(over_limit))


def available(*, limit: Number, balance: Number) -> Decimal:
    """Return what is left of a limit; negative when it is exceeded."""
    return exact(limit) - exact(balance)


def of_customer(*, balance: Number, limit: Number | None) -> Figure:
    """Return the utilisation of one customer; undefined without a limit or with one of zero, never 0 percent."""
    return weighted(limited_open=balance, limits=0 if limit is None else limit)


def amounts_of(held: Amounts, limits: Amounts) -> dict[str, Decimal]:
    """Sum up customers with a limit above zero (nan or 0: none): owed, limits, owed beyond them, the high share."""
    chosen = limits > 0
    if not chosen.any():
        return dict.fromkeys(("limited_open", "limits", "over_limit", "high_utilisation"), Decimal(0))
    owed, allowed = np.maximum(held[chosen], 0), limits[chosen]
    shares = np.sort(owed / allowed * 100)
    place = -(-len(shares) * HIGH // 100) - 1
    return {
        "limited_open": _exact(owed.sum()),
        "limits": _exact(allowed.sum()),
        "over_limit": _exact(np.maximum(owed - allowed, 0).sum()),
        "high_utilisation": _exact(shares[place]),
    }


def _exact(amount: float) -> Decimal:
    return Decimal(f"{float(amount):.15g}")
