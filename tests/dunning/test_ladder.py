"""The ladder: friendly after 5 days, firm after 20, formal after 40; a week at least between two messages."""

from __future__ import annotations

from datetime import date
from datetime import timedelta

from arcore.dunning.ladder import climb
from arcore.dunning.ladder import next_change
from arcore.dunning.policy import Policy
from arcore.dunning.proof import Debt
from arcore.dunning.proof import prove

DAY = date(2026, 5, 20)
POLICY = Policy()


def late(*days, disputed=None):
    """Return claims of invoices so many days late, 1.00 each; numbers count from 1."""
    items = []
    for number, days_late in enumerate(days, 1):
        due = DAY - timedelta(days=days_late)
        items.append(Debt(number, number, f"INV-{number}", "invoice", "main", "EUR", due, due, due, 100, 100))
    return prove(1, "main", DAY, items, disputed=disputed or {}, planned=set()).from_step(5).claims


def levels(**known):
    """Give debts a level by their number: i1=2 is level 2 of the first."""
    return lambda debt: known.get(f"i{debt.document_id}", 0)


def step_of(claims, level_of, delivered=0, last=None):
    """Return the step of the message, 0 for none."""
    found = climb(claims, level_of, delivered, last, POLICY)
    return 0 if found is None else found.step


def test_the_first_message_is_friendly_however_late_it_is():
    assert [step_of(late(days), levels()) for days in (4, 5, 20, 400)] == [0, 1, 1, 1]


def test_a_debt_takes_one_step_after_the_other():
    assert step_of(late(19), levels(i1=1), 1) == 0
    assert step_of(late(20), levels(i1=1), 1) == 2
    assert step_of(late(400), levels(i1=1), 1) == 2
    assert step_of(late(400), levels(i1=2), 2) == 3
    assert step_of(late(400), levels(i1=3), 3) == 0


def test_a_debt_that_was_never_asked_for_begins_friendly_whatever_was_sent_about_others():
    assert step_of(late(400), levels(), 3) == 1
    assert step_of(late(400, 30), levels(i2=1), 2) == 2


def test_a_formal_notice_never_follows_one_friendly_mail():
    """An old debt is ready for the formal step, but the last message was a friendly one about another."""
    assert step_of(late(60, 6), levels(i1=2, i2=1), 1) == 2


def test_the_debt_that_is_ready_for_most_decides():
    found = climb(late(50, 21, 6), levels(i1=2, i2=1), 2, None, POLICY)
    assert found is not None
    assert (found.step, found.first.debt.item_id) == (3, 1)
    assert found.due_on == DAY - timedelta(days=10)
    assert [(asked.claim.debt.item_id, asked.level) for asked in found.asked] == [(1, 3), (2, 2), (3, 1)]


def test_a_debt_never_falls_back():
    found = climb(late(60, 6), levels(i1=3), 3, None, POLICY)
    assert found is not None
    assert [asked.level for asked in found.asked] == [3, 1]


def test_it_falls_due_when_late_enough_and_the_gap_is_over():
    last = DAY - timedelta(days=3)
    found = climb(late(21), levels(i1=1), 1, last, POLICY)
    assert found is not None
    assert (found.due_on, found.gap_over_on) == (last + timedelta(days=7), last + timedelta(days=7))
    long_ago = DAY - timedelta(days=16)
    found = climb(late(21), levels(i1=1), 1, long_ago, POLICY)
    assert found is not None
    assert found.due_on == DAY - timedelta(days=1)


def test_what_is_not_asked_for_takes_no_part():
    found = climb(late(50, 6, disputed={1: 100}), levels(i1=2), 2, None, POLICY)
    assert found is not None
    assert (found.step, [asked.claim.debt.item_id for asked in found.asked]) == (1, [2])
    assert step_of(late(50, disputed={1: 100}), levels(i1=2), 2) == 0


def test_when_the_next_step_comes():
    assert next_change(late(6), levels(i1=1), POLICY) == (DAY + timedelta(days=14), 2)
    assert next_change(late(6, 30), levels(i1=1, i2=2), POLICY) == (DAY + timedelta(days=10), 3)
    assert next_change(late(400), levels(i1=3), POLICY) is None
