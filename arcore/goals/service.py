"""The verbs on targets and on notes in charts: one transaction, one permission check, one audit event each.

Nothing is changed in place: a change, a removal and an undo are new rows, and of one place the latest counts. Each verb
takes an `actor` and may take an idempotency `key`; `seen` is the audit event that the page was drawn from. All raise
Refused (its subclasses say why: BooksMoved when somebody wrote about the same thing meanwhile) and Unavailable.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine
from sqlalchemy import insert
from sqlalchemy import select

from arcore.analytics.headline import headline
from arcore.analytics.kpi import Kpi
from arcore.analytics.variants import Variants
from arcore.company.queries import variants
from arcore.company.service import MAY_CHANGE
from arcore.errors import BadInput
from arcore.errors import NotAllowed
from arcore.errors import NotFound
from arcore.errors import RuleBroken
from arcore.goals import rules
from arcore.goals.queries import name_of
from arcore.ledger.checks import check_days
from arcore.money import is_currency
from arcore.store.goals import ChartNote
from arcore.store.goals import Target
from arcore.store.unit import READ_ONLY_ROLES
from arcore.store.unit import Actor
from arcore.store.unit import Facts
from arcore.store.unit import Unit
from arcore.store.unit import check_seen
from arcore.store.unit import commit

TARGETS, NOTES = Target.__table__, ChartNote.__table__  # type: ignore[attr-defined]
PLACE = ("measure", "variant", "segment")
SET = ("value", "low", "high", "currency", "owner", "due_on", "valid_from", "note")
SAID = ("day", "text", "segment")


def set_target(
    engine: Engine,
    *,
    measure: str,
    value: Decimal,
    segment: str = "",
    low: Decimal | None = None,
    high: Decimal | None = None,
    currency: str = "",
    owner: str = "",
    due_on: date | None = None,
    valid_from: date | None = None,
    note: str = "",
    actor: Actor,
    key: str | None = None,
    seen: int | None = None,
) -> Facts:
    """Set what a measure ("dso" as the company counts it, or "cei.cash") should be, in place of what stood.

    Amounts are in major units of `currency`, everything else is in the unit of the measure. Progress is counted from
    the end of `valid_from`; `low` and `high` (inclusive) are the band whose leaving is an alert.
    """
    _allow(actor, "set targets", MAY_CHANGE)
    place, values = _checked(
        headline(measure, variants(engine)), value=value, segment=segment, low=low, high=high, currency=currency,
        owner=owner, due_on=due_on, valid_from=valid_from, note=note,
    )  # fmt: skip

    def body(unit: Unit) -> Facts:
        before = _standing(unit, place, seen)
        if before is not None and all(getattr(before, name) == values[name] for name in SET):
            raise BadInput("Just this target stands already")
        return _write_target(unit, place, values, before)

    return commit(engine, body, actor=actor, verb="set_target", key=key, content=place | values)


def target_in(unit: Unit, *, measure: str, value: Decimal, **more: Any) -> Facts:
    """Set a target inside a transaction that writes more; `measure` with its variant, the rest as in `set_target`."""
    place, values = _checked(headline(measure, Variants()), value=value, **more)
    return _write_target(unit, place, values, _standing(unit, place, None))


def _checked(
    kpi: Kpi,
    *,
    value: Decimal,
    segment: str = "",
    low: Decimal | None = None,
    high: Decimal | None = None,
    currency: str = "",
    owner: str = "",
    due_on: date | None = None,
    valid_from: date | None = None,
    note: str = "",
) -> tuple[Facts, Facts]:
    """Return place and values of a target as they are kept. Raises BadInput for what can't be meant."""
    check_days(*(day for day in (due_on, valid_from) if day is not None))
    rules.check_target(value=value, low=low, high=high, better=kpi.better, first=valid_from, due=due_on)
    place = {"measure": kpi.name, "variant": kpi.variant, "segment": _name(segment, "A segment")}
    values = {
        "value": _text(value), "low": _text(low), "high": _text(high), "currency": _currency(kpi, currency),
        "owner": _name(owner, "An owner"), "due_on": due_on, "valid_from": valid_from,
        "note": _line(note, rules.LONGEST_NOTE, "The note of a target"),
    }  # fmt: skip
    return place, values


