"""What happened with one customer, newest first: money, talks, changes of what is known."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from typing import Any
from typing import Literal

from sqlalchemy import Engine
from sqlalchemy import and_
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import Session
from sqlmodel import col

from arcore.ledger.kinds import BY_NAME
from arcore.ledger.kinds import KindClass
from arcore.store.books import Application
from arcore.store.books import AuditEvent
from arcore.store.books import Document
from arcore.store.books import Item
from arcore.store.customers import Customer
from arcore.store.customers import Note
from arcore.store.engine import reading

Topic = Literal["money", "talk", "change"]
MATCHED = ("payment", "credit_note")
"""Kinds whose entry says what they are applied to."""
LIMITS = ("credit_limit", "insured_limit")
_CHANGES = {
    "create_customer": "Customer created",
    "change_customer": "Details changed",
    "save_contact": "Contact saved",
    "remove_contact": "Contact removed",
    "set_parent": "Family changed",
    "merge_customer": "Merged with another customer",
    "redate": "New due date agreed",
    "move_back": "Agreed due date cancelled",
    "apply": "Credit applied",
    "unapply": "Match taken back",
}
_DUE_DATES = ("redate", "move_back")
_FACTS = {
    "owner": "owner",
    "segment": "segment",
    "terms": "terms",
    "credit_limit": "credit limit",
    "insured_limit": "insured limit",
    "status": "status",
}


@dataclass(frozen=True)
class Moment:
    """One entry of the timeline.

    Attributes:
        on: the day it counts from (money) or was written down.
        what: one short sentence; names in it are other people's text.
        day: a day that belongs to what changed: from when it holds, or a new due date.
        matched: numbers of the documents that a payment or credit note is applied to.
        amount: minor units of `currency`, signed; None where no money moved.
        document_id, note_id: what it leads to.
    """

    on: date
    at: datetime
    by: str
    topic: Topic
    kind: str
    what: str
    amount: int | None = None
    currency: str = ""
    day: date | None = None
    document_id: int | None = None
    note_id: int | None = None
    matched: tuple[str, ...] = ()
    taken_back: bool = False


def timeline(engine: Engine, customer_id: int, *, most: int = 200) -> tuple[Moment, ...]:
    """Return the newest entries of a customer and of those merged into it.

    Invoices are not among them: they are the open and settled items. Everything that moved or explained them is.
    """
    with reading(engine) as session:
        merged = select(col(Customer.id)).where(col(Customer.merged_into_id) == customer_id)
        ids = [customer_id, *session.execute(merged).scalars()]
        found = [*_money(session, ids, most), *_talks(session, ids), *_changes(session, ids, most)]
    return tuple(sorted(found, key=lambda m: (m.on, m.at), reverse=True)[:most])


def _money(session: Session, ids: list[int], most: int) -> list[Moment]:
    # An invoice shows when it was taken back; of anything else the first entry says so itself.
    sales = [kind.name for kind in BY_NAME.values() if kind.kind_class is KindClass.SALES]
    taken_back = and_(col(Document.kind).in_(sales), col(Document.reverses_id).is_not(None))
    plain = and_(
        col(Document.kind).not_in(sales),
        or_(col(Document.reverses_id).is_(None), col(Document.kind) == "payment_reversal"),
    )
    documents = session.execute(
        select(Document)
        .where(col(Document.customer_id).in_(ids), or_(plain, taken_back))
        .order_by(col(Document.effective_on).desc(), col(Document.id).desc())
        .limit(most)
    ).scalars().all()  # fmt: skip
    back = set(
        session.execute(
            select(col(Document.reverses_id)).where(col(Document.reverses_id).in_([d.id for d in documents]))
        ).scalars()
    )
    matched = _matched(session, [d.id for d in documents if d.kind in MATCHED])
    return [
        Moment(
            on=document.effective_on,
            at=document.recorded_at,
            by=document.recorded_by,
            topic="money",
            kind=document.kind,
            what=_money_words(document),
            amount=document.amount,
            currency=document.currency,
            document_id=document.id,
            matched=tuple(matched.get(document.id, ())),
            taken_back=document.id in back,
        )
        for document in documents
    ]


def _matched(session: Session, documents: list[int]) -> dict[int, list[str]]:
    """Return the numbers of what payments and credit notes stand applied to."""
    source, target, back = aliased(Item), aliased(Item), aliased(Application)
    rows = session.execute(
        select(col(source.document_id), col(Document.number), col(Document.id))
        .join(Application, col(Application.from_item_id) == col(source.id))
        .join(target, col(target.id) == col(Application.to_item_id))
        .join(Document, col(Document.id) == col(target.document_id))
        .outerjoin(back, col(back.reverses_id) == col(Application.id))
        .where(
            col(source.document_id).in_(documents),
            col(target.document_id) != col(source.document_id),
            col(Application.reverses_id).is_(None),
            col(back.id).is_(None),
        )
        .distinct()
        .order_by(col(Document.id))
    )
    found: dict[int, list[str]] = defaultdict(list)
    for number, name, other in rows:
        found[number].append(name or str(other))
    return found


def _money_words(document: Document) -> str:
    label = BY_NAME[document.kind].label
    if document.reverses_id is not None and document.kind != "payment_reversal":
        return f"{label} {document.number} taken back".replace("  ", " ")
    reason = f": {document.reason.replace('_', ' ')}" if document.reason else ""
    return f"{label} {document.number}".strip() + reason


def _talks(session: Session, ids: list[int]) -> list[Moment]:
    notes = session.execute(
        select(Note).where(col(Note.customer_id).in_(ids), col(Note.withdrawn_at).is_(None))
    ).scalars()
    return [Moment(n.at.date(), n.at, n.by, "talk", "note", n.text, note_id=n.id) for n in notes]


def _changes(session: Session, ids: list[int], most: int) -> list[Moment]:
    events = session.execute(
        select(AuditEvent)
        .where(
            col(AuditEvent.subject).in_([f"customer:{number}" for number in ids]),
            col(AuditEvent.verb).in_([*_CHANGES, "set_fact"]),
        )
        .order_by(col(AuditEvent.seq).desc())
        .limit(most)
    ).scalars()
    read = [(event, json.loads(event.changed)) for event in events]
    items = _documents_of(session, {changed["item"] for event, changed in read if event.verb in _DUE_DATES})
    return [_change(event, changed, items.get(changed.get("item"))) for event, changed in read]


def _documents_of(session: Session, items: set[int]) -> dict[int | None, tuple[int, str]]:
    """Return id and number of the documents that items stand under."""
    rows = session.execute(
        select(col(Item.id), col(Document.id), col(Document.number))
        .join(Document, col(Document.id) == col(Item.document_id))
        .where(col(Item.id).in_(items))
    )
    return {item: (document, number) for item, document, number in rows}


def _change(event: AuditEvent, changed: Mapping[str, Any], about: tuple[int, str] | None) -> Moment:
    words, day = _CHANGES.get(event.verb, ""), changed.get("due_date")
    if event.verb == "set_fact":
        words, day = _fact_words({str(changed.get("fact")): str(changed.get("value") or "")}), changed.get("valid_from")
    elif event.verb == "change_customer" and (facts := changed.get("facts")):
        fields = [f"{name.replace('_', ' ')} changed" for name in changed.get("fields", ())]
        words, day = ", ".join([_fact_words(facts), *fields]), changed.get("valid_from")
    if about is not None:
        words = f"{words} for {about[1] or about[0]}"
    return Moment(
        event.at.date(), event.at, event.actor, "change", event.verb, words,
        day=date.fromisoformat(day) if day else None, document_id=about[0] if about else None,
    )  # fmt: skip


def _fact_words(facts: Mapping[str, str]) -> str:
    """Say what holds now; limits only that they changed: they are kept without their currency."""
    words = [
        f"{_FACTS.get(name, 'fact')} changed" if name in LIMITS else f"{_FACTS.get(name, 'fact')}: {value or 'none'}"
        for name, value in facts.items()
    ]
    sentence = ", ".join(words)
    return sentence[:1].upper() + sentence[1:]
