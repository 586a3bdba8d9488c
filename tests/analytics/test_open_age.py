"""The age of what is open, beside the days to pay of what was paid."""

from __future__ import annotations

from datetime import date
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from arcore.analytics.history import history
from arcore.analytics.open_age import open_amount_days
from arcore.analytics.open_age import weighted
from arcore.analytics.scope import Scope

JAN, MAR = date(2026, 1, 1), date(2026, 3, 31)
DAYS = tuple(date(2025, 12, 15) + timedelta(days=gap) for gap in range(0, 200, 30))


def test_age_is_weighted_by_what_is_open(book):
    old = book.post("invoice", JAN, 300)
    book.paid(old, date(2026, 2, 1), 200)
    book.post("invoice", date(2026, 3, 1), 100)
    book.post("payment", date(2026, 3, 1), 500)
    point = history(book.columns(), [MAR]).point(MAR, months=1)
    assert open_amount_days(point)[0].tolist() == [100 * 89 + 100 * 30]
    assert weighted(gross_debits=200, open_amount_days=11_900).exact == Decimal("59.5")


def test_nothing_open_has_no_age():
    assert weighted(gross_debits=0, open_amount_days=0).undefined == "no debit item is open"


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_every_day_agrees_with_the_slow_sum(ledgers, oracle, data):
    told = data.draw(ledgers)
    columns = told.columns()
    known = history(columns, DAYS, scope=Scope.of(columns, n_currencies=2))
    slow = oracle(told)
    for day in DAYS:
        expected = [0, 0]
        for item in told.items:
            if item["side"] > 0:
                age = (day - slow.first_origin(item)["day"]).days
                expected[item["currency"]] += slow.balance(item, day) * age
        assert open_amount_days(known.point(day, months=1))[0].tolist() == pytest.approx(expected, abs=0)
