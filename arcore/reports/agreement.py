"""Our balance beside the general ledger's, per entity and currency, and the documents that explain a difference.

A ledger's balance less ours is explained by documents that one of the two has and the other has not on that day. Each
group of them says what the ledger would be higher by; a document is in one group only.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import date
from datetime import datetime
from datetime import time
from datetime import timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import Engine

from arcore.analytics.flows import POSITIONS
from arcore.analytics.flows import flow_of_rows
from arcore.company.queries import StatedBalance
from arcore.company.queries import from_settings
from arcore.dates import month_start
from arcore.dates import to_day
from arcore.reports.as_known import open_by_place
from arcore.reports.book import known_reach
from arcore.reports.entries import Entry
from arcore.reports.entries import Ids
from arcore.reports.entries import count
from arcore.reports.entries import entries
from arcore.reports.entries import pending_in_source
from arcore.reports.filters import Filters
from arcore.reports.view import View
from arcore.reports.view import view
from arcore.store.engine import reading

PENDING = "pending"
LATER = "later"
AFTER = "after"
UNEXPLAINED = "unexplained"
UNAPPLIED_CASH = "unapplied"
GROUP = "group"
CERTAIN = (PENDING, LATER)
"""What a ledger can't have had when it was asked: these explain a part of a difference, the others only the whole."""


@dataclass(frozen=True)
class Reason:
    """A group of documents that the ledger has otherwise than we have.

    Attributes:
        name: pending (booked here, not told by the source), later (recorded after the ledger was asked), after (dated
            by the day, posted after it), unexplained (settlements inferred in the month), unapplied (cash that a
            ledger may keep on another account), group (companies of our own group, which we leave out).
        effect: what the ledger would be higher by, minor units.
        count: how many documents there are.
        entries: the largest of them.
        explains: it is part of the explanation.
    """

    name: str
    effect: int
    count: int
    entries: tuple[Entry, ...]
    explains: bool = False


@dataclass(frozen=True)
class Comparison:
    """One entity and currency on one day; minor units.

    Attributes:
        ours: what is open within the books, our own group left out.
        stated: what the general ledger or a file says; None where nobody said anything.
        reasons: what may explain a difference, and whether it does; empty where there is none.
        rest: what of the difference no document explains.
        candidates: single documents of exactly the rest, where groups leave one.
    """

    day: date
    entity: str
    currency: str
    ours: int
    stated: StatedBalance | None
    reasons: tuple[Reason, ...] = ()
    rest: int = 0
    candidates: tuple[Entry, ...] = ()

    @property
    def difference(self) -> int | None:
        """The ledger's balance less ours; None where there is none."""
        return None if self.stated is None else self.stated.amount - self.ours

    @property
    def agrees(self) -> bool | None:
        """Whether both are equal; None where there is nothing to compare with."""
        return None if self.stated is None else self.difference == 0


def agreement(engine: Engine, filters: Filters) -> tuple[Comparison, ...]:
    """Compare every entity and currency on the as-of day; by currency, then entity.

    Of the filters day, entity and known_at count: a ledger knows no segments or owners.
    """
    seen = view(engine, Filters(as_of=filters.as_of, entity=filters.entity, known_at=filters.known_at))
    found: tuple[Comparison, ...] = seen.book.remembered(
        ("agreement", seen.filters.key()), lambda: _agreement(engine, seen)
    )
    return found


def _agreement(engine: Engine, seen: View) -> tuple[Comparison, ...]:
    ours, day = open_by_place(seen), seen.filters.as_of
    stated = seen.book.around.stated
    known = {(e, c) for of_day, e, c in (*stated.ledger, *stated.files) if of_day == day}
    known = {place for place in known if seen.filters.entity in (None, place[0])}
    found = [
        Comparison(day, entity, currency, ours.get((entity, currency), 0), stated.balance((day, entity, currency)))
        for entity, currency in sorted({*ours, *known}, key=lambda place: (place[1], place[0]))
    ]
    return tuple(_explained(engine, seen, one) if one.difference else one for one in found)


def _explained(engine: Engine, seen: View, one: Comparison) -> Comparison:
    difference = one.difference or 0
    reasons = _reasons(engine, seen, one)
    used = _chosen(reasons, difference)
    reasons = tuple(replace(reason, explains=reason.name in used) for reason in reasons)
    rest = difference - sum(reason.effect for reason in reasons if reason.explains)
    candidates = _alone(engine, seen, one, reasons, rest) if rest else ()
    return replace(one, reasons=reasons, rest=rest, candidates=candidates)


