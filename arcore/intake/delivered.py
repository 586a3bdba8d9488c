"""When things were delivered, as rows of files told it: kept beside the documents that the rows became."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.intake.changes import Plan
from arcore.intake.changes import PlannedFile
from arcore.intake.changes import Ref
from arcore.intake.changes import SourceKey
from arcore.intake.exchange import DOCUMENTS
from arcore.intake.exchange import read_documents
from arcore.intake.record import read_record
from arcore.intake.understood import SALES_KINDS
from arcore.ledger.delivered import not_known
from arcore.ledger.delivered import standing
from arcore.store.sources import Import
from arcore.store.sources import Source
from arcore.store.sources import SourceWord

CHUNK = 500
COLUMN = b"delivered_on"
"""Its name in the exchange pair."""
_Place = tuple[int, str]
"""A source by its id, and the key of a row in it."""


def deliveries_of(
    session: Session, plan: Plan, document_id: Callable[[Ref], int], sources: Mapping[SourceKey, int]
) -> list[tuple[int, date]]:
    """Return what the rows of a plan tell and was not known so: documents and days, to be kept with the import.

    What only imports of other sources told is told again, for they may be undone.
    `document_id` gives the document of a reference of the plan. Rows that the plan says nothing new of are found by
    the last word on them. Raises BadInput.
    """
    told = {(sources[source], key): day for source, key, day in _told(plan.files)}
    if not told:
        return []
    booked = {
        (sources[word.source], word.key): document_id(word.document)
        for word in plan.words
        if word.document is not None and (sources[word.source], word.key) in told
    }
    found = {**_known(session, [place for place in told if place not in booked]), **booked}
    deliveries = {found[place]: day for place, day in told.items() if place in found}
    return not_known(session, deliveries, lasting=_of_the_same(session, plan.files))


def _of_the_same(session: Session, files: Iterable[PlannedFile]) -> set[int]:
    """Return the standing imports of the same sources: none of them can be undone before these files are."""
    homes = {file.source[:2] for file in files}
    rows = session.execute(select(col(Import.id), col(Import.plan)).where(col(Import.undone_at).is_(None)))
    return {number for number, plan in rows if homes & {(file.system, file.entity) for file in read_record(plan).files}}


def told_anew(session: Session, files: Sequence[PlannedFile]) -> int:
    """Return of how many documents that are booked already these files tell another day, or one for the first time."""
    told = list(_told(files))
    if not told:
        return 0
    rows = session.execute(select(Source)).scalars()
    sources = {(row.system, row.entity, row.scope): row.id or 0 for row in rows}
    days = {
        (sources[source.system, source.entity, source.scope], key): day
        for source, key, day in told
        if (source.system, source.entity, source.scope) in sources
    }
    known = _known(session, days)
    standing_days = standing(session, known.values())
    return sum(standing_days.get(number) != days[place] for place, number in known.items())


def _told(files: Iterable[PlannedFile]) -> Iterator[tuple[SourceKey, str, date]]:
    for file in files:
        for row in file.understood.rows:
            if row.delivered_on is not None and row.kind in SALES_KINDS:
                yield file.source, row.key, row.delivered_on
        if file.understood.part == DOCUMENTS and COLUMN in file.understood.content.partition(b"\n")[0]:
            for document in read_documents(file.understood.path, file.understood.content)[0]:
                if document.delivered_on is not None:
                    yield file.source, f"doc:{document.id}", document.delivered_on


def _known(session: Session, places: Iterable[_Place]) -> dict[_Place, int]:
    """Return the document that the last word of a source on a key stands for."""
    by_source: dict[int, list[str]] = {}
    for source, key in places:
        by_source.setdefault(source, []).append(key)
    found: dict[tuple[int, str], int] = {}
    for source, keys in by_source.items():
        for start in range(0, len(keys), CHUNK):
            query = (
                select(col(SourceWord.key), col(SourceWord.document_id))
                .where(col(SourceWord.source_id) == source, col(SourceWord.key).in_(keys[start : start + CHUNK]))
                .order_by(col(SourceWord.id))
            )
            found |= {(source, key): number for key, number in session.execute(query) if number is not None}
    return found
