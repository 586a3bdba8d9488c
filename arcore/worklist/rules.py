"""What a talk with a customer can be: its channel, its outcome, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from arcore.errors import BadInput

OUTCOMES: Mapping[str, str] = {
    "reached": "Reached",
    "no_answer": "No answer",
    "message_left": "Message left",
    "promise": "Promise to pay",
    "dispute": "Dispute",
    "callback": "Call back later",
    "wrote_to_us": "They wrote and wait for our answer",
    "other": "Other",
}
"""What came of a talk, with the words for people."""

CHANNELS: Mapping[str, str] = {"phone": "Call", "email": "E-mail", "meeting": "Meeting", "letter": "Letter"}
"""How they talked, with the words for people."""

WAITS = "wrote_to_us"
"""The customer wrote and waits for an answer: no reminder goes out until somebody answered."""

ANSWERS = tuple(outcome for outcome in OUTCOMES if outcome not in (WAITS, "no_answer"))
"""Outcomes of a talk in which the customer heard from us."""


REACHED = ("reached", "promise", "dispute", "callback")
"""Outcomes of a call or a meeting in which somebody was reached."""

ATTEMPTS = (*REACHED, "no_answer", "message_left")
"""Outcomes that say whether somebody was reached."""


@dataclass(frozen=True)
class PromiseDraft:
    """A promise that was made in a talk; `amount` in whole units of `currency`.

    Attributes:
        document_ids: what it is for; empty for the account, then the oldest undisputed debts first.
        grace_days: bank days after `due_on` until it counts as broken; None takes the usual number.
    """

    entity: str
    currency: str
    amount: Decimal
    due_on: date
    document_ids: Sequence[int] = ()
    grace_days: int | None = None
    note: str = ""


@dataclass(frozen=True)
class DisputeDraft:
    """A dispute that was raised in a talk; `amount` in whole units, None for all that is open of the document."""

    document_id: int
    reason: str
    amount: Decimal | None = None
    owner: str = ""
    due_on: date | None = None
    note: str = ""


def check_talk(outcome: str, channel: str, promise: PromiseDraft | None, dispute: DisputeDraft | None) -> None:
    """Refuse an outcome that the rest does not bear out. Raises BadInput."""
    if outcome not in OUTCOMES:
        msg = f"{outcome!r} is no outcome of a talk; one of {', '.join(OUTCOMES)}"
        raise BadInput(msg, outcome=outcome)
    if channel not in CHANNELS:
        msg = f"{channel!r} is no way to talk; one of {', '.join(CHANNELS)}"
        raise BadInput(msg, channel=channel)
    if outcome == "promise" and promise is None:
        msg = "Say what was promised: an amount and a day"
        raise BadInput(msg, outcome=outcome)
    if outcome == "dispute" and dispute is None:
        msg = "Say what is in dispute: a document and a reason"
        raise BadInput(msg, outcome=outcome)
    if (promise is not None or dispute is not None) and outcome not in ("promise", "dispute"):
        msg = f"A talk that brought a promise or a dispute ends with that, not with {OUTCOMES[outcome].lower()!r}"
        raise BadInput(msg, outcome=outcome)