def _chosen(reasons: Sequence[Reason], difference: int) -> frozenset[str]:
    """Return the fewest groups that add up to the difference; else those that are certain, if they bring it nearer."""
    for size in range(1, len(reasons) + 1):
        for chosen in combinations(reasons, size):
            if sum(reason.effect for reason in chosen) == difference:
                return frozenset(reason.name for reason in chosen)
    certain = [reason for reason in reasons if reason.name in CERTAIN]
    nearer = abs(difference - sum(reason.effect for reason in certain)) < abs(difference)
    return frozenset(reason.name for reason in certain) if nearer else frozenset()


def _reasons(engine: Engine, seen: View, one: Comparison) -> tuple[Reason, ...]:
    """Return the groups with an effect, each document in the first group it fits."""
    stated = one.stated
    if stated is None:
        return ()
    rows = _rows(seen, one)
    columns, day = seen.columns, seen.as_of
    counted = columns.effective[rows] <= day
    ids = columns.document_id[rows]
    ours = seen.group_companies[rows] if len(seen.group_companies) else np.zeros(len(rows), np.bool_)
    with reading(engine) as session:
        pending = pending_in_source(session, one.entity, one.currency, one.day)
    last = _last_document(engine, seen, stated)
    dated = columns.doc_day[rows] <= day
    from_month = columns.effective[rows] >= to_day(month_start(one.day))
    tests = (
        (GROUP, counted & ours, 1),
        (UNEXPLAINED, counted & ~ours & from_month & (flow_of_rows(columns, rows) == POSITIONS["settlements"]), -1),
        (PENDING, counted & ~ours & np.isin(ids, list(pending)), -1),
        (LATER, counted & ~ours & (ids > last), -1),
        (AFTER, ~counted & dated & ~ours, 1),
    )
    taken = np.zeros(len(rows), np.bool_)
    found: list[tuple[str, Ids, Ids]] = []
    for name, fits, sign in tests:
        chosen = fits & ~taken
        taken |= chosen
        found.append((name, rows[chosen], sign * columns.amount[rows[chosen]]))
    found.append((UNAPPLIED_CASH, *_unapplied(seen, one, rows[taken])))
    return tuple(
        Reason(name, int(effects.sum()), count(seen, at, effects), entries(engine, seen, at, effects))
        for name, at, effects in found
        if effects.sum()
    )


def _rows(seen: View, one: Comparison) -> Ids:
    """Return the item rows of an entity and currency, our own group's too."""
    columns = seen.columns
    if one.entity not in seen.book.entities or one.currency not in seen.currencies:
        return np.empty(0, np.int64)
    entity, currency = seen.book.entities.index(one.entity), seen.currencies.index(one.currency)
    return np.flatnonzero((columns.entity == entity) & (columns.currency == currency))


def _unapplied(seen: View, one: Comparison, without: Ids) -> tuple[Ids, Ids]:
    """Return open credits of the place with what the ledger is higher by when it keeps them elsewhere."""
    items = seen.open_items()
    here = np.isin(items.row, _rows(seen, one)) & ~np.isin(items.row, without)
    chosen = here & (items.bucket == len(items.names) - 1)
    return items.row[chosen], -items.open[chosen]


def _last_document(engine: Engine, seen: View, stated: StatedBalance) -> int:
    """Return the last document known when the ledger was asked: at the end of that day, or when the figure was kept."""
    asked = stated.recorded_at
    if stated.drawn_on is not None:
        zone = ZoneInfo(from_settings(seen.book.around.settings).time_zone)
        asked = min(asked, end_of_day(stated.drawn_on, zone))
    return known_reach(engine, asked)[1].document


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Return the last moment of a day somewhere."""
    return datetime.combine(day + timedelta(days=1), time(), zone) - timedelta(microseconds=1)


def _alone(engine: Engine, seen: View, one: Comparison, reasons: Iterable[Reason], rest: int) -> tuple[Entry, ...]:
    """Return documents whose effect alone is the rest: of groups that do not explain, and any of the month."""
    grouped = {entry.document_id: entry for reason in reasons for entry in reason.entries}
    found = [e for reason in reasons if not reason.explains for e in reason.entries if e.amount == rest]
    rows, columns = _rows(seen, one), seen.columns
    first = to_day(month_start(one.day))
    within = (columns.effective[rows] >= first) & (columns.effective[rows] <= seen.as_of)
    same = rows[within & (columns.amount[rows] == -rest)]
    single = entries(engine, seen, same, -columns.amount[same])
    return (*found, *(entry for entry in single if entry.document_id not in grouped))
