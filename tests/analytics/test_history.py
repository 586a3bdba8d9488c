"""KPI inputs at many days, against the slow way."""

from __future__ import annotations

from datetime import date
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from arcore.analytics import history as module
from arcore.analytics.documents import documents
from arcore.analytics.history import FLOW_INPUTS
from arcore.analytics.history import history
from arcore.analytics.payments import MEASURES
from arcore.analytics.scope import Scope
from arcore.analytics.windows import as_of_days
from arcore.errors import BadInput

AS_OF = st.lists(
    st.integers(20, 160).map(lambda days: date(2026, 1, 1) + timedelta(days=days)), min_size=1, max_size=3, unique=True
)
BALANCES = {
    "ar_end": sum,
    "ar_begin": sum,
    "ar_current": lambda row: row[0],
    "overdue": lambda row: sum(row[1:5]),
    "over_90": lambda row: row[4],
    "gross_debits": lambda row: sum(row[:5]),
    "unapplied": lambda row: row[5],
    "ar_end_current": lambda row: sum(row) - sum(row[1:5]),
}
KINDS_OF = {
    "credit_sales": ("invoice", "debit_note", "late_charge", "credit_note"),
    "cash": ("payment", "refund", "payment_reversal"),
    "receipts": ("payment",),
    "refunds": ("refund",),
    "reversals": ("payment_reversal",),
    "transfers": ("transfer", "conversion"),
    "settlements": ("settlement",),
    "credit_notes": ("credit_note",),
    "discounts": ("discount",),
}
NEGATED = {"cash", "receipts", "settlements", "credit_notes", "discounts"}


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_every_input_equals_the_slow_way_and_its_documents(data, ledgers, oracle):
    book, as_of = data.draw(ledgers), data.draw(AS_OF)
    basis = data.draw(st.sampled_from(["original", "due", "document"]))
    months = data.draw(st.sampled_from([1, 3, 12]))
    columns, slow = book.columns(), oracle(book)
    known = history(columns, as_of, basis=basis)
    for day in as_of:
        point = known.point(day, months=months)
        window = point.window
        for currency in range(known.scope.n_currencies):
            for name, value in BALANCES.items():
                row = slow.aging(window.before if name == "ar_begin" else day, basis)[0, currency]
                assert point.amounts(name)[currency] == value(row), name
            for name, kinds in KINDS_OF.items():
                sign = -1 if name in NEGATED else 1
                assert point.amounts(name)[currency] == sign * slow.booked(kinds, *window, currency), name
            paid = slow.payments(*window, basis, currency)
            assert tuple(point.amounts(name)[currency] for name in MEASURES) == paid
        for name in (*BALANCES, *FLOW_INPUTS, *MEASURES):
            behind = documents(columns, name, window, basis=basis)
            rows = behind.rows if behind.kind == "items" else columns.app_to[behind.rows]
            by_currency = [int(behind.amounts[columns.currency[rows] == code].sum()) for code in range(2)]
            assert by_currency[: known.scope.n_currencies] == point.amounts(name).tolist(), name


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_following_new_rows_ends_where_a_fresh_history_begins(data, ledgers):
    book, as_of = data.draw(ledgers), data.draw(AS_OF)
    columns = book.columns()
    seen = columns.prefix(data.draw(st.integers(0, 12)), 0)
    masks = data.draw(st.lists(st.booleans(), min_size=len(book.items), max_size=len(book.items)))

    def scope(these):
        rows = len(these.item_id)
        return Scope.of(these, groups=these.customer, n_groups=3, mask=masks[:rows], n_currencies=2)

    followed = history(seen, as_of, scope=scope(seen)).extended(columns, scope(columns))
    fresh = history(columns, as_of, scope=scope(columns))
    assert np.array_equal(followed.balances.values, fresh.balances.values)
    assert np.array_equal(followed.flows.values, fresh.flows.values)
    for months in fresh.paid:
        assert np.array_equal(followed.paid[months].values, fresh.paid[months].values)
    assert np.array_equal(followed.taxes().lacking.values, fresh.taxes().lacking.values)


def test_a_currency_that_was_not_there_is_refused_not_written_elsewhere(book):
    book.post("invoice", date(2026, 1, 1), 100)
    known = history(book.columns(), [date(2026, 1, 31)])
    book.post("invoice", date(2026, 1, 1), 100, currency=1)
    with pytest.raises(BadInput, match="currency"):
        known.extended(book.columns())


def test_with_many_groups_flows_are_kept_for_the_days_of_the_windows_alone(book, monkeypatch):
    book.paid(book.post("invoice", date(2026, 1, 1), 100), date(2026, 1, 15), 60)
    columns, as_of = book.columns(), as_of_days(date(2026, 2, 10), 3)
    every = history(columns, as_of)
    monkeypatch.setattr(module, "DAILY_FLOWS_LIMIT", 10)
    few = history(columns, as_of)
    assert len(few.flows.days) < len(every.flows.days)
    for day in as_of:
        for name in FLOW_INPUTS:
            assert few.point(day, months=3).amounts(name) == every.point(day, months=3).amounts(name)


def test_an_input_nobody_knows_is_a_mistake_in_the_program(book):
    known = history(book.columns(), [date(2026, 1, 31)])
    with pytest.raises(KeyError):
        known.point(date(2026, 1, 31), months=1).amounts("profit")
    with pytest.raises(BadInput, match="not among"):
        known.point(date(2026, 1, 30), months=1).amounts("ar_end")
