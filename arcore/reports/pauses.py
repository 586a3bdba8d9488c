"""Which parts of open items are in dispute or promised on a day.

Disputes and promises are few, items may be a million: only items of the documents and accounts concerned are looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import Engine
from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.analytics.columns import Bools
from arcore.analytics.columns import Ints
from arcore.arrangements.queries import RunningPromise
from arcore.arrangements.queries import running_promises
from arcore.disputes.queries import Part
from arcore.disputes.queries import disputed
from arcore.disputes.queries import spread
from arcore.reports.view import View
from arcore.store.arrangements import Promise
from arcore.store.engine import reading

NONE = np.empty(0, np.int64)


@dataclass(frozen=True, eq=False)
class Pauses:
    """Parts of open items by row of the columns, rows ascending; minor units, none more than is open of its item."""

    row: Ints
    disputed: Ints
    promised: Ints

    def disputed_of(self, rows: Ints) -> Ints:
        """Return what is in dispute of each item row."""
        return self._at(self.disputed, rows)

    def promised_of(self, rows: Ints) -> Ints:
        """Return what is promised of each item row."""
        return self._at(self.promised, rows)

    def _at(self, amounts: Ints, rows: Ints) -> Ints:
        if len(self.row) == 0:
            return np.zeros(len(rows), np.int64)
        place = np.minimum(np.searchsorted(self.row, rows), len(self.row) - 1)
        return np.where(self.row[place] == rows, amounts[place], 0)


@dataclass(frozen=True)
class _Told:
    """What is in dispute by document, and the promises that run, due first first."""

    disputed: Mapping[int, int]
    promises: Sequence[RunningPromise]


@dataclass(frozen=True)
class _Open:
    """An open debit item that something may pause: row of the columns, account, document, balance."""

    row: int
    account: tuple[int, str, str]
    document_id: int
    open: int


def pauses(engine: Engine, seen: View) -> Pauses:
    """Return what is disputed and promised of the items that are open through these filters.

    A dispute lies on the open items of its document, oldest agreed due date first, a promise on what is not in dispute
    of its documents or, without any, of the account; what is left of either lowers nothing else. As known at an earlier
    moment, what was recorded later is left out.
    """
    return seen.book.remembered(("pauses", seen.filters.key()), lambda: _pauses(engine, seen))


def _pauses(engine: Engine, seen: View) -> Pauses:
    as_of, known_at = seen.filters.as_of, seen.filters.known_at
    told: _Told = seen.book.remembered(("paused", as_of, known_at), lambda: _read(engine, seen))
    if not told.disputed and not told.promises:
        return Pauses(NONE, NONE, NONE)
    debts = _debts(seen, told)
    contested = spread(told.disputed, (Part(debt.row, debt.document_id, debt.open) for debt in debts))
    free = {debt.row: debt.open - contested.get(debt.row, 0) for debt in debts}
    pledged: dict[int, int] = {}
    for promise in told.promises:
        _pledge(promise, debts, free, pledged)
    rows = np.array(sorted({*contested, *pledged}), np.int64)
    return Pauses(
        rows,
        np.array([contested.get(row, 0) for row in rows.tolist()], np.int64),
        np.array([pledged.get(row, 0) for row in rows.tolist()], np.int64),
    )


def _read(engine: Engine, seen: View) -> _Told:
    as_of, known_at = seen.filters.as_of, seen.filters.known_at
    with reading(engine) as session:
        promises = running_promises(session, as_of)
        if known_at is not None:
            promises = _recorded_by(session, promises, known_at)
        return _Told(disputed(session, as_of, known_at=known_at), promises)


def _recorded_by(
    session: Session, promises: Sequence[RunningPromise], known_at: datetime
) -> tuple[RunningPromise, ...]:
    known = set(session.execute(select(col(Promise.id)).where(col(Promise.recorded_at) <= known_at)).scalars())
    return tuple(promise for promise in promises if promise.promise_id in known)


def _debts(seen: View, told: _Told) -> list[_Open]:
    """Return the open debits of the documents and accounts concerned, oldest agreed due date first."""
    columns, customers = seen.columns, seen.book.around.customers
    documents = np.array(sorted(told.disputed), np.int64)
    places = np.unique([customers.positions(np.array([p.customer_id]))[0] for p in told.promises])
    found: list[_Open] = []
    for ours in (False, True) if seen.has_group_companies else (False,):
        items = seen.open_items(ours=ours)
        who = customers.survivor[columns.customer[items.row]]
        concerned: Bools = np.isin(columns.document_id[items.row], documents) | np.isin(who, places)
        for place in np.flatnonzero(concerned & (items.open > 0)).tolist():
            row = int(items.row[place])
            account = (
                int(customers.ids[who[place]]),
                seen.book.entities[columns.entity[row]],
                seen.currencies[columns.currency[row]],
            )
            found.append(_Open(row, account, int(columns.document_id[row]), int(items.open[place])))
    return sorted(found, key=lambda debt: (columns.due[debt.row], columns.doc_day[debt.row], debt.row))


def _pledge(promise: RunningPromise, debts: Sequence[_Open], free: dict[int, int], pledged: dict[int, int]) -> None:
    """Lay what is still to come of a promise on the debts it is meant for."""
    left = promise.left
    for debt in debts:
        if debt.account != (promise.customer_id, promise.entity, promise.currency):
            continue
        if promise.document_ids and debt.document_id not in promise.document_ids:
            continue
        part = min(left, free[debt.row])
        if part > 0:
            pledged[debt.row] = pledged.get(debt.row, 0) + part
            free[debt.row] -= part
            left -= part
