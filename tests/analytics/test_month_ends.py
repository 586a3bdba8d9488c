"""The mean of thirteen month-ends."""

from __future__ import annotations

from datetime import date

from arcore.analytics.history import history
from arcore.analytics.month_ends import month_end_average

MAR = date(2026, 3, 31)


def test_thirteen_balances_not_two(book):
    """130 open for one month-end of thirteen: two balances a year apart would see nothing."""
    book.paid(book.post("invoice", date(2025, 9, 1), 130_00), date(2025, 10, 1), 130_00)
    for countback in (36, 0):
        known = history(book.columns(), [MAR], countback=countback)
        assert month_end_average(known.point(MAR, months=12))[0].tolist() == [10_00]


def test_every_month_agrees_with_the_slow_balances(book, oracle):
    for month in range(1, 13):
        invoice = book.post("invoice", date(2025, month, 7), month * 100_00)
        book.paid(invoice, date(2026, 1, month), month * 40_00)
    slow = oracle(book)
    ends = [date(2025, month, day) for month, day in _ENDS] + [date(2026, 1, 31), date(2026, 2, 28), MAR]
    total = sum(slow.balance(item, day) for item in book.items for day in ends)
    assert month_end_average(history(book.columns(), [MAR]).point(MAR, months=12))[0].tolist() == [round(total / 13)]


_ENDS = ((3, 31), (4, 30), (5, 31), (6, 30), (7, 31), (8, 31), (9, 30), (10, 31), (11, 30), (12, 31))
