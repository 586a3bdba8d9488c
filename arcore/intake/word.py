"""What a source says of one document."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class Word(NamedTuple):
    """What a source said of one document; amounts signed, minor units. `scope` is the filter it was said under."""

    key: str
    kind: str
    number: str
    customer: int
    document_id: int | None
    currency: str
    document_date: date | None
    due_date: date | None
    amount: int
    open_amount: int | None
    status: str
    present: bool
    scope: str

    @property
    def open_or_amount(self) -> int:
        """Return what it said is open; all of it when it never said."""
        return self.amount if self.open_amount is None else self.open_amount
