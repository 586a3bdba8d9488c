"""Debts paid off: the one pass agrees with the slow count of every window, and with figures made by hand."""

from __future__ import annotations

from datetime import date
from datetime import timedelta

import numpy as np
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from arcore.analytics.closed import closed
from arcore.analytics.closed import closed_in_windows
from arcore.analytics.history import history
from arcore.analytics.payments import paid_off
from arcore.analytics.scope import Scope
from arcore.dates import to_day

JAN, FEB, MAR = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 31)
DAYS = tuple(JAN + timedelta(days=gap) for gap in range(0, 200, 9))


def counted(book, as_of, months=3):
    point = history(book.columns(), [as_of]).point(as_of, months=months)
    return [closed(point, name) for name in ("closed_count", "closed_days", "closed_days_late")]


def test_an_invoice_counts_once_by_its_last_receipt(book):
    invoice = book.post("invoice", JAN, 100, date(2026, 1, 31))
    book.paid(invoice, date(2026, 1, 11), 30)
    assert counted(book, MAR) == [0, 0, 0], "some of it is open"
    book.paid(invoice, date(2026, 2, 20), 70)
    book.paid(book.post("invoice", JAN, 50, date(2026, 1, 31)), FEB, 50)
    assert counted(book, MAR) == [2, 50 + 31, 20 + 1]
    assert counted(book, MAR, months=1) == [0, 0, 0], "both were paid before March"


def test_a_bounced_payment_opens_it_again(book):
    invoice = book.post("invoice", JAN, 100, date(2026, 1, 31))
    payment = book.paid(invoice, FEB, 100)
    book.apply(payment, invoice, -100, date(2026, 3, 1))
    days = [date(2026, 2, 28), MAR]
    known = history(book.columns(), days)
    assert [closed(known.point(day, months=3), "closed_count") for day in days] == [1, 0]
    book.paid(invoice, date(2026, 3, 20), 100)
    assert counted(book, MAR) == [1, 78, 48], "by the receipt that stands"


def test_money_that_was_matched_ahead_counts_from_its_receipt(book):
    invoice = book.post("invoice", JAN, 100, date(2026, 1, 31))
    book.apply(book.post("payment", date(2026, 4, 5), 100), invoice, 100, date(2026, 3, 20))
    assert counted(book, MAR) == [0, 0, 0]
    assert counted(book, date(2026, 4, 30)) == [1, 94, 64]


def test_what_credit_notes_or_write_offs_closed_was_not_paid(book):
    for kind in ("credit_note", "write_off"):
        invoice = book.post("invoice", JAN, 100)
        book.apply(book.post(kind, FEB, 100), invoice, 100, FEB)
    assert counted(book, MAR) == [0, 0, 0]


def test_a_debt_that_was_re_dated_is_one_debt(book):
    invoice = book.post("invoice", JAN, 100, date(2026, 1, 31))
    later = book.redate(invoice, date(2026, 6, 30), 100, FEB)
    assert counted(book, MAR) == [0, 0, 0]
    book.paid(later, date(2026, 3, 2), 100)
    assert counted(book, MAR) == [1, 60, 30], "from the first document and its first due date"


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_every_window_agrees_with_the_slow_count(stories, data):
    columns = data.draw(stories).columns()
    basis = data.draw(st.sampled_from(["original", "due"]))
    length = data.draw(st.integers(1, 120))
    windows = [(day - timedelta(days=length), day) for day in DAYS]
    scope = Scope.of(columns, groups=columns.customer, n_groups=3, n_currencies=2)
    known = closed_in_windows(history(columns, DAYS, basis=basis, scope=scope), windows)
    for place, (first, last) in enumerate(windows):
        found = paid_off(columns, to_day(first), to_day(last), basis=basis)
        slow = np.zeros((3, 2, 3), np.int64)
        cells = (columns.customer[found.row], columns.currency[found.row])
        for measure, amounts in enumerate((np.ones(len(found.row), int), found.days_to_pay, found.days_late)):
            np.add.at(slow, (*cells, measure), amounts)
        assert known.values[..., place].tolist() == slow.tolist()
