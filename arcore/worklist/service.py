"""The verbs on talks: one transaction, one permission check, one audit event each.

Each takes an `actor`, may take an idempotency `key`, and `seen`: the audit event that the page was drawn from. All
raise Refused (its subclasses say why: BooksMoved when somebody wrote about the customer meanwhile) and Unavailable.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import date

from sqlalchemy import Engine
from sqlalchemy import select
from sqlmodel import col

from arcore.arrangements.service import promise_in
from arcore.arrangements.service import restore_in as restore_promise_in
from arcore.arrangements.service import withdraw_in as withdraw_promise_in
from arcore.customers.queries import survivor_of
from arcore.customers.service import LONGEST_NOTE
from arcore.customers.service import find
from arcore.disputes.service import dispute_in
from arcore.disputes.service import reopen_in
from arcore.disputes.service import withdraw_in as withdraw_dispute_in
from arcore.errors import BadInput
from arcore.errors import NotFound
from arcore.errors import RuleBroken
from arcore.ledger.checks import check_days
from arcore.store.arrangements import Promise
from arcore.store.cases import add_event
from arcore.store.contact import CaseEvent
from arcore.store.contact import Dispute
from arcore.store.contact import Talk
from arcore.store.unit import Actor
from arcore.store.unit import Facts
from arcore.store.unit import Unit
from arcore.store.unit import check_seen
from arcore.store.unit import commit
from arcore.store.unit import refuse_reader
from arcore.worklist.rules import DisputeDraft
from arcore.worklist.rules import PromiseDraft
from arcore.worklist.rules import check_talk

LONGEST_NAME = 200


def log_talk(
    engine: Engine,
    *,
    customer_id: int,
    on: date,
    outcome: str,
    channel: str = "phone",
    who: str = "",
    text: str = "",
    promise: PromiseDraft | None = None,
    dispute: DisputeDraft | None = None,
    actor: Actor,
    key: str | None = None,
    seen: int | None = None,
) -> Facts:
    """Record a talk of a day with its outcome, and the promise or dispute that came of it, all or nothing.

    `who` is the person at the customer. A promise is made and a dispute opened on the day of the talk.
    """
    check_talk(outcome, channel, promise, dispute)
    check_days(on)
    who, text = _checked(who, LONGEST_NAME, "A name"), _checked(text, LONGEST_NOTE, "A talk")

    def body(unit: Unit) -> Facts:
        customer = _customer(unit, customer_id, seen)
        talk = Talk(
            customer_id=customer, on=on, at=unit.recorded_at, by=unit.actor.name,
            channel=channel, outcome=outcome, who=who, text=text,
        )  # fmt: skip
        if promise is not None:
            talk.promise_id = _promised(unit, talk, promise)
        if dispute is not None:
            talk.dispute_id = dispute_in(unit, customer_id=customer, opened_on=on, **asdict(dispute))
        unit.session.add(talk)
        unit.session.flush()
        facts: Facts = {"talk": talk.id, "promise": talk.promise_id, "dispute": talk.dispute_id}
        _told(unit, talk, "logged", {"on": on, "outcome": outcome, "channel": channel, **facts})
        unit.changed.update(unit.masked({"who": who, "text": text}))
        return {"customer": customer, **facts}

    content = {
        "customer": customer_id,
        "on": on,
        "outcome": outcome,
        "channel": channel,
        "who": who,
        "text": text,
        "promise": None if promise is None else asdict(promise),
        "dispute": None if dispute is None else asdict(dispute),
    }
    return _run(engine, "log_talk", body, content, actor, key)


def withdraw_talk(
    engine: Engine, *, talk_id: int, actor: Actor, key: str | None = None, seen: int | None = None
) -> Facts:
    """Take a talk back with the promise and the dispute that it recorded, as far as these still stand.

    A promise withdrawn and a dispute closed since stay as they are.
    """

    def body(unit: Unit) -> Facts:
        talk = _talk(unit, talk_id, seen)
        if talk.withdrawn_at is not None:
            msg = "This talk was taken back before"
            raise RuleBroken(msg, talk=talk_id)
        talk.withdrawn_at = unit.recorded_at
        taken: Facts = {"promise": None, "dispute": None}
        if talk.promise_id is not None and unit.session.get_one(Promise, talk.promise_id).withdrawn_at is None:
            withdraw_promise_in(unit, talk.promise_id)
            taken["promise"] = talk.promise_id
        if talk.dispute_id is not None and unit.session.get_one(Dispute, talk.dispute_id).closed_at is None:
            withdraw_dispute_in(unit, talk.dispute_id)
            taken["dispute"] = talk.dispute_id
        _told(unit, talk, "withdrawn", taken)
        return {"talk": talk_id, "customer": talk.customer_id, **taken}

    return _run(engine, "withdraw_talk", body, {"talk": talk_id}, actor, key)


def restore_talk(
    engine: Engine, *, talk_id: int, actor: Actor, key: str | None = None, seen: int | None = None
) -> Facts:
    """Put a withdrawn talk back as it was, with the promise and the dispute that went with it."""

    def body(unit: Unit) -> Facts:
        talk = _talk(unit, talk_id, seen)
        if talk.withdrawn_at is None:
            msg = "This talk stands; there is nothing to put back"
            raise RuleBroken(msg, talk=talk_id)
        talk.withdrawn_at = None
        taken = _taken_with(unit, talk_id)
        if taken["promise"] is not None and unit.session.get_one(Promise, taken["promise"]).withdrawn_at is not None:
            restore_promise_in(unit, taken["promise"])
        if taken["dispute"] is not None and unit.session.get_one(Dispute, taken["dispute"]).closed_at is not None:
            reopen_in(unit, taken["dispute"])
        _told(unit, talk, "restored", taken)
        return {"talk": talk_id, "customer": talk.customer_id, **taken}

    return _run(engine, "restore_talk", body, {"talk": talk_id}, actor, key)


def _promised(unit: Unit, talk: Talk, promise: PromiseDraft) -> int:
    told = asdict(promise)
    if told["grace_days"] is None:
        del told["grace_days"]
    return promise_in(unit, customer_id=talk.customer_id, made_on=talk.on, who=talk.who, channel=talk.channel, **told)


def _taken_with(unit: Unit, talk_id: int) -> Facts:
    """Return what the last withdrawal of a talk took back with it."""
    query = (
        select(col(CaseEvent.what))
        .where(
            col(CaseEvent.subject) == "talk", col(CaseEvent.subject_id) == talk_id, col(CaseEvent.verb) == "withdrawn"
        )
        .order_by(col(CaseEvent.id).desc())
        .limit(1)
    )
    found: Facts = {"promise": None, "dispute": None} | json.loads(unit.session.execute(query).scalar() or "{}")
    return found


def _customer(unit: Unit, customer_id: int, seen: int | None) -> int:
    """Return the customer that the given one lives on in, once nobody else wrote about it."""
    find(unit, customer_id)
    survivor = survivor_of(unit.session, customer_id)
    check_seen(unit, f"customer:{survivor}", seen)
    return survivor


def _talk(unit: Unit, talk_id: int, seen: int | None) -> Talk:
    talk = unit.session.get(Talk, talk_id)
    if talk is None:
        msg = f"There is no talk {talk_id}"
        raise NotFound(msg, talk=talk_id)
    _customer(unit, talk.customer_id, seen)
    return talk


def _told(unit: Unit, talk: Talk, verb: str, what: Facts) -> None:
    """Leave the event of a change, under the customer that lives on, and tell the audit."""
    survivor = survivor_of(unit.session, talk.customer_id)
    add_event(unit, "talk", int(talk.id or 0), customer_id=survivor, verb=verb, what=what)
    unit.changed.update({"talk": talk.id, **what})


def _checked(text: str, longest: int, what: str) -> str:
    text = text.strip()
    if len(text) > longest:
        msg = f"{what} has at most {longest:,} characters"
        raise BadInput(msg, length=len(text))
    return text


def _run(
    engine: Engine, verb: str, body: Callable[[Unit], Facts], content: Facts, actor: Actor, key: str | None
) -> Facts:
    refuse_reader(actor, "may look at talks but not record any")
    return commit(engine, body, actor=actor, verb=verb, key=key, content=content)
