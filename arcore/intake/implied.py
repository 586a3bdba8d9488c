"""Which matches imports made by themselves: those that a late file may tell another way."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.intake.holdings import Held
from arcore.store.books import AuditEvent
from arcore.store.books import Document
from arcore.store.chunks import chunks


class Spans:
    """Which applications imports and their undoing made."""

    def __init__(self, session: Session) -> None:
        """Read how far the applications reached after each import."""
        query = select(col(AuditEvent.verb), col(AuditEvent.application_id)).order_by(col(AuditEvent.seq))
        self._spans: list[tuple[int, int]] = []
        before = 0
        for verb, reached in session.execute(query):
            if verb in ("import", "undo_import") and reached > before:
                self._spans.append((before, reached))
            before = reached

    def hold(self, application_id: int) -> bool:
        """Tell whether an application is one of them."""
        place = bisect_right(self._spans, (application_id - 1, 2**62)) - 1
        return place >= 0 and self._spans[place][0] < application_id <= self._spans[place][1]


def implied(documents: Mapping[int, Held], spans: Spans) -> frozenset[int]:
    """Return the ids of matches in force between these documents that imports made."""
    ties: Sequence[tuple[int, int]] = [
        (tie.other_id, tie.application_id) for one in documents.values() for tie in one.ties if not tie.inferred
    ]
    return frozenset(number for other, number in ties if other in documents and spans.hold(number))


def lapsed(documents: Mapping[int, Held], spans: Spans) -> frozenset[int]:
    """Return the ids of what imports applied and imports ended on a later day: matches, and what they inferred."""
    return frozenset(
        one.application_id
        for held in documents.values()
        for one in held.lapsed
        if one.inferred or (one.other_id in documents and spans.hold(one.application_id) and spans.hold(one.ended_by))
    )


def widowed(session: Session, documents: Mapping[int, Held], spans: Spans) -> frozenset[int]:
    """Return the documents that imports matched for a while with one that was revised or voided since."""
    others = {
        one.other_id: number
        for number, held in documents.items()
        for one in held.lapsed
        if not one.inferred
        and one.other_id not in documents
        and spans.hold(one.application_id)
        and spans.hold(one.ended_by)
    }
    voided = {
        number
        for ids in chunks(others)
        for number in session.execute(
            select(col(Document.reverses_id)).where(col(Document.reverses_id).in_(ids))
        ).scalars()
    }
    return frozenset(others[number] for number in voided if number is not None)
