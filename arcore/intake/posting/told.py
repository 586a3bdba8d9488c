"""What the sources said since of what was booked here: by which import each line of the posting list is confirmed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from collections.abc import Sequence
from datetime import date
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import Session
from sqlmodel import col

from arcore.intake.holdings import Held
from arcore.intake.holdings import Tie
from arcore.intake.holdings import chunks
from arcore.intake.holdings import hold
from arcore.intake.posting.line import CREDIT_REQUEST
from arcore.intake.posting.line import LABELS
from arcore.intake.posting.line import MATCH
from arcore.intake.posting.line import Line
from arcore.intake.posting.line import id_of
from arcore.intake.posting.requests import credited
from arcore.store.books import Application
from arcore.store.books import Document
from arcore.store.books import Item
from arcore.store.sources import Import
from arcore.store.sources import SourceWord


class _Word(NamedTuple):
    import_id: int
    at: datetime
    day: date
    open_amount: int | None
    present: bool


class Told:
    """What the standing imports said of the documents of the list and of those they are applied to."""

    def __init__(self, session: Session, lines: Sequence[Line]) -> None:
        mine = {id_of(line) for line in lines if line.kind not in LABELS}
        self._targets = _targets_of(session, {id_of(line) for line in lines if line.kind == MATCH})
        self._credited = credited(session, [line for line in lines if line.kind == CREDIT_REQUEST])
        self._held = hold(session, mine | set(self._targets.values()))
        others = {tie.other_id for number in mine if number in self._held for tie in self._held[number].ties}
        self._held |= hold(session, others - self._held.keys())
        self._words = _words(session, self._held.keys())
        self._replaced = _replaced(session, mine)

    def against(self, line: Line) -> tuple[str, ...]:
        """Return the numbers of what a line is applied to."""
        if line.kind in LABELS:
            return line.against
        return tuple(dict.fromkeys(tie.other_number or str(tie.other_id) for tie in self._ties(line)))

    def confirmed(self, line: Line) -> int | None:
        """Return the import that shows that the source has it, None while none does."""
        number = id_of(line)
        if line.kind == CREDIT_REQUEST:
            return self._credited.get(line.subject)
        if line.kind == MATCH:
            return self._follows(self._targets.get(number), line.recorded_at)
        if number in self._replaced:
            return self._replaced[number]
        own = [word.import_id for word in self._words.get(number, ()) if word.at > line.recorded_at]
        if own:
            return own[0]
        if line.takes_back:
            gone = self._held[number].ties
            words = [word for tie in gone for word in self._words.get(tie.other_id, ())]
            return next((w.import_id for w in words if w.at > line.recorded_at and not w.present), None)
        shown = [self._follows(tie.other_id, line.recorded_at) for tie in self._ties(line)]
        numbers = [number for number in shown if number is not None]
        return max(numbers) if shown and len(numbers) == len(shown) else None

    def _ties(self, line: Line) -> list[Tie]:
        held = self._held.get(id_of(line))
        return held.ties if held is not None and held.standing else []

    def _follows(self, document_id: int | None, since: datetime) -> int | None:
        """Return the first later import by which no more of a document is open in the source than here."""
        held = self._held.get(document_id or 0)
        if held is None or not held.items:
            return None
        for word in self._words.get(held.id, ()):
            if word.at > since and (not word.present or _is_down(word, held)):
                return word.import_id
        return None


def _is_down(word: _Word, held: Held) -> bool:
    return word.open_amount is not None and abs(word.open_amount) <= held.open_on(word.day)


def _targets_of(session: Session, application_ids: Collection[int]) -> dict[int, int]:
    """Return what each match is applied to: application → document, a moved one as the document it was."""
    origin = aliased(Item)
    found: dict[int, int] = {}
    for ids in chunks(application_ids):
        rows = session.execute(
            select(col(Application.id), func.coalesce(col(origin.document_id), col(Item.document_id)))
            .join(Item, col(Item.id) == col(Application.to_item_id))
            .outerjoin(origin, col(origin.id) == col(Item.origin_item_id))
            .where(col(Application.id).in_(ids))
        )
        found.update({number: document for number, document in rows})  # noqa: C416
    return found


def _words(session: Session, document_ids: Collection[int]) -> dict[int, list[_Word]]:
    found: dict[int, list[_Word]] = defaultdict(list)
    for ids in chunks(document_ids):
        rows = session.execute(
            select(
                col(SourceWord.document_id), col(SourceWord.import_id), col(Import.at), col(Import.as_of),
                col(SourceWord.open_amount), col(SourceWord.present),
            )
            .join(Import, col(Import.id) == col(SourceWord.import_id))
            .where(col(SourceWord.document_id).in_(ids), col(Import.undone_at).is_(None))
            .order_by(col(SourceWord.id))
        )  # fmt: skip
        for document_id, import_id, at, as_of, open_amount, present in rows:
            found[document_id].append(_Word(import_id, at, as_of or at.date(), open_amount, present))
    return found


def _replaced(session: Session, document_ids: Collection[int]) -> dict[int, int]:
    """Return the documents that an import took back because the source told something else in their place."""
    found: dict[int, int] = {}
    for ids in chunks(document_ids):
        rows = session.execute(
            select(col(Document.reverses_id), col(Document.import_id)).where(
                col(Document.reverses_id).in_(ids), col(Document.import_id).is_not(None)
            )
        )
        found.update({number: by for number, by in rows if number is not None and by is not None})
    return found
