"""The rows behind a figure."""

from __future__ import annotations

from datetime import date

import pytest

from arcore.analytics.documents import documents
from arcore.analytics.windows import Window
from arcore.errors import NotFound

AUTUMN = Window(date(2026, 8, 1), date(2026, 10, 31))


def test_items_and_applications_behind_the_inputs(book):
    old = book.post("invoice", date(2026, 7, 1), 100, date(2026, 7, 31))
    new = book.post("invoice", date(2026, 10, 1), 70, date(2026, 11, 30))
    book.paid(old, date(2026, 8, 20), 100)
    book.post("credit_note", date(2026, 10, 2), 30)
    columns = book.columns()

    def behind(name):
        found = documents(columns, name, AUTUMN)
        return found.kind, found.rows.tolist(), found.amounts.tolist()

    assert behind("ar_begin") == ("items", [old - 1], [100])
    assert behind("ar_end") == ("items", [new - 1, 3], [70, -30])
    assert behind("ar_current") == ("items", [new - 1], [70])
    assert behind("credit_sales") == ("items", [new - 1, 3], [70, -30])
    assert behind("receipts") == ("items", [2], [100])
    assert behind("paid_amount_days") == ("applications", [0], [100 * 50])
    assert behind("overdue") == ("items", [], [])


def test_a_mask_limits_them(book):
    book.post("invoice", date(2026, 9, 1), 100, customer=0)
    book.post("invoice", date(2026, 9, 1), 7, customer=1)
    columns = book.columns()
    mine = columns.customer == 1
    for name in ("ar_end", "credit_sales"):
        assert documents(columns, name, AUTUMN, mask=mine).amounts.tolist() == [7]


def test_plain_numbers_have_no_documents(book):
    with pytest.raises(NotFound, match="days has no documents"):
        documents(book.columns(), "days", AUTUMN)
