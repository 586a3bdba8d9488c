"""Sending: prepare in one transaction, hand over outside of any, keep the fate in another; never two of one key.

What a message asks is read again from the tables under the lock that every write takes, so two hosts that run at once
see each other's messages. A program that ends between the steps leaves a prepared message behind: it counts as
delivered until `sweep` or a person says otherwise.
"""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.delivery import service as delivery
from arcore.delivery.service import Fate
from arcore.delivery.service import Line
from arcore.delivery.service import Way
from arcore.dunning.debts import Place
from arcore.dunning.due import reminders
from arcore.dunning.live import NotLive
from arcore.dunning.preparing import Ask
from arcore.dunning.preparing import HeldBack
from arcore.dunning.preparing import Prepared
from arcore.dunning.preparing import prepare
from arcore.dunning.preparing import refuse_other_day
from arcore.errors import NotAllowed
from arcore.errors import Refused
from arcore.store.cases import add_event
from arcore.store.contact import CaseEvent
from arcore.store.engine import reading
from arcore.store.messages import Message
from arcore.store.unit import Actor
from arcore.store.unit import Facts
from arcore.store.unit import Unit
from arcore.store.unit import commit
from arcore.store.unit import refuse_reader

MAY_APPROVE = ("admin", "manager")
"""Roles that may agree to formal notices and to messages to key accounts."""
LEFT_BEHIND = timedelta(minutes=15)
"""After so long nobody is working on a prepared message any more."""

PATIENCE = 20.0
"""Seconds that the second half of a double click waits for the fate of the message that the first half sends."""
ON_ITS_WAY = "It is still on its way; the Outbox tells when it has left"
"""What is said of a message whose fate nobody knows yet."""

STOPPED = "Somebody stopped the run"
"""What a run says that was asked to end early."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Outcome:
    """What became of one customer and entity: a message with its fate, or why there is none."""

    customer_id: int
    entity: str
    message_id: int | None = None
    state: str = ""
    words: str = ""
    code: str = ""
    step: int = 0

    def as_facts(self) -> Facts:
        """Return it as JSON keeps it; `held` is None for a message."""
        return {
            "customer": self.customer_id,
            "entity": self.entity,
            "message": self.message_id,
            "state": self.state,
            "words": self.words,
            "step": self.step,
            "held": None if self.message_id is not None else {"code": self.code, "why": self.words},
        }


@dataclass(frozen=True)
class Run:
    """What one run did; `stopped` says why it ended early, "" when it did not."""

    outcomes: tuple[Outcome, ...] = ()
    stopped: str = ""
    swept: int = 0
    of: int = 0

    @property
    def message_ids(self) -> tuple[int, ...]:
        """Return the messages of this run, whatever became of them."""
        return tuple(found.message_id for found in self.outcomes if found.message_id is not None)

    def in_state(self, state: str) -> tuple[Outcome, ...]:
        """Return the outcomes with a message in a state: sent, refused, unknown."""
        return tuple(found for found in self.outcomes if found.message_id is not None and found.state == state)

    def held(self) -> tuple[Outcome, ...]:
        """Return those whose message was held back at the last moment, or failed."""
        return tuple(found for found in self.outcomes if found.message_id is None)


def send_one(
    engine: Engine,
    *,
    customer_id: int,
    entity: str,
    as_of: date,
    actor: Actor,
    approved: bool = False,
    papers: Sequence[int] = (),
    key: str | None = None,
    seen: int | None = None,
) -> Facts:
    """Send one customer the reminder that is due, if nothing holds it back at this moment; see Outcome.as_facts.

    `approved` agrees to a formal notice, a key account, or an address that failed before; `papers` of documents that it
    asks for go with it. Raises RuleBroken for a paper of something else, NotLive before
    reminders are live, BadInput for another day than the company's today or when nothing can leave now, BooksMoved when
    somebody wrote about the customer after `seen`, NotAllowed.
    """
    check_role(actor)
    if approved and actor.role not in MAY_APPROVE:
        raise NotAllowed(f"{actor.name} may not agree to this reminder; a manager may", actor=actor.name)
    check_day(engine, as_of)
    ask = Ask(customer_id, entity, as_of, actor, approved=approved, key=key, seen=seen, papers=tuple(papers))
    return _send(engine, ask, delivery.ready(engine), None).as_facts()


def send_due(
    engine: Engine,
    *,
    as_of: date,
    actor: Actor,
    only: Collection[Place] | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
    papers: Mapping[Place, Sequence[int]] | None = None,
) -> Run:
    """Send what is due on a day, one message after the other, and stop when nothing can leave any more.

    Running it again sends nothing twice. `only` keeps some of the customers and entities, `papers` go with some;
    `progress` is told how many of how many are done, `cancelled` is asked between two messages. Raises as `send_one`
    does; a paper that can't go holds back its message alone.
    """
    check_role(actor)
    check_day(engine, as_of)
    swept = sweep(engine, actor=actor)
    due = [row.place for row in reminders(engine, as_of).due if only is None or row.place in only]
    if not due:
        return Run(swept=swept)
    way, outcomes = delivery.ready(engine), []
    with delivery.line(way) as line:
        for number, (customer_id, entity) in enumerate(due, 1):
            mine = tuple((papers or {}).get((customer_id, entity), ()))
            outcomes.append(_tried(engine, Ask(customer_id, entity, as_of, actor, papers=mine), way, line))
            if progress is not None:
                progress(number, len(due))
            if outcomes[-1].code == "way":
                return Run(tuple(outcomes), outcomes[-1].words, swept, len(due))
            if number < len(due) and cancelled is not None and cancelled():
                return Run(tuple(outcomes), STOPPED, swept, len(due))
    return Run(tuple(outcomes), "", swept, len(due))


def sweep(engine: Engine, *, actor: Actor, now: datetime | None = None) -> int:
    """Give messages that a program left behind a fate, and return how many there were.

    A file that is there was sent; one that this machine never wrote is refused and tried again. What may have left by
    mail, or from another machine, is unknown: only a person may say that it did not arrive.
    """
    moment = now or datetime.now(UTC)
    with reading(engine) as session:
        left = session.execute(
            select(Message).where(col(Message.state) == "prepared", col(Message.prepared_at) < moment - LEFT_BEHIND)
        ).scalars()
        found = [(int(message.id or 0), _fate_of(session, message)) for message in left.all()]
    for message_id, fate in found:
        _keep_fate(engine, message_id, fate, actor)
    return len(found)


def check_role(actor: Actor) -> None:
    """Raise NotAllowed for somebody who may only look."""
    refuse_reader(actor, "may look at reminders but not send any")


def check_day(engine: Engine, as_of: date) -> None:
    """Raise NotLive before reminders are live, and BadInput for a day that is not the company's today."""
    with reading(engine) as session:
        refuse_other_day(session, as_of)


