"""What moved between two days."""

from __future__ import annotations

from datetime import date
from datetime import timedelta

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from arcore.analytics.movement import movement
from arcore.dates import to_day


def test_sales_cash_and_aging_explain_the_change(book):
    old = book.post("invoice", date(2026, 1, 1), 100, date(2026, 1, 31))
    book.post("invoice", date(2026, 2, 10), 40, date(2026, 3, 10))
    book.paid(old, date(2026, 2, 20), 30)
    moved = movement(book.columns(), to_day(date(2026, 1, 31)), to_day(date(2026, 2, 28)))
    assert moved.change[0, 0].tolist() == [-60, 70, 0, 0, 0, 0]
    booked = dict(zip(moved.flows, moved.booked[0, 0].tolist(), strict=True))
    assert {name: amount for name, amount in booked.items() if amount} == {"invoiced": 40, "receipts": -30}
    assert sum(booked.values()) == moved.change.sum() == 10


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_what_was_booked_adds_up_to_the_change_of_the_balance(data, ledgers):
    book = data.draw(ledgers)
    first = date(2026, 1, 1) + timedelta(days=data.draw(st.integers(-10, 60)))
    last = first + timedelta(days=data.draw(st.integers(0, 90)))
    # Matching between two items adds nothing, but only when both are in the books by then.
    book.applications = [
        row
        for row in book.applications
        if row["day"] >= max(book.items[row[k] - 1]["effective"] for k in ("from", "to"))
        and book.items[row["from"] - 1]["currency"] == book.items[row["to"] - 1]["currency"]
        and book.items[row["from"] - 1]["customer"] == book.items[row["to"] - 1]["customer"]
    ]
    columns = book.columns()
    moved = movement(columns, to_day(first), to_day(last), groups=columns.customer)
    assert (moved.booked.sum(axis=2) == moved.change.sum(axis=2)).all()
