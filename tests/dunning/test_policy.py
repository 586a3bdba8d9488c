"""The rules of reminders: what is kept, and the sentence for each that can't be meant."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from arcore.dunning import queries
from arcore.dunning import service
from arcore.dunning.policy import Policy
from arcore.dunning.policy import Step
from arcore.dunning.policy import as_setting
from arcore.dunning.policy import check
from arcore.dunning.policy import from_setting
from arcore.errors import BadInput
from arcore.errors import NotAllowed
from arcore.store.engine import reading
from arcore.store.unit import Actor

STANDARD = Policy()


def steps(*days):
    """Return three steps by their days."""
    return tuple(Step(name, after) for name, after in zip(("friendly", "firm", "formal"), days, strict=True))


def test_the_standard_rules_are_sound():
    check(STANDARD)
    assert [(step.name, step.days) for step in STANDARD.steps] == [("friendly", 5), ("firm", 20), ("formal", 40)]


@pytest.mark.parametrize(("late", "wanted"), [(0, 0), (4, 0), (5, 1), (19, 1), (20, 2), (39, 2), (40, 3), (999, 3)])
def test_what_so_many_days_call_for(late, wanted):
    assert STANDARD.wanted(late) == wanted


def test_it_is_kept_and_read_back():
    changed = replace(STANDARD, steps=steps(3, 9, 30), minimum=Decimal("12.50"), gap_days=4)
    assert from_setting(json.loads(json.dumps(as_setting(changed)))) == changed
    assert from_setting(None) == from_setting({}) == STANDARD
    assert from_setting({"gap_days": 9, "of tomorrow": 1}) == replace(STANDARD, gap_days=9)
    with pytest.raises(BadInput):
        from_setting({"minimum": "much"})


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"steps": steps(5, 20, 20)}, "formal must come later than firm"),
        ({"steps": steps(0, 20, 40)}, "starts 1 to 730 days"),
        ({"steps": steps(5, 20, 40)[:2]}, "three steps"),
        ({"steps": (Step("", 5), *steps(5, 20, 40)[1:])}, "needs a name"),
        ({"steps": (Step("friendly", 5, -1), *steps(5, 20, 40)[1:])}, "starts 1 to 730 days"),
        ({"gap_days": 0}, "Between two reminders lie 1 to 730 days; 0 is not"),
        ({"minimum": Decimal(-1)}, "zero or more"),
        ({"minimum": Decimal("NaN")}, "zero or more"),
        ({"approval_from": 5}, "from 1 to 4, where 4 means never"),
        ({"grace_days": 31}, "0 to 30 bank days"),
        ({"stale_days": 0}, "too old after 1"),
        ({"daily_limit": -1}, "limit per day"),
        ({"pay_within_days": 0}, "1 to 90 days to pay"),
        ({"name": "a:b"}, "without a colon"),
        ({"name": " "}, "need a name"),
    ],
)
def test_what_cannot_be_meant(change, sentence):
    with pytest.raises(BadInput, match=sentence):
        check(replace(STANDARD, **change))


def test_saving_says_what_changed_and_refuses_nonsense(desk):
    said = service.save_policy(desk.engine, policy=replace(STANDARD, gap_days=9), actor=desk.actor)
    assert said == {"changed": ["gap_days"]}
    with pytest.raises(BadInput):
        service.save_policy(desk.engine, policy=replace(STANDARD, gap_days=0), actor=desk.actor)
    with pytest.raises(NotAllowed):
        service.save_policy(desk.engine, policy=STANDARD, actor=Actor("carl", "collector"))
    with reading(desk.engine) as session:
        assert queries.policy_in(session).gap_days == 9


def test_changed_rules_hold_at_once(desk):
    desk.invoice("100.00", "05-01")
    assert desk.code() == "send"
    desk.rules(steps=steps(30, 40, 50))
    assert desk.row().why == "Not 30 days late yet: the friendly reminder falls due on 31 May 2026"