# --- inside -----------------------------------------------------------------------------------------------------------


def _tried(engine: Engine, ask: Ask, way: Way, line: Line | None) -> Outcome:
    """Send one of many: what is wrong with this one keeps none of the others."""
    try:
        return _send(engine, ask, way, line)
    except NotLive:
        raise
    except Refused as error:
        return Outcome(ask.customer_id, ask.entity, state="failed", words=error.message, code=error.code)


def _send(engine: Engine, ask: Ask, way: Way, line: Line | None) -> Outcome:
    prepared, sender = Prepared(), delivery.sender(engine)

    def body(unit: Unit) -> Facts:
        return prepare(unit, ask, way, sender, prepared)

    try:
        said = commit(engine, body, actor=ask.actor, verb="prepare_message", key=ask.key, content=ask.content())
    except HeldBack as stop:
        return Outcome(ask.customer_id, ask.entity, words=stop.held.why, code=stop.held.code, step=stop.held.step)
    if not prepared.message_id:  # this was done before, under the same key
        return _as_it_stands(engine, ask, said["message"])
    fate = delivery.deliver(
        way,
        prepared.raw,
        sender=prepared.sender,
        recipients=prepared.recipients,
        header_id=prepared.header_id,
        on=line,
    )
    _keep_fate(engine, prepared.message_id, fate, ask.actor)
    return Outcome(
        ask.customer_id,
        ask.entity,
        prepared.message_id,
        state=fate.state,
        words=fate.words,
        code=fate.cause,
        step=prepared.step,
    )


def _keep_fate(engine: Engine, message_id: int, fate: Fate, actor: Actor) -> None:
    def body(unit: Unit) -> Facts:
        message = unit.session.get_one(Message, message_id)
        if message.state not in ("prepared", "unknown"):
            return {"message": message_id, "state": message.state}  # a person knew better meanwhile
        message.state, message.words, message.state_at = fate.state, fate.words, unit.recorded_at
        message.file = fate.file or (message.file if fate.state == "unknown" else "")
        what = {"step": message.step, "cause": fate.cause, "refused": len(fate.refused)}
        add_event(unit, "message", message_id, customer_id=message.customer_id, verb=fate.state, what=what)
        unit.changed.update(message=message_id, state=fate.state, cause=fate.cause)
        return {"message": message_id, "state": fate.state}

    commit(engine, body, actor=actor, verb="record_fate")


def _as_it_stands(engine: Engine, ask: Ask, message_id: int) -> Outcome:
    """Tell what became of a message sent before under the same key, waiting a while for one that is being sent."""
    patience = time.monotonic() + PATIENCE
    while True:
        with reading(engine) as session:
            message = session.get_one(Message, message_id)
        if message.state != "prepared" or time.monotonic() > patience:
            break
        time.sleep(0.05)
    words = ON_ITS_WAY if message.state == "prepared" else message.words
    return Outcome(ask.customer_id, ask.entity, message_id, state=message.state, words=words, step=message.step)


def _fate_of(session: Session, message: Message) -> Fate:
    """Say what became of a message whose program ended on the way."""
    if message.way == "file":
        folder = Path(message.file)
        if (written := delivery.written(folder, message.header_id)) is not None:
            return Fate("sent", f"Written to {written}", file=str(written))
        if folder.is_dir() and _was_here(session, message):
            return Fate("refused", "Never written: the program ended before", cause="way")
    return Fate("unknown", "The program ended while it was sending: nobody knows whether it arrived")


def _was_here(session: Session, message: Message) -> bool:
    """Tell whether this machine prepared a message; only then a missing file was never written."""
    what = session.execute(
        select(col(CaseEvent.what)).where(
            col(CaseEvent.subject) == "message",
            col(CaseEvent.subject_id) == message.id,
            col(CaseEvent.verb) == "prepared",
        )
    ).scalar()
    return what is not None and json.loads(what).get("host") == socket.gethostname()
