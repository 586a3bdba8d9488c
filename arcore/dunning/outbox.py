"""Messages as they left, and what became of them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from typing import Any
from typing import NamedTuple

from sqlalchemy import Engine
from sqlalchemy import func
from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.customers.queries import survivors
from arcore.customers.queries import with_merged
from arcore.dunning.enclosed import Enclosed
from arcore.dunning.live import policy_in
from arcore.dunning.proof import Proof
from arcore.dunning.record import from_facts
from arcore.errors import NotFound
from arcore.store.chunks import chunks
from arcore.store.contact import CaseEvent
from arcore.store.customers import Customer
from arcore.store.engine import reading
from arcore.store.messages import Message
from arcore.store.messages import MessageItem

STATE_WORDS: Mapping[str, str] = {
    "prepared": "Prepared",
    "sent": "Sent",
    "refused": "Refused",
    "unknown": "Fate unknown",
    "bounced": "Came back",
}
NEWEST = 500


@dataclass(frozen=True)
class Sent:
    """One message in the outbox.

    Attributes:
        customer_id, code, name: the customer, for a merged one the one it lives on in.
        asked: minor units by currency.
        words: the server's, when it refused, or where the file is.
        way: "smtp" or "file".
    """

    message_id: int
    customer_id: int
    code: str
    name: str
    entity: str
    step: int
    step_name: str
    day: date
    due_on: date
    state: str
    state_words: str
    state_at: datetime
    words: str
    way: str
    file: str
    language: str
    recipients: tuple[str, ...]
    subject: str
    asked: tuple[tuple[str, int], ...]
    prepared_at: datetime
    prepared_by: str
    approved_by: str


class Happening(NamedTuple):
    """One entry in the history of a message."""

    at: datetime
    by: str
    verb: str
    what: Mapping[str, Any]


@dataclass(frozen=True)
class Kept:
    """A message in full: what it said, the bytes that left, the proof of what it asked, the papers that went along."""

    row: Sent
    text: str
    raw: bytes
    proof: Proof
    history: tuple[Happening, ...]
    papers: tuple[Enclosed, ...] = ()


def outbox(
    engine: Engine,
    *,
    customer_id: int | None = None,
    state: str | None = None,
    since: date | None = None,
    until: date | None = None,
    limit: int = NEWEST,
) -> tuple[Sent, ...]:
    """Return messages, newest first: of one customer and those merged into it, in one state, of some days, or all.

    `since` and `until` both count.
    """
    with reading(engine) as session:
        where = [] if state is None else [col(Message.state) == state]
        if since is not None:
            where.append(col(Message.day) >= since)
        if until is not None:
            where.append(col(Message.day) <= until)
        if customer_id is not None:
            where.append(col(Message.customer_id).in_(with_merged(session, [customer_id])))
        found = session.execute(select(*_COLUMNS).where(*where).order_by(col(Message.id).desc()).limit(limit)).all()
        return _rows(session, found)


def counts(engine: Engine) -> dict[str, int]:
    """Return how many messages are in each state."""
    with reading(engine) as session:
        rows = session.execute(select(col(Message.state), func.count().label("many")).group_by(col(Message.state)))
        return {row.state: row.many for row in rows}


def message(engine: Engine, message_id: int) -> Kept:
    """Return a message in full. Raises NotFound."""
    with reading(engine) as session:
        found = session.get(Message, message_id)
        if found is None:
            raise NotFound(f"There is no message {message_id}")
        [row] = _rows(session, session.execute(select(*_COLUMNS).where(col(Message.id) == message_id)).all())
        events = session.execute(
            select(CaseEvent)
            .where(col(CaseEvent.subject) == "message", col(CaseEvent.subject_id) == message_id)
            .order_by(col(CaseEvent.id))
        ).scalars()
        history = tuple(Happening(one.at, one.by, one.verb, json.loads(one.what)) for one in events)
        facts = json.loads(found.proof)
        papers = tuple(Enclosed(**one) for one in facts.get("papers", ()))
        return Kept(row, found.text, found.raw, from_facts(facts), history, papers)


_PLAIN = (
    "entity step day due_on state state_at words way file language subject prepared_at prepared_by approved_by".split()
)
_COLUMNS = tuple(
    col(getattr(Message, name))
    for name in (
        "id",
        "customer_id",
        "recipients",
        *_PLAIN,
    )
)
"""All but the bytes, the text and the proof."""


def _rows(session: Session, found: Sequence[Any]) -> tuple[Sent, ...]:
    merged, policy = survivors(session), policy_in(session)
    names = _names(session, {merged.get(row.customer_id, row.customer_id) for row in found})
    asked = _asked(session, [row.id for row in found])
    rows = []
    for row in found:
        customer_id = merged.get(row.customer_id, row.customer_id)
        code, name = names[customer_id]
        values = {field: getattr(row, field) for field in _PLAIN}
        rows.append(
            Sent(
                message_id=row.id,
                customer_id=customer_id,
                code=code,
                name=name,
                step_name=policy.step_name(row.step),
                state_words=STATE_WORDS.get(row.state, row.state),
                recipients=tuple(json.loads(row.recipients)),
                asked=tuple(sorted(asked.get(row.id, {}).items())),
                **values,
            )
        )
    return tuple(rows)


def _names(session: Session, customer_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    found: dict[int, tuple[str, str]] = {}
    for ids in chunks(customer_ids):
        rows = session.execute(
            select(col(Customer.id), col(Customer.code), col(Customer.name)).where(col(Customer.id).in_(ids))
        )
        found.update({number: (code, name) for number, code, name in rows})
    return found


def _asked(session: Session, message_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for ids in chunks(message_ids):
        rows = session.execute(
            select(col(MessageItem.message_id), col(MessageItem.currency), func.sum(col(MessageItem.claimed)))
            .where(col(MessageItem.message_id).in_(ids))
            .group_by(col(MessageItem.message_id), col(MessageItem.currency))
        )
        for number, currency, units in rows:
            found[number][currency] = int(units)
    return found
