"""From which day the books are complete, and so which figures may be shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Need = Literal["balances", "sales", "receipts"]

_ASKS = {
    "balances": "needs balances from {day}: upload an open-item list of that day or an opening balance",
    "sales": "needs credit sales from {day}: upload the invoice list",
    "receipts": "needs receipts from {day}: upload the payment list",
}


@dataclass(frozen=True)
class Coverage:
    """First complete day (inclusive) of each thing a figure may need; None where it is complete from no day on.

    Entities and currencies are reduced to one day by the caller: the latest of those looked at.
    """

    balances: date | None = None
    sales: date | None = None
    receipts: date | None = None

    @classmethod
    def complete(cls) -> Coverage:
        """Return the coverage of books in which nothing is missing."""
        return cls(balances=date.min, sales=date.min, receipts=date.min)

    def covers(self, need: Need, first: date) -> bool:
        """Tell whether what is needed is complete from a day on."""
        since: date | None = getattr(self, need)
        return since is not None and since <= first

    def missing(self, need: Need, first: date) -> str | None:
        """Return what is missing and what to do about it, or None."""
        return None if self.covers(need, first) else _ASKS[need].format(day=written(first))

    def text(self, need: Need) -> str:
        """Say since when something is complete."""
        since: date | None = getattr(self, need)
        if since is None:
            return f"{need} are not complete"
        return "complete" if since == date.min else f"{need} complete from {written(since)}"


def written(day: date) -> str:
    """Write a date for a sentence: 21 Aug 2026."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
