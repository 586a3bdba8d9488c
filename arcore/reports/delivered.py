"""On which day what documents are about was delivered, for the documents of a view."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sqlalchemy import Engine
from sqlalchemy import select
from sqlmodel import col

from arcore.analytics.columns import Ints
from arcore.analytics.firsts import NEVER
from arcore.dates import to_day
from arcore.ledger.delivered import standing
from arcore.ledger.reposted import posted_again
from arcore.reports.view import View
from arcore.store.books import Document
from arcore.store.delivery import Delivery
from arcore.store.engine import reading


@dataclass(frozen=True, eq=False)
class Delivered:
    """Documents, ids ascending, with the day number of their delivery."""

    document: Ints
    day: Ints

    def of(self, documents: Ints) -> Ints:
        """Return the day of each document, NEVER where nobody told it."""
        if len(self.document) == 0:
            return np.full(len(documents), NEVER, np.int64)
        place = np.minimum(np.searchsorted(self.document, documents), len(self.document) - 1)
        return np.where(self.document[place] == documents, self.day[place], NEVER)


def delivered(engine: Engine, seen: View) -> Delivered:
    """Return what was told of deliveries, as known at the moment of the filters. Raises Unavailable.

    A document that was taken back and posted again keeps the day of the former, unless its own was told.
    """
    key = ("delivered", seen.known_seq)
    found: Delivered = seen.book.remembered(key, lambda: _read(engine, seen.known_seq))
    return found


def _read(engine: Engine, known_seq: int | None) -> Delivered:
    with reading(engine) as session:
        days = standing(session, upto=known_seq)
        gone = session.execute(
            select(col(Document.reverses_id)).join(Delivery, col(Delivery.document_id) == col(Document.reverses_id))
        ).scalars()
        for old, new in posted_again(session, {number for number in gone if number is not None}).items():
            if old in days:
                days.setdefault(new, days[old])
    documents = sorted(days)
    return Delivered(np.array(documents, np.int64), np.array([to_day(days[number]) for number in documents], np.int64))
