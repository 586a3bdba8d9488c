"""What each customer owes and was sold: merged ones together, group by group, in one currency."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from arcore.analytics.conversion import Conversion
from arcore.analytics.conversion import RateGap
from arcore.analytics.history import history
from arcore.analytics.holdings import owed
from arcore.analytics.holdings import sold
from arcore.analytics.scope import Scope

MAR = date(2026, 3, 31)
EUR = Conversion("EUR", ("EUR", "USD"), lambda *_: Decimal("0.5"))
ALONE = np.array([0, 1, 2], np.int32)
MERGED = np.array([0, 0, 2], np.int32)
DAYS = (date(2026, 1, 31), date(2026, 3, 20), date(2026, 4, 30))


def told(book):
    book.post("invoice", date(2026, 1, 1), 100_00, customer=0)
    book.post("invoice", date(2026, 3, 1), 80_00, customer=1, currency=1)
    book.paid(book.post("invoice", date(2025, 1, 1), 30_00, customer=2), MAR, 10_00)
    return book.columns()


def test_merged_customers_hold_together(book):
    point = history(told(book), [MAR]).point(MAR, months=3)
    held = owed(point.history, ALONE)
    customers, amounts = held.customer, held.at(point.window, EUR)
    assert dict(zip(customers.tolist(), amounts.tolist(), strict=True)) == {0: 100, 1: 40, 2: 20}
    point = history(book.columns(), [MAR]).point(MAR, months=3)
    assert owed(point.history, MERGED).at(point.window, EUR).tolist() == [140, 0, 20]


def test_sales_are_those_of_the_window(book):
    point = history(told(book), [MAR]).point(MAR, months=3)
    assert sold(point.history, ALONE).within(point.window, EUR).tolist() == [100, 40, 0]


def test_a_rate_that_is_missing_is_a_gap(book):
    point = history(told(book), [MAR]).point(MAR, months=3)
    with pytest.raises(RateGap):
        owed(point.history, ALONE).at(point.window, Conversion("EUR", ("EUR", "USD"), lambda *_: None))


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_every_day_and_group_agrees_with_the_slow_balances(stories, oracle, data):
    book = data.draw(stories)
    columns = book.columns()
    groups = np.array([item["id"] % 2 for item in book.items], np.int32)
    by_group = data.draw(st.booleans())
    scope = (
        Scope.of(columns, groups=groups, n_groups=2, n_currencies=2) if by_group else Scope.of(columns, n_currencies=2)
    )
    slow = oracle(book)
    for day in DAYS:
        known = history(columns, [day], scope=scope)
        for group in (0, 1) if by_group else (0,):
            point = known.point(day, months=3, group=group)
            held = sold(known, ALONE)
            part = held.of_group(group)
            customers, amounts = held.customer[part], held.within(point.window, EUR, part)
            for customer, amount in zip(customers.tolist(), amounts.tolist(), strict=True):
                mine = [
                    item
                    for item in book.items
                    if item["customer"] == customer
                    and (not by_group or item["id"] % 2 == group)
                    and item["kind"] in ("invoice", "debit_note", "credit_note")
                    and point.window.first <= item["effective"] <= day
                ]
                assert amount == pytest.approx(sum(item["amount"] / 100 / (1 + item["currency"]) for item in mine))
            if not by_group:
                everybody = owed(known, ALONE)
                amounts = everybody.at(point.window, EUR).tolist()
                for customer, amount in zip(everybody.customer.tolist(), amounts, strict=True):
                    net = sum(
                        slow.balance(item, day) / 100 / (1 + item["currency"])
                        for item in book.items
                        if item["customer"] == customer
                    )
                    assert amount == pytest.approx(net)
