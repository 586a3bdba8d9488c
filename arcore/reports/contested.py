"""Disputes by day: when each was opened, and how much of what was open it contested."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sqlalchemy import Engine

from arcore.analytics.columns import Columns
from arcore.analytics.columns import Ints
from arcore.analytics.history import Point
from arcore.dates import FOREVER
from arcore.dates import to_day
from arcore.disputes.queries import disputes_in
from arcore.reports.happened import Happened
from arcore.reports.happened import inside
from arcore.reports.view import View
from arcore.store.engine import reading


@dataclass(frozen=True, eq=False)
class Contested:
    """Disputes that were not recorded by mistake, one entry each, and the books of the documents they are about.

    Attributes:
        opened_on: an item of the document, and the day it was contested from.
        document: its document.
        until: the first day number on which it did not count any more.
        amount: minor units, whatever is open.
        columns: the whole books.
        debits: rows of the debit items of all these documents.
        moves: rows of the applications to or from them.
    """

    opened_on: Happened
    document: Ints
    until: Ints
    amount: Ints
    columns: Columns
    debits: Ints
    moves: Ints

    def opened(self, point: Point) -> int:
        """Return how many documents were contested for the first time or anew in the window."""
        return len(np.unique(self.document[self.opened_on.within(point)]))

    def amounts(self, point: Point) -> Ints:
        """Return what is in dispute at the end of the window, at most what is open, by currency code."""
        sums = np.zeros(point.history.scope.n_currencies, np.int64)
        for row, part in self.parts(point).items():
            sums[self.columns.currency[row]] += part
        return sums

    def parts(self, point: Point) -> dict[int, int]:
        """Return the same by item row: of several items of a document the oldest due are contested first."""
        day, columns = to_day(point.window.last), self.columns
        runs = (self.opened_on.day <= day) & (self.until > day)
        if not runs.any():
            return {}
        claimed: dict[int, int] = {}
        for document, amount in zip(self.document[runs].tolist(), self.amount[runs].tolist(), strict=True):
            claimed[document] = claimed.get(document, 0) + amount
        balance = dict.fromkeys(self.debits.tolist(), 0)
        for row in self.debits[columns.effective[self.debits] <= day].tolist():
            balance[row] = int(columns.amount[row])
        for move in self.moves[columns.app_day[self.moves] <= day].tolist():
            for row, sign in ((int(columns.app_to[move]), -1), (int(columns.app_from[move]), 1)):
                if row in balance:
                    balance[row] += sign * int(columns.app_amount[move])
        found = {}
        inner = dict(zip(self.debits.tolist(), inside(self.debits, point).tolist(), strict=True))
        for row in sorted(balance, key=lambda row: (int(columns.due[row]), row)):
            document = int(columns.document_id[row])
            part = min(max(balance[row], 0), claimed.get(document, 0))
            claimed[document] = claimed.get(document, 0) - part
            if part and inner[row]:
                found[row] = part
        return found


def contested(engine: Engine, seen: View) -> Contested:
    """Return the disputes opened by the as-of day, as known at the moment of the filters. Raises Unavailable."""
    filters = seen.filters
    return seen.book.remembered(("contested", filters.as_of, filters.known_at), lambda: _read(engine, seen))


def _read(engine: Engine, seen: View) -> Contested:
    columns, known_at = seen.columns, seen.filters.known_at
    with reading(engine) as session:
        rows = disputes_in(session, seen.filters.as_of)
    if known_at is not None:
        rows = tuple(row for row in rows if row.opened_at <= known_at)
    documents = np.unique(np.array([row.document_id for row in rows], np.int64))
    items = np.flatnonzero(np.isin(columns.document_id, documents)) if len(documents) else np.empty(0, np.int64)
    first = dict(zip(columns.document_id[items][::-1].tolist(), items[::-1].tolist(), strict=True))
    rows = tuple(row for row in rows if row.state != "withdrawn" and row.document_id in first)
    ends = [
        row.closed_on if row.closed_at is not None and (known_at is None or row.closed_at <= known_at) else None
        for row in rows
    ]
    debits = items[columns.side[items] > 0]
    touched = np.zeros(len(columns.item_id), np.bool_)
    touched[debits] = True
    return Contested(
        opened_on=Happened(
            row=np.array([first[row.document_id] for row in rows], np.int64),
            day=np.array([to_day(row.opened_on) for row in rows], np.int64),
        ),
        document=np.array([row.document_id for row in rows], np.int64),
        until=np.array([FOREVER if end is None else to_day(end) for end in ends], np.int64),
        amount=np.array([row.amount for row in rows], np.int64),
        columns=columns,
        debits=debits,
        moves=np.flatnonzero(touched[columns.app_to] | touched[columns.app_from]),
    )
