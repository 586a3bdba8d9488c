"""The decision on one customer and selling entity: a message leaves, or a reason that has a name holds it back."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from typing import Literal
from typing import TypeAlias
from typing import get_args

from arcore.dunning.ladder import Asked
from arcore.dunning.ladder import Climb
from arcore.dunning.ladder import climb
from arcore.dunning.ladder import next_change
from arcore.dunning.policy import Policy
from arcore.dunning.proof import TAKEN_OFF
from arcore.dunning.proof import Proof
from arcore.dunning.standing import Standing
from arcore.money import grouped

Code: TypeAlias = Literal[
    "status_insolvent",
    "status_direct_debit",
    "status_factored",
    "status_legal",
    "policy_none",
    "on_hold",
    "nothing_due",
    "covered_by_credit",
    "cash_unmatched",
    "disputed",
    "planned",
    "promised",
    "below_minimum",
    "already_sent",
    "minimum_gap",
    "reply_waiting",
    "stale_data",
    "no_contact",
    "awaiting_approval",
    "not_live",
]
CODES: tuple[Code, ...] = get_args(Code)
"""Why a customer with an overdue amount gets no message, in the order in which reasons are looked for."""

WORDS: Mapping[str, str] = {
    "status_insolvent": "Insolvent",
    "status_direct_debit": "Pays by direct debit",
    "status_factored": "Sold to a factor",
    "status_legal": "With a lawyer",
    "policy_none": "Never reminded",
    "on_hold": "On hold",
    "nothing_due": "Nothing due today",
    "covered_by_credit": "Covered by credit",
    "cash_unmatched": "Cash not matched yet",
    "disputed": "In dispute",
    "planned": "In a payment plan",
    "promised": "Promised",
    "below_minimum": "Below the smallest amount",
    "already_sent": "Sent already",
    "minimum_gap": "Reminded a short while ago",
    "reply_waiting": "Waits for our answer",
    "stale_data": "Figures too old",
    "no_contact": "No contact",
    "awaiting_approval": "Waits for approval",
    "not_live": "Reminders are not live",
}
"""The same for people."""

STATUSES = {
    "insolvent": "It is insolvent: what it owes is claimed in the proceedings",
    "direct_debit": "It pays by direct debit: we collect, it need not pay by itself",
    "factored": "Its debts were sold to a factor, who reminds",
    "legal": "A lawyer has the case",
}
TAKEN_BY: Mapping[str, Code] = {
    "credit": "covered_by_credit",
    "cash": "cash_unmatched",
    "disputed": "disputed",
    "planned": "planned",
    "promised": "promised",
}

Worth: TypeAlias = Callable[[Mapping[str, int]], int | None]
"""Turns amounts by currency into minor units of the reporting currency; None when a rate is missing."""


@dataclass(frozen=True)
class Send:
    """A message that may leave.

    Attributes:
        proof: what it asks for; claims are only debts at least as late as the first step.
        key: what makes it one of a kind; `base` is the key without the attempt.
        asked: the debts it asks for, with the step that each stands on afterwards.
        needs_approval: it leaves only once somebody has agreed to it.
    """

    proof: Proof
    step: int
    due_on: date
    base: str
    key: str
    asked: tuple[Asked, ...]
    needs_approval: bool
    why: str


@dataclass(frozen=True)
class Held:
    """No message, and why; `step` is the one that would have been due, 0 for none."""

    code: Code
    why: str
    step: int = 0


def decide(
    proof: Proof, standing: Standing, policy: Policy, *, worth: Worth, minimum: int = 0, approved: bool = False
) -> Send | Held:
    """Decide on a customer with an overdue amount.

    `minimum` is the smallest amount to remind of, in what `worth` returns. `approved`: a person looked at this one, so
    that neither approval nor an address that failed before keeps it back.
    """
    listed = proof.from_step(policy.step(1).days)
    if held := _stopped(proof.as_of, standing) or _nothing_left(proof, listed, policy, worth):
        return held
    found = climb(listed.claims, standing.level_of, standing.delivered, standing.last_day, policy)
    if found is None:
        return _climbed(proof, listed, standing, policy)
    base = f"{proof.customer_id}:{proof.entity}:{policy.name}:{found.step}:{found.due_on.isoformat()}"
    needs_approval = found.step >= policy.approval_from or standing.key_account
    held = (
        _too_small(listed, found, worth, minimum)
        or _sent(found, base, standing)
        or _too_soon(proof.as_of, found, standing)
        or _unsure(proof.as_of, found, standing, policy)
        or _unreachable(found, standing, approved=approved)
        or (_unapproved(found, policy) if needs_approval and not approved else None)
        or _no_room(found, standing)
    )
    if held:
        return held
    why = _reason(proof.as_of, found, standing, policy)
    key = f"{base}:{standing.attempts(base)}"
    return Send(listed, found.step, found.due_on, base, key, found.asked, needs_approval, why)


def _stopped(as_of: date, standing: Standing) -> Held | None:
    """Look at what the customer is, before any amount."""
    if standing.status in STATUSES:
        return Held(f"status_{standing.status}", STATUSES[standing.status])  # type: ignore[arg-type]
    if standing.ours:
        return Held("policy_none", "It is a company of our own group")
    if standing.policy == "none":
        return Held("policy_none", "This customer is never reminded")
    if standing.hold_until is not None and standing.hold_until >= as_of:
        return Held("on_hold", f"On hold until {_day(standing.hold_until)}")
    if standing.skipped_by:
        return Held("on_hold", f"Taken off today by {standing.skipped_by}")
    return None


def _nothing_left(proof: Proof, listed: Proof, policy: Policy, worth: Worth) -> Held | None:
    """Look at what took the amount to nothing; of several, the one that took most."""
    first = policy.step(1)
    if not proof.claims:
        return Held("nothing_due", "Nothing is overdue")
    if not listed.claims:
        day = min(claim.debt.due_date for claim in proof.claims) + timedelta(days=first.days)
        return Held(
            "nothing_due", f"Not {first.days} days late yet: the {first.name} reminder falls due on {_day(day)}"
        )
    if listed.claimed():
        return None
    sizes = {what: _size(listed.taken(what), worth) for what in TAKEN_OFF}
    most = max(TAKEN_OFF, key=lambda what: sizes[what])
    ladders = "; ".join(f"{currency} {listed.in_words(currency)}" for currency in listed.currencies())
    return Held(TAKEN_BY[most], ladders)


def _climbed(proof: Proof, listed: Proof, standing: Standing, policy: Policy) -> Held:
    """Say why the ladder has nothing new for debts that are late enough."""
    last, follows = standing.last, next_change(listed.claims, standing.level_of, policy)
    then = "a person takes over from here"
    if follows is not None:
        day, step = follows
        if last is not None:
            day = max(day, last.day + timedelta(days=policy.gap_before(step)))
        then = f"the {policy.step_name(step)} one falls due on {_day(day)}"
    if last is None:
        done = policy.step_name(standing.delivered)
        return Held("nothing_due", f"The {done} step was done before reminders went live; {then}")
    sentence = f"The {policy.step_name(last.step)} reminder of {_day(last.day)} asks for this; {then}"
    return Held("already_sent" if last.day >= proof.as_of else "nothing_due", sentence)


def _too_small(listed: Proof, found: Climb, worth: Worth, minimum: int) -> Held | None:
    total = worth(listed.claimed())
    if total is None or total >= minimum:
        return None
    asked = " and ".join(f"{grouped(units, code)} {code}" for code, units in listed.claimed().items())
    return Held("below_minimum", f"{asked} is less than is worth a message", found.step)


def _sent(found: Climb, base: str, standing: Standing) -> Held | None:
    if base not in standing.keys:
        return None
    return Held("already_sent", f"The message due on {_day(found.due_on)} has left already", found.step)


def _too_soon(as_of: date, found: Climb, standing: Standing) -> Held | None:
    if standing.last is None or found.gap_over_on is None or as_of >= found.gap_over_on:
        return None
    why = f"The last message left on {_day(standing.last.day)}; the next may on {_day(found.gap_over_on)}"
    return Held("minimum_gap", why, found.step)


def _unsure(as_of: date, found: Climb, standing: Standing, policy: Policy) -> Held | None:
    if standing.waiting_since is not None:
        why = f"It wrote on {_day(standing.waiting_since)} and nobody has answered"
        return Held("reply_waiting", why, found.step)
    for currency in sorted({asked.claim.debt.currency for asked in found.asked}):
        known = standing.known_until.get(currency)
        if known is None:
            return Held("stale_data", f"No file has told yet what was paid in {currency}", found.step)
        if (as_of - known).days > policy.stale_days:
            return Held("stale_data", f"Payments are known up to {_day(known)} only: import newer figures", found.step)
    return None


def _unreachable(found: Climb, standing: Standing, *, approved: bool) -> Held | None:
    if standing.reach is None:
        return Held("no_contact", "Nobody's e-mail address is known", found.step)
    failed = standing.dead(standing.reach.email)
    if failed is None or approved:
        return None
    how = "came back" if failed.cause == "bounced" else "was refused"
    return Held("no_contact", f"The message of {_day(failed.day)} {how}: another address is needed", found.step)


def _unapproved(found: Climb, policy: Policy) -> Held:
    name = policy.step_name(found.step)
    if found.step >= policy.approval_from:
        return Held("awaiting_approval", f"A {name} reminder leaves only when somebody agrees", found.step)
    return Held("awaiting_approval", f"A key account: the {name} reminder waits until somebody agrees", found.step)


def _no_room(found: Climb, standing: Standing) -> Held | None:
    if standing.room is None or standing.room > 0:
        return None
    return Held("on_hold", "As many messages as one day may have have left", found.step)


def _reason(as_of: date, found: Climb, standing: Standing, policy: Policy) -> str:
    first, name = found.first, policy.step_name(found.step)
    why = f"{first.debt.document} is {first.days_late} days late: {name} reminder"
    if standing.delivered:
        why += f" after the {policy.step_name(standing.delivered)} one"
    missed = (as_of - found.due_on).days
    return f"{why}, due since {_day(found.due_on)}" if missed > 0 else why


def _size(amounts: Mapping[str, int], worth: Worth) -> int:
    total = worth(amounts)
    return sum(amounts.values()) if total is None else total


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
