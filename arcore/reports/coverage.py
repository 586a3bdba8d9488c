"""From which day what we hold is complete: balances, sales and receipts, per entity and currency."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import datetime
from typing import Literal

from sqlalchemy import func
from sqlalchemy import select
from sqlmodel import Session

from arcore.store.sources import Coverage
from arcore.store.sources import Import
from arcore.store.sources import Source

What = Literal["balances", "sales", "receipts"]
Place = tuple[str, str]


@dataclass(frozen=True)
class Coverages:
    """The first day (inclusive) from which each kind of figure is complete.

    Attributes:
        first_days: (what, entity, currency) → day; what is missing is complete from no day.
        snapshots: entity → as-of day of the first file that says what was open then.
    """

    first_days: Mapping[tuple[str, str, str], date] = field(default_factory=dict)
    snapshots: Mapping[str, date] = field(default_factory=dict)

    def complete_from(self, what: What, places: Iterable[Place]) -> date | None:
        """Return the day from which `what` is complete for every (entity, currency); None when for one it never is.

        `date.min` when there is no place to ask about.
        """
        days = [self._of(what, place) for place in places]
        known = [day for day in days if day is not None]
        return max(known, default=date.min) if len(known) == len(days) else None

    def sales_from(self, place: Place) -> date | None:
        """Return the day from which the sales of one entity and currency are booked and complete, if ever."""
        return self._of("sales", place)

    def _of(self, what: What, place: Place) -> date | None:
        declared = self.first_days.get((what, *place))
        if what != "balances" or declared is not None:
            return declared
        # Balances follow from all sales and receipts, or from a file that lists what was open on a day.
        sales, receipts = (self.first_days.get((other, *place)) for other in ("sales", "receipts"))
        flows = None if sales is None or receipts is None else max(sales, receipts)
        return min(
            (day for day in (flows, self.snapshots.get(place[0], self.snapshots.get("main"))) if day is not None),
            default=None,
        )


def read_coverages(session: Session, *, known: tuple[int, datetime] | None = None) -> Coverages:
    """Read what imports and opening balances declared; the earliest day that was not withdrawn counts.

    `known` is the last audit event and the moment of an earlier knowledge: what imports declared later is left out,
    what was withdrawn later is in.
    """
    table, imports, sources = Coverage.__table__, Import.__table__, Source.__table__  # type: ignore[attr-defined]
    stands = imports.c.undone_at.is_(None)
    declared = table.c.withdrawn.is_(False)
    if known is not None:
        stands = (imports.c.audit_seq <= known[0]) & (stands | (imports.c.undone_at > known[1]))
        declared = (table.c.import_id.is_(None) & declared) | (table.c.import_id.is_not(None) & stands)
    found: dict[tuple[str, str, str], date] = {}
    for row in session.execute(select(table).outerjoin(imports, imports.c.id == table.c.import_id).where(declared)):
        place = (row.what, row.entity, row.currency)
        found[place] = min(found.get(place, row.complete_from), row.complete_from)
    rows = session.execute(
        select(sources.c.entity, func.min(imports.c.as_of))
        .join(sources, sources.c.id == imports.c.source_id)
        .where(imports.c.as_of.is_not(None), stands)
        .group_by(sources.c.entity)
    )
    return Coverages(found, dict(rows.all()))