def withdraw_target(
    engine: Engine, *, target_id: int, actor: Actor, key: str | None = None, seen: int | None = None
) -> Facts:
    """Take a target away; what it was stays as history. Raises RuleBroken when another one took its place."""
    _allow(actor, "withdraw targets", MAY_CHANGE)

    def body(unit: Unit) -> Facts:
        row = _latest(unit, target_id, seen)
        if row.value is None:
            raise RuleBroken("This target was withdrawn before", target=target_id)
        return _write_target(unit, _of(row, PLACE), None, row)

    return commit(engine, body, actor=actor, verb="withdraw_target", key=key, content={"target": target_id})


def undo_target(
    engine: Engine, *, target_id: int, actor: Actor, key: str | None = None, seen: int | None = None
) -> Facts:
    """Take back what the row `target_id` set, changed or withdrew: what stood before it stands again.

    Raises RuleBroken when somebody changed the target since.
    """
    _allow(actor, "change targets", MAY_CHANGE)

    def body(unit: Unit) -> Facts:
        row = _latest(unit, target_id, seen)
        place = _of(row, PLACE)
        query = select(TARGETS).where(*_where(place), TARGETS.c.id < row.id).order_by(TARGETS.c.id.desc()).limit(1)
        before = unit.session.execute(query).first()
        stood = None if before is None or before.value is None else _of(before, SET)
        return _write_target(unit, place, stood, row)

    return commit(engine, body, actor=actor, verb="undo_target", key=key, content={"target": target_id})


def add_annotation(
    engine: Engine, *, day: date, text: str, segment: str = "", actor: Actor, key: str | None = None
) -> Facts:
    """Write a few words at a day, for every chart over time; with a segment, only where its customers are shown."""
    values = _note(day, text, segment)
    _allow(actor, "write notes in charts")
    return commit(
        engine, lambda unit: _write_note(unit, None, values), actor=actor, verb="add_annotation", key=key,
        content=values,
    )  # fmt: skip


def annotation_in(unit: Unit, *, day: date, text: str, segment: str = "") -> Facts:
    """Write a note inside a transaction that writes more."""
    return _write_note(unit, None, _note(day, text, segment))


def change_annotation(
    engine: Engine,
    *,
    annotation_id: int,
    day: date,
    text: str,
    segment: str = "",
    actor: Actor,
    key: str | None = None,
    seen: int | None = None,
) -> Facts:
    """Say something else in a note; what it said before stays as history."""
    values = _note(day, text, segment)
    _allow(actor, "write notes in charts")

    def body(unit: Unit) -> Facts:
        said = _said(unit, annotation_id, seen)
        if said[-1].text and _of(said[-1], SAID) == values:
            raise BadInput("The note says just that already")
        return _write_note(unit, annotation_id, values)

    content = {"annotation": annotation_id, **values}
    return commit(engine, body, actor=actor, verb="change_annotation", key=key, content=content)


def remove_annotation(
    engine: Engine, *, annotation_id: int, actor: Actor, key: str | None = None, seen: int | None = None
) -> Facts:
    """Take a note off the charts; what it said stays as history. Raises RuleBroken when it is off already."""
    _allow(actor, "remove notes in charts")

    def body(unit: Unit) -> Facts:
        last = _said(unit, annotation_id, seen)[-1]
        if not last.text:
            raise RuleBroken("This note was removed before", annotation=annotation_id)
        return _write_note(unit, annotation_id, _of(last, SAID) | {"text": ""})

    return commit(engine, body, actor=actor, verb="remove_annotation", key=key, content={"annotation": annotation_id})


def undo_annotation(
    engine: Engine, *, annotation_id: int, actor: Actor, key: str | None = None, seen: int | None = None
) -> Facts:
    """Take the last change of a note back: added, it goes; changed or removed, it says again what it said before."""
    _allow(actor, "change notes in charts")

    def body(unit: Unit) -> Facts:
        *before, last = _said(unit, annotation_id, seen)
        back = _of(before[-1], SAID) if before else _of(last, SAID) | {"text": ""}
        return _write_note(unit, annotation_id, back)

    return commit(engine, body, actor=actor, verb="undo_annotation", key=key, content={"annotation": annotation_id})


# --- targets ----------------------------------------------------------------------------------------------------------


def _write_target(unit: Unit, place: Facts, values: Facts | None, before: Any) -> Facts:
    """Append what stands from now on (None: nothing), and tell the audit; `before` is the row that stood."""
    kept = values or {"currency": "", "owner": "", "note": ""}
    row = place | kept | {"recorded_at": unit.recorded_at, "recorded_by": unit.actor.name, "audit_seq": unit.audit_seq}
    number = _insert(unit, TARGETS, row)
    unit.subject = unit.subject or _subject(place)
    was = None if before is None or before.value is None else before.value
    unit.changed.update(place, target=number, before=was, **_told(kept), **unit.masked({"note": kept["note"]}))
    return {"target": number, "before": None if before is None else before.id}


