"""The verbs of reminders: their rules, going live, skipping, sending, and what became of a message.

Each is one transaction with one audit event, takes an `actor` and may take an idempotency `key` and `seen`, the audit
event that the page was drawn from. All raise Refused (its subclasses say why) and Unavailable.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy import Engine
from sqlalchemy import Select
from sqlalchemy import delete
from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.company.queries import profile_in
from arcore.company.queries import today
from arcore.company.service import MAY_CHANGE
from arcore.customers.queries import survivor_of
from arcore.dunning.daily import Daily
from arcore.dunning.daily import daily
from arcore.dunning.debts import Place
from arcore.dunning.live import LIVE_SETTING
from arcore.dunning.live import live_in
from arcore.dunning.live import policy_in
from arcore.dunning.policy import FORMAL
from arcore.dunning.policy import SETTING
from arcore.dunning.policy import Policy
from arcore.dunning.policy import as_setting
from arcore.dunning.policy import check
from arcore.dunning.sending import Outcome
from arcore.dunning.sending import Run
from arcore.dunning.sending import check_day
from arcore.dunning.sending import check_role
from arcore.dunning.sending import send_due
from arcore.dunning.sending import send_one
from arcore.dunning.sending import sweep
from arcore.errors import BadInput
from arcore.errors import NotAllowed
from arcore.errors import NotFound
from arcore.errors import RuleBroken
from arcore.store.cases import add_event
from arcore.store.company import CompanySetting
from arcore.store.contact import CaseEvent
from arcore.store.customers import Customer
from arcore.store.messages import Message
from arcore.store.messages import OpeningStep
from arcore.store.messages import ReminderSkip
from arcore.store.unit import Actor
from arcore.store.unit import Facts
from arcore.store.unit import Unit
from arcore.store.unit import check_seen
from arcore.store.unit import commit

__all__ = [
    "Daily",
    "Outcome",
    "Run",
    "check_day",
    "daily",
    "go_live",
    "mark_bounced",
    "save_policy",
    "send_due",
    "send_one",
    "settle_unknown",
    "skip",
    "stop",
    "sweep",
    "unmark_bounced",
    "unskip",
]


def save_policy(engine: Engine, *, policy: Policy, actor: Actor, key: str | None = None) -> Facts:
    """Save the rules that reminders follow. Raises BadInput for the first one that can't be meant."""
    _allow_settings(actor)
    check(policy)

    def body(unit: Unit) -> Facts:
        before, after = as_setting(policy_in(unit.session)), as_setting(policy)
        _save(unit.session, SETTING, after)
        unit.subject = "company"
        unit.changed.update({name: value for name, value in after.items() if value != before[name]})
        return {"changed": sorted(unit.changed)}

    return commit(engine, body, actor=actor, verb="save_reminder_rules", key=key, content=as_setting(policy))


def go_live(
    engine: Engine,
    *,
    opening: Mapping[Place, int],
    daily_limit: int,
    actor: Actor,
    key: str | None = None,
    seen: int | None = None,
) -> Facts:
    """Let reminders leave from today on.

    `opening` is the step that each customer's overdue debts stand on already, by customer and entity: it counts as
    delivered, so the first message is one step above it. Whoever is left out stands on none and gets the friendly one
    first. Undone by `stop`. Raises BadInput, RuleBroken when they are live already.
    """
    _allow_settings(actor)
    for step in opening.values():
        if not 0 <= step <= FORMAL:
            raise BadInput(f"An opening step is 0 (nothing sent yet) to {FORMAL}; {step} is not", step=step)

    def body(unit: Unit) -> Facts:
        session = unit.session
        check_seen(unit, "company", seen)
        if (since := live_in(session)) is not None:
            raise RuleBroken(f"Reminders are live since {since.on.isoformat()}, confirmed by {since.by}")
        profile = profile_in(session)
        if not profile.set_up:
            raise BadInput("The company has no name yet: fill in the first form before anything leaves")
        day = today(profile.time_zone)
        _save(session, SETTING, as_setting(_limited(policy_in(session), daily_limit)))
        _save(session, LIVE_SETTING, {"on": day.isoformat(), "by": actor.name})
        _open(session, opening, day)
        unit.subject = "company"
        unit.changed.update(live=day, daily_limit=daily_limit, opening=len(opening))
        return {"live": day.isoformat(), "opening": len(opening)}

    content = {"opening": sorted([*place, step] for place, step in opening.items()), "daily_limit": daily_limit}
    return commit(engine, body, actor=actor, verb="go_live", key=key, content=content)


