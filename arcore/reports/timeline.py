"""What happened with one customer, newest first: money, talks, reminders, changes of what is known."""

from __future__ import annotations

import json
from calendar import month_abbr
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import time
from datetime import timedelta
from typing import Any
from typing import Literal
from typing import NamedTuple

from sqlalchemy import ColumnElement
from sqlalchemy import Engine
from sqlalchemy import and_
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import Session
from sqlmodel import col

from arcore.customers.queries import with_merged
from arcore.ledger.kinds import BY_NAME
from arcore.ledger.kinds import KindClass
from arcore.reports.book import book
from arcore.reports.cases import cases
from arcore.reports.cases import judged_promises
from arcore.reports.cases import messages
from arcore.reports.moment import Moment
from arcore.reports.moment import Topic
from arcore.store.books import Application
from arcore.store.books import AuditEvent
from arcore.store.books import Document
from arcore.store.books import Item
from arcore.store.customers import Note
from arcore.store.engine import reading

__all__ = ["Moment", "Shown", "Topic", "timeline"]

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
    "credit_limit": "credit limit",
    "insured_limit": "insured limit",
    "max_extension": "longest extension in days",
}
ONE = timedelta(days=1)

Shown = Literal["all", "said", "talks", "money", "messages", "changes"]
TOPICS: Mapping[Shown, tuple[Topic, ...]] = {
    "all": ("money", "talk", "message", "change"),
    "said": ("talk", "message"),
    "talks": ("talk",),
    "money": ("money",),
    "messages": ("message",),
    "changes": ("change",),
}


def timeline(
    engine: Engine,
    customer_id: int,
    *,
    topic: Shown = "all",
    since: date | None = None,
    until: date | None = None,
    text: str = "",
    as_of: date | None = None,
    most: int = 200,
) -> tuple[Moment, ...]:
    """Return the newest entries of a customer and of those merged into it, newest first.

    `since` and `until` (both inclusive) are compared with the day of an entry; each word of `text` has to stand in it,
    a reminder's letter included. Promises are judged kept or broken as of `as_of`; without it they are only told.
    Invoices are not among the entries: they are the open and settled items. Everything that moved or explained them is.
    """
    asked = _Asked(customer_id, TOPICS[topic], since, until, tuple(text.casefold().split()), as_of, most)
    return book(engine).remembered(("timeline", asked), lambda: _timeline(engine, asked))


class _Asked(NamedTuple):
    """What of a customer's timeline to look for."""

    customer_id: int
    topics: tuple[Topic, ...]
    since: date | None
    until: date | None
    words: tuple[str, ...]
    as_of: date | None
    most: int

    @property
    def limit(self) -> int | None:
        """How many entries of a sort to read; all of them when words have to be looked for."""
        return None if self.words else self.most

    def days(self, column: date) -> list[ColumnElement[bool]]:
        """Keep a column of days within the period."""
        found = [] if self.since is None else [col(column) >= self.since]
        return found if self.until is None else [*found, col(column) <= self.until]

    def moments(self, column: datetime) -> list[ColumnElement[bool]]:
        """Keep a column of moments within the period, by their day in UTC."""
        found = [] if self.since is None else [col(column) >= _midnight(self.since)]
        return found if self.until is None else [*found, col(column) < _midnight(self.until + ONE)]

    def fits(self, moment: Moment) -> bool:
        """Tell whether an entry is of the period and says the words."""
        early = self.since is not None and moment.on < self.since
        late = self.until is not None and moment.on > self.until
        return not early and not late and moment.says(self.words)


def _timeline(engine: Engine, asked: _Asked) -> tuple[Moment, ...]:
    found: list[Moment] = []
    letters: list[Moment] = []
    with reading(engine) as session:
        ids = with_merged(session, [asked.customer_id])
        if "money" in asked.topics:
            found += _money(session, ids, asked)
        if "talk" in asked.topics:
            found += [*_notes(session, ids, asked), *cases(session, ids, asked.customer_id)]
        if "message" in asked.topics:
            period = {"since": asked.since, "until": asked.until}
            letters = messages(session, ids, **period, words=asked.words, most=asked.most)
        if "change" in asked.topics:
            found += _changes(session, ids, asked)
        if "talk" in asked.topics and asked.as_of is not None:
            found += judged_promises(session, asked.customer_id, asked.as_of)
    chosen = [*(moment for moment in found if asked.fits(moment)), *letters]
    return tuple(sorted(chosen, key=lambda m: (m.on, m.at), reverse=True)[: asked.most])


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _money(session: Session, ids: list[int], asked: _Asked) -> list[Moment]:
    # An invoice shows when it was taken back; of anything else the first entry says so itself.
    sales = [kind.name for kind in BY_NAME.values() if kind.kind_class is KindClass.SALES]
    taken_back = and_(col(Document.kind).in_(sales), col(Document.reverses_id).is_not(None))
    plain = and_(
        col(Document.kind).not_in(sales),
        or_(col(Document.reverses_id).is_(None), col(Document.kind) == "payment_reversal"),
    )
    documents = session.execute(
        select(Document)
        .where(col(Document.customer_id).in_(ids), or_(plain, taken_back), *asked.days(Document.effective_on))
        .order_by(col(Document.effective_on).desc(), col(Document.id).desc())
        .limit(asked.limit)
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


def _notes(session: Session, ids: list[int], asked: _Asked) -> list[Moment]:
    notes = session.execute(
        select(Note).where(col(Note.customer_id).in_(ids), col(Note.withdrawn_at).is_(None), *asked.moments(Note.at))
    ).scalars()
    return [Moment(n.at.date(), n.at, n.by, "talk", "note", n.text, note_id=n.id) for n in notes]


def _changes(session: Session, ids: list[int], asked: _Asked) -> list[Moment]:
    events = session.execute(
        select(AuditEvent)
        .where(
            col(AuditEvent.subject).in_([f"customer:{number}" for number in ids]),
            col(AuditEvent.verb).in_([*_CHANGES, "set_fact"]),
            *asked.moments(AuditEvent.at),
        )
        .order_by(col(AuditEvent.seq).desc())
        .limit(asked.limit)
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
    sentence = ", ".join(_fact(name, value) for name, value in facts.items())
    return sentence[:1].upper() + sentence[1:]


def _fact(name: str, value: str) -> str:
    if name in LIMITS:
        return f"{_FACTS[name]} changed"
    if name == "hold_until":
        return f"reminders stopped until {_day(value)}" if value else "stop of reminders lifted"
    if name == "policy":
        return "no reminders at all" if value else "reminders as usual"
    if name == "key_account":
        return "key account" if value else "no key account any more"
    return f"{_FACTS.get(name, name.replace('_', ' '))}: {value.replace('_', ' ') or 'none'}"


def _day(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day.day} {month_abbr[day.month]} {day.year}"
