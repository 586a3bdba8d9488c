"""Invoices that were revised: voided and issued again, credited and billed again, changed by a file read again."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Engine
from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import Session
from sqlmodel import col

from arcore.analytics.columns import Columns
from arcore.analytics.columns import Ints
from arcore.analytics.history import Point
from arcore.analytics.issued import issued_rows
from arcore.ledger.kinds import CODES
from arcore.ledger.reposted import posted_again
from arcore.reports.happened import Happened
from arcore.reports.recorded import recorded
from arcore.reports.view import View
from arcore.store.books import Document
from arcore.store.chunks import chunks
from arcore.store.engine import reading

WAYS = ("voided_reissued", "credited_rebilled", "changed_by_import")


@dataclass(frozen=True, eq=False)
class Corrected:
    """Revised invoices, one entry each.

    Attributes:
        on: the first item of the invoice, and the day on which it was revised.
        way: position in WAYS.
    """

    on: Happened
    way: Ints

    def counts(self, way: str, point: Point) -> Ints:
        """Return by group how many were revised in one way in the window."""
        return self.on.counts(point, self.way == WAYS.index(way))


def corrected(engine: Engine, seen: View, rebill_days: int) -> Corrected:
    """Return the revised invoices of the books as the filters know them. Raises Unavailable."""
    key = ("corrected", seen.filters.known_at, rebill_days)
    return seen.book.remembered(key, lambda: _made(engine, seen, rebill_days))


@dataclass(frozen=True)
class _Undone:
    """An invoice of which nothing stands: its first row, the day it went, what it was worth, and how it went."""

    row: int
    day: int
    way: int


def _made(engine: Engine, seen: View, rebill_days: int) -> Corrected:
    columns = seen.columns
    with reading(engine) as session:
        again, alone = _voided(session, engine, seen)
        undone = [*alone, *_credited(columns)]
        orders = _orders(session, columns, [one.row for one in undone])
        found = [*again, *(one for one in undone if _billed_again(columns, one, rebill_days, orders))]
    return Corrected(
        on=Happened(
            row=np.array([one.row for one in found], np.int64), day=np.array([one.day for one in found], np.int64)
        ),
        way=np.array([one.way for one in found], np.int64),
    )


def _voided(session: Session, engine: Engine, seen: View) -> tuple[list[_Undone], list[_Undone]]:
    """Return voided invoices that were posted again under their number, and those that were not."""
    void, old = aliased(Document), aliased(Document)
    rows = session.execute(
        select(col(old.id), col(void.id), col(void.import_id))
        .join(old, col(old.id) == col(void.reverses_id))
        # Above zero rather than not null, and a sum rather than the id: then the index of these few is used.
        .where(col(void.reverses_id) > 0, col(void.id) + 0 <= seen.reach.document)
        .where(col(old.kind) == "invoice", col(void.kind) == "invoice")
    ).all()
    if not rows:
        return [], []
    again = posted_again(session, [row[0] for row in rows])
    first = _first_rows(seen.columns, [row[0] for row in rows])
    days = recorded(engine, seen.book).of(np.array([row[1] for row in rows], np.int64)).tolist()
    same: list[_Undone] = []
    other: list[_Undone] = []
    for (number, _, import_id), day in zip(rows, days, strict=True):
        by_file = import_id is not None and number in again
        one = _Undone(first[number], day, WAYS.index("changed_by_import" if by_file else "voided_reissued"))
        (same if again.get(number, seen.reach.document + 1) <= seen.reach.document else other).append(one)
    return same, other


def _credited(columns: Columns) -> list[_Undone]:
    """Return invoices that credit notes took away whole, with the day of the last of them."""
    kind = columns.root_kind
    moves = np.flatnonzero(
        (kind[columns.app_from] == CODES["credit_note"])
        & (kind[columns.app_to] == CODES["invoice"])
        & (columns.side[columns.app_from] < 0)
    )
    if len(moves) == 0:
        return []
    documents, place = np.unique(columns.document_id[columns.root[columns.app_to[moves]]], return_inverse=True)
    credit, day = np.zeros(len(documents), np.int64), np.full(len(documents), -(2**31), np.int64)
    np.add.at(credit, place, columns.app_amount[moves])
    np.maximum.at(day, place, columns.doc_day[columns.app_from[moves]].astype(np.int64))
    items = np.flatnonzero(np.isin(columns.document_id, documents) & (columns.origin < 0) & (columns.amount > 0))
    worth = np.zeros(len(documents), np.int64)
    np.add.at(worth, np.searchsorted(documents, columns.document_id[items]), columns.amount[items])
    first = _first_rows(columns, documents.tolist())
    whole = np.flatnonzero((credit >= worth) & (worth > 0)).tolist()
    way = WAYS.index("credited_rebilled")
    return [_Undone(first[int(documents[number])], int(day[number]), way) for number in whole]


def _billed_again(columns: Columns, one: _Undone, rebill_days: int, orders: _Orders) -> bool:
    """Tell whether another invoice of the same amount, or for the same order, came soon after."""
    for row in orders.invoices.get((int(columns.customer[one.row]), int(columns.currency[one.row])), ()):
        day, document = int(columns.doc_day[row]), int(columns.document_id[row])
        if document == columns.document_id[one.row] or not one.day <= day <= one.day + rebill_days:
            continue
        order = orders.order.get(int(columns.document_id[one.row]), "")
        if orders.worth[document] == orders.worth[int(columns.document_id[one.row])]:
            return True
        if order and orders.order.get(document) == order:
            return True
    return False


@dataclass(frozen=True)
class _Orders:
    """What invoices of customers with an undone one are told apart by.

    Attributes:
        invoices: first rows by customer and currency.
        worth: amount by document.
        order: the customer's order number by document.
    """

    invoices: Mapping[tuple[int, int], list[int]]
    worth: Mapping[int, int]
    order: Mapping[int, str]


def _orders(session: Session, columns: Columns, undone: list[int]) -> _Orders:
    if not undone:
        return _Orders({}, {}, {})
    whose = np.isin(columns.customer, np.unique(columns.customer[undone]))
    invoices: dict[tuple[int, int], list[int]] = {}
    for row in np.flatnonzero(whose & issued_rows(columns)).tolist():
        invoices.setdefault((int(columns.customer[row]), int(columns.currency[row])), []).append(row)
    items = np.flatnonzero(whose & (columns.kind == CODES["invoice"]) & (columns.origin < 0) & (columns.amount > 0))
    worth: dict[int, int] = {}
    for document, amount in zip(columns.document_id[items].tolist(), columns.amount[items].tolist(), strict=True):
        worth[document] = worth.get(document, 0) + amount
    order = _order_numbers(session, [int(number) for number in columns.document_id[undone].tolist()])
    if any(order.values()):
        order = _order_numbers(session, worth)
    return _Orders(invoices, worth, order)


def _order_numbers(session: Session, documents: Iterable[int]) -> dict[int, str]:
    found = {}
    for ids in chunks(documents):
        rows = session.execute(
            select(col(Document.id), col(Document.po_number)).where(
                col(Document.id).in_(ids), col(Document.po_number) != ""
            )
        )
        found.update(dict(rows.all()))
    return found


def _first_rows(columns: Columns, documents: Iterable[int]) -> dict[int, int]:
    items = np.flatnonzero(np.isin(columns.document_id, np.array(list(documents), np.int64)))
    return dict(zip(columns.document_id[items][::-1].tolist(), items[::-1].tolist(), strict=True))
