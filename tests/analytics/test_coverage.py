"""What is complete from when."""

from __future__ import annotations

from datetime import date

import pytest

from arcore.analytics.coverage import Coverage
from arcore.analytics.coverage import written
from arcore.analytics.windows import Window

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


STATED = {date(2026, month, 1): f"journal {month}" for month in (8, 9, 10)}


@pytest.mark.parametrize(
    ("first", "last", "booked_from", "months"),
    [
        (date(2026, 8, 1), date(2026, 10, 31), None, (8, 9, 10)),
        (date(2026, 8, 1), date(2026, 10, 31), date(2026, 10, 1), (8, 9)),
        (date(2026, 8, 1), date(2026, 10, 31), date(2026, 10, 2), (8, 9, 10)),
        (date(2026, 8, 1), date(2026, 11, 20), date(2026, 11, 1), (8, 9, 10)),
        (date(2026, 8, 1), date(2026, 10, 31), date(2026, 8, 1), ()),
        (date(2026, 7, 1), date(2026, 9, 30), None, None),
        (date(2026, 8, 2), date(2026, 9, 30), None, None),
        (date(2026, 8, 1), date(2026, 10, 30), None, None),
        (date(2026, 10, 1), date(2026, 11, 30), None, None),
    ],
)
def test_stated_months_fill_a_window_whole_or_not_at_all(first, last, booked_from, months):
    found = Coverage(sales=booked_from, stated=STATED).stated_in(Window(first, last))
    assert found == (None if months is None else tuple(date(2026, month, 1) for month in months))


def test_it_names_the_months_and_who_states_them():
    coverage = Coverage(stated=STATED)
    assert coverage.stated_text([date(2026, 8, 1)]) == "credit sales of Aug 2026 are stated, not booked (journal 8)"
    assert coverage.stated_text([date(2026, 8, 1), date(2026, 9, 1)]) == (
        "credit sales of Aug 2026 to Sep 2026 are stated, not booked (journal 8; journal 9)"
    )
