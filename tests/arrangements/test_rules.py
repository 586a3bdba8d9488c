"""Splitting totals, laying items over instalments, sharing receipts out: figures one can check by hand."""

from __future__ import annotations

from datetime import UTC
from datetime import date
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcore.arrangements.rules import Given
from arcore.arrangements.rules import Part
from arcore.arrangements.rules import Piece
from arcore.arrangements.rules import Receipt
from arcore.arrangements.rules import judge
from arcore.arrangements.rules import judge_instalment
from arcore.arrangements.rules import lay_out
from arcore.arrangements.rules import share_out
from arcore.arrangements.rules import split
from arcore.errors import BadInput

MORNING, NOON, EVENING = (datetime(2026, 3, 1, hour, tzinfo=UTC) for hour in (8, 12, 18))


def march(number: int) -> date:
    return date(2026, 3, number)


def promise(number: int, amount: int, due: int, *documents: int, made: int = 1) -> Given:
    return Given(number, amount, march(made), march(due), march(due + 3), NOON, frozenset(documents))


def receipt(number: int, on: int, *parts: tuple[int | None, int], at: datetime = EVENING, first: int = 0) -> Receipt:
    return Receipt(number, march(first or on), march(on), at, tuple(Part(*part) for part in parts))


def taken(promises, receipts) -> dict[int, list[tuple[int, int]]]:
    return {
        number: [(share.receipt_id, share.amount) for share in shares]
        for number, shares in share_out(promises, receipts).items()
    }


# --- splitting ---


def test_what_does_not_divide_goes_on_the_last_instalment():
    assert split(10000, date(2026, 1, 31), 3, "month") == (
        (date(2026, 1, 31), 3333),
        (date(2026, 2, 28), 3333),
        (date(2026, 3, 31), 3334),
    )


@pytest.mark.parametrize(
    ("every", "days"),
    [
        ("week", ["2026-12-21", "2026-12-28", "2027-01-04"]),
        ("two_weeks", ["2026-12-21", "2027-01-04", "2027-01-18"]),
        ("month", ["2026-12-21", "2027-01-21", "2027-02-21"]),
        ("quarter", ["2026-12-21", "2027-03-21", "2027-06-21"]),
    ],
)
def test_instalments_follow_a_rhythm(every, days):
    assert [str(day) for day, _ in split(900, date(2026, 12, 21), 3, every)] == days


def test_one_instalment_is_the_whole():
    assert split(101, march(1), 1, "month") == ((march(1), 101),)


@pytest.mark.parametrize(
    ("total", "count", "every", "sentence"),
    [
        (2, 3, "month", "too small for 3 instalments"),
        (100, 0, "month", "1 to 120 instalments"),
        (100, 3, "year", "'year' is no rhythm"),
    ],
)
def test_what_can_not_be_split_is_refused(total, count, every, sentence):
    with pytest.raises(BadInput, match=sentence):
        split(total, march(1), count, every)


def test_items_are_laid_over_instalments_one_after_the_other():
    assert lay_out([(7, 50), (8, 70)], [40, 40, 40]) == (
        Piece(7, 1, 40),
        Piece(7, 2, 10),
        Piece(8, 2, 30),
        Piece(8, 3, 40),
    )


# --- sharing receipts out ---


def test_a_receipt_counts_for_one_promise_only_the_first_due_first():
    assert taken([promise(1, 100, 20), promise(2, 100, 10)], [receipt(9, 5, (None, 130))]) == {
        2: [(9, 100)],
        1: [(9, 30)],
    }


def test_only_money_between_the_promise_and_the_end_of_its_grace_counts():
    days = [
        receipt(9, 3, (None, 10)),
        receipt(8, 4, (None, 20)),
        receipt(7, 13, (None, 40)),
        receipt(6, 14, (None, 80)),
    ]

    assert taken([promise(1, 500, 10, made=4)], days) == {1: [(8, 20), (7, 40)]}


def test_money_that_was_in_the_books_when_the_promise_was_made_is_not_what_was_promised():
    before, after = receipt(8, 1, (None, 20), at=MORNING), receipt(9, 1, (None, 40), at=EVENING)

    assert taken([promise(1, 100, 10)], [before, after]) == {1: [(9, 40)]}


def test_a_promise_of_documents_takes_what_paid_them_and_what_is_not_applied_yet():
    money = [receipt(9, 5, (71, 30), (72, 50), (None, 15))]

    assert taken([promise(1, 100, 10, 71)], money) == {1: [(9, 30), (9, 15)]}


def test_a_promise_for_the_account_leaves_to_others_what_they_wait_for():
    money = [receipt(8, 4, (71, 100)), receipt(9, 5, (72, 100))]

    assert taken([promise(1, 100, 5), promise(2, 100, 10, 71)], money) == {1: [(9, 100)], 2: [(8, 100)]}


