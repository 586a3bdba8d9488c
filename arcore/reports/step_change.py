"""What moved the days of a step since the period before: the same customers otherwise, or other customers.

Days of a step are a mean over customers, each with its share of the amount. The change is taken apart by customer as
the average over both orders of changing shares and days, so no order is preferred and both parts add up to it:

    other days   = Σ (share before + share now) ÷ 2 × (days now − days before)
    other shares = Σ (days before + days now) ÷ 2 × (share now − share before)

A customer who is in one period only has no days of its own in the other: it counts as a change of shares alone.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

import numpy as np
from sqlalchemy import Engine

from arcore.analytics.columns import Ints
from arcore.analytics.quarter import Period
from arcore.reports.filters import Filters
from arcore.reports.process import By
from arcore.reports.process import Side
from arcore.reports.process import disputes_of
from arcore.reports.process import sides
from arcore.reports.walked import Of
from arcore.reports.walked_documents import entries_of


class StepChange(NamedTuple):
    """Days before and now, and what other days and other shares of customers did; these add up to the change."""

    before: Fraction
    now: Fraction
    days: Fraction
    shares: Fraction


def step_change(
    engine: Engine, filters: Filters, period: Period, step: str, *, of: Of = "paid", by: By = "reason",
    key: str | None = None,
) -> StepChange | None:  # fmt: skip
    """Split the change of a step, of all or of one part of a cut; None where one side has nothing. Raises BadInput."""
    now, before = sides(engine, filters, period, of)
    if key is not None and by == "month":
        return None
    return split(*(_by_customer(side, step, by, key) for side in (before, now)))


def dispute_change(
    engine: Engine, filters: Filters, period: Period, before: Period, reason: str, *, of: Of = "paid"
) -> StepChange | None:
    """Split the change of the days of disputes, of one reason or of all (""); None where one period has none.

    Periods are those of the review: of what is open a single day each. Raises BadInput.
    """
    now, then = sides(engine, filters, period, of)
    found = []
    for side, each in ((then, before), (now, period)):
        sums: dict[int, tuple[int, int]] = {}
        for days, amount, _, customer in disputes_of(side.walked, each, of).get(reason, []):
            known = sums.get(customer, (0, 0))
            sums[customer] = known[0] + amount, known[1] + amount * days
        found.append(sums)
    return split(*found)


def split(before: dict[int, tuple[int, int]], now: dict[int, tuple[int, int]]) -> StepChange | None:
    """Split the change of Σ amount × days ÷ Σ amount, each given by customer as (amount, amount × days)."""
    whole = [Fraction(sum(amount for amount, _ in side.values())) for side in (before, now)]
    if not all(whole):
        return None
    days, shares = Fraction(0), Fraction(0)
    for customer in {**before, **now}:
        share, mean = [], []
        for side, total in zip((before, now), whole, strict=True):
            amount, product = side.get(customer, (0, 0))
            share.append(amount / total)
            mean.append(Fraction(product, amount) if amount else None)
        then, today = (own if own is not None else other for own, other in (mean, mean[::-1]))
        if then is None or today is None:
            continue
        days += (share[0] + share[1]) / 2 * (today - then)
        shares += (then + today) / 2 * (share[1] - share[0])
    means = [
        sum(product for _, product in side.values()) / total for side, total in zip((before, now), whole, strict=True)
    ]
    return StepChange(means[0], means[1], days, shares)


def _by_customer(side: Side, step: str, by: By, key: str | None) -> dict[int, tuple[int, int]]:
    at, days = entries_of(side, step, by, key)
    walked = side.walked
    who, place = np.unique(walked.customer[at], return_inverse=True)
    amounts, products = (_sums(place, len(who), values) for values in (walked.amount[at], walked.amount[at] * days))
    return dict(zip(who.tolist(), zip(amounts.tolist(), products.tolist(), strict=True), strict=True))


def _sums(place: Ints, count: int, values: Ints) -> Ints:
    sums = np.zeros(count, np.int64)
    np.add.at(sums, place, values)
    return sums
