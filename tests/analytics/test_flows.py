"""What was booked, by kind."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from arcore.analytics.flows import FLOWS
from arcore.analytics.flows import flow_of
from arcore.analytics.flows import flows_on
from arcore.dates import from_day
from arcore.dates import to_day
from arcore.errors import BadInput
from arcore.ledger.kinds import KINDS


@pytest.mark.parametrize(
    ("kind", "reason", "flow"),
    [
        ("invoice", "", "invoiced"),
        ("debit_note", "", "invoiced"),
        ("late_charge", "", "invoiced"),
        ("credit_note", "", "credit_notes"),
        ("payment", "", "receipts"),
        ("refund", "", "refunds"),
        ("payment_reversal", "", "reversals"),
        ("write_off", "uncollectible", "uncollectible"),
        ("write_off", "recovery", "recoveries"),
        ("write_off", "goodwill", "other_write_offs"),
        ("write_off", "", "other_write_offs"),
        ("invoice", "uncollectible", "invoiced"),
        ("discount", "", "discounts"),
        ("transfer", "", "transfers"),
        ("conversion", "", "conversions"),
        ("fx_difference", "", "exchange_differences"),
        ("settlement", "", "settlements"),
    ],
)
def test_every_kind_has_its_flow(book, kind, reason, flow):
    book.post(kind, date(2026, 1, 1), 100, reason=reason)
    assert FLOWS[flow_of(book.columns())[0]] == flow
    flows = flows_on(book.columns(), [to_day(date(2025, 12, 31)), to_day(date(2026, 1, 1))])
    assert abs(flows.between(flow, int(flows.days[0]), int(flows.days[1]))[0, 0]) == 100


def test_no_kind_is_forgotten_and_sales_are_those_of_the_table_of_kinds(book):
    for kind in KINDS:
        book.post(kind.name, date(2026, 1, 1), 1)
    names = [FLOWS[code] for code in flow_of(book.columns())]
    assert {kind.name for kind, flow in zip(KINDS, names, strict=True) if flow in {"invoiced", "credit_notes"}} == {
        kind.name for kind in KINDS if kind.in_sales
    }


def test_a_void_takes_back_what_it_voids_in_the_same_flow(book):
    book.post("invoice", date(2026, 1, 1), 100)
    book.post("invoice", date(2026, 1, 1), -100)
    flows = flows_on(book.columns(), [to_day(date(2026, 1, 1))])
    assert not flows.values.any()


def test_days_not_asked_for_are_refused(book):
    with pytest.raises(BadInput, match="not among"):
        flows_on(book.columns(), [1, 5]).between("receipts", 1, 4)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_they_equal_the_slow_way(data, ledgers, oracle):
    book = data.draw(ledgers)
    start = to_day(date(2026, 1, 1))
    days = sorted(data.draw(st.lists(st.integers(start - 5, start + 130), min_size=2, max_size=5, unique=True)))
    flows = flows_on(book.columns(), days)
    for currency in range(flows.values.shape[1]):
        for before, last in pairwise(days):
            expected = oracle(book).booked(
                ("invoice", "debit_note", "late_charge"), from_day(before + 1), from_day(last), currency
            )
            assert flows.between("invoiced", before, last)[0, currency] == expected
    since = data.draw(st.integers(0, len(book.items)))
    late = flows_on(book.columns(), days, since=since)
    early = flows_on(book.laid_out(book.items[:since], []), days)
    if early.values.shape == late.values.shape:
        assert (early.plus(late).values == flows.values).all()
