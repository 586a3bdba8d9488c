"""Documents as month-end lists them: what each does to a balance, when and by whom it was recorded."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine
from sqlalchemy import exists
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import Session
from sqlmodel import col

from arcore.dates import from_day
from arcore.ledger.kinds import BY_NAME
from arcore.reports.view import View
from arcore.store.books import Document
from arcore.store.engine import reading
from arcore.store.sources import Import
from arcore.store.sources import Source
from arcore.store.sources import SourceWord

MOST = 1000
"""Documents that are listed; the largest."""
CHUNK = 5_000
INTERNAL = ("transfer", "conversion")
"""Documents between our own customers' books, which no ledger has."""

Ids = NDArray[np.int64]


@dataclass(frozen=True)
class Entry:
    """One document; `amount` is its effect in minor units of `currency`, whatever effect the list is about.

    `reverses` says what it takes back, "" for nothing; `import_id` names the import it came in, None for none.
    """

    document_id: int
    document: str
    kind: str
    customer_id: int
    code: str
    name: str
    entity: str
    currency: str
    document_date: date
    effective_on: date
    amount: int
    recorded_at: datetime
    recorded_by: str
    import_id: int | None
    reverses: str


def entries(engine: Engine, seen: View, rows: Ids, effects: Ids) -> tuple[Entry, ...]:
    """Add effects of item rows up by document and return the largest; documents without any effect are left out."""
    columns = seen.columns
    ids, places = np.unique(columns.document_id[rows], return_inverse=True)
    sums = np.zeros(len(ids), np.int64)
    np.add.at(sums, places, effects)
    order = np.lexsort((ids, -np.abs(sums)))
    chosen = [place for place in order[: MOST + (sums == 0).sum()].tolist() if sums[place]][:MOST]
    first = dict(zip(places.tolist(), rows.tolist(), strict=True))
    with reading(engine) as session:
        told = {row.id: row for row in _documents(session, ids[chosen].tolist())}
    return tuple(_entry(seen, first[place], told[int(ids[place])], int(sums[place])) for place in chosen)


def count(seen: View, rows: Ids, effects: Ids) -> int:
    """Return how many documents have an effect."""
    ids, places = np.unique(seen.columns.document_id[rows], return_inverse=True)
    sums = np.zeros(len(ids), np.int64)
    np.add.at(sums, places, effects)
    return int(np.count_nonzero(sums))


def pending_in_source(session: Session, entity: str, currency: str, day: date) -> set[int]:
    """Return documents that people booked by a day and no file has told yet; none where no source is known.

    The reversals that undoing an import writes are not pending: the source knows of neither.
    """
    known = select(col(Import.id)).join(Source, col(Source.id) == col(Import.source_id))
    if (
        session.execute(known.where(col(Source.entity) == entity, col(Import.undone_at).is_(None)).limit(1)).first()
        is None
    ):
        return set()
    undone, taken_back = aliased(Import), aliased(Document)
    query = (
        select(col(Document.id))
        .outerjoin(taken_back, col(taken_back.id) == col(Document.reverses_id))
        .outerjoin(undone, col(undone.id) == col(taken_back.import_id))
        .where(
            col(Document.entity) == entity,
            col(Document.currency) == currency,
            col(Document.effective_on) <= day,
            col(Document.import_id).is_(None),
            col(Document.kind).not_in(INTERNAL),
            or_(col(undone.id).is_(None), col(undone.undone_at).is_(None)),
            ~exists().where(col(SourceWord.document_id) == col(Document.id)),
        )
    )
    return set(session.execute(query).scalars())


def _documents(session: Session, ids: list[int]) -> Iterator[Any]:
    reversed_ = aliased(Document)
    query: Any = select(
        col(Document.id), col(Document.number), col(Document.kind), col(Document.recorded_at),
        col(Document.recorded_by), col(Document.import_id), col(Document.reverses_id),
        col(reversed_.number).label("taken_back"),
    ).outerjoin(reversed_, col(reversed_.id) == col(Document.reverses_id))  # fmt: skip
    for part in _parts(ids):
        yield from session.execute(query.where(col(Document.id).in_(part)))


def _parts(ids: list[int]) -> Iterable[list[int]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]


def _entry(seen: View, row: int, told: Any, amount: int) -> Entry:
    columns, customers = seen.columns, seen.book.around.customers
    who = int(customers.survivor[columns.customer[row]])
    kind = BY_NAME[told.kind].label
    reverses = "" if told.reverses_id is None else told.taken_back or f"{told.kind} {told.reverses_id}"
    return Entry(
        document_id=told.id,
        document=told.number or f"{told.kind} {told.id}",
        kind=f"{kind}, taken back" if reverses else kind,
        customer_id=int(customers.ids[who]),
        code=customers.codes[who],
        name=customers.names[who],
        entity=seen.book.entities[columns.entity[row]],
        currency=seen.currencies[columns.currency[row]],
        document_date=from_day(int(columns.doc_day[row])),
        effective_on=from_day(int(columns.effective[row])),
        amount=amount,
        recorded_at=told.recorded_at,
        recorded_by=told.recorded_by,
        import_id=told.import_id,
        reverses=reverses,
    )