def _standing(unit: Unit, place: Facts, seen: int | None) -> Any:
    """Return the latest row of a place, None for none, once nobody else wrote about it."""
    check_seen(unit, _subject(place), seen)
    query = select(TARGETS).where(*_where(place)).order_by(TARGETS.c.id.desc()).limit(1)
    return unit.session.execute(query).first()


def _latest(unit: Unit, target_id: int, seen: int | None) -> Any:
    row = unit.session.execute(select(TARGETS).where(TARGETS.c.id == target_id)).first()
    if row is None:
        raise NotFound(f"There is no target {target_id}", target=target_id)
    latest = _standing(unit, _of(row, PLACE), seen)
    if latest.id != row.id:
        raise RuleBroken(f"{latest.recorded_by} changed this target since: look again, then decide", target=target_id)
    return row


def _where(place: Facts) -> list[Any]:
    return [TARGETS.c[name] == place[name] for name in PLACE]


def _subject(place: Facts) -> str:
    return f"target:{place['measure']}.{place['variant']}" + (f":{place['segment']}" if place["segment"] else "")


def _told(values: Facts) -> Facts:
    """Return what the audit may hold of a target: no note."""
    days = {name: values[name].isoformat() if values.get(name) else None for name in ("due_on", "valid_from")}
    return {name: values.get(name) for name in SET if name != "note"} | days


def _currency(kpi: Kpi, currency: str) -> str:
    if name_of(kpi) not in rules.AMOUNTS:
        return ""
    if not is_currency(currency):
        raise BadInput(f"{kpi.label} is an amount: its target needs a currency, such as EUR", currency=currency)
    return currency


# --- notes in charts --------------------------------------------------------------------------------------------------


def _note(day: date, text: str, segment: str) -> Facts:
    check_days(day)
    said = _line(text, rules.LONGEST_WORDS, "A note in charts")
    if not said:
        raise BadInput("Write a few words for the note")
    return {"day": day, "text": said, "segment": _name(segment, "A segment")}


def _write_note(unit: Unit, note_id: int | None, values: Facts) -> Facts:
    row = values | {"recorded_at": unit.recorded_at, "recorded_by": unit.actor.name, "audit_seq": unit.audit_seq}
    number = _insert(unit, NOTES, row | {"note_id": note_id})
    note = note_id or number
    unit.subject = unit.subject or f"chart_note:{note}"
    told = {"day": values["day"].isoformat(), "segment": values["segment"], "stands": bool(values["text"])}
    unit.changed.update(annotation=note, **told, **unit.masked({"text": values["text"]}))
    return {"annotation": note, "day": values["day"].isoformat()}


def _said(unit: Unit, annotation_id: int, seen: int | None) -> list[Any]:
    """Return everything a note ever said, the latest last, once nobody else wrote about it."""
    check_seen(unit, f"chart_note:{annotation_id}", seen)
    own = (NOTES.c.id == annotation_id) & NOTES.c.note_id.is_(None)
    rows = unit.session.execute(select(NOTES).where(own | (NOTES.c.note_id == annotation_id)).order_by(NOTES.c.id))
    found = list(rows)
    if not found:
        raise NotFound(f"There is no note {annotation_id}", annotation=annotation_id)
    return found


# --- both -------------------------------------------------------------------------------------------------------------


def _allow(actor: Actor, what: str, roles: tuple[str, ...] | None = None) -> None:
    if actor.role in READ_ONLY_ROLES or (roles is not None and actor.role not in roles):
        raise NotAllowed(f"{actor.name} may not {what}", actor=actor.name)


def _insert(unit: Unit, table: Any, row: Facts) -> int:
    """Insert a row and return its id."""
    query = insert(table).values(row).returning(table.c.id)
    return int(unit.session.execute(query).scalar_one())


def _of(row: Any, names: tuple[str, ...]) -> Facts:
    return {name: getattr(row, name) for name in names}


def _name(text: str, what: str) -> str:
    return _line(text, rules.LONGEST_NAME, what)


def _line(text: str, longest: int, what: str) -> str:
    """Return text on one line without signs that can't be printed. Raises BadInput where it is too long."""
    tidy = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    if len(tidy) > longest:
        raise BadInput(f"{what} has at most {longest:,} characters", length=len(tidy))
    return tidy


def _text(number: Decimal | None) -> str | None:
    return None if number is None else format(number.normalize(), "f")
