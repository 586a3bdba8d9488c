"""Documents that were booked here before their source told them: they are recognised, not booked twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import Session
from sqlmodel import col

from arcore.intake.changes import ChangeKind
from arcore.intake.difference import Verdict
from arcore.intake.holdings import chunks
from arcore.intake.parties import Directory
from arcore.intake.told import Told
from arcore.store.books import Document


class Candidate(NamedTuple):
    """A document of the books that its source has not told yet; `by_hand` when a person booked it."""

    id: int
    kind: str
    number: str
    customer: int
    entity: str
    currency: str
    amount: int
    document_date: date
    by_hand: bool


def adopt(verdicts: Sequence[Verdict], candidates: Iterable[Candidate]) -> None:
    """Let new rows stand for documents that are in the books already; each document is taken once.

    By number: customer, currency and amount agree too, and the date unless a person booked it. Without a number on
    either side only what a person booked is taken, when everything else agrees.
    """
    numbered: dict[tuple[object, ...], list[Candidate]] = defaultdict(list)
    dated: dict[tuple[object, ...], list[Candidate]] = defaultdict(list)
    for one in candidates:
        home = (one.kind, one.customer, one.entity, one.currency, one.amount)
        if one.number:
            numbered[*home, one.number.casefold()].append(one)
        if one.by_hand:
            dated[*home, one.document_date].append(one)
    taken: set[int] = set()
    for verdict in verdicts:
        told = verdict.told
        if verdict.ref > 0 or told is None or verdict.taken_back:
            continue
        found = next((c for c in _fitting(told, numbered, dated) if c.id not in taken), None)
        if found is not None:
            taken.add(found.id)
            _recognise(verdict, found)


def _fitting(
    told: Told,
    numbered: dict[tuple[object, ...], list[Candidate]],
    dated: dict[tuple[object, ...], list[Candidate]],
) -> Iterable[Candidate]:
    home = (told.kind, told.customer, told.entity, told.currency, told.amount)
    if told.number:
        for one in numbered.get((*home, told.number.casefold()), ()):
            if one.by_hand or one.document_date == told.document_date:
                yield one
    for one in dated.get((*home, told.document_date), ()):
        if not (told.number and one.number):
            yield one


def _recognise(verdict: Verdict, found: Candidate) -> None:
    verdict.ref = found.id
    verdict.held_here = True
    verdict.why = "Booked here before the source told it"
    if verdict.fall:
        verdict.kind = ChangeKind.PART_PAID if verdict.open_amount else ChangeKind.SETTLED
    else:
        verdict.kind = ChangeKind.UNCHANGED


def read_candidates(
    session: Session, verdicts: Sequence[Verdict], known: Collection[int], directory: Directory
) -> list[Candidate]:
    """Read standing documents that new rows might mean; `known` are those that the sources spoke of."""
    new = [v.told for v in verdicts if v.ref < 0 and v.told is not None and v.told.customer > 0]
    customers = directory.with_merged(told.customer for told in new)
    numbers = sorted({told.number.casefold() for told in new if told.number})
    amounts = sorted({told.amount for told in new})
    mirror = aliased(Document)
    found: dict[int, Candidate] = {}
    for ids in chunks(customers):
        for start in range(0, max(len(numbers), len(amounts)), PART):
            part = slice(start, start + PART)
            query = (
                select(
                    col(Document.id),
                    col(Document.kind),
                    col(Document.number),
                    col(Document.customer_id),
                    col(Document.entity),
                    col(Document.currency),
                    col(Document.amount),
                    col(Document.document_date),
                    col(Document.import_id).is_(None),
                )
                .outerjoin(mirror, col(mirror.reverses_id) == col(Document.id))
                .where(col(mirror.id).is_(None), col(Document.reverses_id).is_(None))
                .where(col(Document.customer_id).in_(ids))
                .where(
                    or_(
                        func.lower(col(Document.number)).in_(numbers[part]),
                        col(Document.import_id).is_(None) & col(Document.amount).in_(amounts[part]),
                    )
                )
            )
            for row in session.execute(query):
                one = Candidate(*row)
                if one.id not in known:
                    found[one.id] = one._replace(customer=directory.survivor(one.customer))
    return [found[number] for number in sorted(found)]


PART = 2000
"""Numbers and amounts in one query, beside the customers."""
