"""On which day we learnt of each document: from the audit trail, which says how far the books reached after it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sqlalchemy import Engine
from sqlalchemy import select
from sqlmodel import col

from arcore.analytics.columns import Days
from arcore.analytics.columns import Ints
from arcore.dates import to_day
from arcore.reports.book import Book
from arcore.store.books import AuditEvent
from arcore.store.engine import reading


@dataclass(frozen=True, eq=False)
class Recorded:
    """Events that added documents, in their order.

    Attributes:
        seq: the last audit event that was read.
        upto: the last document id after each.
        day: the day number (UTC) of each.
    """

    seq: int
    upto: Ints
    day: Days

    @property
    def first(self) -> int | None:
        """The first day on which anything was recorded."""
        return int(self.day[0]) if len(self.day) else None

    def of(self, document_ids: Ints) -> Days:
        """Return the day on which documents were recorded."""
        return self.day[np.minimum(np.searchsorted(self.upto, document_ids), len(self.day) - 1)]


def recorded(engine: Engine, book: Book) -> Recorded:
    """Return the days of all documents of a version of the books, read on from what is known. Raises Unavailable."""
    return book.remembered("recorded", lambda: _read_on(engine, book))


def _read_on(engine: Engine, book: Book) -> Recorded:
    known: Recorded = book.carried.last("recorded") or Recorded(0, np.empty(0, np.int64), np.empty(0, np.int32))
    query = (
        select(col(AuditEvent.document_id), col(AuditEvent.at))
        .where(col(AuditEvent.seq) > known.seq, col(AuditEvent.seq) <= book.seq)
        .order_by(col(AuditEvent.seq))
    )
    with reading(engine) as session:
        rows = session.execute(query).all()
    last = int(known.upto[-1]) if len(known.upto) else 0
    upto, day = [], []
    for document_id, at in rows:
        if document_id > last:
            upto.append(document_id)
            day.append(to_day(at.date()))
            last = document_id
    made = Recorded(
        book.seq,
        np.concatenate((known.upto, np.array(upto, np.int64))),
        np.concatenate((known.day, np.array(day, np.int32))),
    )
    book.carried.keep("recorded", made)
    return made
