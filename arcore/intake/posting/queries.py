"""The posting list: what people booked here that the source has not, and what became of each of it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import date
from datetime import datetime
from typing import Literal
from typing import NamedTuple
from typing import TypeAlias
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import aliased
from sqlmodel import Session
from sqlmodel import col

from arcore.company.queries import profile_in
from arcore.intake.holdings import Held
from arcore.intake.holdings import Tie
from arcore.intake.holdings import chunks
from arcore.intake.holdings import hold
from arcore.store.books import Application
from arcore.store.books import AuditEvent
from arcore.store.books import Document
from arcore.store.books import Item
from arcore.store.company import CompanySetting
from arcore.store.customers import Customer
from arcore.store.engine import reading
from arcore.store.papers import Posting
from arcore.store.sources import Import
from arcore.store.sources import Source
from arcore.store.sources import SourceWord

Status: TypeAlias = Literal["to_post", "exported", "confirmed"]
STATUSES: tuple[Status, ...] = ("to_post", "exported", "confirmed")
POSTED_KINDS = (
    "invoice", "debit_note", "late_charge", "credit_note", "payment", "refund", "payment_reversal", "write_off",
    "discount",
)  # fmt: skip
"""Kinds of documents that a general ledger wants to know; inferred, moved and converted ones say nothing new."""
MATCH = "match"
BY_FILES = ("import", "undo_import")
"""Verbs of the audit under which files, not people, apply credits."""
SETTING = "posting_days"
DAYS = 7
"""After so many days without a word of the source it is a task, unless the company says otherwise."""


@dataclass(frozen=True)
class Line:
    """One thing to post.

    Attributes:
        subject: "document:12" or "application:5".
        kind: a kind of document, or "match".
        amount: minor units, as the books sign it (+ owed to us); of a match what was moved, positive.
        against: numbers of the documents that it is applied to.
        takes_back: it voids a document that the source has, or that was exported.
        status: to post, exported, or confirmed by `confirmed_by`, an import.
        batch: the export that it went out with, None before.
        days: since it was booked.
    """

    subject: str
    kind: str
    number: str
    customer_id: int
    customer: str
    code: str
    entity: str
    currency: str
    on: date
    amount: int
    against: tuple[str, ...]
    reason: str
    recorded_at: datetime
    recorded_by: str
    takes_back: bool = False
    status: Status = "to_post"
    profile: str = ""
    batch: int | None = None
    exported_at: datetime | None = None
    confirmed_by: int | None = None
    days: int = 0


class Batch(NamedTuple):
    """One export that stands: its number, when, by whom, with which profile, how many lines."""

    number: int
    at: datetime
    by: str
    profile: str
    size: int


class _Word(NamedTuple):
    import_id: int
    at: datetime
    day: date
    open_amount: int | None
    present: bool


def posting_list(engine: Engine, today: date) -> tuple[Line, ...]:
    """Return what people booked since a source began to tell, oldest first; empty without a source. Raises Unavailable.

    A document is confirmed once the source tells it itself, replaces it, or says of everything it is applied to that
    no more is open than here; what was booked and voided here, and never exported, cancels out.
    """
    with reading(engine) as session:
        return read_list(session, today)


def overdue(lines: Iterable[Line], days: int) -> list[Line]:
    """Return what is not confirmed `days` after it was booked: the task."""
    return [line for line in lines if line.status != "confirmed" and line.days >= days]


def days_allowed(engine: Engine) -> int:
    """Return after how many days without confirmation something is a task."""
    with reading(engine) as session:
        value = session.execute(select(col(CompanySetting.value)).where(col(CompanySetting.name) == SETTING)).scalar()
    return DAYS if value is None else int(json.loads(value))


def batches(engine: Engine) -> list[Batch]:
    """Return the exports that stand, the newest first."""
    with reading(engine) as session:
        rows = session.execute(
            select(
                col(Posting.batch), func.max(col(Posting.exported_at)), func.max(col(Posting.exported_by)),
                func.max(col(Posting.profile)), func.count(),
            ).where(col(Posting.withdrawn_at).is_(None)).group_by(col(Posting.batch)).order_by(col(Posting.batch).desc())
        ).all()  # fmt: skip
    return [Batch(*row) for row in rows]


def read_list(session: Session, today: date) -> tuple[Line, ...]:
    """Read the posting list inside a snapshot or a transaction."""
    began = _began(session)
    if not began:
        return ()
    exported = _exported(session)
    lines = _documents(session, began, exported) + _matches(session, began)
    told = _Told(session, lines)
    zone = ZoneInfo(profile_in(session).time_zone)
    found = []
    for line in lines:
        out = exported.get(line.subject)
        done = told.confirmed(line)
        found.append(
            replace(
                line,
                against=told.against(line),
                status="confirmed" if done else "exported" if out else "to_post",
                profile=out.profile if out else "",
                batch=out.batch if out else None,
                exported_at=out.exported_at if out else None,
                confirmed_by=done,
                days=max(0, (today - line.recorded_at.astimezone(zone).date()).days),
            )
        )
    return tuple(sorted(found, key=lambda line: (line.recorded_at, line.subject)))


# --- what people booked -----------------------------------------------------------------------------------------------


def _began(session: Session) -> dict[str, datetime]:
    """Return since when a source tells of each entity."""
    rows = session.execute(
        select(col(Source.entity), func.min(col(Import.at)))
        .join(Import, col(Import.source_id) == col(Source.id))
        .where(col(Import.undone_at).is_(None))
        .group_by(col(Source.entity))
    ).all()
    return {entity: at for entity, at in rows}  # noqa: C416  a row is no plain tuple to the type checker


def _exported(session: Session) -> dict[str, Posting]:
    rows = session.execute(select(Posting).where(col(Posting.withdrawn_at).is_(None)).order_by(col(Posting.id)))
    return {row.subject: row for row in rows.scalars()}


def _documents(session: Session, began: Mapping[str, datetime], exported: Collection[str]) -> list[Line]:
    query = (
        select(Document, col(Customer.name), col(Customer.code))
        .join(Customer, col(Customer.id) == col(Document.customer_id))
        .where(
            col(Document.import_id).is_(None),
            col(Document.kind).in_(POSTED_KINDS),
            col(Document.entity).in_(began),
            col(Document.recorded_at) > min(began.values()),
        )
    )
    undone = _undone(session, began)
    rows = [
        row
        for row in session.execute(query).all()
        if row[0].recorded_at > began[row[0].entity] and row[0].id not in undone
    ]
    mine = {row[0].id for row in rows}
    # Booked and voided here before anybody was told: nothing happened.
    cancelled = {
        number
        for document, _, _ in rows
        if document.reverses_id in mine and f"document:{document.reverses_id}" not in exported
        for number in (document.id, document.reverses_id)
    }
    return [_document(*row) for row in rows if row[0].id not in cancelled]


def _undone(session: Session, began: Mapping[str, datetime]) -> set[int]:
    """Return the voids by which the undo of an import took its own documents back: nobody booked anything."""
    original = aliased(Document)
    return {
        number
        for first, last in _made(session, col(AuditEvent.document_id), min(began.values()), by_files=True)
        for number in session.execute(
            select(col(Document.id))
            .join(original, col(original.id) == col(Document.reverses_id))
            .where(col(Document.id).between(first, last), col(original.import_id).is_not(None))
        ).scalars()
    }


def _document(document: Document, name: str, code: str) -> Line:
    return Line(
        subject=f"document:{document.id}", kind=document.kind, number=document.number,
        customer_id=document.customer_id, customer=name, code=code, entity=document.entity, currency=document.currency,
        on=document.effective_on, amount=document.amount, against=(), reason=document.reason,
        recorded_at=document.recorded_at, recorded_by=document.recorded_by,
        takes_back=document.reverses_id is not None,
    )  # fmt: skip


def _matches(session: Session, began: Mapping[str, datetime]) -> list[Line]:
    """Return what people applied between documents that the source knows both."""
    source, target, back = aliased(Document), aliased(Document), aliased(Application)
    source_item, target_item = aliased(Item), aliased(Item)
    found: list[Line] = []
    for first, last in _made(session, col(AuditEvent.application_id), min(began.values()), by_files=False):
        query = (
            select(Application, source, col(target.number), col(Customer.name), col(Customer.code))
            .join(source_item, col(source_item.id) == col(Application.from_item_id))
            .join(target_item, col(target_item.id) == col(Application.to_item_id))
            .join(source, col(source.id) == col(source_item.document_id))
            .join(target, col(target.id) == col(target_item.document_id))
            .join(Customer, col(Customer.id) == col(Application.customer_id))
            .outerjoin(back, col(back.reverses_id) == col(Application.id))
            .where(col(Application.id).between(first, last), col(Application.reverses_id).is_(None))
            .where(col(back.id).is_(None), col(Application.amount) > 0)
            .where(col(source.import_id).is_not(None), col(target.import_id).is_not(None))
            .where(col(source.kind).in_(POSTED_KINDS), col(target.kind).in_(POSTED_KINDS))
        )
        for application, document, number, name, code in session.execute(query):
            if application.recorded_at > began.get(document.entity, application.recorded_at):
                found.append(_match(application, document, number, name, code))
    return found


def _match(application: Application, document: Document, number: str, name: str, code: str) -> Line:
    return Line(
        subject=f"application:{application.id}", kind=MATCH, number=document.number,
        customer_id=application.customer_id, customer=name, code=code, entity=document.entity,
        currency=document.currency, on=application.effective_on, amount=application.amount, against=(number,),
        reason="", recorded_at=application.recorded_at, recorded_by=application.recorded_by,
    )  # fmt: skip


def _made(session: Session, reached: Mapped[int], since: datetime, *, by_files: bool) -> Iterable[tuple[int, int]]:
    """Yield the first and last id of the rows that files, or else people, made in one go, since a moment."""
    events = select(col(AuditEvent.verb), reached).where(col(AuditEvent.at) >= since).order_by(col(AuditEvent.seq))
    before: int | None = None
    for verb, last in session.execute(events):
        if before is not None and last > before and (verb in BY_FILES) == by_files:
            yield before + 1, last
        before = last


# --- what the source said since ---------------------------------------------------------------------------------------


class _Told:
    """What the standing imports said of the documents of the list and of those they are applied to."""

    def __init__(self, session: Session, lines: Sequence[Line]) -> None:
        mine = {id_of(line) for line in lines if line.kind != MATCH}
        self._targets = _targets_of(session, {id_of(line) for line in lines if line.kind == MATCH})
        self._held = hold(session, mine | set(self._targets.values()))
        others = {tie.other_id for number in mine if number in self._held for tie in self._held[number].ties}
        self._held |= hold(session, others - self._held.keys())
        self._words = _words(session, self._held.keys())
        self._replaced = _replaced(session, mine)

    def against(self, line: Line) -> tuple[str, ...]:
        """Return the numbers of what a line is applied to."""
        if line.kind == MATCH:
            return line.against
        return tuple(dict.fromkeys(tie.other_number or str(tie.other_id) for tie in self._ties(line)))

    def confirmed(self, line: Line) -> int | None:
        """Return the import that shows that the source has it, None while none does."""
        number = id_of(line)
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


def id_of(line: Line) -> int:
    """Return the id of the document or application that a line is about."""
    return int(line.subject.partition(":")[2])


def _targets_of(session: Session, application_ids: Collection[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for ids in chunks(application_ids):
        rows = session.execute(
            select(col(Application.id), col(Item.document_id))
            .join(Item, col(Item.id) == col(Application.to_item_id))
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
