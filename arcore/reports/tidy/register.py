"""The register of documents in memory: which stand, and how invoices, charges and credit notes are numbered.

Numbers never change, so each is read once per process; a later version reads only what came behind.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from sqlalchemy import Engine
from sqlalchemy import func
from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.analytics.columns import Bools
from arcore.analytics.columns import Columns
from arcore.analytics.columns import Ints
from arcore.ledger.kinds import KINDS
from arcore.reports.book import Book
from arcore.reports.view import View
from arcore.store.books import Document
from arcore.store.engine import is_sqlite
from arcore.store.engine import reading

IDS_AT_ONCE = 131_072
"""So many documents are read in one go, their numbers joined to one text."""
SEPARATOR = "\x1f"
NUMBERED = tuple(kind.name for kind in KINDS if kind.in_sales)
"""Kinds that we number ourselves: invoices, debit notes, late charges, credit notes."""
_IN_SALES = np.array([kind.in_sales for kind in KINDS])


@dataclass(frozen=True, eq=False)
class Numbers:
    """Document ids, ascending, with what each is numbered; only kinds that we number ourselves."""

    upto: int
    ids: Ints
    text: pa.Array

    def of(self, document_ids: Ints) -> pa.Array:
        """Return the numbers of documents, all of which have to be of such kinds."""
        return self.text.take(pa.array(np.searchsorted(self.ids, document_ids)))


@dataclass(frozen=True, eq=False)
class Undone:
    """Documents that were taken back, and those that take them back; ids ascending."""

    upto: int
    ids: Ints

    def among(self, document_ids: Ints) -> Bools:
        """Tell which documents are of no account any more."""
        if len(self.ids) == 0:
            return np.zeros(len(document_ids), np.bool_)
        place = np.minimum(np.searchsorted(self.ids, document_ids), len(self.ids) - 1)
        found: NDArray[np.bool_] = self.ids[place] == document_ids
        return found


@dataclass(frozen=True, eq=False)
class Register:
    """The documents that stand, one entry each, in the order in which they were posted.

    Attributes:
        row: the first item of each, as its row in the columns.
        amount: the signed total of each in minor units.
    """

    columns: Columns
    row: Ints
    amount: Ints

    @cached_property
    def sold(self) -> Ints:
        """The places of invoices, charges and credit notes."""
        return np.flatnonzero(_IN_SALES[self.columns.kind[self.row]])


def numbers(engine: Engine, book: Book) -> Numbers:
    """Return how documents of a version of the books are numbered. Raises Unavailable."""
    return book.remembered("numbers", lambda: _read_numbers(engine, book))


def undone(engine: Engine, book: Book) -> Undone:
    """Return the documents that were taken back. Raises Unavailable."""
    return book.remembered("undone", lambda: _read_undone(engine, book))


def register(engine: Engine, seen: View) -> Register:
    """Return the documents that stand, whatever day they count from and whoever they are of."""
    key = ("register", seen.filters.known_at)
    return seen.book.remembered(key, lambda: standing(seen.columns, undone(engine, seen.book)))


def standing(columns: Columns, gone: Undone, among: Bools | None = None) -> Register:
    """Return all documents but those that were taken back, or those of them that have these item rows."""
    first = np.flatnonzero(columns.origin < 0 if among is None else among & (columns.origin < 0))
    if len(first) == 0:
        return Register(columns, first, first)
    documents = columns.document_id[first]
    starts = np.flatnonzero(np.concatenate(([True], documents[1:] != documents[:-1])))
    amount = np.add.reduceat(columns.amount[first], starts)
    stands = ~gone.among(documents[starts])
    return Register(columns, first[starts][stands], amount[stands])


def _read_numbers(engine: Engine, book: Book) -> Numbers:
    known: Numbers = book.carried.last("numbers") or Numbers(0, np.empty(0, np.int64), pa.array([], pa.string()))
    if known.upto > book.reach.document:
        known = Numbers(0, np.empty(0, np.int64), pa.array([], pa.string()))
    parts = [(known.ids, known.text)]
    with reading(engine) as session:
        for first in range(known.upto + 1, book.reach.document + 1, IDS_AT_ONCE):
            last = min(first + IDS_AT_ONCE - 1, book.reach.document)
            parts.append(_between(session, first, last, joined=is_sqlite(engine)))
    made = Numbers(
        book.reach.document,
        np.concatenate([ids for ids, _ in parts]),
        pa.concat_arrays([texts for _, texts in parts]),
    )
    book.carried.keep("numbers", made)
    return made


def _between(session: Session, first: int, last: int, *, joined: bool) -> tuple[Ints, pa.Array]:
    """Read the numbers of a range of ids, as two texts where nothing speaks against it: no object per row."""
    document = col(Document.id)
    chosen = (document >= first, document <= last, col(Document.kind).in_(NUMBERED))
    in_order = select(document, col(Document.number)).where(*chosen).order_by(document)
    if joined:
        said = in_order.subquery()
        one_row = select(func.group_concat(said.c.id), func.group_concat(said.c.number, SEPARATOR))
        ids, texts = session.execute(one_row).one()
        if ids is None:
            return np.empty(0, np.int64), pa.array([], pa.string())
        numbered, split = np.fromstring(ids, np.int64, sep=","), texts.split(SEPARATOR)
        if len(split) == len(numbered):
            return numbered, pa.array(split, pa.string())
    rows = session.execute(in_order).all()
    return np.array([row[0] for row in rows], np.int64), pa.array([row[1] for row in rows], pa.string())


def _read_undone(engine: Engine, book: Book) -> Undone:
    known: Undone = book.carried.last("undone") or Undone(0, np.empty(0, np.int64))
    if known.upto > book.reach.document:
        known = Undone(0, np.empty(0, np.int64))
    query = select(col(Document.id), col(Document.reverses_id)).where(
        col(Document.reverses_id).is_not(None), col(Document.id) > known.upto, col(Document.id) <= book.reach.document
    )
    with reading(engine) as session:
        ids = [number for row in session.execute(query) for number in row]
    made = Undone(book.reach.document, np.unique(np.concatenate((known.ids, np.array(ids, np.int64)))))
    book.carried.keep("undone", made)
    return made
