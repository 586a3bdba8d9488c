"""What was said with customers, and who waits for our answer."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import ColumnElement
from sqlalchemy import Engine
from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.customers.queries import survivors
from arcore.customers.queries import with_merged
from arcore.store.chunks import chunks
from arcore.store.contact import Talk
from arcore.store.engine import reading
from arcore.store.messages import Message
from arcore.worklist.rules import ANSWERS
from arcore.worklist.rules import ATTEMPTS
from arcore.worklist.rules import CHANNELS
from arcore.worklist.rules import OUTCOMES
from arcore.worklist.rules import REACHED
from arcore.worklist.rules import WAITS

LEFT = ("prepared", "sent", "unknown")
"""States of a message that may have reached the customer."""


@dataclass(frozen=True)
class TalkRow:
    """One talk; `outcome_words` and `channel_words` are for people, `who` and `text` are other people's words."""

    talk_id: int
    on: date
    at: datetime
    by: str
    channel: str
    channel_words: str
    outcome: str
    outcome_words: str
    who: str
    text: str
    promise_id: int | None
    dispute_id: int | None
    withdrawn: bool


def talks(engine: Engine, customer_id: int, *, withdrawn: bool = False) -> tuple[TalkRow, ...]:
    """Return the talks with a customer and those merged into it, newest first; `withdrawn` ones only when asked."""
    with reading(engine) as session:
        return talks_in(session, with_merged(session, [customer_id]), withdrawn=withdrawn)


def talks_in(
    session: Session,
    customer_ids: Sequence[int],
    *,
    since: date | None = None,
    until: date | None = None,
    withdrawn: bool = False,
) -> tuple[TalkRow, ...]:
    """Return the talks with exactly these customers, on days from `since` to `until` (both inclusive), newest first."""
    query = select(Talk).where(col(Talk.customer_id).in_(customer_ids))
    if since is not None:
        query = query.where(col(Talk.on) >= since)
    if until is not None:
        query = query.where(col(Talk.on) <= until)
    if not withdrawn:
        query = query.where(col(Talk.withdrawn_at).is_(None))
    found = session.execute(query.order_by(col(Talk.on).desc(), col(Talk.id).desc())).scalars()
    return tuple(_row(talk) for talk in found)


def attempts_in(session: Session, until: date) -> list[tuple[int, date, datetime, bool]]:
    """Return the times we tried to reach a customer up to a day: customer, day, moment, whether somebody was reached.

    What customers wrote of themselves is no attempt, nor are letters and talks taken back.
    """
    query = select(col(Talk.customer_id), col(Talk.on), col(Talk.at), col(Talk.outcome)).where(
        col(Talk.withdrawn_at).is_(None), col(Talk.on) <= until, col(Talk.outcome).in_(ATTEMPTS),
        col(Talk.channel).in_(("phone", "meeting")),
    )  # fmt: skip
    rows = session.execute(query.order_by(col(Talk.id)))
    return [(customer_id, on, at, outcome in REACHED) for customer_id, on, at, outcome in rows]


def waiting_for_reply(
    session: Session, customer_ids: Sequence[int] | None = None, *, as_of: date | None = None
) -> dict[int, date]:
    """Return customer → the day it last wrote to us, where nobody answered since; `as_of` leaves out later days.

    Answered is by a later talk in which it heard from us, or by a later message that may have reached it. A merged
    customer stands under the one it lives on in.
    """
    merged = survivors(session)
    last = date.max if as_of is None else as_of
    wrote: dict[int, _When] = {}
    for where in _of_customers(Talk.customer_id, session, customer_ids):
        for customer_id, moment in _spoken(session, (WAITS,), last, where):
            customer = merged.get(customer_id, customer_id)
            wrote[customer] = max(moment, wrote.get(customer, moment))
    if not wrote:
        return {}
    answered: dict[int, _When] = {}
    for talk, message in zip(
        _of_customers(Talk.customer_id, session, list(wrote)),
        _of_customers(Message.customer_id, session, list(wrote)),
        strict=True,
    ):
        for customer_id, moment in [*_spoken(session, ANSWERS, last, talk), *_sent(session, last, message)]:
            customer = merged.get(customer_id, customer_id)
            answered[customer] = max(moment, answered.get(customer, moment))
    return {
        customer: moment[0]
        for customer, moment in wrote.items()
        if customer not in answered or answered[customer] <= moment
    }


_When: TypeAlias = tuple[date, datetime]
_Where: TypeAlias = tuple[ColumnElement[bool], ...]


def _spoken(session: Session, outcomes: Sequence[str], last: date, where: _Where) -> list[tuple[int, _When]]:
    rows = session.execute(
        select(col(Talk.customer_id), col(Talk.on), col(Talk.at)).where(
            col(Talk.withdrawn_at).is_(None), col(Talk.outcome).in_(outcomes), col(Talk.on) <= last, *where
        )
    )
    return [(customer_id, (on, at)) for customer_id, on, at in rows]


def _sent(session: Session, last: date, where: _Where) -> list[tuple[int, _When]]:
    rows = session.execute(
        select(col(Message.customer_id), col(Message.day), col(Message.prepared_at)).where(
            col(Message.state).in_(LEFT), col(Message.day) <= last, *where
        )
    )
    return [(customer_id, (day, at)) for customer_id, day, at in rows]


def _of_customers(column: int, session: Session, customer_ids: Sequence[int] | None) -> Iterator[_Where]:
    """Give the conditions of as many queries as it takes to ask for these customers and those merged into them."""
    if customer_ids is None:
        yield ()
        return
    for ids in chunks(with_merged(session, customer_ids)):
        yield (col(column).in_(ids),)


def _row(talk: Talk) -> TalkRow:
    return TalkRow(
        talk_id=int(talk.id or 0),
        on=talk.on,
        at=talk.at,
        by=talk.by,
        channel=talk.channel,
        channel_words=CHANNELS.get(talk.channel, talk.channel),
        outcome=talk.outcome,
        outcome_words=OUTCOMES.get(talk.outcome, talk.outcome),
        who=talk.who,
        text=talk.text,
        promise_id=talk.promise_id,
        dispute_id=talk.dispute_id,
        withdrawn=talk.withdrawn_at is not None,
    )
