"""Roll rates: one bucket on, thirty days later."""

from __future__ import annotations

from datetime import date
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from arcore.analytics.history import history
from arcore.analytics.roll_rate import ROLLS
from arcore.analytics.roll_rate import roll_rate
from arcore.analytics.roll_rate import rolled_from
from arcore.analytics.roll_rate import rolled_to
from arcore.analytics.scope import Scope

MAR = date(2026, 3, 31)
DAYS = tuple(date(2025, 12, 20) + timedelta(days=gap) for gap in range(0, 220, 31))


def test_what_is_not_paid_rolls_on_whole(book):
    """Due 1 February: 28 days late on 1 March, 58 days late on 31 March; 40 of 100 were paid between."""
    invoice = book.post("invoice", date(2026, 1, 1), 100_00, date(2026, 2, 1))
    book.paid(invoice, date(2026, 3, 15), 40_00)
    point = history(book.columns(), [MAR]).point(MAR, months=1)
    assert (rolled_from(point, "1_30")[0].tolist(), rolled_to(point, "1_30")[0].tolist()) == ([100_00], [60_00])
    assert roll_rate(rolled_from=100, rolled_to=60).value == 60


def test_the_oldest_rate_leaves_out_what_was_old_before(book):
    book.post("invoice", date(2025, 1, 1), 900_00, date(2025, 1, 1))
    book.post("invoice", date(2025, 12, 1), 100_00, MAR - timedelta(days=100))
    point = history(book.columns(), [MAR]).point(MAR, months=1)
    assert (rolled_from(point, "61_90")[0].tolist(), rolled_to(point, "61_90")[0].tolist()) == ([100_00], [100_00])


def test_an_empty_bucket_has_no_rate():
    assert roll_rate(rolled_from=0, rolled_to=5).undefined == "nothing stood in the earlier bucket 30 days before"


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_every_day_agrees_with_the_slow_aging(ledgers, oracle, data):
    told = data.draw(ledgers)
    columns, basis = told.columns(), data.draw(st.sampled_from(["original", "due", "document"]))
    known = history(columns, DAYS, basis=basis, scope=Scope.of(columns, n_currencies=2))
    slow, edges = oracle(told), (30, 60, 90, 120)
    for day in DAYS:
        point = known.point(day, months=1)
        now, before = (slow.aging(when, basis, edges) for when in (day, day - timedelta(days=30)))
        for place, bucket in enumerate(ROLLS):
            for currency in (0, 1):
                assert rolled_from(point, bucket)[0, currency] == before[0, currency][place]
                assert rolled_to(point, bucket)[0, currency] == now[0, currency][place + 1]


@pytest.mark.parametrize("bucket", ROLLS)
def test_every_bucket_has_a_function_of_its_name(bucket):
    from arcore.analytics.roll_rate import OF

    assert OF[bucket](rolled_from=10, rolled_to=5).variant == bucket
