"""What is in dispute, on any day."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import Engine
from sqlalchemy import Select
from sqlalchemy import and_
from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.customers.queries import survivors
from arcore.customers.queries import with_merged
from arcore.disputes.rules import MISTAKE
from arcore.disputes.rules import OUTCOMES
from arcore.disputes.rules import REASONS
from arcore.disputes.rules import Part
from arcore.disputes.rules import spread
from arcore.ledger.kinds import BY_NAME
from arcore.ledger.kinds import DEBIT
from arcore.ledger.reposted import posted_again
from arcore.store.books import Application
from arcore.store.books import Document
from arcore.store.books import Item
from arcore.store.chunks import chunks
from arcore.store.contact import CaseEvent
from arcore.store.contact import Dispute
from arcore.store.customers import Customer
from arcore.store.engine import reading

__all__ = [
    "REASONS",
    "Change",
    "DisputeRow",
    "Part",
    "dispute",
    "disputed",
    "disputed_now",
    "disputes",
    "disputes_in",
    "open_now",
    "spread",
]


@dataclass(frozen=True)
class DisputeRow:
    """One dispute as of a day; amounts in minor units of `currency`.

    Attributes:
        customer_id, code, name: the customer, for a merged one the one it lives on in.
        document_id, document: what is contested, its number, or kind and id where there is none.
        amount: what is contested, whatever is open.
        open: what is open of the document on the day.
        days: whole days it has been open on the day; to its end, for a closed one.
        late: days past the day it was to be settled by, 0 when there is none or it is to come.
        state: open or closed on the day, or withdrawn when it was recorded by mistake.
        reason_words, outcome_words: the same for people.
    """

    dispute_id: int
    customer_id: int
    code: str
    name: str
    document_id: int
    document: str
    entity: str
    currency: str
    amount: int
    open: int
    reason: str
    reason_words: str
    owner: str
    due_on: date | None
    note: str
    opened_on: date
    opened_at: datetime
    opened_by: str
    closed_on: date | None
    closed_at: datetime | None
    closed_by: str
    outcome: str
    outcome_words: str
    state: str
    days: int
    late: int

    @property
    def counts(self) -> int:
        """What it takes out of what is asked for: the amount, at most what is open; nothing once closed."""
        return min(self.amount, max(self.open, 0)) if self.state == "open" else 0


@dataclass(frozen=True)
class Change:
    """One entry in the history of a dispute: `what` holds names and figures as they stood after it."""

    at: datetime
    by: str
    verb: str
    what: Mapping[str, Any]


def disputed(
    session: Session,
    as_of: date,
    customer_ids: Sequence[int] | None = None,
    *,
    known_at: datetime | None = None,
) -> dict[int, int]:
    """Return document → minor units in dispute at the end of a day, not capped at what is open.

    A dispute counts from `opened_on` (inclusive) to `closed_on` (exclusive), and follows a document that was taken back
    and posted again. `customer_ids` brings those merged into them along. As known at a moment, disputes recorded later
    are left out and ends recorded later have not happened.
    """
    rows = [
        row
        for where in _of_customers(session, customer_ids)
        for row in session.execute(
            select(col(Dispute.document_id), col(Dispute.amount)).where(_counts_on(as_of, known_at), *where)
        )
    ]
    if not rows:
        return {}
    again = posted_again(session, {row.document_id for row in rows})
    found: dict[int, int] = defaultdict(int)
    for document_id, amount in rows:
        found[again.get(document_id, document_id)] += amount
    return dict(found)


def disputes(
    engine: Engine, as_of: date, *, customer_id: int | None = None, open_only: bool = True
) -> tuple[DisputeRow, ...]:
    """Return the disputes of a day, oldest first; not `open_only` also what was closed or withdrawn by then."""
    with reading(engine) as session:
        rows = disputes_in(session, as_of, customer_ids=None if customer_id is None else [customer_id])
    return tuple(row for row in rows if row.state == "open" or not open_only)


def disputes_in(
    session: Session, as_of: date, *, customer_ids: Sequence[int] | None = None, since: date | None = None
) -> tuple[DisputeRow, ...]:
    """Return every dispute opened by a day (from `since` on), oldest first, as it stands at the end of that day."""
    found: list[Dispute] = []
    opened = (col(Dispute.opened_on) <= as_of, *([] if since is None else [col(Dispute.opened_on) >= since]))
    for where in _of_customers(session, customer_ids):
        found += session.execute(select(Dispute).where(*opened, *where)).scalars()
    if not found:
        return ()
    again = posted_again(session, {d.document_id for d in found})
    standing = {d.id: again.get(d.document_id, d.document_id) for d in found}
    documents = set(standing.values())
    open_ = open_now(session, documents, on=as_of)
    labels = _labels(session, documents)
    merged = survivors(session)
    owners = {d.id: merged.get(d.customer_id, d.customer_id) for d in found}
    names = _names(session, set(owners.values()))
    rows = []
    for one in found:
        who, document = owners[one.id], standing[one.id]
        rows.append(_row(one, as_of, who, names[who], document, labels[document], open_.get(document, 0)))
    return tuple(sorted(rows, key=lambda row: (row.opened_on, row.dispute_id)))


def dispute(engine: Engine, dispute_id: int, as_of: date) -> tuple[DisputeRow | None, tuple[Change, ...]]:
    """Return one dispute as of a day, and its history oldest first."""
    with reading(engine) as session:
        row = session.get(Dispute, dispute_id)
        if row is None:
            return None, ()
        customer_id = survivors(session).get(row.customer_id, row.customer_id)
        rows = disputes_in(session, max(as_of, row.opened_on), customer_ids=[customer_id])
        events = session.execute(
            select(CaseEvent)
            .where(col(CaseEvent.subject) == "dispute", col(CaseEvent.subject_id) == dispute_id)
            .order_by(col(CaseEvent.id))
        ).scalars()
        changes = tuple(Change(event.at, event.by, event.verb, json.loads(event.what)) for event in events)
    return next((found for found in rows if found.dispute_id == dispute_id), None), changes


def disputed_now(session: Session, document_id: int, customer_id: int, *, but: int | None = None) -> int:
    """Return what stands in dispute of a customer's document, whatever the day; `but` leaves one dispute out."""
    rows = session.execute(
        select(col(Dispute.id), col(Dispute.document_id), col(Dispute.amount)).where(
            col(Dispute.customer_id).in_(with_merged(session, [customer_id])), col(Dispute.closed_at).is_(None)
        )
    ).all()
    again = posted_again(session, {row.document_id for row in rows})
    return sum(
        row.amount for row in rows if row.id != but and again.get(row.document_id, row.document_id) == document_id
    )


