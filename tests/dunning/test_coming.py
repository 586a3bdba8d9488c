"""The next two weeks: what falls due if nothing is paid and what is due today leaves."""

from __future__ import annotations

import pytest

from arcore.dunning import queries


def ahead(desk, days=14):
    return [
        (one.day.isoformat()[5:], one.who.code, one.step, one.worth)
        for one in queries.coming(desk.engine, desk.today, days)
    ]


def test_a_debt_that_becomes_late_enough(desk):
    desk.invoice("100.00", "05-18")
    assert ahead(desk) == [("05-23", "C1", 1, 10000)]


def test_a_debt_that_falls_due_in_between(desk):
    desk.invoice("100.00", "05-25")
    assert ahead(desk) == [("05-30", "C1", 1, 10000)]
    desk.invoice("100.00", "05-30", to="C2")
    assert len(ahead(desk)) == 1
    assert len(ahead(desk, 15)) == 2


def test_after_todays_message_the_next_step_waits_for_the_gap(desk):
    desk.invoice("100.00", "05-01")
    assert ahead(desk) == [("05-27", "C1", 2, 10000)]


def test_a_broken_promise_is_asked_for_after_its_grace(desk):
    desk.invoice("100.00", "05-01")
    desk.promise("100.00", "05-14", "05-20")
    # Wednesday 20 May; three bank days, of which Monday 25 May is none in Britain: Tuesday 26 May.
    assert ahead(desk) == [("05-27", "C1", 1, 10000)]


def test_an_instalment_that_is_missed(desk):
    item = desk.invoice("100.00", "04-01")
    desk.plan(item, "05-12", ("05-15", "40.00"), ("06-15", "60.00"))
    assert ahead(desk) == [("05-21", "C1", 1, 4000)]


@pytest.mark.parametrize("limit", [1, 0])
def test_a_stop_a_skip_and_the_limit_end(desk, limit):
    desk.invoice("100.00", "05-01", to="C1")
    desk.fact("hold_until", "2026-05-22", code="C1")
    desk.invoice("50.00", "05-01", to="C2")
    desk.invoice("40.00", "05-01", to="C3")
    desk.live(limit=limit)
    left_over = ("05-21", "C3", 1, 4000) if limit else ("05-27", "C3", 2, 4000)
    assert ahead(desk) == sorted([("05-23", "C1", 1, 10000), ("05-27", "C2", 2, 5000), left_over])


def test_who_is_never_reminded_is_not_coming_either(desk):
    desk.invoice("100.00", "05-18")
    desk.fact("policy", "none")
    desk.customer("C2", email=None)
    desk.invoice("100.00", "05-18", to="C2")
    assert ahead(desk) == []


def test_a_formal_notice_is_announced_with_its_approval(desk):
    desk.invoice("100.00", "05-01")
    desk.live(C1=2)
    [one] = queries.coming(desk.engine, desk.today, 30)
    assert (one.day.isoformat(), one.step, one.approval) == ("2026-06-10", 3, True)


def test_what_is_announced_is_what_happens(desk):
    desk.invoice("100.00", "05-17", to="C1")
    desk.invoice("60.00", "05-03", to="C2")
    desk.live()
    told = ahead(desk)
    desk.run()
    happened = []
    for number in range(21, 32):
        desk.on(f"05-{number}")
        happened += [(f"05-{number}", row.who.code, row.step, row.asked_worth) for row in desk.reminders().due]
        desk.run()
    assert told == happened[: len(told)] == [("05-22", "C1", 1, 10000), ("05-27", "C2", 2, 6000)]
