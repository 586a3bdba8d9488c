"""What payments settled."""

from __future__ import annotations

from datetime import date
from datetime import timedelta

import numpy as np
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from arcore.analytics.payments import paid_in_windows
from arcore.analytics.payments import paid_off
from arcore.analytics.payments import payment_applications
from arcore.dates import to_day

JAN, FEB, MAR = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)


def sums(columns, first, last, **more):
    days = (np.array([to_day(day)], np.int32) for day in (first, last))
    return paid_in_windows(columns, *days, **more).values[0, 0, :, 0].tolist()


def test_days_count_to_the_receipt_not_to_the_matching(book):
    invoice = book.post("invoice", JAN, 100, date(2026, 1, 31))
    payment = book.post("payment", date(2026, 2, 10), 100)
    book.apply(payment, invoice, 100, date(2026, 3, 20))
    assert sums(book.columns(), FEB, date(2026, 3, 31)) == [100, 100 * 40, 100 * 10]
    assert sums(book.columns(), FEB, date(2026, 3, 19)) == [0, 0, 0], "not matched yet"
    assert sums(book.columns(), MAR, date(2026, 3, 31)) == [0, 0, 0], "received before the window"


def test_a_window_holds_its_first_and_its_last_day(book):
    invoice = book.post("invoice", JAN, 100)
    book.paid(invoice, FEB, 30)
    book.paid(invoice, MAR, 70)
    assert sums(book.columns(), FEB, MAR)[0] == 100
    assert sums(book.columns(), FEB + timedelta(days=1), MAR)[0] == 70
    assert sums(book.columns(), FEB, MAR - timedelta(days=1))[0] == 30


def test_a_void_of_a_payment_pays_nothing(book):
    invoice = book.post("invoice", JAN, 100)
    void = book.post("payment", FEB, -100)
    book.apply(void, invoice, 100, FEB)
    assert sums(book.columns(), JAN, MAR) == [0, 0, 0]


def test_part_payments_weigh_what_they_settle(book):
    invoice = book.post("invoice", JAN, 100, date(2026, 1, 31))
    book.paid(invoice, date(2026, 1, 11), 30)
    book.paid(invoice, date(2026, 2, 20), 70)
    assert sums(book.columns(), JAN, MAR) == [100, 30 * 10 + 70 * 50, 30 * -20 + 70 * 20]


def test_credit_notes_settlements_and_write_offs_are_not_payments(book):
    for kind in ("credit_note", "settlement", "write_off", "discount", "invoice"):
        invoice = book.post("invoice", JAN, 100)
        other = book.post(kind, FEB, -100 if kind in {"settlement", "invoice"} else 100)
        book.apply(other, invoice, 100, FEB)
    assert sums(book.columns(), JAN, MAR) == [0, 0, 0]


def test_a_payment_refunded_settles_nothing(book):
    payment, refund = book.post("payment", FEB, 100), book.post("refund", FEB, 100)
    book.apply(payment, refund, 100, FEB)
    assert sums(book.columns(), JAN, MAR) == [0, 0, 0]


def test_a_bounced_payment_no_longer_counts_from_the_day_it_bounced(book):
    invoice = book.post("invoice", JAN, 100)
    payment = book.paid(invoice, FEB, 100)
    book.apply(payment, invoice, -100, date(2026, 2, 15))
    assert sums(book.columns(), JAN, date(2026, 2, 14)) == [100, 3_100, 3_100]
    assert sums(book.columns(), JAN, date(2026, 2, 15)) == [0, 0, 0]


def test_a_re_dated_and_transferred_debt_is_as_old_as_its_first_document(book):
    invoice = book.post("invoice", JAN, 100, date(2026, 1, 11))
    planned = book.redate(invoice, date(2026, 2, 20), 100, date(2026, 1, 20))
    moved = book.transfer(planned, 100, date(2026, 2, 1), customer=1)
    book.paid(moved, date(2026, 2, 20), 100)
    assert sums(book.columns(), FEB, MAR) == [100, 100 * 50, 100 * 40]
    assert sums(book.columns(), FEB, MAR, basis="due") == [100, 100 * 50, 0]


