"""What can be contested and how it ends: words, and how an amount lies on the items of a document."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from arcore.errors import BadInput
from arcore.errors import RuleBroken
from arcore.money import grouped

REASONS: Mapping[str, str] = {
    "price": "Price or discount",
    "quantity": "Quantity",
    "quality": "Quality or damage",
    "not_delivered": "Not delivered",
    "wrong_goods": "Not what was ordered",
    "duplicate": "Invoiced twice",
    "paid": "Paid already, says the customer",
    "paperwork": "Order number or papers missing",
    "tax": "Tax",
    "other": "Other",
}
"""Why a customer contests a document, with the words for people."""

OUTCOMES: Mapping[str, str] = {
    "accepted": "The customer was right",
    "part_accepted": "The customer was right in part",
    "rejected": "The customer was not right",
    "dropped": "The customer let it go",
}
"""How a dispute ends, with the words for people."""

MISTAKE = "mistake"
"""The outcome of a dispute that was recorded by mistake: it never counted, on no day."""


class Part(NamedTuple):
    """One open item of a document: its number with the caller, the document, what is left of it (minor units)."""

    key: int
    document_id: int
    left: int


def spread(amounts: Mapping[int, int], parts: Iterable[Part]) -> dict[int, int]:
    """Lay amounts by document on the items of each, in the order given, each capped at what is left.

    The unused part of an amount touches no other document. Items that take nothing are left out.
    """
    rest = dict(amounts)
    taken: dict[int, int] = {}
    for part in parts:
        used = min(max(part.left, 0), rest.get(part.document_id, 0))
        if used > 0:
            taken[part.key] = used
            rest[part.document_id] -= used
    return taken


def check_reason(reason: str) -> None:
    """Refuse a reason that is none of REASONS. Raises BadInput."""
    if reason not in REASONS:
        msg = f"{reason!r} is no reason for a dispute; one of {', '.join(REASONS)}"
        raise BadInput(msg, reason=reason)


def check_outcome(outcome: str) -> None:
    """Refuse an outcome that is none of OUTCOMES. Raises BadInput."""
    if outcome not in OUTCOMES:
        msg = f"{outcome!r} is no outcome of a dispute; one of {', '.join(OUTCOMES)}"
        raise BadInput(msg, outcome=outcome)


def check_due(opened_on: date, due_on: date | None) -> None:
    """Refuse a day to have it settled by that lies before the dispute. Raises BadInput."""
    if due_on is not None and due_on < opened_on:
        msg = f"A dispute of {opened_on.isoformat()} can't be due before it, on {due_on.isoformat()}"
        raise BadInput(msg, due_on=due_on.isoformat())


def check_amount(amount: int, *, open_: int, disputed: int, document: str, currency: str) -> None:
    """Refuse an amount that is not above zero or more than what is open and not in dispute yet (minor units)."""
    if amount <= 0:
        msg = "The amount in dispute is more than zero"
        raise BadInput(msg, amount=amount)
    free = open_ - disputed
    if amount > free:
        already = f", {grouped(disputed, currency)} of it in dispute already" if disputed else ""
        msg = (
            f"{document} has {grouped(max(open_, 0), currency)} {currency} open{already}: "
            f"{grouped(amount, currency)} can't be in dispute"
        )
        raise RuleBroken(msg, document=document, open=open_, disputed=disputed)
