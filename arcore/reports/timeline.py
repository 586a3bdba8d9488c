"""What happened with one customer, newest first: money, talks, changes of what is known."""

from __future__ import annotations

import json
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
from sqlmodel import Session
from sqlmodel import col

from arcore.ledger.kinds import BY_NAME
from arcore.ledger.kinds import KindClass
from arcore.store.books import AuditEvent
from arcore.store.books import Document
from arcore.store.customers import Customer
from arcore.store.customers import Note
from arcore.store.engine import reading

Topic = Literal["money", "talk", "change"]
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
_FACTS = {
    "owner": "Owner",
    "segment": "Segment",
    "terms": "Terms",
    "credit_limit": "Credit limit",
    "insured_limit": "Insured limit",
    "status": "Status",
}


@dataclass(frozen=True)
class Moment:
    """One entry of the timeline.

    Attributes:
        on: the day it counts from (money) or was written down.
        what: one short sentence; names in it are other people's text.
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
    document_id: int | None = None
    note_id: int | None = None
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
            taken_back=document.id in back,
        )
        for document in documents
    ]


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
    return [
        Moment(e.at.date(), e.at, e.actor, "change", e.verb, _change_words(e.verb, json.loads(e.changed)))
        for e in events
    ]


def _change_words(verb: str, changed: Mapping[str, Any]) -> str:
    if verb != "set_fact":
        due = changed.get("due_date")
        return f"{_CHANGES[verb]}: {due}" if due else _CHANGES[verb]
    name = _FACTS.get(str(changed.get("fact")), "Fact")
    if changed.get("fact") in ("credit_limit", "insured_limit"):
        return f"{name} changed from {changed.get('valid_from')}"
    return f"{name}: {changed.get('value') or 'none'} from {changed.get('valid_from')}"