def open_now(session: Session, document_ids: Iterable[int], *, on: date | None = None) -> dict[int, int]:
    """Return what is open of documents' debit items (minor units), after every move or at the end of a day."""
    found: dict[int, int] = {}
    for ids in chunks(document_ids):
        for sign, query in _movements(ids, on):
            for number, units in session.execute(query):
                found[number] = found.get(number, 0) + sign * int(units)
    return found


def _movements(documents: Sequence[int], on: date | None) -> Iterator[tuple[int, Select[int, int]]]:
    """Give the three sums that make a balance, by document, each with its sign: amounts, applied to, applied from."""
    debits = (col(Item.document_id).in_(documents), col(Item.side) == DEBIT)
    begun = () if on is None else (col(Item.effective_on) <= on,)
    counted = () if on is None else (col(Application.effective_on) <= on,)
    document = col(Item.document_id)
    yield 1, select(document, func.sum(col(Item.amount))).where(*debits, *begun).group_by(document)
    for sign, end in ((-1, Application.to_item_id), (1, Application.from_item_id)):
        yield (
            sign,
            (
                select(document, func.sum(col(Application.amount)))
                .join(Application, col(end) == col(Item.id))
                .where(*debits, *counted)
                .group_by(document)
            ),
        )


def _counts_on(as_of: date, known_at: datetime | None) -> ColumnElement[bool]:
    """Tell whether a dispute counts on a day; one recorded by mistake ends on its first day and never does."""
    standing = or_(col(Dispute.closed_on).is_(None), col(Dispute.closed_on) > as_of)
    if known_at is None:
        return and_(col(Dispute.opened_on) <= as_of, standing)
    return and_(
        col(Dispute.opened_on) <= as_of,
        col(Dispute.opened_at) <= known_at,
        or_(standing, col(Dispute.closed_at) > known_at),
    )


def _of_customers(session: Session, customer_ids: Sequence[int] | None) -> Iterator[tuple[ColumnElement[bool], ...]]:
    """Give the conditions of as many queries as it takes to ask for these customers and those merged into them."""
    if customer_ids is None:
        yield ()
        return
    for ids in chunks(with_merged(session, customer_ids)):
        yield (col(Dispute.customer_id).in_(ids),)


def _labels(session: Session, document_ids: Iterable[int]) -> dict[int, str]:
    found = {}
    for ids in chunks(document_ids):
        rows = session.execute(
            select(col(Document.id), col(Document.number), col(Document.kind)).where(col(Document.id).in_(ids))
        )
        found.update({number: name or f"{BY_NAME[kind].label} {number}" for number, name, kind in rows})
    return found


def _names(session: Session, customer_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    found = {}
    for ids in chunks(customer_ids):
        rows = session.execute(
            select(col(Customer.id), col(Customer.code), col(Customer.name)).where(col(Customer.id).in_(ids))
        )
        found.update({number: (code, name) for number, code, name in rows})
    return found


def _row(
    d: Dispute, as_of: date, customer_id: int, who: tuple[str, str], document_id: int, document: str, open_: int
) -> DisputeRow:
    ended = d.closed_on is not None and d.closed_on <= as_of
    state = "withdrawn" if d.outcome == MISTAKE else "closed" if ended else "open"
    last = d.closed_on if ended and d.closed_on is not None else as_of
    return DisputeRow(
        dispute_id=int(d.id or 0),
        customer_id=customer_id,
        code=who[0],
        name=who[1],
        document_id=document_id,
        document=document,
        entity=d.entity,
        currency=d.currency,
        amount=d.amount,
        open=open_,
        reason=d.reason,
        reason_words=REASONS.get(d.reason, d.reason),
        owner=d.owner,
        due_on=d.due_on,
        note=d.note,
        opened_on=d.opened_on,
        opened_at=d.opened_at,
        opened_by=d.opened_by,
        closed_on=d.closed_on if ended else None,
        closed_at=d.closed_at if ended else None,
        closed_by=d.closed_by if ended else "",
        outcome=d.outcome if ended else "",
        outcome_words="Recorded by mistake" if state == "withdrawn" else OUTCOMES.get(d.outcome, "") if ended else "",
        state=state,
        days=(last - d.opened_on).days,
        late=max(0, (as_of - d.due_on).days) if d.due_on is not None and state == "open" else 0,
    )
