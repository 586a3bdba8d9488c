"""What a customer owes, read twice by two roads: from the tables inside a write, and from the columns for all at once.

Both give the same debts. A merged customer's stand under the one it lives on in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date

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
from arcore.reports.book import Book
from arcore.reports.items import taken_over
from arcore.reports.texts import DocumentText
from arcore.reports.texts import document_texts
from arcore.store.books import Application
from arcore.store.books import Document
from arcore.store.books import Item

Place = tuple[int, str]
"""A customer (the survivor of a merge) and one of our entities."""

UNNAMED = DocumentText("", "", "")


def debts_in(session: Session, customer_id: int, as_of: date) -> dict[str, list[Debt]]:
    """Return the open items of a customer by entity at the end of a day, as the tables have them at this moment."""
    customers = with_merged(session, [customer_id])
    balance = _balances(session, customers, as_of)
    rows = session.execute(
        select(Item, Document)
        .join(Document, col(Document.id) == col(Item.document_id))
        .where(col(Item.customer_id).in_(customers), col(Item.effective_on) <= as_of)
        .order_by(col(Item.id))
    ).all()
    taken = _taken_over(session, [item for item, _ in rows if item.amount == 0 and item.origin_item_id])
    found: dict[str, list[Debt]] = defaultdict(list)
    for item, document in rows:
        if units := item.amount + balance.get(item.id, 0):
            text = DocumentText(document.number, document.reference, document.po_number)
            found[document.entity].append(
                Debt(
                    item_id=item.id,
                    document_id=document.id,
                    document=text.label(document.id, document.kind),
                    kind=document.kind,
                    entity=document.entity,
                    currency=document.currency,
                    document_date=document.document_date,
                    due_date=item.due_date,
                    original_due_date=item.original_due_date,
                    invoiced=taken.get(item.id, item.amount),
                    open=units,
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
    """Return what applications up to a day gave to or took from each item."""
    found: dict[int, int] = defaultdict(int)
    for end, sign in ((Application.to_item_id, -1), (Application.from_item_id, 1)):
        rows = session.execute(
            select(col(end), func.sum(col(Application.amount)))
            .where(col(Application.customer_id).in_(customers), col(Application.effective_on) <= as_of)
            .group_by(col(end))
        )
        for item_id, units in rows:
            found[item_id] += sign * int(units)
    return found


def _taken_over(session: Session, born: Sequence[Item]) -> dict[int, int]:
    """Return what each item born of re-dating took over from its origin."""
    origin = {item.id: item.origin_item_id for item in born}
    found = dict.fromkeys(origin, 0)
    if not born:
        return found
    rows = session.execute(
        select(col(Application.from_item_id), col(Application.to_item_id), col(Application.amount)).where(
            col(Application.from_item_id).in_(origin) | col(Application.to_item_id).in_(origin)
        )
    )
    for gives, takes, units in rows:
        if origin.get(gives) == takes:
            found[gives] += units
        if origin.get(takes) == gives:
            found[takes] -= units
    return found
