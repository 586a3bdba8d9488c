"""Choices among the ways of counting: sane without any, refused where they can't be meant."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from arcore.analytics.conversion import Conversion
from arcore.analytics.coverage import Coverage
from arcore.analytics.history import history
from arcore.analytics.kpis import BY_KEY
from arcore.analytics.lens import Lens
from arcore.analytics.measure import measure
from arcore.analytics.variants import Variants
from arcore.analytics.variants import as_settings
from arcore.analytics.variants import check
from arcore.analytics.variants import from_settings
from arcore.errors import BadInput

MAR = date(2026, 3, 31)


def test_nothing_said_is_the_default_and_never_an_inventory():
    assert from_settings({}) == Variants()
    assert Variants().days_of_inventory is None
    check(Variants())


def test_what_is_stored_comes_back():
    chosen = Variants(on_no_sales="stop", top_customers=5, days_of_inventory=Decimal("34.1"))
    assert from_settings(as_settings(chosen) | {"of a later version": 1}) == chosen


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("on_no_sales", "skip"),
        ("year_days", 364),
        ("top_customers", 0),
        ("large_share", Decimal(0)),
        ("rebill_days", -1),
        ("days_of_payables", Decimal(-1)),
    ],
)
def test_what_can_not_be_meant_is_refused(name, value):
    with pytest.raises(BadInput) as refused:
        check(replace(Variants(), **{name: value}))
    assert refused.value.details["field"] == name


def test_no_number():
    with pytest.raises(BadInput):
        from_settings({"days_of_inventory": "many"})


def test_counting_back_stops_at_a_month_without_sales_where_that_is_chosen(book):
    """March 100, nothing in February, January 100; 150 open: 31 days and stop, or 31 + 28 + 15.5."""
    book.post("invoice", date(2026, 3, 2), 100_00)
    book.post("invoice", date(2026, 1, 2), 100_00)
    book.paid(2, date(2026, 3, 1), 50_00)
    known, eur = history(book.columns(), [MAR]), Conversion("EUR", ("EUR",))
    days = {
        rule: measure(
            Lens(known, eur, Coverage.complete(), variants=Variants(on_no_sales=rule)), BY_KEY["dso", "countback"], MAR
        ).value
        for rule in ("stop", "continue")
    }
    assert days == {"stop": 31, "continue": 31 + 28 + 15.5}
