"""From which day what we hold is complete: balances, sales and receipts, per entity and currency."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from typing import Literal

from sqlalchemy import select
from sqlmodel import Session

from arcore.store.sources import Coverage

What = Literal["balances", "sales", "receipts"]


@dataclass(frozen=True)
class Coverages:
    """The first day (inclusive) from which each kind of figure is complete.

    Attributes:
        first_days: (what, entity, currency) → day; pairs that are missing are complete from no day.
    """

    first_days: Mapping[tuple[str, str, str], date] = field(default_factory=dict)

    def complete_from(self, what: What, places: Iterable[tuple[str, str]]) -> date | None:
        """Return the day from which `what` is complete for every (entity, currency); None when for one it never is.

        `date.min` when there is no place to ask about.
        """
        days = [self.first_days.get((what, *place)) for place in places]
        known = [day for day in days if day is not None]
        return max(known, default=date.min) if len(known) == len(days) else None


def read_coverages(session: Session) -> Coverages:
    """Read what imports and opening balances declared; the earliest day that was not withdrawn counts."""
    table = Coverage.__table__  # type: ignore[attr-defined]
    found: dict[tuple[str, str, str], date] = {}
    for row in session.execute(select(table).where(table.c.withdrawn.is_(False))):
        place = (row.what, row.entity, row.currency)
        found[place] = min(found.get(place, row.complete_from), row.complete_from)
    return Coverages(found)
