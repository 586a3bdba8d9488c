"""From which day the books are complete, and so which figures may be shown; sales may be stated by month instead."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import timedelta
from typing import Literal

from arcore.analytics.windows import Window
from arcore.dates import month_end

Need = Literal["balances", "sales", "receipts"]

_ASKS = {
    "balances": "needs balances from {day}: upload an open-item list of that day or an opening balance",
    "sales": "needs credit sales from {day}: upload the invoice list, or type monthly credit sales",
    "receipts": "needs receipts from {day}: upload the payment list",
}


WHOLE_MONTHS = "; stated sales are of whole months, so look at the last day of one"


@dataclass(frozen=True)
class Coverage:
    """First complete day (inclusive) of each thing a figure may need; None where it is complete from no day on.

    Entities and currencies are reduced to one day by the caller: the latest of those looked at.

    Attributes:
        stated: first day of a month → who states its credit sales, where every entity and currency has them booked
            and complete or stated.
    """

    balances: date | None = None
    sales: date | None = None
    receipts: date | None = None
    stated: Mapping[date, str] = field(default_factory=dict)

    @classmethod
    def complete(cls) -> Coverage:
        """Return the coverage of books in which nothing is missing."""
        return cls(balances=date.min, sales=date.min, receipts=date.min)

    def covers(self, need: Need, first: date) -> bool:
        """Tell whether what is needed is booked and complete from a day on."""
        since: date | None = getattr(self, need)
        return since is not None and since <= first

    def missing(self, need: Need, first: date) -> str | None:
        """Return what is missing and what to do about it, or None."""
        return None if self.covers(need, first) else _ASKS[need].format(day=written(first))

    def stated_in(self, window: Window) -> tuple[date, ...] | None:
        """Return the months of a window, by first day, whose sales are stated; None where some are unknown.

        Stated months are whole ones: a window that begins or ends inside one is not known.
        """
        found, month = [], window.first
        while month <= window.last and not self.covers("sales", month):
            if month not in self.stated or month_end(month) > window.last:
                return None
            found.append(month)
            month = month_end(month) + timedelta(days=1)
        return tuple(found)

    def missing_sales(self, window: Window) -> str | None:
        """Return what is missing where stated sales will do, or None."""
        if self.stated_in(window) is not None:
            return None
        whole = window.first.day == 1 and window.last == month_end(window.last)
        return f"{self.missing('sales', window.first)}{WHOLE_MONTHS if self.stated and not whole else ''}"

    def stated_text(self, months: Sequence[date]) -> str:
        """Say of which months sales are stated, and by whom."""
        sources = dict.fromkeys(self.stated[month] for month in months)
        first, last = (f"{_MONTHS[month.month - 1]} {month.year}" for month in (min(months), max(months)))
        span = first if first == last else f"{first} to {last}"
        return f"credit sales of {span} are stated, not booked ({'; '.join(sources)})"

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
