"""True and sales-weighted DSO: every part against the sales of its own time."""

from __future__ import annotations

from datetime import date
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from arcore.analytics.conversion import Conversion
from arcore.analytics.coverage import Coverage
from arcore.analytics.dso_terms import months_of_sale
from arcore.analytics.dso_terms import steps_of_age
from arcore.analytics.history import history
from arcore.analytics.kpis import BY_KEY
from arcore.analytics.lens import Lens
from arcore.analytics.measure import measure
from arcore.analytics.true_dso import LEFT_OUT
from arcore.analytics.true_dso import sales_weighted
from arcore.analytics.true_dso import true_dso
from arcore.dates import add_months
from arcore.dates import month_end
from arcore.dates import month_start

MAR = date(2026, 3, 31)
EUR = Conversion("EUR", ("EUR", "USD"))
SALES = ("invoice", "debit_note", "late_charge", "credit_note")


def test_by_hand():
    """100 open of 200 sold, 10 days old; 50 of 100 sold, 40 days old."""
    assert true_dso([("Mar", 100 * 10, 200), ("Feb", 50 * 40, 100)]).value == 5 + 20
    assert sales_weighted([("not due", 60, 120), ("1-30", 20, 100)]).value == pytest.approx((0.5 + 0.2) * 30)


def test_a_month_without_sales_is_left_out_and_said():
    figure = true_dso([("Mar", 1000, 200), ("Feb", 500, 0)])
    assert (figure.value, figure.flags) == (5, (LEFT_OUT,))
    alone = sales_weighted([("not due", 60, 0)])
    assert (alone.value, alone.undefined, alone.flags) == (None, "no credit sales in the window", (LEFT_OUT,))
    assert true_dso([]).value == 0, "nothing is open"


def lens(book, coverage=None, as_of=(MAR,)):
    return Lens(history(book.columns(), as_of), EUR, coverage or Coverage.complete())


def test_from_the_books(book):
    """March: 300 sold, 100 of it open for 21 days. January: 100 sold, 40 open for 80 days and 49 days late."""
    book.paid(book.post("invoice", date(2026, 3, 1), 200_00, date(2026, 4, 30)), date(2026, 3, 2), 200_00)
    book.post("invoice", date(2026, 3, 10), 100_00, date(2026, 4, 30))
    book.paid(book.post("invoice", date(2026, 1, 10), 100_00, date(2026, 2, 10)), date(2026, 3, 1), 60_00)
    book.post("refund", date(2026, 3, 1), 999_00)
    seen = lens(book)
    figure = measure(seen, BY_KEY["dso", "true"], MAR)
    assert figure.inputs["terms"] == (
        ("Mar 2026", Decimal(100 * 21), Decimal(300)),
        ("Jan 2026", Decimal(40 * 80), Decimal(100)),
    )
    assert figure.exact == 7 + 32
    weighted = measure(seen, BY_KEY["dso", "sales_weighted"], MAR)
    assert [tuple(term) for term in weighted.inputs["terms"]] == [
        ("not due", Decimal(100), Decimal(300)),
        ("1-30", Decimal(999), Decimal(0)),
        ("31-60", Decimal(40), Decimal(100)),
    ]
    assert weighted.exact == (Decimal(1) / 3 + Decimal("0.4")) * 30


def test_sales_that_are_not_known_are_asked_for(book):
    book.post("invoice", date(2026, 1, 10), 100_00)
    since = Coverage(balances=date.min, sales=date(2026, 2, 1), receipts=date.min)
    figure = measure(lens(book, since), BY_KEY["dso", "true"], MAR)
    assert figure.value is None
    assert (figure.undefined or "").startswith("needs credit sales from 1 Jan 2026")


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_terms_agree_with_the_slow_sums(ledgers, oracle, data):
    told = data.draw(ledgers)
    days = (date(2026, 1, 31), date(2026, 2, 28), date(2026, 4, 11))
    for item in told.items:
        item["currency"] = 0
    since = {item["id"]: item["effective"] for item in told.items}
    # The books never apply anything to a document before it counts.
    told.applications[:] = [a for a in told.applications if a["day"] >= max(since[a["from"]], since[a["to"]])]
    columns, slow = told.columns(), oracle(told)
    known = history(columns, days)
    for day in days:
        point = known.point(day, months=1)
        by_month = {f"{start:%b %Y}": slow_month(slow, start, day) for start in months_to(day)}
        lens = Lens(point.history, EUR, Coverage.complete())
        found = {term.month: (term.part, term.sales) for term in months_of_sale(point, lens)}
        assert found == {month: sums for month, sums in by_month.items() if sums[0]}
        for term, (month, step) in zip_steps(steps_of_age(point, lens), day):
            table = slow.aging(day, "original", tuple(range(30, 360, 30)))[0, 0]
            assert term.part == Decimal(table[step]) / 100
            assert term.sales == Decimal(slow.booked(SALES, *month, 0)) / 100


def months_to(day):
    return [month_start(add_months(day, -back)) for back in range(12)]


def slow_month(slow, start, day):
    aged = sum(
        slow.balance(item, day) * (day - slow.first_origin(item)["day"]).days
        for item in slow.items
        if item["side"] > 0
        and slow.first_origin(item)["kind"] in SALES[:3]
        and month_start(slow.first_origin(item)["day"]) == start
    )
    return Decimal(aged) / 100, Decimal(slow.booked(SALES, start, min(day, month_end(start)), 0)) / 100


def zip_steps(terms, day):
    names = ["not due", *(f"{first}-{first + 29}" for first in range(1, 331, 30)), "331+"]
    after = day + timedelta(days=1)
    for term in terms:
        step = names.index(term.month)
        month = add_months(after, -step - 1), add_months(after, -step) - timedelta(days=1)
        yield term, (month, step)
