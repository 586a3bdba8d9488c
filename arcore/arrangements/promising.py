"""The verbs on promises to pay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from typing import Unpack

from sqlalchemy import Engine
from sqlalchemy import select
from sqlmodel import col

from arcore.arrangements import rules
from arcore.arrangements.draft import check_grace
from arcore.arrangements.writing import GRACE_DAYS
from arcore.arrangements.writing import How
from arcore.arrangements.writing import checked_name
from arcore.arrangements.writing import checked_text
from arcore.arrangements.writing import customer
from arcore.arrangements.writing import run
from arcore.customers.queries import survivor_of
from arcore.errors import AlreadyReversed
from arcore.errors import BadInput
from arcore.errors import NotFound
from arcore.errors import RuleBroken
from arcore.ledger.checks import check_days
from arcore.ledger.kinds import BY_NAME
from arcore.money import from_minor
from arcore.money import is_currency
from arcore.money import plain
from arcore.money import to_minor
from arcore.store.arrangements import Promise
from arcore.store.arrangements import PromiseDocument
from arcore.store.books import Document
from arcore.store.cases import add_event
from arcore.store.unit import Facts
from arcore.store.unit import Unit


def record_promise(
    engine: Engine,
    *,
    customer_id: int,
    entity: str,
    currency: str,
    amount: Decimal,
    made_on: date,
    due_on: date,
    document_ids: Sequence[int] = (),
    who: str = "",
    channel: str = "phone",
    note: str = "",
    grace_days: int = GRACE_DAYS,
    **how: Unpack[How],
) -> Facts:
    """Record that a customer said on `made_on` it would pay `amount` (whole units) by `due_on`.

    `document_ids` are the debts it is about; none means the account. `grace_days` are bank days.
    """
    told: dict[str, Any] = {
        "customer_id": customer_id,
        "entity": entity,
        "currency": currency,
        "amount": amount,
        "made_on": made_on,
        "due_on": due_on,
        "document_ids": list(document_ids),
        "who": who,
        "channel": channel,
        "note": note,
        "grace_days": grace_days,
    }

    def body(unit: Unit) -> Facts:
        return _promised(unit, promise_in(unit, seen=how.get("seen"), **told))

    return run(engine, "record_promise", body, told, how)


def promise_in(
    unit: Unit,
    *,
    customer_id: int,
    entity: str,
    currency: str,
    amount: Decimal,
    made_on: date,
    due_on: date,
    document_ids: Sequence[int] = (),
    who: str = "",
    channel: str = "phone",
    note: str = "",
    grace_days: int = GRACE_DAYS,
    seen: int | None = None,
) -> int:
    """Record a promise inside a transaction that may write more, and return its id."""
    survivor = customer(unit, customer_id, seen)
    if not is_currency(currency):
        msg = f"{currency!r} is no currency code (ISO 4217)"
        raise BadInput(msg, currency=currency)
    if channel not in rules.CHANNELS:
        msg = f"{channel!r} is no way to make a promise; one of {', '.join(rules.CHANNELS)}"
        raise BadInput(msg, channel=channel)
    check_days(made_on, due_on)
    check_grace(grace_days)
    if due_on < made_on:
        msg = f"A promise of {made_on.isoformat()} can't be due before it, on {due_on.isoformat()}"
        raise BadInput(msg, due_on=due_on.isoformat())
    units = to_minor(amount, currency)
    if units <= 0:
        msg = "A promised amount is more than zero"
        raise BadInput(msg, amount=str(amount))
    documents = [_debt(unit, survivor, number, entity, currency) for number in dict.fromkeys(document_ids)]
    promise = Promise(
        customer_id=survivor,
        entity=entity,
        currency=currency,
        amount=units,
        made_on=made_on,
        due_on=due_on,
        grace_days=grace_days,
        who=checked_name(who),
        channel=channel,
        note=checked_text(note),
        recorded_at=unit.recorded_at,
        recorded_by=unit.actor.name,
    )
    unit.session.add(promise)
    unit.session.flush()
    number = int(promise.id or 0)
    unit.session.add_all(PromiseDocument(promise_id=number, document_id=int(d.id)) for d in documents)
    _told_promise(unit, promise, "made", documents=[d.number or d.id for d in documents])
    return number


def change_promise(
    engine: Engine,
    *,
    promise_id: int,
    amount: Decimal | None = None,
    due_on: date | None = None,
    document_ids: Sequence[int] | None = None,
    **how: Unpack[How],
) -> Facts:
    """Correct what was recorded of a promise: it is withdrawn and a new one stands in its place.

    A promise that the customer moves is another promise: record that one, so that the first stays in sight.
    """
    changed = {"amount": amount, "due_on": due_on, "document_ids": document_ids}

    def body(unit: Unit) -> Facts:
        old = _promise(unit, promise_id, how.get("seen"))
        withdraw_in(unit, promise_id)
        about = unit.session.execute(
            select(col(PromiseDocument.document_id)).where(col(PromiseDocument.promise_id) == promise_id)
        ).scalars()
        new = promise_in(
            unit,
            customer_id=old.customer_id,
            entity=old.entity,
            currency=old.currency,
            amount=from_minor(old.amount, old.currency) if amount is None else amount,
            made_on=old.made_on,
            due_on=due_on or old.due_on,
            document_ids=sorted(about) if document_ids is None else document_ids,
            who=old.who,
            channel=old.channel,
            note=old.note,
            grace_days=old.grace_days,
        )
        return _promised(unit, new) | {"replaces": promise_id}

    return run(engine, "change_promise", body, {"promise": promise_id, **changed}, how)


def withdraw_promise(engine: Engine, *, promise_id: int, **how: Unpack[How]) -> Facts:
    """Take back a promise that was recorded by mistake or is void: it pauses and breaks nothing, and stays in sight."""
    return run(
        engine,
        "withdraw_promise",
        lambda unit: withdraw_in(unit, promise_id, seen=how.get("seen")),
        {"promise": promise_id},
        how,
    )


def withdraw_in(unit: Unit, promise_id: int, *, seen: int | None = None) -> Facts:
    """Take back a promise inside a transaction. Raises AlreadyReversed the second time."""
    promise = _promise(unit, promise_id, seen)
    if promise.withdrawn_at is not None:
        msg = f"{promise.withdrawn_by} took this promise back before"
        raise AlreadyReversed(msg, promise=promise_id)
    promise.withdrawn_at, promise.withdrawn_by = unit.recorded_at, unit.actor.name
    _told_promise(unit, promise, "withdrawn")
    return _promised(unit, promise_id)


def restore_promise(engine: Engine, *, promise_id: int, **how: Unpack[How]) -> Facts:
    """Let a promise that was taken back count again, as if it had never been."""
    return run(
        engine,
        "restore_promise",
        lambda unit: restore_in(unit, promise_id, seen=how.get("seen")),
        {"promise": promise_id},
        how,
    )


def restore_in(unit: Unit, promise_id: int, *, seen: int | None = None) -> Facts:
    """Restore a promise inside a transaction. Raises RuleBroken when it stands."""
    promise = _promise(unit, promise_id, seen)
    if promise.withdrawn_at is None:
        msg = "This promise stands; there is nothing to restore"
        raise RuleBroken(msg, promise=promise_id)
    promise.withdrawn_at, promise.withdrawn_by = None, ""
    _told_promise(unit, promise, "restored")
    return _promised(unit, promise_id)


def _promise(unit: Unit, promise_id: int, seen: int | None) -> Promise:
    promise = unit.session.get(Promise, promise_id)
    if promise is None:
        msg = f"There is no promise {promise_id}"
        raise NotFound(msg, promise=promise_id)
    customer(unit, promise.customer_id, seen)
    return promise


def _promised(unit: Unit, promise_id: int) -> Facts:
    promise = unit.session.get_one(Promise, promise_id)
    return {
        "promise": promise_id,
        "customer": promise.customer_id,
        "amount": plain(promise.amount, promise.currency),
        "currency": promise.currency,
        "due_on": promise.due_on.isoformat(),
    }


def _told_promise(unit: Unit, promise: Promise, verb: str, **more: Any) -> None:
    what = {
        "amount": plain(promise.amount, promise.currency),
        "currency": promise.currency,
        "made_on": promise.made_on,
        "due_on": promise.due_on,
        **more,
    }
    survivor = survivor_of(unit.session, promise.customer_id)
    add_event(unit, "promise", int(promise.id or 0), customer_id=survivor, verb=verb, what=what)
    unit.changed.update({"promise": promise.id, **what, **unit.masked({"who": promise.who, "note": promise.note})})


def _debt(unit: Unit, customer_id: int, document_id: int, entity: str, currency: str) -> Document:
    document = unit.session.get(Document, document_id)
    if document is None or survivor_of(unit.session, document.customer_id) != customer_id:
        msg = f"There is no document {document_id} of this customer"
        raise NotFound(msg, document=document_id)
    name = f"{BY_NAME[document.kind].label} {document.number or document_id}"
    if document.amount < 0:
        msg = f"{name} is a credit: nobody promises to pay it"
        raise RuleBroken(msg, document=document_id)
    for what, theirs, ours in (("company", document.entity, entity), ("currency", document.currency, currency)):
        if theirs != ours:
            msg = f"{name} is of another {what} ({theirs}, the promise is {ours}): record a promise for each"
            raise RuleBroken(msg, document=document_id)
    return document