def stop(engine: Engine, *, actor: Actor, key: str | None = None) -> Facts:
    """Let nothing leave any more until somebody confirms again: every run is a preview; what was sent stays."""
    _allow_settings(actor)

    def body(unit: Unit) -> Facts:
        if live_in(unit.session) is None:
            raise RuleBroken("Reminders are not live: there is nothing to stop")
        _save(unit.session, LIVE_SETTING, None)
        unit.subject = "company"
        unit.changed.update(live=None)
        return {"live": None}

    return commit(engine, body, actor=actor, verb="stop_reminders", key=key)


def skip(
    engine: Engine,
    *,
    customer_id: int,
    entity: str,
    day: date,
    actor: Actor,
    key: str | None = None,
    seen: int | None = None,
) -> Facts:
    """Take a customer off the reminders of a day; `unskip` puts it back. Doing it twice changes nothing."""

    def change(unit: Unit, customer_id: int) -> None:
        if _skipped(unit.session, customer_id, entity, day) is None:
            unit.session.add(
                ReminderSkip(customer_id=customer_id, entity=entity, day=day, by=actor.name, at=unit.recorded_at)
            )

    return _on_customer(engine, "skip_reminder", change, customer_id, entity, day, actor, key, seen)


def unskip(
    engine: Engine,
    *,
    customer_id: int,
    entity: str,
    day: date,
    actor: Actor,
    key: str | None = None,
    seen: int | None = None,
) -> Facts:
    """Put a customer back on the reminders of a day."""

    def change(unit: Unit, customer_id: int) -> None:
        found = _skipped(unit.session, customer_id, entity, day)
        if found is not None:
            unit.session.delete(found)

    return _on_customer(engine, "unskip_reminder", change, customer_id, entity, day, actor, key, seen)


def mark_bounced(
    engine: Engine, *, message_id: int, actor: Actor, key: str | None = None, seen: int | None = None
) -> Facts:
    """Note that a message came back: its step counts as not delivered and is tried again at another address."""

    def change(message: Message, _unit: Unit) -> str:
        if message.state not in ("sent", "unknown"):
            raise RuleBroken(f"A message that is {message.state} can't come back")
        return "bounced"

    return _on_message(engine, "mark_bounced", change, message_id, actor, key, seen)


def unmark_bounced(
    engine: Engine, *, message_id: int, actor: Actor, key: str | None = None, seen: int | None = None
) -> Facts:
    """Take back that a message bounced: it is what it was before."""

    def change(message: Message, unit: Unit) -> str:
        if message.state != "bounced":
            raise RuleBroken(f"The message did not come back, it is {message.state}")
        return _state_before(unit.session, message_id)

    return _on_message(engine, "unmark_bounced", change, message_id, actor, key, seen)


def settle_unknown(
    engine: Engine,
    *,
    message_id: int,
    arrived: bool,
    actor: Actor,
    key: str | None = None,
    seen: int | None = None,
) -> Facts:
    """Say what became of a message of unknown fate: it arrived, or it did not and its step is tried again.

    Can be said again, the other way round, as long as the message was once unknown.
    """

    def change(message: Message, unit: Unit) -> str:
        if message.state != "unknown" and not _was_unknown(unit.session, message_id):
            raise RuleBroken(f"What became of this message is known: {message.state}")
        message.words = f"{actor.name} says that it {'arrived' if arrived else 'did not arrive'}"
        return "sent" if arrived else "refused"

    return _on_message(engine, "settle_unknown", change, message_id, actor, key, seen, {"arrived": arrived})


