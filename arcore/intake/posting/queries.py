"""The posting list: what people booked here that the source has not, and what became of each of it."""

from __future__ import annotations

import json
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement
from sqlalchemy import Engine
from sqlalchemy import Select
from sqlalchemy import and_
from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import aliased
from sqlmodel import Session
from sqlmodel import col

from arcore.company.queries import profile_in
from arcore.intake.posting.line import CREDIT_REQUEST
from arcore.intake.posting.line import MATCH
from arcore.intake.posting.line import STATUSES
from arcore.intake.posting.line import Line
from arcore.intake.posting.line import Status
from arcore.intake.posting.line import id_of
from arcore.intake.posting.requests import requests
from arcore.intake.posting.told import Told
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

__all__ = [
    "BY_FILES",
    "CREDIT_REQUEST",
    "DAYS",
    "MATCH",
    "SETTING",
    "STATUSES",
    "Batch",
    "Line",
    "Status",
    "batches",
    "days_allowed",
    "id_of",
    "overdue",
    "posting_list",
    "read_list",
]
POSTED_KINDS = (
    "invoice", "debit_note", "late_charge", "credit_note", "payment", "refund", "payment_reversal", "write_off",
    "discount",
)  # fmt: skip
"""Kinds of documents that a general ledger wants to know; inferred, moved and converted ones say nothing new."""
MOVED = ("transfer", "conversion")
"""They carry a document on at another customer or in another currency: no line of their own, their matches are."""
BY_FILES = ("import", "undo_import")
"""Verbs of the audit under which files, not people, apply credits."""
SETTING = "posting_days"
DAYS = 7
"""After so many days without a word of the source it is a task, unless the company says otherwise."""


class Batch(NamedTuple):
    """One export that stands: its number, when, by whom, with which profile, how many lines, and the file's name."""

    number: int
    at: datetime
    by: str
    profile: str
    size: int
    file: str = ""


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
        events = select(col(AuditEvent.seq), col(AuditEvent.changed)).where(
            col(AuditEvent.seq).in_([r[0] for r in rows])
        )
        said = {seq: json.loads(changed) for seq, changed in session.execute(events)}
    return [
        Batch(number, at, by, profile, size, said.get(number, {}).get("file", ""))
        for number, at, by, profile, size in rows
    ]


def read_list(session: Session, today: date) -> tuple[Line, ...]:
    """Read the posting list inside a snapshot or a transaction."""
    began = _began(session)
    if not began:
        return ()
    exported = _exported(session)
    lines = _documents(session, began, exported) + _matches(session, began) + requests(session, began)
    told = Told(session, lines)
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
    found: list[Line] = []
    for first, last in _made(session, col(AuditEvent.application_id), min(began.values()), by_files=False):
        for application, document, number, against, name, code in session.execute(_applied(first, last)):
            if application.recorded_at > began.get(document.entity, application.recorded_at):
                found.append(_match(application, document, number, against, name, code))
    return found


def _applied(first: int, last: int) -> Select[Application, Document, str, str, str, str]:
    """Select standing applications between documents of files, also where one of them was moved meanwhile."""
    source, target, back = aliased(Document), aliased(Document), aliased(Application)
    source_item, target_item = aliased(Item), aliased(Item)
    source_origin, target_origin, moved, moved_to = aliased(Item), aliased(Item), aliased(Document), aliased(Document)

    def told(document: type[Document], origin: type[Document]) -> ColumnElement[bool]:
        itself = and_(col(document.import_id).is_not(None), col(document.kind).in_(POSTED_KINDS))
        carried = and_(col(document.kind).in_(MOVED), col(origin.import_id).is_not(None))
        return or_(itself, and_(carried, col(origin.kind).in_(POSTED_KINDS)))

    return (
        select(
            Application, source, func.coalesce(col(moved.number), col(source.number)),
            func.coalesce(col(moved_to.number), col(target.number)), col(Customer.name), col(Customer.code),
        )
        .join(source_item, col(source_item.id) == col(Application.from_item_id))
        .join(target_item, col(target_item.id) == col(Application.to_item_id))
        .join(source, col(source.id) == col(source_item.document_id))
        .join(target, col(target.id) == col(target_item.document_id))
        .outerjoin(source_origin, col(source_origin.id) == col(source_item.origin_item_id))
        .outerjoin(target_origin, col(target_origin.id) == col(target_item.origin_item_id))
        .outerjoin(moved, col(moved.id) == col(source_origin.document_id))
        .outerjoin(moved_to, col(moved_to.id) == col(target_origin.document_id))
        .join(Customer, col(Customer.id) == col(Application.customer_id))
        .outerjoin(back, col(back.reverses_id) == col(Application.id))
        .where(col(Application.id).between(first, last), col(Application.reverses_id).is_(None))
        .where(col(back.id).is_(None), col(Application.amount) > 0, col(source.id) != col(target.id))
        # What only closes the document that was moved is no match.
        .where(or_(col(moved_to.id).is_(None), col(moved_to.id) != col(source.id)))
        .where(or_(col(moved.id).is_(None), col(moved.id) != col(target.id)))
        .where(told(source, moved), told(target, moved_to))
    )  # fmt: skip


def _match(application: Application, document: Document, number: str, against: str, name: str, code: str) -> Line:
    return Line(
        subject=f"application:{application.id}", kind=MATCH, number=number,
        customer_id=application.customer_id, customer=name, code=code, entity=document.entity,
        currency=document.currency, on=application.effective_on, amount=application.amount, against=(against,),
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
