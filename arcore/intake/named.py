"""What was said and agreed about documents: messages, promises, plans, disputes, papers that name them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from datetime import date
from datetime import datetime
from typing import Literal
from typing import NamedTuple
from typing import TypeAlias

from sqlalchemy import func
from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.intake.holdings import chunks
from arcore.ledger.reposted import posted_again
from arcore.store.arrangements import Plan
from arcore.store.arrangements import PlanItem
from arcore.store.arrangements import Promise
from arcore.store.arrangements import PromiseDocument
from arcore.store.books import Document
from arcore.store.contact import Dispute
from arcore.store.customers import Customer
from arcore.store.messages import Message
from arcore.store.messages import MessageItem
from arcore.store.papers import Attachment

Case: TypeAlias = Literal["promise", "plan", "dispute"]
LEFT = ("prepared", "sent", "unknown")
"""States of a message that may have reached the customer."""


class Sent(NamedTuple):
    """A message that left and names documents that go; `asked` is what it asked for them, by currency."""

    message_id: int
    customer: str
    to: str
    at: datetime
    step: int
    documents: tuple[str, ...]
    asked: Mapping[str, int]


class Agreed(NamedTuple):
    """A promise, plan or dispute in force about documents that go; `amount` is all of it, positive."""

    what: Case
    id: int
    customer: str
    currency: str
    amount: int
    on: date
    documents: tuple[str, ...]


def named(session: Session, gone: Collection[int], last: int) -> dict[int, str]:
    """Return the documents that are gone, versions up to the id `last` too: id → number. One posted again is not."""
    left = set(gone) - posted_again(session, gone).keys()
    found: dict[int, str] = {}
    for ids in chunks(left):
        mine = list(
            session.execute(
                select(
                    col(Document.id), col(Document.number), col(Document.kind), col(Document.customer_id),
                    col(Document.entity), col(Document.currency),
                ).where(col(Document.id).in_(ids))
            )
        )  # fmt: skip
        found.update({row[0]: row[1] or str(row[0]) for row in mine})
        keys = {tuple(row[1:]) for row in mine if row[1]}
        query = select(
            col(Document.id), col(Document.number), col(Document.kind), col(Document.customer_id),
            col(Document.entity), col(Document.currency),
        ).where(
            col(Document.number).in_(sorted({key[0] for key in keys})),
            col(Document.id) <= last,
        )  # fmt: skip
        found.update({row[0]: row[1] for row in session.execute(query) if tuple(row[1:]) in keys})
    return found


def sent(session: Session, named: Mapping[int, str]) -> tuple[Sent, ...]:
    """Return the messages that may have reached a customer and name the documents, the newest first."""
    asked: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    numbers: dict[int, dict[str, None]] = defaultdict(dict)
    for ids in chunks(named):
        query = (
            select(
                col(MessageItem.message_id), col(MessageItem.document_id), col(MessageItem.currency),
                col(MessageItem.claimed),
            )
            .join(Message, col(Message.id) == col(MessageItem.message_id))
            .where(col(MessageItem.document_id).in_(ids), col(Message.state).in_(LEFT))
            .order_by(col(MessageItem.id))
        )  # fmt: skip
        for message, document, currency, claimed in session.execute(query):
            asked[message][currency] += claimed
            numbers[message][named[document]] = None
    found: list[Sent] = []
    for ids in chunks(asked):
        messages = select(
            col(Message.id), col(Customer.name), col(Message.recipients), col(Message.prepared_at), col(Message.step)
        ).join(Customer, col(Customer.id) == col(Message.customer_id))
        for number, name, to, at, step in session.execute(messages.where(col(Message.id).in_(ids))):
            people = ", ".join(json.loads(to))
            found.append(Sent(number, name, people, at, step, tuple(numbers[number]), dict(asked[number])))
    return tuple(sorted(found, key=lambda one: (one.at, one.message_id), reverse=True))


def agreed(session: Session, named: Mapping[int, str], gone: Collection[int]) -> tuple[Agreed, ...]:
    """Return the promises, plans and disputes in force about the documents; plans about every one that is `gone`."""
    return tuple(sorted((*_promises(session, named), *_plans(session, gone), *_disputes(session, named))))


def _promises(session: Session, named: Mapping[int, str]) -> Iterable[Agreed]:
    about: dict[int, list[str]] = defaultdict(list)
    for ids in chunks(named):
        query = select(col(PromiseDocument.promise_id), col(PromiseDocument.document_id))
        query = query.where(col(PromiseDocument.document_id).in_(ids)).order_by(col(PromiseDocument.document_id))
        for promise, document in session.execute(query):
            about[promise].append(named[document])
    for ids in chunks(about):
        rows = select(Promise, col(Customer.name)).join(Customer, col(Customer.id) == col(Promise.customer_id))
        rows = rows.where(col(Promise.id).in_(ids), col(Promise.withdrawn_at).is_(None))
        for p, name in session.execute(rows):
            number = int(p.id or 0)
            yield Agreed("promise", number, name, p.currency, p.amount, p.due_on, tuple(about[number]))


def _plans(session: Session, gone: Collection[int]) -> Iterable[Agreed]:
    """Yield active plans about what was taken back: they ended on the old rows even where one is posted again."""
    about: dict[int, dict[str, None]] = defaultdict(dict)
    for ids in chunks(gone):
        query = (
            select(col(PlanItem.plan_id), col(PlanItem.document_id), col(Document.number))
            .join(Document, col(Document.id) == col(PlanItem.document_id))
            .where(col(PlanItem.document_id).in_(ids))
            .order_by(col(PlanItem.item_id))
        )
        for plan, document, number in session.execute(query):
            about[plan][number or str(document)] = None
    for ids in chunks(about):
        rows = select(Plan, col(Customer.name)).join(Customer, col(Customer.id) == col(Plan.customer_id))
        for p, name in session.execute(rows.where(col(Plan.id).in_(ids), col(Plan.state) == "active")):
            number = int(p.id or 0)
            yield Agreed("plan", number, name, p.currency, p.total, p.agreed_on, tuple(about[number]))


def _disputes(session: Session, named: Mapping[int, str]) -> Iterable[Agreed]:
    for ids in chunks(named):
        rows = select(Dispute, col(Customer.name)).join(Customer, col(Customer.id) == col(Dispute.customer_id))
        rows = rows.where(col(Dispute.document_id).in_(ids), col(Dispute.closed_at).is_(None))
        for d, name in session.execute(rows):
            yield Agreed("dispute", int(d.id or 0), name, d.currency, d.amount, d.opened_on, (named[d.document_id],))


def papers(session: Session, named: Mapping[int, str]) -> int:
    """Count the papers of the documents."""
    count = 0
    for ids in chunks(named):
        query = select(func.count()).where(col(Attachment.document_id).in_(ids), col(Attachment.removed_at).is_(None))
        count += int(session.execute(query).scalar_one())
    return count
