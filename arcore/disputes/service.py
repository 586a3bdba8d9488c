"""The verbs on disputes: one transaction, one permission check, one audit event each.

Each takes an `actor`, may take an idempotency `key`, and `seen`: the audit event that the page was drawn from. All
raise Refused (its subclasses say why: BooksMoved when somebody wrote about the customer meanwhile) and Unavailable.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine

from arcore.customers.queries import survivor_of
from arcore.customers.service import LONGEST_NOTE
from arcore.customers.service import find
from arcore.disputes import rules
from arcore.disputes.queries import disputed_now
from arcore.disputes.queries import open_now
from arcore.errors import BadInput
from arcore.errors import NotFound
from arcore.errors import RuleBroken
from arcore.ledger.checks import check_days
from arcore.ledger.kinds import BY_NAME
from arcore.ledger.reposted import posted_again
from arcore.money import to_minor
from arcore.store.books import Document
from arcore.store.cases import add_event
from arcore.store.contact import Dispute
from arcore.store.unit import Actor
from arcore.store.unit import Facts
from arcore.store.unit import Unit
from arcore.store.unit import check_seen
from arcore.store.unit import commit
from arcore.store.unit import refuse_reader

CHANGEABLE = ("amount", "reason", "owner", "due_on", "note")
"""What can be changed of an open dispute."""


def open_dispute(
    engine: Engine,
    *,
    customer_id: int,
    document_id: int,
    opened_on: date,
    reason: str,
    amount: Decimal | None = None,
    owner: str = "",
    due_on: date | None = None,
    note: str = "",
    actor: Actor,
    key: str | None = None,
    seen: int | None = None,
) -> Facts:
    """Record that a customer contests `amount` of a document, from `opened_on` (inclusive) until it is closed.

    `amount` is in whole units of the document's currency, above zero and at most what is open of it and not in dispute
    yet; None is all of that. `due_on` is the day by which `owner` wants it settled.
    """
    told = {
        "customer_id": customer_id,
        "document_id": document_id,
        "opened_on": opened_on,
        "reason": reason,
        "amount": amount,
        "owner": owner,
        "due_on": due_on,
        "note": note,
    }

    def body(unit: Unit) -> Facts:
        dispute = _dispute(unit, dispute_in(unit, seen=seen, **told))  # type: ignore[arg-type]
        return {"dispute": dispute.id, "customer": dispute.customer_id, **_figures(dispute)}

    return _run(engine, "open_dispute", body, told, actor, key)


def dispute_in(
    unit: Unit,
    *,
    customer_id: int,
    document_id: int,
    opened_on: date,
    reason: str,
    amount: Decimal | None = None,
    owner: str = "",
    due_on: date | None = None,
    note: str = "",
    seen: int | None = None,
) -> int:
    """Open a dispute inside a transaction that may write more, and return its id."""
    customer_id = _customer(unit, customer_id, seen)
    document = _document(unit, customer_id, document_id)
    rules.check_reason(reason)
    check_days(opened_on, *([due_on] if due_on else []))
    rules.check_due(opened_on, due_on)
    dispute = Dispute(
        customer_id=customer_id,
        document_id=document_id,
        entity=document.entity,
        currency=document.currency,
        amount=_amount(unit, document, amount),
        reason=reason,
        owner=owner.strip(),
        due_on=due_on,
        note=_checked_note(note),
        opened_on=opened_on,
        opened_at=unit.recorded_at,
        opened_by=unit.actor.name,
    )
    unit.session.add(dispute)
    unit.session.flush()
    _told(unit, dispute, "opened", opened_on=opened_on)
    return int(dispute.id or 0)


def change_dispute(
    engine: Engine,
    *,
    dispute_id: int,
    values: Mapping[str, Any],
    actor: Actor,
    key: str | None = None,
    seen: int | None = None,
) -> Facts:
    """Change amount (whole units), reason, owner, due_on or note of an open dispute; undone by changing back.

    Returns what stood there `before` (the amount in minor units), the note aside.
    """
    unknown = sorted(set(values) - set(CHANGEABLE))
    if unknown or not values:
        msg = f"{', '.join(unknown) or 'Nothing'} can't be changed of a dispute; one of {', '.join(CHANGEABLE)}"
        raise BadInput(msg, fields=unknown)

    def body(unit: Unit) -> Facts:
        dispute = _open(unit, dispute_id, seen)
        before = {name: getattr(dispute, name) for name in values if name != "note"}
        _change(unit, dispute, values)
        if before.get("due_on") is not None:
            before["due_on"] = before["due_on"].isoformat()
        _told(unit, dispute, "changed", fields=sorted(values), before=before)
        return {"dispute": dispute_id, "customer": dispute.customer_id, "before": before, **_figures(dispute)}

    return _run(engine, "change_dispute", body, {"dispute": dispute_id, **values}, actor, key)


def close_dispute(
    engine: Engine,
    *,
    dispute_id: int,
    outcome: str,
    on: date,
    actor: Actor,
    key: str | None = None,
    seen: int | None = None,
) -> Facts:
    """End a dispute with one of OUTCOMES; from `on` on (inclusive) the amount can be asked for again."""
    rules.check_outcome(outcome)
    check_days(on)

    def body(unit: Unit) -> Facts:
        dispute = _open(unit, dispute_id, seen)
        if on < dispute.opened_on:
            msg = f"This dispute began on {dispute.opened_on.isoformat()}; it can't have ended on {on.isoformat()}"
            raise BadInput(msg, on=on.isoformat())
        return _close(unit, dispute, outcome, on, "closed")

    return _run(engine, "close_dispute", body, {"dispute": dispute_id, "outcome": outcome, "on": on}, actor, key)


def withdraw_dispute(
    engine: Engine, *, dispute_id: int, actor: Actor, key: str | None = None, seen: int | None = None
) -> Facts:
    """Take back a dispute that was recorded by mistake: it counts on no day, and stays in the history."""

    def body(unit: Unit) -> Facts:
        return withdraw_in(unit, dispute_id, seen=seen)

    return _run(engine, "withdraw_dispute", body, {"dispute": dispute_id}, actor, key)


def reopen_dispute(
    engine: Engine, *, dispute_id: int, actor: Actor, key: str | None = None, seen: int | None = None
) -> Facts:
    """Take back the end of a dispute, or its withdrawal: it counts from its first day again as if never closed."""

    def body(unit: Unit) -> Facts:
        return reopen_in(unit, dispute_id, seen=seen)

    return _run(engine, "reopen_dispute", body, {"dispute": dispute_id}, actor, key)


def withdraw_in(unit: Unit, dispute_id: int, *, seen: int | None = None) -> Facts:
    """Take back an open dispute inside a transaction. Raises RuleBroken when it was closed."""
    dispute = _open(unit, dispute_id, seen)
    return _close(unit, dispute, rules.MISTAKE, dispute.opened_on, "withdrawn")


def reopen_in(unit: Unit, dispute_id: int, *, seen: int | None = None) -> Facts:
    """Open a closed or withdrawn dispute again inside a transaction. Raises RuleBroken when it is open."""
    dispute = _dispute(unit, dispute_id)
    _customer(unit, dispute.customer_id, seen)
    if dispute.closed_at is None:
        msg = "This dispute is open"
        raise RuleBroken(msg, dispute=dispute_id)
    before = {"outcome": dispute.outcome, "closed_on": dispute.closed_on}
    dispute.closed_on, dispute.closed_at, dispute.closed_by, dispute.outcome = None, None, "", ""
    _told(unit, dispute, "reopened", **before)
    return {"dispute": dispute_id, "customer": dispute.customer_id, **_figures(dispute)}


def _close(unit: Unit, dispute: Dispute, outcome: str, on: date, verb: str) -> Facts:
    dispute.closed_on, dispute.closed_at, dispute.closed_by = on, unit.recorded_at, unit.actor.name
    dispute.outcome = outcome
    _told(unit, dispute, verb, outcome=outcome, closed_on=on)
    return {"dispute": dispute.id, "customer": dispute.customer_id, "outcome": outcome}


def _change(unit: Unit, dispute: Dispute, values: Mapping[str, Any]) -> None:
    if "reason" in values:
        rules.check_reason(values["reason"])
        dispute.reason = values["reason"]
    if "owner" in values:
        dispute.owner = str(values["owner"]).strip()
    if "note" in values:
        dispute.note = _checked_note(str(values["note"]))
    if "due_on" in values:
        due_on = values["due_on"]
        check_days(*([due_on] if due_on else []))
        rules.check_due(dispute.opened_on, due_on)
        dispute.due_on = due_on
    if "amount" in values:
        again = posted_again(unit.session, [dispute.document_id])
        document = unit.session.get_one(Document, again.get(dispute.document_id, dispute.document_id))
        dispute.amount = _amount(unit, document, values["amount"], but=dispute.id)


def _amount(unit: Unit, document: Document, amount: Decimal | None, but: int | None = None) -> int:
    """Return the amount in minor units, all that is free when None; what other disputes hold is not."""
    number = document.id
    open_ = open_now(unit.session, [number]).get(number, 0)
    taken = disputed_now(unit.session, number, survivor_of(unit.session, document.customer_id), but=but)
    units = open_ - taken if amount is None else to_minor(amount, document.currency)
    name = f"{BY_NAME[document.kind].label} {document.number or number}"
    if open_ <= 0:
        msg = f"Nothing is open of {name}: there is nothing to contest"
        raise RuleBroken(msg, document=number)
    if amount is None and units <= 0:
        msg = f"All that is open of {name} is in dispute already"
        raise RuleBroken(msg, document=number)
    rules.check_amount(units, open_=open_, disputed=taken, document=name, currency=document.currency)
    return units


def _document(unit: Unit, customer_id: int, document_id: int) -> Document:
    document = unit.session.get(Document, document_id)
    if document is None or survivor_of(unit.session, document.customer_id) != customer_id:
        msg = f"There is no document {document_id} of this customer"
        raise NotFound(msg, document=document_id)
    return document


def _customer(unit: Unit, customer_id: int, seen: int | None) -> int:
    """Return the customer that the given one lives on in, once nobody else wrote about it."""
    find(unit, customer_id)
    survivor = survivor_of(unit.session, customer_id)
    check_seen(unit, f"customer:{survivor}", seen)
    return survivor


def _dispute(unit: Unit, dispute_id: int) -> Dispute:
    dispute = unit.session.get(Dispute, dispute_id)
    if dispute is None:
        msg = f"There is no dispute {dispute_id}"
        raise NotFound(msg, dispute=dispute_id)
    return dispute


def _open(unit: Unit, dispute_id: int, seen: int | None) -> Dispute:
    dispute = _dispute(unit, dispute_id)
    _customer(unit, dispute.customer_id, seen)
    if dispute.closed_at is not None:
        msg = f"{dispute.closed_by} closed this dispute before: open it again first"
        raise RuleBroken(msg, dispute=dispute_id)
    return dispute


def _figures(dispute: Dispute) -> Facts:
    """Return what the audit and the history may hold of a dispute: no note."""
    return {
        "document": dispute.document_id,
        "currency": dispute.currency,
        "amount": dispute.amount,
        "reason": dispute.reason,
        "owner": dispute.owner,
        "due_on": dispute.due_on.isoformat() if dispute.due_on else None,
    }


def _told(unit: Unit, dispute: Dispute, verb: str, **more: Any) -> None:
    """Leave the event of a change, under the customer that lives on, and tell the audit."""
    what = {**_figures(dispute), **more}
    survivor = survivor_of(unit.session, dispute.customer_id)
    add_event(unit, "dispute", int(dispute.id or 0), customer_id=survivor, verb=verb, what=what)
    unit.changed.update({"dispute": dispute.id, **what, **unit.masked({"note": dispute.note})})


def _checked_note(note: str) -> str:
    note = note.strip()
    if len(note) > LONGEST_NOTE:
        msg = f"A note has at most {LONGEST_NOTE:,} characters"
        raise BadInput(msg, length=len(note))
    return note


def _run(
    engine: Engine, verb: str, body: Callable[[Unit], Facts], content: Facts, actor: Actor, key: str | None
) -> Facts:
    refuse_reader(actor, "may look at disputes but not change them")
    return commit(engine, body, actor=actor, verb=verb, key=key, content=content)
