"""What is complete from when."""

from __future__ import annotations

from datetime import date

import pytest

from arcore.analytics.coverage import Coverage
from arcore.analytics.coverage import written

AUGUST = date(2026, 8, 21)


def test_what_is_missing_is_named_with_what_to_do():
    nothing = Coverage()
    assert (
        nothing.missing("sales", AUGUST)
        == "needs credit sales from 21 Aug 2026: upload the invoice list, or type monthly credit sales"
    )
    assert nothing.missing("receipts", AUGUST) == "needs receipts from 21 Aug 2026: upload the payment list"
    assert "opening balance" in (nothing.missing("balances", AUGUST) or "")
    assert nothing.text("sales") == "sales are not complete"


@pytest.mark.parametrize(("since", "covers"), [(AUGUST, True), (date(2026, 8, 20), True), (date(2026, 8, 22), False)])
def test_complete_from_the_first_day_on_is_enough(since, covers):
    assert Coverage(sales=since).covers("sales", AUGUST) is covers


def test_complete_books_lack_nothing():
    assert Coverage.complete().missing("balances", date(1990, 1, 1)) is None
    assert Coverage.complete().text("receipts") == "complete"
    assert Coverage(receipts=AUGUST).text("receipts") == "receipts complete from 21 Aug 2026"
    assert written(date(2026, 12, 1)) == "1 Dec 2026"
