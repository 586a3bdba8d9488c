"""Targets and notes are set, changed, taken away and taken back; everything said before stays."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Engine
from sqlalchemy import select

from arcore.errors import BadInput
from arcore.errors import BooksMoved
from arcore.errors import NotAllowed
from arcore.errors import NotFound
from arcore.errors import RuleBroken
from arcore.goals import queries
from arcore.goals import service
from arcore.store.books import AuditEvent
from arcore.store.engine import reading
from arcore.store.migrate import head_of
from arcore.store.unit import Actor

D = Decimal
ANNA, MAX, VERA = Actor("anna"), Actor("max", role="manager"), Actor("vera", role="viewer")
DSO: dict = {
    "measure": "dso", "value": D("42.0"), "high": D(50), "owner": " Ana ", "due_on": date(2026, 12, 31),
    "valid_from": date(2026, 1, 31), "note": "Agreed with Zora", "actor": ANNA,
}  # fmt: skip


def values(engine: Engine) -> list[tuple[str, str, Decimal]]:
    return [(goal.name, goal.segment, goal.value) for goal in queries.goals(engine)]


def audit(engine: Engine) -> list[AuditEvent]:
    with reading(engine) as session:
        return list(session.execute(select(AuditEvent).order_by(AuditEvent.seq)).scalars())


def test_a_target_is_set_and_says_everything(engine: Engine) -> None:
    service.set_target(engine, **DSO)
    [goal] = queries.goals(engine)
    assert (goal.measure, goal.variant, goal.segment, goal.currency) == ("dso", "period_end", "", "")
    assert (goal.value, goal.low, goal.high) == (42, None, 50)
    assert (goal.owner, goal.due_on, goal.valid_from) == ("Ana", date(2026, 12, 31), date(2026, 1, 31))
    assert (goal.note, goal.recorded_by, goal.kpi.better) == ("Agreed with Zora", "anna", "lower")


def test_one_audit_event_that_tells_the_figures_but_not_the_note(engine: Engine) -> None:
    before = head_of(engine).audit_seq
    service.set_target(engine, **DSO)
    *_, event = audit(engine)
    assert (event.seq, event.verb, event.subject) == (before + 1, "set_target", "target:dso.period_end")
    changed = json.loads(event.changed)
    assert (changed["value"], changed["high"], changed["due_on"]) == ("42", "50", "2026-12-31")
    assert "Zora" not in event.changed + event.result
    assert len(changed["note"]) == 16


def test_each_segment_and_each_variant_has_its_own(engine: Engine) -> None:
    service.set_target(engine, **DSO)
    service.set_target(engine, **DSO | {"segment": "Retail", "value": D(30)})
    service.set_target(engine, **DSO | {"measure": "dso.countback", "value": D(41)})
    assert values(engine) == [("dso.period_end", "", 42), ("dso.period_end", "Retail", 30), ("dso.countback", "", 41)]


def test_a_change_takes_the_place_and_undo_brings_the_old_one_back(engine: Engine) -> None:
    first = service.set_target(engine, **DSO)
    second = service.set_target(engine, **DSO | {"value": D(38)})
    assert second["before"] == first["target"]
    assert values(engine) == [("dso.period_end", "", 38)]
    service.undo_target(engine, target_id=second["target"], actor=MAX)
    [goal] = queries.goals(engine)
    assert (goal.value, goal.owner, goal.note, goal.recorded_by) == (42, "Ana", "Agreed with Zora", "max")
    assert [None if was is None else was.value for _, _, was in queries.history(engine, goal)] == [42, 38, 42]


def test_a_new_one_taken_back_leaves_none_and_can_come_again(engine: Engine) -> None:
    made = service.set_target(engine, **DSO)
    undone = service.undo_target(engine, target_id=made["target"], actor=ANNA)
    assert values(engine) == []
    service.undo_target(engine, target_id=undone["target"], actor=ANNA)
    assert values(engine) == [("dso.period_end", "", 42)]


def test_withdrawn_it_is_gone_whatever_stood_before_and_undo_puts_it_back(engine: Engine) -> None:
    service.set_target(engine, **DSO)
    second = service.set_target(engine, **DSO | {"value": D(38)})
    gone = service.withdraw_target(engine, target_id=second["target"], actor=ANNA)
    assert values(engine) == []
    with pytest.raises(RuleBroken, match="withdrawn before"):
        service.withdraw_target(engine, target_id=gone["target"], actor=ANNA)
    service.undo_target(engine, target_id=gone["target"], actor=ANNA)
    assert values(engine) == [("dso.period_end", "", 38)]


def test_what_somebody_changed_since_is_not_undone_over_their_head(engine: Engine) -> None:
    first = service.set_target(engine, **DSO)
    service.set_target(engine, **DSO | {"value": D(38), "actor": MAX})
    for verb in (service.undo_target, service.withdraw_target):
        with pytest.raises(RuleBroken, match="max changed this target since"):
            verb(engine, target_id=first["target"], actor=ANNA)
    with pytest.raises(BooksMoved):
        service.set_target(engine, **DSO, seen=1)
    assert values(engine) == [("dso.period_end", "", 38)]


def test_a_double_click_sets_it_once_and_the_same_again_is_refused(engine: Engine) -> None:
    assert service.set_target(engine, **DSO, key="k") == service.set_target(engine, **DSO, key="k")
    with pytest.raises(BadInput, match="stands already"):
        service.set_target(engine, **DSO)
    assert len(values(engine)) == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"measure": "luck"}, "no KPI 'luck'"),
        ({"measure": "overdue"}, "needs a currency"),
        ({"measure": "open", "currency": "EUR", "high": None}, "no good direction"),
        ({"high": D(41)}, "outside of its own band"),
        ({"due_on": date(2026, 1, 31)}, "after the day it is set from"),
        ({"due_on": date(9999, 1, 1)}, "not a date that books can hold"),
        ({"owner": "x" * 81}, "at most 80"),
        ({"note": "x" * 1001}, "at most 1,000"),
    ],
)
def test_what_cannot_be_meant_writes_nothing(engine: Engine, changed: dict, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        service.set_target(engine, **DSO | changed)
    assert values(engine) == []


def test_an_amount_has_its_currency_and_a_rate_has_none(engine: Engine) -> None:
    service.set_target(engine, measure="overdue", value=D("1250000.50"), currency="EUR", actor=ANNA)
    service.set_target(engine, measure="cei", value=D(85), currency="EUR", actor=ANNA)
    assert {goal.name: goal.currency for goal in queries.goals(engine)} == {
        "overdue.gross_debits": "EUR",
        "cei.period": "",
    }


def test_who_may_only_look_writes_nothing(engine: Engine) -> None:
    with pytest.raises(NotAllowed):
        service.set_target(engine, **DSO | {"actor": VERA})
    with pytest.raises(NotAllowed):
        service.set_target(engine, **DSO | {"actor": Actor("carl", role="collector")})
    with pytest.raises(NotAllowed):
        service.add_annotation(engine, day=date(2026, 3, 1), text="New terms", actor=VERA)
    with pytest.raises(NotFound):
        service.withdraw_target(engine, target_id=99, actor=ANNA)


def test_as_known_then_an_older_target_stood(engine: Engine) -> None:
    service.set_target(engine, **DSO)
    seq = head_of(engine).audit_seq
    service.set_target(engine, **DSO | {"value": D(38)})
    with reading(engine) as session:
        assert [goal.value for goal in queries.goals_in(session, upto=seq)] == [42]
        assert queries.goals_in(session, upto=seq - 1) == ()


# --- notes in charts --------------------------------------------------------------------------------------------------


def said(engine: Engine) -> list[tuple[int, date, str, str]]:
    return [(note.number, note.day, note.text, note.segment) for note in queries.chart_notes(engine)]


def test_notes_are_numbered_by_their_days(engine: Engine) -> None:
    service.add_annotation(engine, day=date(2026, 6, 1), text="New collector", actor=ANNA)
    service.add_annotation(engine, day=date(2026, 3, 1), text="  New terms\nfor retail ", segment="Retail", actor=ANNA)
    assert said(engine) == [
        (1, date(2026, 3, 1), "New terms for retail", "Retail"), (2, date(2026, 6, 1), "New collector", ""),
    ]  # fmt: skip
    retail, everybody = queries.chart_notes(engine)
    assert [retail.concerns(part) for part in ((), ("Retail",), ("Public",))] == [True, True, False]
    assert everybody.concerns(("Public",))


def test_a_note_is_changed_removed_and_taken_back_step_by_step(engine: Engine) -> None:
    number = service.add_annotation(engine, day=date(2026, 3, 1), text="New terms", actor=ANNA)["annotation"]
    service.change_annotation(engine, annotation_id=number, day=date(2026, 4, 1), text="Newer terms", actor=ANNA)
    assert said(engine) == [(1, date(2026, 4, 1), "Newer terms", "")]
    service.undo_annotation(engine, annotation_id=number, actor=ANNA)
    assert said(engine) == [(1, date(2026, 3, 1), "New terms", "")]
    service.remove_annotation(engine, annotation_id=number, actor=ANNA)
    assert said(engine) == []
    with pytest.raises(RuleBroken, match="removed before"):
        service.remove_annotation(engine, annotation_id=number, actor=ANNA)
    service.undo_annotation(engine, annotation_id=number, actor=ANNA)
    assert said(engine) == [(1, date(2026, 3, 1), "New terms", "")]


def test_a_note_added_by_mistake_goes_with_undo(engine: Engine) -> None:
    number = service.add_annotation(engine, day=date(2026, 3, 1), text="Oops", actor=ANNA)["annotation"]
    service.undo_annotation(engine, annotation_id=number, actor=ANNA)
    assert said(engine) == []


def test_the_audit_keeps_the_day_of_a_note_but_not_its_words(engine: Engine) -> None:
    service.add_annotation(engine, day=date(2026, 3, 1), text="Zora left", actor=ANNA)
    *_, event = audit(engine)
    assert (event.verb, json.loads(event.changed)["day"]) == ("add_annotation", "2026-03-01")
    assert "Zora" not in event.changed + event.result


def test_an_empty_or_endless_note_is_refused(engine: Engine) -> None:
    for text, words in ((" \n ", "a few words"), ("x" * 121, "at most 120")):
        with pytest.raises(BadInput, match=words):
            service.add_annotation(engine, day=date(2026, 3, 1), text=text, actor=ANNA)
