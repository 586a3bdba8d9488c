"""One line of the posting list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from datetime import datetime
from typing import Literal
from typing import TypeAlias

Status: TypeAlias = Literal["to_post", "exported", "confirmed"]
STATUSES: tuple[Status, ...] = ("to_post", "exported", "confirmed")
MATCH, CREDIT_REQUEST = "match", "credit_request"
LABELS = {MATCH: "Match", CREDIT_REQUEST: "Credit request"}
"""What people call the kinds that are no documents."""


@dataclass(frozen=True)
class Line:
    """One thing to post.

    Attributes:
        subject: "document:12", "application:5" or "dispute:3".
        kind: a kind of document, "match", or "credit_request": a dispute ended for the customer, a credit note is to
            be written.
        amount: minor units, as the books sign it (+ owed to us); of a match what was moved, positive.
        against: numbers of the documents that it is applied to.
        takes_back: it voids a document that the source has, or that was exported.
        status: to post, exported, or confirmed by `confirmed_by`, an import.
        batch: the export that it went out with, None before.
        days: since it was booked.
    """

    subject: str
    kind: str
    number: str
    customer_id: int
    customer: str
    code: str
    entity: str
    currency: str
    on: date
    amount: int
    against: tuple[str, ...]
    reason: str
    recorded_at: datetime
    recorded_by: str
    takes_back: bool = False
    status: Status = "to_post"
    profile: str = ""
    batch: int | None = None
    exported_at: datetime | None = None
    confirmed_by: int | None = None
    days: int = 0


def id_of(line: Line) -> int:
    """Return the id of the document or application that a line is about."""
    return int(line.subject.partition(":")[2])
