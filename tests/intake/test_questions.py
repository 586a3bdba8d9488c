"""What a snapshot's silence raises: one question each, and nothing is assumed."""

from __future__ import annotations

import pytest

from arcore.errors import NeedsAnswer
from arcore.intake.service import commit


def asked(plan) -> list[str]:
    """Return the ids of a plan's questions."""
    return [question.id for question in plan.questions]


@pytest.fixture
def ten(files):
    """Return ten invoices of 100.00, two for each of five customers."""
    return [files.document(f"INV-{n}", "100.00", "01-05", customer=f"C{n // 2}") for n in range(10)]


def test_a_fifth_gone_is_no_question_and_more_is(office, files, ten):
    office.take(files.snapshot("01-31", *ten))
    assert asked(office.plan(files.snapshot("02-28", *ten[:1], *ten[2:9]))) == []
    made = office.plan(files.snapshot("02-28", *ten[1:2], *ten[3:9:2], *ten[8:]))
    assert asked(made) == ["vanished"]
    assert made.questions[0].text == "4 of 10 open items are not in this file (400.00 of 1,000.00 EUR). Is it complete?"


def test_amount_counts_as_well_as_number(office, files, ten):
    big = files.document("BIG", "400.00", "01-05", customer="C0")
    office.take(files.snapshot("01-31", *ten, big))
    assert asked(office.plan(files.snapshot("02-28", *ten))) == ["vanished"]


def test_customer_wholly_gone_is_asked_by_share_of_the_balance(office, files, ten):
    office.take(files.snapshot("01-31", *ten))
    made = office.plan(files.snapshot("02-28", *ten[2:]))
    assert asked(made) == ["customer_absent:C0"]
    assert made.questions[0].text == "C0: all 2 open items (200.00 EUR) are not in this file. Has all of it been paid?"


def test_small_customer_with_few_items_is_not_asked(office, files, ten):
    small = files.document("S-1", "10.00", "01-05", customer="Small")
    office.take(files.snapshot("01-31", *ten, small))
    assert asked(office.plan(files.snapshot("02-28", *ten))) == []


def test_small_customer_with_five_items_is_asked(office, files, ten):
    large = [files.document(f"L-{n}", "900.00", "01-05", customer="Large") for n in range(20)]
    small = [files.document(f"S-{n}", "1.00", "01-05", customer="Small") for n in range(5)]
    office.take(files.snapshot("01-31", *large, *small))
    assert asked(office.plan(files.snapshot("02-28", *large))) == ["customer_absent:Small"]


def test_unanswered_question_stops_the_commit_and_each_needs_its_own_answer(office, files, ten):
    office.take(files.snapshot("01-31", *ten))
    told = files.snapshot("02-28", *ten[4:])
    made = office.plan(told)
    assert asked(made) == ["vanished", "customer_absent:C0", "customer_absent:C1"]
    with pytest.raises(NeedsAnswer, match="Is it complete") as refused:
        commit(office.engine, made, actor=office.actor)
    assert len(refused.value.details["questions"]) == 3
    some = office.plan(told, answers=frozenset({"vanished", "customer_absent:C0"}))
    with pytest.raises(NeedsAnswer, match="C1"):
        commit(office.engine, some, actor=office.actor)
    assert len(office.open()) == 10
    office.take(told, yes=True)
    assert len(office.open()) == 6


def test_only_what_the_filter_covers_can_vanish(office, files, ten):
    office.take(files.snapshot("01-31", *ten))
    west = [files.document(f"W-{n}", "100.00", "01-05", customer="West") for n in range(6)]
    office.take(files.snapshot("01-31", *west), scope="region=west")
    made = office.plan(files.snapshot("02-28", *west[1:]), scope="region=west")
    assert asked(made) == []
    assert made.counts()["settled"] == 1
    office.take(files.snapshot("02-28", *west[1:]), scope="region=west")
    assert len(office.open()) == 15


def test_snapshot_of_everything_speaks_for_every_filter(office, files, ten):
    west = [files.document(f"W-{n}", "100.00", "01-05", customer="West") for n in range(6)]
    office.take(files.snapshot("01-31", *west), scope="region=west")
    office.take(files.snapshot("02-28", *ten, *west[1:]))
    assert "W-0" not in office.open()


def test_currencies_are_judged_apart(office, files):
    euros = [files.document(f"E-{n}", "100.00", "01-05", customer=f"C{n}") for n in range(30)]
    dollars = [files.document(f"D-{n}", "1.00", "01-05", customer="D", currency="USD") for n in range(3)]
    office.take(files.snapshot("01-31", *euros, *dollars))
    assert asked(office.plan(files.snapshot("02-28", *euros, *dollars[1:]))) == ["vanished"]
