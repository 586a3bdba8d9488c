"""What is behind a line of what happened that is not made of documents: promises, messages, files."""

from __future__ import annotations

from datetime import date

import numpy as np
from sqlalchemy import Engine

from arcore.reports.filters import Filters
from arcore.reports.news import Kind
from arcore.reports.news import files_booked
from arcore.reports.news import messages_sent
from arcore.reports.promised import newly_broken
from arcore.reports.promised import promises
from arcore.reports.totals import Entry
from arcore.reports.view import View
from arcore.reports.view import view

OF_CASES: tuple[Kind, ...] = ("promise_broken", "reminded", "import")
"""Lines made of these."""
ON_ACCOUNT = "the account"


def news_cases(engine: Engine, filters: Filters, first: date, kind: Kind) -> list[Entry]:
    """Return what a line counts from `first` to the as-of day, both inclusive; the day of each is that of its rate."""
    seen = view(engine, filters.in_currency(view(engine, filters).reporting))
    if kind == "promise_broken":
        return _broken(engine, seen, first)
    if kind == "reminded":
        return _reminded(engine, seen, first)
    return [
        Entry(f"file:{number}", "", "", name, day, 1, "")
        for number, name, day in files_booked(engine, first, seen.filters.as_of)
    ]


def _broken(engine: Engine, seen: View, first: date) -> list[Entry]:
    return [
        Entry(
            f"promise:{row.promise_id}", row.code, row.name, ", ".join(row.documents) or ON_ACCOUNT,
            row.broken_on or row.due_on, row.left, row.currency,
        )
        for row in newly_broken(engine, promises(engine, seen), first)
    ]  # fmt: skip


def _reminded(engine: Engine, seen: View, first: date) -> list[Entry]:
    customers = seen.book.around.customers
    found = messages_sent(engine, seen, first)
    places = customers.positions(np.array([one.customer_id for one in found], np.int64)).tolist()
    return [
        Entry(
            f"message:{one.thing}:{one.currency}", customers.codes[place], customers.names[place],
            f"message {one.thing}", one.on, one.units, one.currency,
        )
        for one, place in zip(found, places, strict=True)
    ]  # fmt: skip