# --- inside -----------------------------------------------------------------------------------------------------------


def _on_customer(
    engine: Engine,
    verb: str,
    change: Callable[[Unit, int], None],
    customer_id: int,
    entity: str,
    day: date,
    actor: Actor,
    key: str | None,
    seen: int | None,
) -> Facts:
    check_role(actor)

    def body(unit: Unit) -> Facts:
        if unit.session.get(Customer, customer_id) is None:
            raise NotFound(f"There is no customer {customer_id}", customer=customer_id)
        survivor = survivor_of(unit.session, customer_id)
        check_seen(unit, f"customer:{survivor}", seen)
        change(unit, survivor)
        what = {"entity": entity, "day": day}
        add_event(unit, "message", 0, customer_id=survivor, verb=verb, what=what)
        unit.changed.update(what)
        return {"customer": survivor, "entity": entity, "day": day.isoformat()}

    content = {"customer": customer_id, "entity": entity, "day": day}
    return commit(engine, body, actor=actor, verb=verb, key=key, content=content)


def _on_message(
    engine: Engine,
    verb: str,
    change: Callable[[Message, Unit], str],
    message_id: int,
    actor: Actor,
    key: str | None,
    seen: int | None,
    more: Facts | None = None,
) -> Facts:
    check_role(actor)

    def body(unit: Unit) -> Facts:
        message = unit.session.get(Message, message_id)
        if message is None:
            raise NotFound(f"There is no message {message_id}")
        check_seen(unit, f"customer:{survivor_of(unit.session, message.customer_id)}", seen)
        before, after = message.state, change(message, unit)
        message.state, message.state_at = after, unit.recorded_at
        what = {"from": before, "to": after, "step": message.step}
        add_event(unit, "message", message_id, customer_id=message.customer_id, verb=verb, what=what)
        unit.changed.update(message=message_id, **what)
        return {"message": message_id, "state": after}

    content = {"message": message_id, **(more or {})}
    return commit(engine, body, actor=actor, verb=verb, key=key, content=content)


def _skipped(session: Session, customer_id: int, entity: str, day: date) -> ReminderSkip | None:
    return session.get(ReminderSkip, {"customer_id": customer_id, "entity": entity, "day": day})


def _state_before(session: Session, message_id: int) -> str:
    what = session.execute(_events(message_id, "mark_bounced").order_by(col(CaseEvent.id).desc()).limit(1)).scalar_one()
    return str(json.loads(what)["from"])


def _was_unknown(session: Session, message_id: int) -> bool:
    return session.execute(_events(message_id, "settle_unknown").limit(1)).first() is not None


def _events(message_id: int, verb: str) -> Select[str]:
    return select(col(CaseEvent.what)).where(
        col(CaseEvent.subject) == "message", col(CaseEvent.subject_id) == message_id, col(CaseEvent.verb) == verb
    )


def _limited(policy: Policy, daily_limit: int) -> Policy:
    limited = replace(policy, daily_limit=daily_limit)
    check(limited)
    return limited


def _open(session: Session, opening: Mapping[Place, int], day: date) -> None:
    """Keep the opening steps, instead of those of an earlier going live."""
    known = set(session.execute(select(col(Customer.id))).scalars())
    session.execute(delete(OpeningStep))
    for (customer_id, entity), step in sorted(opening.items()):
        if customer_id not in known:
            raise NotFound(f"There is no customer {customer_id}", customer=customer_id)
        if step:
            session.add(OpeningStep(customer_id=customer_id, entity=entity, step=step, confirmed_on=day))


def _save(session: Session, name: str, value: Facts | None) -> None:
    session.merge(CompanySetting(name=name, value=json.dumps(value, ensure_ascii=False)))
    session.flush()


def _allow_settings(actor: Actor) -> None:
    if actor.role not in MAY_CHANGE:
        raise NotAllowed(f"{actor.name} may not change how the company reminds", actor=actor.name)