def test_a_debt_gone_from_a_snapshot_may_have_been_paid_any_day_since_the_one_before():
    late, early = receipt(8, 28, (71, 100), first=15), receipt(9, 28, (71, 100), first=12)

    assert taken([promise(1, 100, 10, 71)], [late]) == {1: []}
    assert taken([promise(1, 100, 10, 71)], [early]) == {1: [(9, 100)]}


documents = st.frozensets(st.sampled_from([71, 72, 73]), max_size=2)
said = st.lists(st.tuples(st.integers(1, 200), st.integers(1, 20), documents), min_size=1, max_size=5)
came = st.lists(st.tuples(st.integers(1, 28), st.sampled_from([None, 71, 72, 73]), st.integers(1, 200)), max_size=6)


@given(said=said, came=came)
def test_no_unit_counts_twice_and_no_promise_takes_more_than_was_promised(said, came):
    promises = [promise(n, amount, due, *about) for n, (amount, due, about) in enumerate(said)]
    money = [receipt(n, on, (document, amount)) for n, (on, document, amount) in enumerate(came)]
    shares = share_out(promises, money)

    taken_of = [
        sum(s.amount for found in shares.values() for s in found if s.receipt_id == n) for n in range(len(came))
    ]
    assert all(taken_ <= amount for taken_, (_, _, amount) in zip(taken_of, came, strict=True))
    assert all(sum(s.amount for s in shares[p.promise_id]) <= p.amount for p in promises)
    about = {p.promise_id: p.document_ids for p in promises}
    for number, found in shares.items():
        paid = {came[share.receipt_id][1] for share in found}
        assert not about[number] or paid <= about[number] | {None}


# --- judging ---


def verdict(shares, as_of, *, known: int | None = 31, owed: int = 10**6) -> tuple[str, int, int, str | None]:
    given = promise(1, 100, 10)  # money counts through 13 March
    money = share_out([given], [receipt(n, on, (None, amount)) for n, (on, amount) in enumerate(shares)])[1]
    state, received, left, on = judge(
        given, money, march(as_of), known_until=None if known is None else march(known), owed=owed
    )
    return state, received, left, None if on is None else on.isoformat()[5:]


@pytest.mark.parametrize(
    ("shares", "as_of", "expected"),
    [
        ([], 13, ("open", 0, 100, None)),
        ([], 14, ("broken", 0, 100, "03-14")),
        ([(5, 60)], 12, ("open", 60, 40, None)),
        ([(5, 60)], 14, ("part_kept", 60, 40, "03-14")),
        ([(5, 60), (13, 40)], 13, ("kept", 100, 0, "03-13")),
        ([(5, 60), (14, 40)], 20, ("part_kept", 60, 40, "03-14")),
    ],
)
def test_a_promise_is_kept_in_part_or_broken_after_its_grace(shares, as_of, expected):
    assert verdict(shares, as_of) == expected


def test_nothing_is_broken_before_cash_data_cover_the_last_day():
    assert verdict([], 20, known=12)[0] == "unknown"
    assert verdict([], 20, known=None)[0] == "unknown"
    assert verdict([], 20, known=13)[0] == "broken"
    assert verdict([(5, 100)], 20, known=None)[0] == "kept"


def test_nobody_breaks_a_promise_to_pay_what_was_credited():
    assert verdict([], 20, owed=0) == ("lapsed", 0, 0, "03-14")
    assert verdict([(5, 60)], 20, owed=0) == ("kept", 60, 0, "03-14")
    assert verdict([(5, 60)], 20, owed=15) == ("part_kept", 60, 15, "03-14")


@pytest.mark.parametrize(
    ("as_of", "left", "paid", "state"),
    [
        (9, 100, 0, "coming"),
        (10, 100, 0, "due"),
        (11, 40, 60, "late"),
        (13, 40, 60, "late"),
        (14, 40, 60, "broken"),
        (14, 0, 100, "kept"),
        (5, 0, 0, "settled"),
    ],
)
def test_an_instalment_is_judged_by_what_is_left_of_it(as_of, left, paid, state):
    how = {"due_on": march(10), "until": march(13), "left": left, "paid": paid, "as_of": march(as_of)}

    assert judge_instalment(**how, known_until=date.max) == state


def test_an_instalment_is_not_broken_while_nobody_knows_the_cash():
    how = {"due_on": march(10), "until": march(13), "left": 100, "paid": 0, "as_of": march(20)}

    assert [judge_instalment(**how, known_until=known) for known in (None, march(12), march(13))] == [
        "late",
        "late",
        "broken",
    ]
    assert judge_instalment(**how, known_until=None, ended=True) == "ended"
