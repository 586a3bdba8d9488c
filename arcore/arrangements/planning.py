"""The verbs on payment plans."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from typing import Unpack

from sqlalchemy import Engine
from sqlalchemy import select
from sqlmodel import col

from arcore.arrangements import dating
from arcore.arrangements import rules
from arcore.arrangements.draft import check_grace
from arcore.arrangements.draft import check_total
from arcore.arrangements.draft import checked
from arcore.arrangements.draft import draft
from arcore.arrangements.writing import GRACE_DAYS
from arcore.arrangements.writing import Previewed
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
from arcore.ledger.checks import check_expected
from arcore.ledger.journal import Journal
from arcore.money import plain
from arcore.store.arrangements import Plan
from arcore.store.arrangements import PlanInstalment
from arcore.store.arrangements import PlanItem
from arcore.store.cases import add_event
from arcore.store.unit import Facts
from arcore.store.unit import Unit


def agree_plan(
    engine: Engine,
    *,
    customer_id: int,
    entity: str,
    currency: str,
    item_ids: Sequence[int],
    instalments: Sequence[tuple[date, Decimal]],
    agreed_on: date,
    grace_days: int = GRACE_DAYS,
    who: str = "",
    note: str = "",
    **how: Unpack[Previewed],
) -> Facts:
    """Agree to pay items in instalments (day, whole units) and give them those days, oldest due first.

    The instalments add up, to the last unit, to what is open of the items and not in dispute; what is in dispute keeps
    its due date. Returns the `plan`, the `items` made, and `effects` as the verbs of the books do.
    """
    content: dict[str, Any] = {
        "customer_id": customer_id,
        "entity": entity,
        "currency": currency,
        "item_ids": list(item_ids),
        "instalments": [list(one) for one in instalments],
        "agreed_on": agreed_on,
        "grace_days": grace_days,
        "who": who,
        "note": note,
    }

    def body(unit: Unit) -> Facts:
        return agree_plan_in(unit, how=how, **{**content, "item_ids": item_ids, "instalments": instalments})

    return run(engine, "agree_plan", body, content, how)


def agree_plan_in(
    unit: Unit,
    *,
    customer_id: int,
    entity: str,
    currency: str,
    item_ids: Sequence[int],
    instalments: Sequence[tuple[date, Decimal]],
    agreed_on: date,
    grace_days: int = GRACE_DAYS,
    who: str = "",
    note: str = "",
    how: Previewed | None = None,
) -> Facts:
    """Do the same inside a transaction that may write more."""
    how = how or {"actor": unit.actor}
    survivor = customer(unit, customer_id, how.get("seen"))
    check_grace(grace_days)
    drawn = draft(
        unit.session,
        customer_id=survivor,
        entity=entity,
        currency=currency,
        item_ids=item_ids,
        instalments=instalments,
        agreed_on=agreed_on,
    )
    journal = Journal(unit)
    plan = _new_plan(unit, survivor, entity, currency, drawn.instalments, agreed_on, grace_days, who, note)
    rows = dating.re_date(journal, plan, drawn.pieces, [day for day, _ in drawn.instalments], agreed_on)
    return _write(unit, journal, plan, "agreed", how, rows, drawn.instalments)


def change_plan(
    engine: Engine,
    *,
    plan_id: int,
    instalments: Sequence[tuple[date, Decimal]],
    on: date,
    grace_days: int | None = None,
    who: str | None = None,
    note: str | None = None,
    **how: Unpack[Previewed],
) -> Facts:
    """Agree on `on` to pay what is left of a plan in other instalments: a new plan replaces it.

    The instalments add up to what is left. Returns the new `plan` and the one it `replaces`.
    """
    content = {
        "plan": plan_id,
        "instalments": [list(one) for one in instalments],
        "on": on,
        "grace_days": grace_days,
        "who": who,
        "note": note,
    }

    def body(unit: Unit) -> Facts:
        old = _running(unit, plan_id, how.get("seen"), on)
        grace = old.grace_days if grace_days is None else grace_days
        check_grace(grace)
        split = checked(instalments, old.currency, on)
        journal = Journal(unit)
        left = dating.move_back(journal, old, on)
        _check_left(old, left)
        check_total(split, sum(left.values()), old.currency)
        survivor = survivor_of(unit.session, old.customer_id)
        told = (old.who if who is None else who, old.note if note is None else note)
        plan = _new_plan(unit, survivor, old.entity, old.currency, split, on, grace, *told)
        pieces = rules.lay_out([one for one in left.items() if one[1]], [amount for _, amount in split])
        rows = dating.re_date(journal, plan, pieces, [day for day, _ in split], on)
        _end(unit, old, "replaced", on, plan.id)
        return _write(unit, journal, plan, "agreed", how, rows, split, replaces=old.id)

    return run(engine, "change_plan", body, content, how)


def cancel_plan(engine: Engine, *, plan_id: int, on: date, note: str = "", **how: Unpack[Previewed]) -> Facts:
    """End a plan on a day: what is left stands at its first due dates again from then on, and may be asked for.

    What was paid stays paid; what bounces later goes to the first due date too. `note` is added to the plan's.
    `resume_plan` undoes it.
    """

    def body(unit: Unit) -> Facts:
        plan = _running(unit, plan_id, how.get("seen"), on)
        journal = Journal(unit)
        left = dating.move_back(journal, plan, on)
        _check_left(plan, left)
        plan.note = checked_text("\n".join(line for line in (plan.note, note.strip()) if line))
        _end(unit, plan, "cancelled", on)
        return _write(unit, journal, plan, "", how, left=plain(sum(left.values()), plan.currency))

    return run(engine, "cancel_plan", body, {"plan": plan_id, "on": on, "note": note}, how)


def resume_plan(engine: Engine, *, plan_id: int, **how: Unpack[Previewed]) -> Facts:
    """Undo the cancelling of a plan as if it had never been.

    Raises RuleBroken for any other plan, or once what went back was paid or planned again.
    """

    def body(unit: Unit) -> Facts:
        plan = _plan(unit, plan_id, how.get("seen"))
        if plan.state != "cancelled":
            msg = f"Only a cancelled plan can be resumed; this one is {rules.PLAN_STATES[plan.state].lower()}"  # type: ignore[index]
            raise RuleBroken(msg, plan=plan_id)
        journal = Journal(unit)
        dating.bring_back(journal, plan)
        _revive(plan)
        return _write(unit, journal, plan, "resumed", how)

    return run(engine, "resume_plan", body, {"plan": plan_id}, how)


def withdraw_plan(engine: Engine, *, plan_id: int, **how: Unpack[Previewed]) -> Facts:
    """Take a plan back as if it had never been agreed; one that it replaced runs again.

    Raises RuleBroken once money or anything else touched its items: then it can only be cancelled.
    """

    def body(unit: Unit) -> Facts:
        plan = _running(unit, plan_id, how.get("seen"), None)
        journal = Journal(unit)
        dating.take_back(journal, plan)
        _end(unit, plan, "withdrawn", plan.agreed_on)
        before = _replaced_by(unit, plan_id)
        if before is not None:
            dating.bring_back(journal, before)
            _revive(before)
            _told_plan(unit, before, "resumed")
        return _write(unit, journal, plan, "", how, resumed=None if before is None else before.id)

    return run(engine, "withdraw_plan", body, {"plan": plan_id}, how)


# --- inside ----------------------------------------------------------------------------------------------------------


def _new_plan(
    unit: Unit,
    customer_id: int,
    entity: str,
    currency: str,
    split: Sequence[tuple[date, int]],
    agreed_on: date,
    grace_days: int,
    who: str,
    note: str,
) -> Plan:
    plan = Plan(
        customer_id=customer_id,
        entity=entity,
        currency=currency,
        total=sum(amount for _, amount in split),
        agreed_on=agreed_on,
        grace_days=grace_days,
        who=checked_name(who),
        note=checked_text(note),
        recorded_at=unit.recorded_at,
        recorded_by=unit.actor.name,
    )
    unit.session.add(plan)
    unit.session.flush()
    unit.session.add_all(
        PlanInstalment(plan_id=int(plan.id or 0), number=number, due_on=day, amount=amount)
        for number, (day, amount) in enumerate(split, start=1)
    )
    return plan


def _write(
    unit: Unit,
    journal: Journal,
    plan: Plan,
    verb: str,
    how: Previewed,
    rows: Sequence[PlanItem] = (),
    split: Sequence[tuple[date, int]] = (),
    **more: Any,
) -> Facts:
    """Write what the journal staged, then the rows that point to it, and tell it."""
    effects = journal.effects()
    check_expected(effects, how.get("expected"))
    journal.flush()
    unit.session.add_all(rows)
    if verb:
        told = [[day.isoformat(), plain(amount, plan.currency)] for day, amount in split]
        _told_plan(unit, plan, verb, **({"instalments": told} if told else {}), **more)
    unit.session.flush()
    return {
        "plan": plan.id,
        "customer": plan.customer_id,
        "state": plan.state,
        "items": [row.item_id for row in rows],
        "effects": effects,
        **more,
    }


def _end(unit: Unit, plan: Plan, state: str, on: date, replaced_by_id: int | None = None) -> None:
    plan.state, plan.ended_on, plan.replaced_by_id = state, on, replaced_by_id
    plan.ended_at, plan.ended_by = unit.recorded_at, unit.actor.name
    more = {"replaced_by": replaced_by_id} if replaced_by_id is not None else {}
    _told_plan(unit, plan, state, on=on, **more)


def _revive(plan: Plan) -> None:
    plan.state, plan.replaced_by_id = "active", None
    plan.ended_on, plan.ended_at, plan.ended_by = None, None, ""


def _plan(unit: Unit, plan_id: int, seen: int | None) -> Plan:
    plan = unit.session.get(Plan, plan_id)
    if plan is None:
        msg = f"There is no plan {plan_id}"
        raise NotFound(msg, plan=plan_id)
    customer(unit, plan.customer_id, seen)
    return plan


def _running(unit: Unit, plan_id: int, seen: int | None, on: date | None) -> Plan:
    plan = _plan(unit, plan_id, seen)
    if plan.state != "active":
        ended = f" by {plan.ended_by}" if plan.ended_by else ""
        msg = f"This plan does not run any more: it was {plan.state}{ended}"
        raise AlreadyReversed(msg, plan=plan_id, state=plan.state)
    if on is not None:
        check_days(on)
        if on < plan.agreed_on:
            msg = f"This plan was agreed on {plan.agreed_on.isoformat()}; it can't end before, on {on.isoformat()}"
            raise BadInput(msg, on=on.isoformat())
    return plan


def _check_left(plan: Plan, left: dict[int, int]) -> None:
    if not sum(left.values()):
        msg = "Nothing is left of this plan: there is nothing to change or to cancel"
        raise RuleBroken(msg, plan=plan.id)


def _replaced_by(unit: Unit, plan_id: int) -> Plan | None:
    found: Plan | None = unit.session.execute(
        select(Plan).where(col(Plan.replaced_by_id) == plan_id, col(Plan.state) == "replaced")
    ).scalar()
    return found


def _told_plan(unit: Unit, plan: Plan, verb: str, **more: Any) -> None:
    """Leave the event of a change under the customer that lives on, and tell the audit."""
    what = {"total": plain(plan.total, plan.currency), "currency": plan.currency, "agreed_on": plan.agreed_on, **more}
    survivor = survivor_of(unit.session, plan.customer_id)
    add_event(unit, "plan", int(plan.id or 0), customer_id=survivor, verb=verb, what=what)
    unit.changed.update({"plan": plan.id, **what, **unit.masked({"who": plan.who, "note": plan.note})})