def test_money_moved_from_a_parent_keeps_its_receipt_date(book):
    invoice = book.post("invoice", JAN, 100, customer=1)
    cash = book.post("payment", date(2026, 1, 31), 100)
    closing = book.post("transfer", FEB, 100, side=1)
    book.apply(cash, closing, 100, FEB)
    carried = book.post("transfer", date(2026, 1, 31), -100, effective=FEB, customer=1, origin=cash, side=-1)
    book.apply(carried, invoice, 100, FEB)
    assert sums(book.columns(), JAN, MAR) == [100, 100 * 30, 100 * 30]


def test_rows_behind_the_sums(book):
    invoice = book.post("invoice", JAN, 100)
    book.apply(book.post("credit_note", FEB, 20), invoice, 20, FEB)
    book.paid(invoice, FEB, 80)
    columns = book.columns()
    assert payment_applications(columns, to_day(JAN), to_day(MAR)).tolist() == [1]
    assert payment_applications(columns, to_day(JAN), to_day(MAR), columns.customer == 1).tolist() == []


def test_paid_off_invoices_one_by_one(book):
    late = book.post("invoice", JAN, 100, date(2026, 1, 31))
    book.paid(late, date(2026, 1, 20), 40)
    book.paid(late, date(2026, 2, 20), 60)
    part = book.post("invoice", JAN, 100)
    book.paid(part, FEB, 99)
    credited = book.post("invoice", JAN, 100)
    book.apply(book.post("credit_note", FEB, 100), credited, 100, FEB)
    planned = book.post("invoice", JAN, 100, FEB)
    left = book.redate(planned, MAR, 50, FEB)
    book.paid(planned, FEB, 50)
    found = paid_off(book.columns(), to_day(FEB), to_day(MAR))
    assert (found.row.tolist(), found.days_to_pay.tolist(), found.days_late.tolist()) == ([late - 1], [50], [20])
    book.paid(left, MAR, 50)
    assert paid_off(book.columns(), to_day(FEB), to_day(MAR)).row.tolist() == [late - 1, planned - 1]


def test_a_payment_taken_back_leaves_the_date_of_the_one_that_stands(book):
    invoice = book.post("invoice", JAN, 100)
    wrong = book.paid(invoice, date(2026, 2, 20), 100)
    book.apply(wrong, invoice, -100, date(2026, 2, 20))
    book.paid(invoice, date(2026, 1, 31), 100)
    assert paid_off(book.columns(), to_day(JAN), to_day(MAR)).days_to_pay.tolist() == [30]


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_they_equal_the_slow_way(data, ledgers, oracle):
    book = data.draw(ledgers)
    basis = data.draw(st.sampled_from(["original", "due", "document"]))
    start = date(2026, 1, 1) + timedelta(days=data.draw(st.integers(-10, 60)))
    lengths = data.draw(st.integers(0, 60))
    firsts = [start + timedelta(days=step * data.draw(st.integers(0, 9))) for step in range(3)]
    firsts.sort()
    lasts = [first + timedelta(days=lengths) for first in firsts]
    days = [np.array([to_day(day) for day in ends], np.int32) for ends in (firsts, lasts)]
    columns = book.columns()
    fast = paid_in_windows(columns, days[0], days[1], basis=basis)
    slow = oracle(book)
    for at, (first, last) in enumerate(zip(firsts, lasts, strict=True)):
        for currency in range(fast.values.shape[1]):
            assert tuple(fast.values[0, currency, :, at]) == slow.payments(first, last, basis, currency)
        assert (
            columns.app_amount[payment_applications(columns, to_day(first), to_day(last))].sum()
            == fast.values[0, :, 0, at].sum()
        )
    seen = data.draw(st.integers(0, len(book.applications)))
    late = paid_in_windows(columns, days[0], days[1], basis=basis, since=seen)
    early = paid_in_windows(columns.prefix(len(book.items), seen), days[0], days[1], basis=basis)
    assert (early.plus(late).values == fast.values).all()
