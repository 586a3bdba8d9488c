"""What moved the open and the overdue balance, cause by cause, against a second implementation day by day."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from datetime import timedelta

import numpy as np
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from arcore.analytics.moves import CAUSES
from arcore.analytics.moves import births
from arcore.analytics.moves import moves_between
from arcore.analytics.moves import overdue_moves
from arcore.analytics.moves import overdue_of
from arcore.analytics.open_items import balances_at
from arcore.dates import to_day

CAUSE_OF = {
    "invoice": "invoiced", "debit_note": "invoiced", "late_charge": "invoiced", "credit_note": "credited",
    "discount": "credited", "payment": "collected", "refund": "refunded", "payment_reversal": "refunded",
    "write_off": "written_off", "fx_difference": "exchange", "transfer": "transferred", "conversion": "transferred",
    "settlement": "settled", "redating": "redated",
}  # fmt: skip
JAN, FEB, MAR = date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)


def sums(moves) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for cause, amount in zip(moves.cause.tolist(), moves.amount.tolist(), strict=True):
        found[CAUSES[cause]] += amount
    return {cause: amount for cause, amount in found.items() if amount}


def overdue(book, basis="original"):
    columns = book.columns()
    return sums(overdue_moves(columns, to_day(JAN), to_day(FEB), basis))


def test_what_was_open_on_its_due_date_fell_due_and_what_was_paid_after_it_was_collected(book):
    late = book.post("invoice", date(2026, 1, 1), 100, date(2026, 2, 10))
    book.paid(late, date(2026, 2, 9), 30)
    book.paid(late, date(2026, 2, 10), 20)
    book.paid(late, date(2026, 2, 20), 15)
    # 30 and 20 came in time, so 50 fell due on the 11th; 15 of it was collected.
    assert overdue(book) == {"fell_due": 50, "collected": -15}


def test_due_dates_at_the_ends_of_the_window(book):
    book.post("invoice", date(2026, 1, 1), 1, JAN)
    book.post("invoice", date(2026, 1, 1), 10, JAN - timedelta(days=1))
    book.post("invoice", date(2026, 1, 1), 100, FEB)
    book.post("invoice", date(2026, 1, 1), 1000, FEB - timedelta(days=1))
    # Due on the last day is not past due yet; due on the first day was not, and now is.
    assert overdue(book) == {"fell_due": 1001}


def test_an_invoice_booked_when_already_past_due_comes_in_as_invoiced(book):
    book.post("invoice", date(2026, 1, 1), 70, date(2026, 1, 15), effective=date(2026, 2, 5))
    assert overdue(book) == {"invoiced": 70}


def test_a_redating_takes_out_of_the_overdue_only_by_the_agreed_date(book):
    old = book.post("invoice", date(2025, 12, 1), 90, date(2026, 1, 10))
    book.redate(old, date(2026, 6, 1), 60, date(2026, 2, 5))
    assert overdue(book, "due") == {"redated": -60}
    assert overdue(book) == {}


def test_write_offs_credits_settlements_and_transfers_have_lines_of_their_own(book):
    for kind, amount in (("write_off", 5), ("credit_note", 7), ("settlement", 11), ("discount", 2)):
        item = book.post("invoice", date(2025, 12, 1), 100, date(2026, 1, 10))
        side = {"amount": -amount, "side": -1} if kind == "settlement" else {"amount": amount}
        credit = book.post(kind, date(2026, 2, 3), **side)
        book.apply(credit, item, amount, date(2026, 2, 3))
    moved = book.post("invoice", date(2025, 12, 1), 100, date(2026, 1, 10))
    book.transfer(moved, 40, date(2026, 2, 4), customer=1)
    columns = book.columns()
    here = overdue_moves(columns, to_day(JAN), to_day(FEB), "original", columns.customer == 0)
    assert sums(here) == {"written_off": -5, "credited": -9, "settled": -11, "transferred": -40}
    there = overdue_moves(columns, to_day(JAN), to_day(FEB), "original", columns.customer == 1)
    assert sums(there) == {"transferred": 40}


WINDOW = st.tuples(st.integers(-10, 60), st.integers(1, 90)).map(
    lambda drawn: (date(2026, 1, 1) + timedelta(drawn[0]), date(2026, 1, 1) + timedelta(drawn[0] + drawn[1]))
)


@settings(max_examples=60, deadline=None)
@given(data=st.data(), window=WINDOW, basis=st.sampled_from(["original", "due"]))
def test_the_overdue_bridge_foots_and_agrees_with_the_slow_one_on_random_books(data, window, basis, ledgers, oracle):
    told = data.draw(ledgers)
    slow, columns, (first, last) = oracle(told), told.columns(), window
    moves = overdue_moves(columns, to_day(first), to_day(last), basis)
    expected: dict[str, int] = defaultdict(int)
    for item in slow.items:
        due = slow.ages_from(item, basis)
        for offset in range(1, (last - first).days + 1):
            day = first + timedelta(days=offset)
            if item["side"] > 0 and due == day - timedelta(days=1):
                expected["fell_due"] += slow.balance(item, due)
            if item["side"] > 0 and due < day:
                for kind, amount in slow.moved(item, day):
                    expected[CAUSE_OF[kind]] += amount
    assert sums(moves) == {cause: amount for cause, amount in expected.items() if amount}
    opening, closing = (sum(slow.overdue(item, day, basis) for item in slow.items) for day in window)
    assert opening + int(moves.amount.sum()) == closing
    for day, total in ((first, opening), (last, closing)):
        number = to_day(day)
        assert overdue_of(columns, balances_at(columns, number), number, basis).sum() == total


@settings(max_examples=60, deadline=None)
@given(data=st.data(), window=WINDOW)
def test_the_moves_of_every_item_add_up_to_the_change_of_its_balance(data, window, ledgers, oracle):
    told = data.draw(ledgers)
    slow, columns, (first, last) = oracle(told), told.columns(), window
    moves = moves_between(columns, to_day(first), to_day(last))
    change = np.zeros(len(columns.item_id), np.int64)
    np.add.at(change, moves.row, moves.amount)
    assert change.tolist() == [slow.balance(item, last) - slow.balance(item, first) for item in slow.items]


@settings(max_examples=60, deadline=None)
@given(data=st.data(), window=WINDOW)
def test_births_alone_bridge_the_open_balance_where_both_sides_of_a_match_are_in_the_books(
    data, window, ledgers, oracle
):
    told = data.draw(ledgers)
    told.applications = [
        row
        for row in told.applications
        if row["day"] >= max(told.items[row[leg] - 1]["effective"] for leg in ("from", "to"))
    ]
    slow, (first, last) = oracle(told), window
    born = births(told.columns(), to_day(first), to_day(last))
    opening, closing = (sum(slow.balance(item, day) for item in slow.items) for day in window)
    assert opening + int(born.amount.sum()) == closing
    expected: dict[str, int] = defaultdict(int)
    for item in slow.items:
        if first < item["effective"] <= last:
            expected[CAUSE_OF[item["kind"]]] += item["amount"]
    assert sums(born) == {cause: amount for cause, amount in expected.items() if amount}
