"""Aging of one day."""

from __future__ import annotations

from datetime import date
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from arcore.analytics.aging import aging
from arcore.dates import to_day
from arcore.errors import BadInput


def test_six_invoices_one_per_bucket(book):
    for due, amount in [
        (date(2018, 1, 15), 500),
        (date(2017, 12, 15), 1_000),
        (date(2017, 11, 15), 2_000),
        (date(2017, 10, 15), 4_000),
        (date(2017, 9, 15), 8_000),
        (date(2017, 8, 15), 160_000),
    ]:
        book.post("invoice", due - timedelta(days=45), amount, due)
    table = aging(book.columns(), to_day(date(2017, 12, 31)), edges=(30, 60, 90, 120))
    assert table.columns[0, 0].tolist() == [500, 1_000, 2_000, 4_000, 8_000, 160_000, 0]
    assert table.open[0, 0] == 175_500
    assert table.overdue[0, 0] == 175_000


def test_it_foots_whatever_is_in_it(book):
    invoice = book.post("invoice", date(2026, 1, 1), 100, date(2026, 1, 31))
    book.post("credit_note", date(2026, 1, 5), 30)
    book.paid(invoice, date(2026, 2, 1), 20)
    table = aging(book.columns(), to_day(date(2026, 2, 15)))
    assert (table.not_due[0, 0], table.buckets[0, 0].tolist(), table.unapplied[0, 0]) == (0, [80, 0, 0, 0], -30)
    assert table.open[0, 0] == 50
    assert table.names == ("not due", "1-30", "31-60", "61-90", "91+", "unapplied")


def test_a_plan_shows_in_the_agreed_date_and_beside_the_contractual_one(book):
    invoice = book.post("invoice", date(2026, 1, 1), 100, date(2026, 1, 31))
    book.redate(invoice, date(2026, 6, 30), 60, date(2026, 3, 1))
    columns, day = book.columns(), to_day(date(2026, 3, 15))
    by_contract = aging(columns, day)
    assert by_contract.columns[0, 0].tolist() == [0, 0, 100, 0, 0, 0]
    assert by_contract.redated[0, 0] == 60
    agreed = aging(columns, day, basis="due")
    assert agreed.columns[0, 0].tolist() == [60, 0, 40, 0, 0, 0]
    assert agreed.redated[0, 0] == 60
    assert aging(columns, to_day(date(2026, 2, 28))).redated[0, 0] == 0


def test_a_transferred_debt_keeps_its_age(book):
    invoice = book.post("invoice", date(2025, 12, 1), 100, date(2025, 12, 31))
    book.transfer(invoice, 100, date(2026, 4, 30), customer=1)
    columns = book.columns()
    table = aging(columns, to_day(date(2026, 4, 30)), groups=columns.customer)
    assert table.columns[:, 0].tolist() == [[0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 100, 0]]
    by_document = aging(columns, to_day(date(2026, 2, 9)), groups=columns.customer, n_groups=2, basis="document")
    assert by_document.columns[:, 0].tolist() == [[0, 0, 0, 100, 0, 0], [0, 0, 0, 0, 0, 0]]


def test_a_back_dated_receipt_changes_march_today_but_not_march_as_known_then(book):
    invoice = book.post("invoice", date(2026, 2, 1), 100, date(2026, 3, 1))
    known = book.columns()
    book.paid(invoice, date(2026, 3, 20), 100)
    march = to_day(date(2026, 3, 31))
    assert aging(book.columns(), march).open[0, 0] == 0
    assert aging(book.columns().prefix(int(known.item_id[-1]), 0), march).open[0, 0] == 100


def test_groups_currencies_and_masks(book):
    book.post("invoice", date(2026, 1, 1), 100, customer=0)
    book.post("invoice", date(2026, 1, 1), 7, customer=1, currency=1)
    book.post("invoice", date(2026, 1, 1), 50, customer=2)
    columns, day = book.columns(), to_day(date(2026, 1, 1))
    segment = np.array([0, 1, -1], np.int32)
    assert aging(columns, day, groups=segment[columns.customer]).open.tolist() == [[100, 0], [0, 7]]
    assert aging(columns, day, mask=columns.customer != 0).open.tolist() == [[50, 7]]


def test_codes_that_have_no_place_are_refused(book):
    book.post("invoice", date(2026, 1, 1), 100, currency=1)
    columns = book.columns()
    with pytest.raises(BadInput, match="currency"):
        aging(columns, 0, n_currencies=1)
    with pytest.raises(BadInput, match="group"):
        aging(columns, 0, groups=[2], n_groups=2)
    with pytest.raises(BadInput, match="one value per item"):
        aging(columns, 0, mask=[True, False])


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_it_equals_the_slow_way(data, ledgers, oracle):
    book = data.draw(ledgers)
    basis = data.draw(st.sampled_from(["original", "due", "document"]))
    edges = data.draw(st.sampled_from([(30, 60, 90), (10,), (), (5, 15, 45, 100)]))
    day = date(2026, 1, 1) + timedelta(days=data.draw(st.integers(-10, 260)))
    columns = book.columns()
    table = aging(columns, to_day(day), basis=basis, edges=edges, groups=columns.customer, n_groups=3, n_currencies=2)
    slow = oracle(book)
    expected = slow.aging(day, basis, edges, lambda item: (item["customer"], item["currency"]))
    for customer in range(3):
        for currency in range(2):
            assert table.columns[customer, currency].tolist() == expected[customer, currency]
    assert np.array_equal(table.columns.sum(axis=2), table.open)
    assert table.redated.sum() == slow.redated(day)
