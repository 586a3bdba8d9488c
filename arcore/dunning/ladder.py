"""The ladder: which step a message may take, how far each debt rises with it, and when the next step falls due.

A debt stands on the highest step that a delivered message took with it. It is ready for the next one once it is late
enough, and a message is at most one step beyond the last one delivered to the customer.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from typing import NamedTuple

from arcore.dunning.policy import Policy
from arcore.dunning.proof import Claim
from arcore.dunning.proof import Debt

LevelOf = Callable[[Debt], int]


class Last(NamedTuple):
    """The newest message that was delivered, as far as anybody knows: `day` is the last day that any of them left."""

    message_id: int
    step: int
    day: date
    state: str


class Asked(NamedTuple):
    """A debt that a message asks for, and the step that it stands on once that is delivered."""

    claim: Claim
    level: int


@dataclass(frozen=True)
class Climb:
    """A message that the ladder allows.

    Attributes:
        step: the step of the message.
        due_on: the day it fell due: late enough and the gap over.
        gap_over_on: the first day that the gap allows; None before the first message.
        asked: the debts it asks for, oldest first.
        first: the debt that calls for the step longest.
    """

    step: int
    due_on: date
    gap_over_on: date | None
    asked: tuple[Asked, ...]
    first: Claim


def climb(
    claims: Sequence[Claim], level_of: LevelOf, delivered: int, last_day: date | None, policy: Policy
) -> Climb | None:
    """Return the message that is due for claims, or None when every debt has had what its days call for.

    `claims` are those at least as late as the first step; those of which nothing is asked take no part. `delivered` is
    the step of the last delivered message or the opening step, 0 for none.
    """
    asking = [claim for claim in claims if claim.claimed > 0]
    wanted = {claim.debt.item_id: _next(claim, level_of(claim.debt), policy) for claim in asking}
    highest = max(wanted.values(), default=0)
    if highest == 0:
        return None
    step = min(highest, delivered + 1)
    calling = [claim for claim in asking if wanted[claim.debt.item_id] >= step]
    first = min(calling, key=lambda claim: claim.debt.age)
    reached = first.debt.due_date + timedelta(days=policy.step(step).days)
    over = None if last_day is None else last_day + timedelta(days=policy.gap_before(step))
    return Climb(
        step=step,
        due_on=reached if over is None else max(reached, over),
        gap_over_on=over,
        asked=tuple(Asked(claim, _risen(level_of(claim.debt), step)) for claim in asking),
        first=first,
    )


def next_change(claims: Sequence[Claim], level_of: LevelOf, policy: Policy) -> tuple[date, int] | None:
    """Return the day on which one of the claims is late enough for its next step, and which; None when none is left.

    The gap is not looked at.
    """
    found = []
    for claim in claims:
        step = level_of(claim.debt) + 1
        if claim.claimed > 0 and step <= len(policy.steps):
            found.append((claim.debt.due_date + timedelta(days=policy.step(step).days), step))
    return min(found, default=None)


def _next(claim: Claim, level: int, policy: Policy) -> int:
    """Return the step that a debt is ready for, 0 when it has had what its days call for."""
    wanted = policy.wanted(claim.days_late)
    return min(level + 1, wanted) if wanted > level else 0


def _risen(level: int, step: int) -> int:
    return max(level, min(step, level + 1))
