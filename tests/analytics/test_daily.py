"""Every bucket on every day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from arcore.analytics.daily import Rows
from arcore.analytics.daily import balances_on
from arcore.analytics.daily import daily_balances
from arcore.analytics.scope import Scope
from arcore.dates import from_day
from arcore.dates import to_day
from arcore.errors import BadInput

EDGES = st.lists(st.integers(1, 100), max_size=4, unique=True).map(lambda edges: tuple(sorted(edges)))
BASES = st.sampled_from(["original", "due", "document"])


def test_an_invoice_walks_through_the_buckets(book):
    book.post("invoice", date(2026, 1, 1), 100, date(2026, 1, 31))
    days = daily_balances(book.columns(), first=to_day(date(2025, 12, 31)), last=to_day(date(2026, 6, 30)))
    where = {from_day(day): days.values[0, 0, :, at].tolist() for at, day in enumerate(days.days)}
    assert where[date(2025, 12, 31)] == [0, 0, 0, 0, 0, 0]
    assert where[date(2026, 1, 1)] == [100, 0, 0, 0, 0, 0]
    assert where[date(2026, 1, 31)] == [100, 0, 0, 0, 0, 0]
    assert where[date(2026, 2, 1)] == [0, 100, 0, 0, 0, 0]
    assert where[date(2026, 3, 2)] == [0, 100, 0, 0, 0, 0], "exactly 30 days late is in 1-30"
    assert where[date(2026, 3, 3)] == [0, 0, 100, 0, 0, 0]
    assert where[date(2026, 4, 1)] == [0, 0, 100, 0, 0, 0]
    assert where[date(2026, 4, 2)] == [0, 0, 0, 100, 0, 0]
    assert where[date(2026, 5, 1)] == [0, 0, 0, 100, 0, 0], "exactly 90 days late is in 61-90"
    assert where[date(2026, 5, 2)] == [0, 0, 0, 0, 100, 0]
    assert where[date(2026, 6, 30)] == [0, 0, 0, 0, 100, 0]


def test_unapplied_cash_stands_apart_until_it_is_matched(book):
    invoice = book.post("invoice", date(2026, 1, 1), 100, date(2026, 1, 31))
    payment = book.post("payment", date(2026, 2, 10), 60)
    book.apply(payment, invoice, 60, date(2026, 2, 20))
    days = daily_balances(book.columns(), first=to_day(date(2026, 2, 9)), last=to_day(date(2026, 2, 20)))
    assert days.unapplied[0, 0].tolist() == [0] + [-60] * 10 + [0]
    assert days.overdue[0, 0].tolist() == [100] * 11 + [40]
    assert days.open[0, 0].tolist() == [100] + [40] * 11
    assert days.names[-1] == "unapplied"


def test_what_came_before_the_first_day_is_in_its_opening_balance(book):
    book.post("invoice", date(2024, 1, 1), 100, date(2024, 1, 31))
    book.post("invoice", date(2026, 3, 1), 7, date(2026, 3, 31))
    days = daily_balances(book.columns(), first=to_day(date(2026, 1, 1)), last=to_day(date(2026, 1, 2)))
    assert days.values[0, 0].tolist() == [[0, 0], [0, 0], [0, 0], [0, 0], [100, 100], [0, 0]]


def test_a_range_that_ends_before_it_begins_is_refused(book):
    with pytest.raises(BadInput, match="before the first"):
        daily_balances(book.columns(), first=5, last=4)


def test_a_day_that_was_not_asked_for_is_refused(book):
    days = balances_on(book.columns(), [3, 9])
    assert days.index(9) == 1
    with pytest.raises(BadInput, match="not among"):
        days.index(4)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_it_equals_the_slow_way_to_the_cent_on_every_day(data, ledgers, oracle):
    book = data.draw(ledgers)
    basis, edges = data.draw(BASES), data.draw(EDGES)
    items = data.draw(st.integers(0, len(book.items)))
    applications = len([row for row in book.applications if max(row["from"], row["to"]) <= items])
    kept = next((at for at, r in enumerate(book.applications) if max(r["from"], r["to"]) > items), applications)
    first = date(2026, 1, 1) + timedelta(days=data.draw(st.integers(-40, 150)))
    last = first + timedelta(days=data.draw(st.integers(0, 60)))
    # Rows of the store that lie behind the version asked for are there, and must not be seen.
    columns = book.columns().prefix(items, kept)
    fast = daily_balances(columns, first=to_day(first), last=to_day(last), basis=basis, edges=edges)
    slow = oracle(book, items, kept)
    for at in range((last - first).days + 1):
        expected = slow.aging(first + timedelta(days=at), basis, edges)
        for currency in range(fast.values.shape[1]):
            assert fast.values[0, currency, :, at].tolist() == expected[0, currency]


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_groups_and_masks_split_what_the_slow_way_splits(data, ledgers, oracle):
    book = data.draw(ledgers)
    group_of = data.draw(st.lists(st.integers(-1, 2), min_size=len(book.items), max_size=len(book.items)))
    mask = data.draw(st.lists(st.booleans(), min_size=len(book.items), max_size=len(book.items)))
    days = [date(2026, 1, 1) + timedelta(days=data.draw(st.integers(-10, 260))) for _ in range(3)]
    columns = book.columns()
    scope = Scope.of(columns, groups=group_of, n_groups=3, mask=mask, n_currencies=2)
    fast = balances_on(columns, [to_day(day) for day in days], scope=scope)

    def cell(item):
        row = item["id"] - 1
        return (group_of[row], item["currency"]) if mask[row] and group_of[row] >= 0 else None

    for day in days:
        expected = oracle(book).aging(day, key=cell)
        at = fast.index(to_day(day))
        for group in range(3):
            for currency in range(2):
                assert fast.values[group, currency, :, at].tolist() == expected[group, currency]


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_chosen_days_are_those_of_the_whole_range(data, ledgers):
    book = data.draw(ledgers)
    columns = book.columns()
    first = to_day(date(2026, 1, 1))
    chosen = data.draw(st.lists(st.integers(first - 50, first + 300), min_size=1, max_size=8))
    every = daily_balances(columns, first=first - 50, last=first + 300)
    few = balances_on(columns, chosen)
    for day in chosen:
        assert np.array_equal(few.values[..., few.index(day)], every.values[..., every.index(day)])


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_new_rows_only_add_their_own_numbers(data, ledgers):
    book = data.draw(ledgers)
    columns = book.columns()
    seen = Rows(data.draw(st.integers(0, len(book.items))), data.draw(st.integers(0, len(book.applications))))
    span = {"first": to_day(date(2026, 1, 1)), "last": to_day(date(2026, 6, 1))}
    scope = Scope.of(columns, n_currencies=2)
    whole = daily_balances(columns, scope=scope, **span)
    late = daily_balances(columns, scope=scope, since=seen, **span)
    nothing = daily_balances(columns, scope=scope, since=Rows.of(columns), **span)
    early_items = np.arange(len(book.items)) < seen.items
    early = columns.prefix(len(book.items), seen.applications)
    early = replace(early, amount=np.where(early_items, early.amount, 0))
    assert np.array_equal(daily_balances(early, scope=scope, **span).plus(late).values, whole.values)
    assert not nothing.values.any()


def test_one_corrupted_value_shows(book, oracle):
    invoice = book.post("invoice", date(2026, 1, 1), 10_000, date(2026, 1, 31))
    payment = book.post("payment", date(2026, 2, 10), 5_000)
    book.apply(payment, invoice, 4_000, date(2026, 2, 10))
    columns, day = book.columns(), date(2026, 3, 1)
    expected = oracle(book).aging(day)[0, 0]
    control = sum(row["amount"] for row in book.items)

    def seen(these):
        return daily_balances(these, first=to_day(day), last=to_day(day))

    assert seen(columns).values[0, 0, :, 0].tolist() == expected
    assert seen(columns).open.sum() == control
    for name, row, value in [
        ("amount", 0, 10_001),
        ("app_amount", 0, 3_999),
        ("original_due", 0, to_day(day)),
        ("side", 1, 1),
        ("effective", 1, to_day(day) + 1),
    ]:
        broken = np.array(getattr(columns, name))
        broken[row] = value
        wrong = seen(replace(columns, **{name: broken}))
        assert wrong.values[0, 0, :, 0].tolist() != expected, name
    lost = np.array(columns.amount)
    lost[0] = 10_001
    assert seen(replace(columns, amount=lost)).open.sum() - control == 1
