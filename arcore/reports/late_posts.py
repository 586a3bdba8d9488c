"""Documents recorded lately that count in a month which was frozen before: posted into a closed period."""

from __future__ import annotations

from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import time
from datetime import timedelta
from typing import NamedTuple

import numpy as np
from sqlalchemy import Engine
from sqlalchemy import and_
from sqlalchemy import or_
from sqlalchemy import select
from sqlmodel import col

from arcore.analytics.columns import Ints
from arcore.company.queries import Close
from arcore.company.queries import closes
from arcore.reports.view import View
from arcore.store.books import Document
from arcore.store.engine import reading


class LatePosts(NamedTuple):
    """Item rows of these documents, those without an amount left out, and the last days of the months they are in."""

    rows: Ints
    months: tuple[date, ...]


def late_posts(engine: Engine, seen: View, first: date) -> LatePosts:
    """Return what was recorded from `first` to the as-of day, both inclusive, and counts in a frozen month.

    Of several frozen months it counts in the earliest it changes. Raises Unavailable.
    """
    begin, end = (datetime.combine(day, time.min, UTC) for day in (first, seen.filters.as_of + timedelta(days=1)))
    frozen = seen.book.remembered("frozen", lambda: _frozen(engine))
    if not frozen:
        return LatePosts(np.empty(0, np.int64), ())
    with reading(engine) as session:
        late = [and_(col(Document.id) > close.document_id, col(Document.effective_on) <= close.day) for close in frozen]
        found = session.execute(
            select(col(Document.id), col(Document.effective_on)).where(
                col(Document.recorded_at) >= begin, col(Document.recorded_at) < end, or_(*late)
            )
        ).all()
    ids = np.array([number for number, _ in found], np.int64)
    rows = np.flatnonzero(np.isin(seen.columns.document_id, ids)) if len(ids) else ids
    rows = rows[seen.columns.amount[rows] != 0]
    rows = rows[seen.mask[rows]] if len(seen.mask) else rows
    shown = set(seen.columns.document_id[rows].tolist())
    months = {
        next(close.day for close in frozen if number > close.document_id and day <= close.day)
        for number, day in found
        if number in shown
    }
    return LatePosts(rows, tuple(sorted(months)))


def _frozen(engine: Engine) -> list[Close]:
    with reading(engine) as session:
        return sorted(closes(session).values(), key=lambda close: close.day)
