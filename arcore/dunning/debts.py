"""What a customer owes, read twice by two roads: from the tables inside a write, and from the columns for all at once.

Both give the same debts. A merged customer's stand under the one it lives on in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import Engine
from sqlalchemy import func
from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.analytics.columns import Ints
from arcore.analytics.open_items import balances_at
from arcore.customers.queries import with_merged
from arcore.dates import from_day
from arcore.dates import to_day
from arcore.dunning.proof import Debt
from arcore.ledger.kinds import KINDS
from arcore.reports.queries import Book
from arcore.reports.queries import DocumentText
from arcore.reports.queries import document_texts
from arcore.reports.queries import taken_over
from arcore.store.books import Application
from arcore.store.books import Document
from arcore.store.books import Item
from arcore.store.chunks import chunks

Place = tuple[int, str]
"""A customer (the survivor of a merge) and one of our entities."""

UNNAMED = DocumentText("", "", "")
DOCUMENT_COLUMNS = "number kind entity currency document_date po_number reference".split()


def debts_in(session: Session, customer_id: int, as_of: date) -> dict[str, list[Debt]]:
    """Return the open items of a customer by entity at the end of a day, as the tables have them at this moment."""
    balance = _balances(session, with_merged(session, [customer_id]), as_of)
    rows = _rows(session, [item for item, units in balance.items() if units])
    taken = _taken_over(session, {row.id: row.origin for row in rows if row.amount == 0 and row.origin})
    found: dict[str, list[Debt]] = defaultdict(list)
    for row in rows:
        text = DocumentText(row.number, row.reference, row.po_number)
        found[row.entity].append(
            Debt(
                item_id=row.id,
                document_id=row.document_id,
                document=text.label(row.document_id, row.kind),
                kind=row.kind,
                entity=row.entity,
                currency=row.currency,
                document_date=row.document_date,
                due_date=row.due_date,
                original_due_date=row.original_due_date,
                invoiced=taken.get(row.id, row.amount),
                open=balance[row.id],
                po_number=text.po_number,
                reference=text.reference,
            )
        )
    return dict(found)


def debts_of(engine: Engine, books: Book, as_of: date, *, until: date | None = None) -> dict[Place, list[Debt]]:
    """Return the open items of every customer and entity with something overdue on a day.

    `until` takes those in as well that have something due before it.
    """
    columns, customers = books.columns, books.around.customers
    balance = balances_at(columns, to_day(as_of))
    rows = np.flatnonzero(balance)
    if len(rows) == 0:
        return {}
    width = max(1, len(books.entities))
    place = customers.survivor[columns.customer[rows]].astype(np.int64) * width + columns.entity[rows]
    late = (balance[rows] > 0) & (columns.due[rows] < to_day(until or as_of))
    chosen = np.isin(place, np.unique(place[late]))
    rows, place = rows[chosen], place[chosen]
    found: dict[Place, list[Debt]] = defaultdict(list)
    keys = {
        number: (int(customers.ids[number // width]), books.entities[number % width])
        for number in np.unique(place).tolist()
    }
    for number, debt in zip(place.tolist(), _debts(engine, books, rows, balance[rows]), strict=True):
        found[keys[number]].append(debt)
    return dict(found)


def _debts(engine: Engine, books: Book, rows: Ints, open_: Ints) -> Iterable[Debt]:
    columns = books.columns
    kinds = [kind.name for kind in KINDS]
    texts = _texts(engine, books, columns.document_id[rows].tolist())
    days = {number: from_day(number) for number in _distinct(columns.due, columns.original_due, columns.doc_day, rows)}
    values = zip(
        columns.item_id[rows].tolist(),
        columns.document_id[rows].tolist(),
        columns.kind[rows].tolist(),
        columns.entity[rows].tolist(),
        columns.currency[rows].tolist(),
        columns.doc_day[rows].tolist(),
        columns.due[rows].tolist(),
        columns.original_due[rows].tolist(),
        taken_over(columns, rows).tolist(),
        open_.tolist(),
        strict=True,
    )
    for item, document, kind, entity, currency, dated, due, original, invoiced, units in values:
        text = texts.get(document, UNNAMED)
        yield Debt(
            item,
            document,
            text.label(document, kinds[kind]),
            kinds[kind],
            books.entities[entity],
            books.currencies[currency],
            days[dated],
            days[due],
            days[original],
            invoiced,
            units,
            text.po_number,
            text.reference,
        )


def _distinct(*columns_and_rows: np.ndarray) -> set[int]:
    *arrays, rows = columns_and_rows
    return {number for array in arrays for number in np.unique(array[rows]).tolist()}


def _texts(engine: Engine, books: Book, documents: Sequence[int]) -> Mapping[int, DocumentText]:
    """Return what documents are called; they never change, so only those not asked for before are read."""
    known: dict[int, DocumentText] = books.carried.last("document texts of debts") or {}
    missing = [number for number in set(documents) if number not in known]
    if missing:
        known = known | document_texts(engine, missing)
        books.carried.keep("document texts of debts", known)
    return known


def _balances(session: Session, customers: Sequence[int], as_of: date) -> dict[int, int]:
    """Return the balance of every item of customers at the end of a day."""
    begun = (col(Item.customer_id).in_(customers), col(Item.effective_on) <= as_of)
    found = {item: int(units) for item, units in session.execute(select(col(Item.id), col(Item.amount)).where(*begun))}
    for end, sign in ((Application.to_item_id, -1), (Application.from_item_id, 1)):
        moved = session.execute(
            select(col(end), func.sum(col(Application.amount)))
            .join(Item, col(Item.id) == col(end))
            .where(*begun, col(Application.effective_on) <= as_of)
            .group_by(col(end))
        )
        for item, units in moved:
            found[item] += sign * int(units)
    return found


def _rows(session: Session, items: Sequence[int]) -> list[Any]:
    """Read items with what their documents say, by id."""
    found: list[Any] = []
    for ids in chunks(items):
        found += session.execute(
            select(
                col(Item.id),
                col(Item.document_id),
                col(Item.due_date),
                col(Item.original_due_date),
                col(Item.origin_item_id).label("origin"),
                col(Item.amount),
                *(col(getattr(Document, name)) for name in DOCUMENT_COLUMNS),
            )
            .join(Document, col(Document.id) == col(Item.document_id))
            .where(col(Item.id).in_(ids))
            .order_by(col(Item.id))
        ).all()
    return found


def _taken_over(session: Session, origin: Mapping[int, int]) -> dict[int, int]:
    """Return what each item born of re-dating took over from its origin."""
    found = dict.fromkeys(origin, 0)
    for ids in chunks(origin):
        part = set(ids)
        rows = session.execute(
            select(col(Application.from_item_id), col(Application.to_item_id), col(Application.amount)).where(
                col(Application.from_item_id).in_(part) | col(Application.to_item_id).in_(part)
            )
        )
        for gives, takes, units in rows:
            if gives in part and origin[gives] == takes:
                found[gives] += units
            if takes in part and origin[takes] == gives:
                found[takes] -= units
    return found
