"""The rules that reminders follow: steps, gap, smallest amount, approval; kept as a setting of the company."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import fields
from decimal import Decimal
from decimal import InvalidOperation
from typing import Any

from arcore.errors import BadInput

SETTING = "dunning"
"""The name of the company's setting that keeps the policy, as JSON."""

FRIENDLY, FIRM, FORMAL = 1, 2, 3
"""The steps; 0 means that nothing was sent yet."""

LONGEST = 730
"""No number of days of a policy is larger."""


@dataclass(frozen=True)
class Step:
    """One step of the ladder: due once a debt is `days` late, at least `minimum_gap` days after the message before."""

    name: str
    days: int
    minimum_gap: int = 0


@dataclass(frozen=True)
class Policy:
    """How a company reminds.

    Attributes:
        name: part of the key of every message; a new name begins no new ladder.
        steps: friendly, firm and formal.
        gap_days: at least as many days lie between two messages of one selling entity to one customer.
        minimum: less than this, in the reporting currency, is not worth a message.
        approval_from: messages of this step and above wait for approval; 4 for none.
        grace_days: bank days after a promise or an instalment before it is asked for; what forms offer.
        stale_days: older news from a source are too old to remind on.
        daily_limit: at most so many messages leave on one day; 0 for no limit.
        pay_within_days: the days a letter gives to pay.
    """

    name: str = "standard"
    steps: tuple[Step, ...] = (Step("friendly", 5), Step("firm", 20), Step("formal", 40))
    gap_days: int = 7
    minimum: Decimal = Decimal(25)
    approval_from: int = 3
    grace_days: int = 3
    stale_days: int = 10
    daily_limit: int = 0
    pay_within_days: int = 7

    def step(self, number: int) -> Step:
        """Return a step by its number, which counts from 1."""
        return self.steps[number - 1]

    def step_name(self, number: int) -> str:
        """Return the name of a step; "" for 0."""
        return self.steps[number - 1].name if 0 < number <= len(self.steps) else ""

    def wanted(self, days_late: int) -> int:
        """Return the highest step that so many days late call for; 0 for none."""
        return sum(days_late >= step.days for step in self.steps)

    def gap_before(self, step: int) -> int:
        """Return how many days lie at least between the message before and one of a step."""
        return max(self.gap_days, self.step(step).minimum_gap)


def from_setting(value: Mapping[str, Any] | None) -> Policy:
    """Read a stored policy; what is missing takes its default, unknown names are left alone. Raises BadInput."""
    names = {f.name for f in fields(Policy)}
    known = {name: given for name, given in (value or {}).items() if name in names}
    try:
        if "steps" in known:
            known["steps"] = tuple(Step(**step) for step in known["steps"])
        if "minimum" in known:
            known["minimum"] = Decimal(str(known["minimum"]))
    except (TypeError, InvalidOperation) as error:
        raise BadInput("The reminder rules that are stored can't be read", setting=SETTING) from error
    return Policy(**known)


def as_setting(policy: Policy) -> dict[str, Any]:
    """Return a policy as JSON keeps it."""
    return asdict(policy) | {
        "steps": [asdict(step) for step in policy.steps],
        "minimum": format(policy.minimum, "f"),
    }


def check(policy: Policy) -> None:
    """Raise BadInput for the first rule that can't be meant, in a sentence that says why."""
    _check_steps(policy)
    _check_numbers(policy)
    if not policy.minimum.is_finite() or policy.minimum < 0:
        raise BadInput("The smallest amount to remind of is zero or more", field="minimum")
    if not policy.name.strip() or len(policy.name) > 20 or ":" in policy.name:
        raise BadInput("The rules need a name of at most 20 characters, without a colon", field="name")


def _check_steps(policy: Policy) -> None:
    if len(policy.steps) != FORMAL:
        raise BadInput("There are three steps: friendly, firm and formal", field="steps")
    for step in policy.steps:
        if not step.name.strip():
            raise BadInput("Every step needs a name", field="steps")
        if not (1 <= step.days <= LONGEST and 0 <= step.minimum_gap <= LONGEST):
            raise BadInput(f"The step {step.name} starts 1 to {LONGEST} days after the due date", field="steps")
    for before, after in zip(policy.steps, policy.steps[1:], strict=False):
        if after.days <= before.days:
            raise BadInput(
                f"The step {after.name} must come later than {before.name}: "
                f"after {after.days} days it does not, {before.name} comes after {before.days}",
                field="steps",
            )


def _check_numbers(policy: Policy) -> None:
    bounds = {
        "gap_days": (1, LONGEST, "Between two reminders lie 1 to {most} days"),
        "approval_from": (1, FORMAL + 1, "Approval begins at a step from 1 to {most}, where {most} means never"),
        "grace_days": (0, 30, "Grace after a promise is 0 to {most} bank days"),
        "stale_days": (1, LONGEST, "News are too old after 1 to {most} days"),
        "daily_limit": (0, 1_000_000, "The limit per day is 0 (none) to {most}"),
        "pay_within_days": (1, 90, "A letter gives 1 to {most} days to pay"),
    }
    for name, (least, most, sentence) in bounds.items():
        if not least <= getattr(policy, name) <= most:
            raise BadInput(f"{sentence.format(most=most)}; {getattr(policy, name)} is not", field=name)
