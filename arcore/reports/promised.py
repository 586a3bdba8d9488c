"""Promises through a set of filters, judged on the as-of day: what runs, what was broken, and what newly so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import time
from functools import cache

import numpy as np
from sqlalchemy import Engine

from arcore.arrangements.queries import PromiseRow
from arcore.arrangements.queries import cash_known_until
from arcore.arrangements.queries import promises_in
from arcore.dates import add_months
from arcore.reports.filters import Filters
from arcore.reports.view import View
from arcore.reports.view import customers_within
from arcore.reports.view import group_counts
from arcore.reports.view import view
from arcore.store.engine import reading

BROKEN_MONTHS = 12
"""So long a broken promise is shown with the customer."""


@dataclass(frozen=True)
class Promised:
    """What a customer promised, as of the day; due first first, of the broken the newest first.

    Attributes:
        running: open, or past their grace while no cash data say whether they were kept ("unknown").
        broken: broken or kept in part only, within the last BROKEN_MONTHS.
        kept, judged: how many were kept, of all those that could be judged.
    """

    running: tuple[PromiseRow, ...]
    broken: tuple[PromiseRow, ...]
    kept: int
    judged: int


def of_customer(engine: Engine, filters: Filters, customer_id: int) -> Promised:
    """Return the promises of one customer and whoever was merged into it, judged on the as-of day."""
    seen = view(engine, filters)

    def read() -> Promised:
        with reading(engine) as session:
            rows = promises_in(session, filters.as_of, [customer_id])
        recent = add_months(filters.as_of, -BROKEN_MONTHS)
        late = broken(rows)
        kept = sum(row.state == "kept" for row in rows)
        return Promised(
            running=tuple(row for row in rows if row.state in ("open", "unknown")),
            broken=tuple(row for row in late if (row.broken_on or row.due_on) > recent),
            kept=kept,
            judged=kept + len(late),
        )

    return seen.book.remembered(("promised", filters.as_of, customer_id), read)


def promises(engine: Engine, seen: View) -> tuple[PromiseRow, ...]:
    """Return the promises made by the as-of day by customers within the filters, judged on it, due first first.

    As known at an earlier moment, promises recorded later are left out.
    """
    return seen.book.remembered(("promises", seen.filters.key()), lambda: _within(seen, every(engine, seen)))


def customers_in(seen: View, customer_ids: Iterable[int]) -> set[int]:
    """Keep the customers, as survivors, that are within the filters, as these say of our own group."""
    customers = seen.book.around.customers
    chosen = customers_within(seen.book, seen.filters, seen.filters.as_of, seen.known_seq)
    chosen = chosen & group_counts(customers, seen.filters)
    wanted = sorted(set(customer_ids))
    if not wanted:
        return set()
    places = customers.positions(np.array(wanted, np.int64))
    return {number for number, place in zip(wanted, places.tolist(), strict=True) if chosen[place]}


def broken(rows: Iterable[PromiseRow]) -> tuple[PromiseRow, ...]:
    """Keep what was broken or kept in part only, the newest first."""
    found = [row for row in rows if row.broken_on is not None]
    return tuple(sorted(found, key=lambda row: (row.broken_on or row.due_on, row.promise_id), reverse=True))


def newly_broken(engine: Engine, rows: Iterable[PromiseRow], first: date) -> tuple[PromiseRow, ...]:
    """Keep what was broken from `first` on, or earlier but known only since: cash data reached the day no sooner."""
    found = broken(rows)
    if not found:
        return ()
    moment = datetime.combine(first, time(), UTC)
    with reading(engine) as session:
        known = cache(lambda entity, currency: cash_known_until(session, entity, currency, before=moment))
        return tuple(
            row
            for row in found
            if (row.broken_on or row.due_on) >= first or (known(row.entity, row.currency) or date.min) < row.until
        )


def every(engine: Engine, seen: View) -> tuple[PromiseRow, ...]:
    """Return the promises made by the as-of day by anybody, judged on it, due first first."""
    as_of = seen.filters.as_of

    def read() -> tuple[PromiseRow, ...]:
        with reading(engine) as session:
            return promises_in(session, as_of)

    return seen.book.remembered(("every promise", as_of), read)


def _within(seen: View, rows: tuple[PromiseRow, ...]) -> tuple[PromiseRow, ...]:
    inside = customers_in(seen, (row.customer_id for row in rows))
    entity, known_at = seen.filters.entity, seen.filters.known_at
    return tuple(
        row
        for row in rows
        if row.customer_id in inside
        and entity in (None, row.entity)
        and (known_at is None or row.recorded_at <= known_at)
    )
