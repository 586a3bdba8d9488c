"""What holds for a customer on a day: the latest dated row that has begun."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.store.customers import CustomerFact


class Dated(NamedTuple):
    """One dated row: `value` holds from `valid_from` (inclusive) on; an empty one ends what held before."""

    customer_id: int
    name: str
    value: str
    valid_from: date


def on_day(rows: Iterable[Dated], as_of: date) -> dict[int, dict[str, str]]:
    """Return name → value per customer as of a day; rows come in the order they were recorded.

    The latest `valid_from` not after the day wins, then the row recorded last. Ended facts are left out.
    """
    best: dict[tuple[int, str], Dated] = {}
    for row in rows:
        known = best.get((row.customer_id, row.name))
        if row.valid_from <= as_of and (known is None or row.valid_from >= known.valid_from):
            best[row.customer_id, row.name] = row
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for row in best.values():
        if row.value:
            found[row.customer_id][row.name] = row.value
    return dict(found)


def read(session: Session, customer_id: int | None = None) -> list[Dated]:
    """Read the dated rows of one customer or of all, in the order they were recorded."""
    query = select(
        col(CustomerFact.customer_id), col(CustomerFact.name), col(CustomerFact.value), col(CustomerFact.valid_from)
    ).order_by(col(CustomerFact.id))
    if customer_id is not None:
        query = query.where(col(CustomerFact.customer_id) == customer_id)
    return [Dated(*row) for row in session.execute(query)]
