"""Open items of a day."""

from __future__ import annotations

from datetime import date
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from arcore.analytics.open_items import balances_at
from arcore.analytics.open_items import open_items
from arcore.dates import to_day

JUNE = to_day(date(2026, 6, 30))


def test_what_is_open_with_age_and_bucket(book):
    settled = book.post("invoice", date(2026, 3, 1), 100, date(2026, 3, 31))
    part = book.post("invoice", date(2026, 4, 1), 200, date(2026, 5, 31))
    book.post("invoice", date(2026, 6, 1), 300, date(2026, 7, 1))
    book.paid(settled, date(2026, 4, 5), 100)
    book.paid(part, date(2026, 6, 10), 150)
    book.post("payment", date(2026, 6, 29), 70)
    found = open_items(book.columns(), JUNE)
    assert found.row.tolist() == [1, 2, 5]
    assert found.open.tolist() == [50, 300, -70]
    assert found.days_past_due.tolist() == [30, -1, 1]
    assert found.labels().tolist() == ["1-30", "not due", "unapplied"]


def test_settled_items_on_request(book):
    settled = book.post("invoice", date(2026, 3, 1), 100, date(2026, 3, 31))
    book.paid(settled, date(2026, 4, 5), 100)
    book.post("invoice", date(2026, 7, 1), 9)
    assert open_items(book.columns(), JUNE).row.tolist() == []
    everything = open_items(book.columns(), JUNE, settled=True)
    assert everything.row.tolist() == [0, 1]
    assert everything.open.tolist() == [0, 0]


def test_a_mask_leaves_rows_out(book):
    book.post("invoice", date(2026, 3, 1), 100)
    book.post("invoice", date(2026, 3, 1), 200, customer=1)
    columns = book.columns()
    assert open_items(columns, JUNE, mask=columns.customer == 1).open.tolist() == [200]


@pytest.mark.parametrize(
    ("days", "bucket"),
    [
        *((days, "not due") for days in (-1, 0)),
        *((days, "1-30") for days in (1, 29, 30)),
        *((days, "31-60") for days in (31, 59, 60)),
        *((days, "61-90") for days in (61, 90)),
        *((days, "91-120") for days in (91, 120)),
        (121, "121+"),
    ],
)
def test_every_item_is_in_exactly_one_bucket_with_both_ends_inside(book, days, bucket):
    book.post("invoice", date(2025, 1, 1), 100, date(2025, 6, 30) - timedelta(days=days))
    found = open_items(book.columns(), to_day(date(2025, 6, 30)), edges=(30, 60, 90, 120))
    assert found.days_past_due.tolist() == [days]
    assert found.labels().tolist() == [bucket]


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_balances_equal_the_slow_way(data, ledgers, oracle):
    book = data.draw(ledgers)
    day = date(2026, 1, 1) + timedelta(days=data.draw(st.integers(-5, 130)))
    slow = oracle(book)
    assert balances_at(book.columns(), to_day(day)).tolist() == [slow.balance(item, day) for item in book.items]
