"""A day as it was known then beside what is known of it today, and the rows that make the difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace
from datetime import date
from datetime import datetime
from decimal import Decimal

import numpy as np
from sqlalchemy import Engine
from sqlalchemy import select
from sqlmodel import col

from arcore.analytics.figures import Figure
from arcore.company.queries import Close
from arcore.company.queries import closes
from arcore.dates import from_day
from arcore.ledger.kinds import KINDS
from arcore.reports.entries import Entry
from arcore.reports.entries import Ids
from arcore.reports.entries import count
from arcore.reports.entries import entries
from arcore.reports.filters import Filters
from arcore.reports.kpis import kpis
from arcore.reports.texts import document_texts
from arcore.reports.view import View
from arcore.reports.view import view
from arcore.store.books import Document
from arcore.store.engine import reading

MEASURES = ("open", "overdue", "dso.period_end", "add.period_end", "cei.period", "share_current", "share_over_90")
MOST_MATCHES = 500

Place = tuple[str, str]
"""An entity and a currency."""


@dataclass(frozen=True)
class Balance:
    """What is open in one entity and currency, minor units: as known then, and today."""

    entity: str
    currency: str
    then: int
    now: int

    @property
    def change(self) -> int:
        """What came to be known since."""
        return self.now - self.then


@dataclass(frozen=True)
class Measure:
    """One KPI of the day: as known then, and today."""

    label: str
    then: Figure
    now: Figure

    @property
    def change(self) -> Decimal | None:
        """How far it moved, in its unit; None where one of them has no value."""
        if self.then.exact is None or self.now.exact is None:
            return None
        return self.now.exact - self.then.exact


@dataclass(frozen=True)
class Matched:
    """An amount that was matched, or taken apart, after then and counts by the day; the balance stays."""

    source: str
    target: str
    name: str
    currency: str
    effective_on: date
    amount: int


@dataclass(frozen=True)
class AsKnown:
    """One day under two states of knowledge.

    Attributes:
        day: the day looked at, inclusive.
        known_at: the moment of the earlier knowledge.
        balances: by entity and currency, those that are empty both times left out.
        measures: KPIs both times.
        entries: documents recorded since that count by the day, largest effect on the balance first.
        count: how many of these there are.
        matched: what was matched since and counts by the day, the first ones.
        matches: how many there are.
        known_from: when the first of what is known today was recorded, where nothing was known then; else None.
    """

    day: date
    known_at: datetime
    balances: tuple[Balance, ...]
    measures: tuple[Measure, ...]
    entries: tuple[Entry, ...]
    count: int
    matched: tuple[Matched, ...]
    matches: int
    known_from: datetime | None = None

    @property
    def same(self) -> bool:
        """Tell whether nothing that counts by the day was recorded since."""
        return not self.count and not self.matches


def as_known(engine: Engine, filters: Filters, known_at: datetime) -> AsKnown:
    """Compare the as-of day of `filters` as known at a moment with what is known of it now. Raises Unavailable."""
    filters = replace(filters, known_at=None)
    before = replace(filters, known_at=known_at)
    seen, then = view(engine, filters), view(engine, before)
    key = ("as_known", before.key())
    found: AsKnown = seen.book.remembered(key, lambda: _as_known(engine, known_at, seen, then))
    return found


def frozen_months(engine: Engine) -> Mapping[date, Close]:
    """Return the frozen months by their last day."""
    with reading(engine) as session:
        return closes(session)


def _as_known(engine: Engine, known_at: datetime, seen: View, then: View) -> AsKnown:
    columns, first = seen.columns, len(then.columns.item_id)
    late = np.flatnonzero(columns.effective[first:] <= seen.as_of) + first
    late = late[seen.mask[late]] if len(seen.mask) else late
    amounts = columns.amount[late]
    matches = _new_matches(seen, then)
    return AsKnown(
        day=seen.filters.as_of,
        known_at=known_at,
        balances=_balances(seen, then),
        measures=_measures(engine, seen.filters, then.filters),
        entries=entries(engine, seen, late, amounts),
        count=count(seen, late, amounts),
        matched=_matched(engine, seen, matches[:MOST_MATCHES]),
        matches=len(matches),
        known_from=_known_from(engine, seen, then),
    )


def _known_from(engine: Engine, seen: View, then: View) -> datetime | None:
    """Return when the first item was recorded, None where some were known then or none is today."""
    mine = np.flatnonzero(seen.mask) if len(seen.mask) else np.arange(len(seen.columns.item_id))
    if not len(mine) or mine[0] < len(then.columns.item_id):
        return None
    document = int(seen.columns.document_id[mine[0]])  # items stand in the order in which they were recorded
    with reading(engine) as session:
        return session.execute(select(col(Document.recorded_at)).where(col(Document.id) == document)).scalar()


def _balances(seen: View, then: View) -> tuple[Balance, ...]:
    now, before = open_by_place(seen), open_by_place(then)
    places = sorted({*now, *before}, key=lambda place: (place[1], place[0]))
    return tuple(Balance(*place, before.get(place, 0), now.get(place, 0)) for place in places)


def open_by_place(seen: View) -> dict[Place, int]:
    """Sum what is open on the day by entity and currency; places that hold nothing are left out."""
    items, columns, width = seen.open_items(), seen.columns, max(1, len(seen.currencies))
    sums = np.zeros(max(1, len(seen.book.entities)) * width, np.int64)
    np.add.at(sums, columns.entity[items.row].astype(np.int64) * width + columns.currency[items.row], items.open)
    return {
        (seen.book.entities[place // width], seen.currencies[place % width]): int(sums[place])
        for place in np.flatnonzero(sums).tolist()
    }


def _measures(engine: Engine, filters: Filters, before: Filters) -> tuple[Measure, ...]:
    now, then = kpis(engine, filters, MEASURES), kpis(engine, before, MEASURES)
    return tuple(Measure(one.kpi.label, other.figure, one.figure) for one, other in zip(now, then, strict=True))


def _new_matches(seen: View, then: View) -> Ids:
    """Return the rows of applications recorded since then that count by the day, moves inside a document left out."""
    columns, first = seen.columns, len(then.columns.app_id)
    rows = np.flatnonzero(columns.app_day[first:] <= seen.as_of) + first
    items = columns.app_to[rows]
    rows = rows[seen.mask[items]] if len(seen.mask) else rows
    inside = columns.document_id[columns.app_from[rows]] == columns.document_id[columns.app_to[rows]]
    found: Ids = rows[~inside]
    return found


def _matched(engine: Engine, seen: View, rows: Ids) -> tuple[Matched, ...]:
    columns, customers = seen.columns, seen.book.around.customers
    ends = [(int(columns.app_from[row]), int(columns.app_to[row]), int(row)) for row in rows]
    texts = document_texts(engine, {int(columns.document_id[item]) for pair in ends for item in pair[:2]})

    def label(item: int) -> str:
        number = int(columns.document_id[item])
        return texts[number].label(number, KINDS[columns.kind[item]].name)

    return tuple(
        Matched(
            label(source), label(target), customers.names[int(customers.survivor[columns.customer[target]])],
            seen.currencies[columns.currency[target]], from_day(int(columns.app_day[row])),
            int(columns.app_amount[row]),
        )
        for source, target, row in ends
    )  # fmt: skip
