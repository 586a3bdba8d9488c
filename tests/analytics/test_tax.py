"""The tax inside amounts."""

from __future__ import annotations

from datetime import date

from arcore.analytics.columns import UNKNOWN_TAX
from arcore.analytics.scope import Scope
from arcore.analytics.tax import taxes_on
from arcore.analytics.windows import Window
from arcore.dates import to_day


def test_tax_is_summed_where_it_is_known_and_counted_where_it_is_not(book):
    day = date(2026, 1, 10)
    book.post("invoice", day, 119, tax=19)
    book.post("credit_note", day, 24, tax=-4)
    book.post("write_off", day, 12, reason="uncollectible", tax=-2)
    book.post("invoice", day, 50, tax=UNKNOWN_TAX)
    book.post("invoice", day, 0, tax=UNKNOWN_TAX)
    book.post("payment", day, 50, tax=UNKNOWN_TAX)
    columns = book.columns()
    window = Window(date(2026, 1, 1), date(2026, 1, 31))
    days = [to_day(window.before), to_day(window.last)]
    found = taxes_on(columns, days, Scope.of(columns)).in_window(window)
    assert (found.loss.tolist(), found.sales.tolist(), found.lacking) == ([2], [15], 1)
