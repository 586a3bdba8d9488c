"""What a target means, in plain numbers: met or not, on the way to its day or behind, and whether a band was left.

Every value is in the unit of its measure; `better` is the measure's own direction, "" for one that has none.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

from arcore.analytics.kpi import Better
from arcore.errors import BadInput

State = Literal["met", "on_track", "at_risk", "missed", "off", "pending", "unknown", "not_begun"]
Side = Literal["above", "below", ""]

WORDS: dict[State, str] = {
    "met": "Met",
    "on_track": "On track",
    "at_risk": "At risk",
    "missed": "Missed",
    "off": "Not met",
    "pending": "Not met yet",
    "unknown": "No value",
    "not_begun": "Not begun",
}
"""How states are called."""

AMOUNTS = (
    "cash_in.to_date", "collection_cost.per_1000", "exposure.open", "open.net", "over_limit.open",
    "overdue.gross_debits", "unapplied.credits",
)  # fmt: skip
"""Measures that are amounts: their targets are in a currency."""
LARGEST = Decimal(10) ** 15
LONGEST_NOTE, LONGEST_WORDS, LONGEST_NAME = 1_000, 120, 80
"""Characters of the note of a target, of a note in charts, and of an owner or segment."""


def check_target(
    *, value: Decimal, low: Decimal | None, high: Decimal | None, better: Better, first: date | None, due: date | None
) -> None:
    """Raise BadInput for a target that can't be meant, in a sentence that says why."""
    for number in (value, low, high):
        if number is not None and not (number.is_finite() and abs(number) < LARGEST):
            raise BadInput(f"{number} is no figure that a measure can have", value=str(number))
    if low is not None and high is not None and low > high:
        raise BadInput("The lower limit of the band is above the upper one", low=str(low), high=str(high))
    if outside(value, low, high):
        msg = "The target lies outside of its own band: an alert would stand when it is met"
        raise BadInput(msg, value=str(value))
    if not better and low is None and high is None:
        raise BadInput("This measure has no good direction: give it a band, so that it can be judged")
    if first is not None and due is not None and due <= first:
        raise BadInput("The day by which it is to be met has to come after the day it is set from", due_on=str(due))


def meets(value: Decimal, target: Decimal, better: Better, low: Decimal | None, high: Decimal | None) -> bool:
    """Tell whether a value is as good as the target; without a direction, whether it lies in the band."""
    if better == "lower":
        return value <= target
    if better == "higher":
        return value >= target
    return outside(value, low, high) == ""


def missing(value: Decimal, target: Decimal, better: Better) -> Decimal:
    """Return how much is missing to the target, never negative; without a direction the distance either way."""
    gap = value - target
    if better == "lower":
        return max(gap, Decimal(0))
    if better == "higher":
        return max(-gap, Decimal(0))
    return abs(gap)


def expected(start: Decimal, target: Decimal, first: date, due: date, day: date) -> Decimal:
    """Return where a measure is to be on a day, on the straight line by days from its start to the target.

    Before `first` that is the start, from `due` on the target.
    """
    if day >= due or due <= first:
        return target
    if day <= first:
        return start
    return start + (target - start) * (day - first).days / (due - first).days


def progress(start: Decimal, now: Decimal, target: Decimal) -> Decimal | None:
    """Return which part of the way from the start to the target is done: 1 is all, below 0 is away from it.

    None where there was no way to go.
    """
    return None if start == target else (now - start) / (target - start)


def outside(value: Decimal, low: Decimal | None, high: Decimal | None) -> Side:
    """Tell on which side a value is outside its band; both limits belong to the band, None is no limit."""
    if high is not None and value > high:
        return "above"
    if low is not None and value < low:
        return "below"
    return ""


def beyond(value: Decimal, low: Decimal | None, high: Decimal | None) -> Decimal:
    """Return how far outside its band a value is; 0 inside."""
    side = outside(value, low, high)
    limit = {"above": high, "below": low, "": None}[side]
    return Decimal(0) if limit is None else abs(value - limit)


def outside_since(
    values: Sequence[tuple[date, Decimal | None]], low: Decimal | None, high: Decimal | None
) -> date | None:
    """Return the first day of the unbroken run of values outside the band that ends with the last value.

    `values` are by day, oldest first. A day without a value ends the run. None where the last value is inside.
    """
    since = None
    for day, value in reversed(values):
        if value is None or not outside(value, low, high):
            break
        since = day
    return since


def state(
    *,
    value: Decimal | None,
    start: Decimal | None,
    target: Decimal,
    better: Better,
    low: Decimal | None,
    high: Decimal | None,
    first: date | None,
    due: date | None,
    day: date,
) -> State:
    """Say how a target stands on a day; on track is a value at least as good as the straight line to the due day.

    `start` is the value on `first`, the day the target was set from; None where it is not known.
    """
    if first is not None and day < first:
        return "not_begun"
    if value is None:
        return "unknown"
    if meets(value, target, better, low, high):
        return "met"
    if due is None or day >= due:
        return "off" if due is None else "missed"
    if start is None or first is None or not better:
        return "pending"
    behind = meets(start, target, better, low, high)
    line = expected(start, target, first, due, day)
    return "at_risk" if behind or not meets(value, line, better, None, None) else "on_track"
