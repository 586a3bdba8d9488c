"""How many invoices were issued."""

from __future__ import annotations

from datetime import date

from arcore.analytics.history import history
from arcore.analytics.issued import invoices_issued
from arcore.analytics.issued import issued_rows

MAR = date(2026, 3, 31)


def test_an_invoice_counts_once_whatever_becomes_of_it(book):
    instalment = book.post("invoice", date(2026, 3, 1), 50_00)
    book.post("invoice", date(2026, 3, 1), 50_00, document=instalment)
    book.post("invoice", date(2026, 3, 2), -50_00)
    book.redate(instalment, date(2026, 9, 1), 10_00, date(2026, 3, 5))
    book.post("debit_note", date(2026, 3, 2), 50_00)
    book.post("invoice", date(2026, 1, 2), 50_00)
    assert issued_rows(book.columns()).tolist() == [True, False, False, False, False, True]
    known = history(book.columns(), [MAR])
    assert [int(invoices_issued(known.point(MAR, months=months))[0]) for months in (1, 3)] == [1, 2]
