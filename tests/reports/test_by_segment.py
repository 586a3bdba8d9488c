"""All measures by segment, in one pass: each part says what a look at that segment alone says."""

from __future__ import annotations

import random
from datetime import date
from datetime import timedelta

import pytest

from arcore.analytics.measure import measure
from arcore.analytics.measure import measure_groups
from arcore.reports.book import forget
from arcore.reports.filters import Filters
from arcore.reports.kpis import Lenses
from arcore.reports.kpis import kpis
from arcore.reports.kpis import names

OCT = date(2026, 10, 31)
SEGMENTS = ("public", "retail", "trade")


@pytest.fixture
def shops(company):
    """Twelve months of three segments in two currencies; one customer changes its segment on the way."""
    dice = random.Random(7)
    company.rate("USD", "EUR", date(2024, 1, 1), "0.90")
    company.rate("USD", "EUR", date(2026, 6, 1), "0.80")
    for currency in ("EUR", "USD"):
        for what in ("balances", "sales", "receipts"):
            company.complete(what, date(2020, 1, 1), currency)
    for number, segment in enumerate((*SEGMENTS, "retail", "trade")):
        company.customer(f"C{number}", segment=segment)
    company.fact("C3", "segment", "public", date(2026, 6, 15))
    for _ in range(60):
        day = date(2025, 11, 1) + timedelta(days=dice.randrange(360))
        code, currency = f"C{dice.randrange(5)}", dice.choice(["EUR", "EUR", "USD"])
        due, amount = day + timedelta(days=dice.randrange(60)), dice.randrange(10, 900)
        item = company.invoice(code, day, due, amount, currency=currency)
        if dice.random() < 0.7:
            paid = dice.choice([amount, amount // 2])
            company.payment(code, day + timedelta(days=dice.randrange(1, 90)), paid, (item, paid), currency=currency)
    return company


def told(figure):
    return figure.exact, figure.undefined, figure.inputs, figure.window, figure.coverage, figure.flags


def test_every_part_is_what_the_segment_alone_is(shops):
    filters = Filters(as_of=date(2026, 11, 30), currency="EUR")
    split = kpis(shops.engine, filters, by="segment", history=9)
    found = {(one.key, one.kpi.key, one.figure.as_of): told(one.figure) for one in split}
    assert len(found) == len(split) == 3 * 9 * len(names())
    for segment in SEGMENTS:
        alone = kpis(shops.engine, Filters(as_of=filters.as_of, currency="EUR", segments=(segment,)), history=9)
        for one in alone:
            # Lists of the as-of day round item by item, and cash in belongs to the customers of the as-of day.
            if one.figure.as_of != filters.as_of and one.kpi.name != "cash_in":
                assert found[segment, one.kpi.key, one.figure.as_of] == told(one.figure), one.kpi.key


def test_many_groups_at_once_are_what_they_are_one_by_one(shops):
    lenses = Lenses.of(shops.engine, Filters(as_of=OCT, currency="EUR"), by="segment")
    history = lenses.history(OCT)
    once, apart = (lenses._lens(history, "EUR", {}) for _ in range(2))
    for kpi in names():
        for day in (OCT, date(2026, 7, 31)):
            figures = measure_groups(once, kpi, day, [0, 2, 1])
            assert figures == [measure(apart, kpi, day, group=group) for group in (0, 2, 1)], kpi.key


def test_days_with_the_same_members_share_one_history(shops):
    lenses = Lenses.of(shops.engine, Filters(as_of=OCT, currency="EUR"), by="segment")
    after = {id(lenses.history(day)) for day in (date(2026, 6, 30), date(2026, 8, 31), OCT)}
    before = {id(lenses.history(day)) for day in (date(2026, 3, 31), date(2026, 5, 31))}
    assert (len(after), len(before), len(after | before)) == (1, 1, 2)


def test_two_processors_tell_the_same_as_one(shops, monkeypatch):
    filters = Filters(as_of=date(2026, 11, 30), currency="EUR")
    alone = kpis(shops.engine, filters, by="segment", history=9)
    forget()
    monkeypatch.setattr("arcore.reports.kpis.MANY_ITEMS", 0)
    together = kpis(shops.engine, filters, by="segment", history=9)
    assert [(one.kpi, one.key, one.figure) for one in together] == [(one.kpi, one.key, one.figure) for one in alone]
    paid = [one.figure for one in together if one.key == "trade" and one.kpi.key == ("days_to_pay", "unweighted")]
    assert paid[-1].value


def test_a_rate_that_another_segment_lacks_leaves_this_one_alone(company):
    for code, segment, currency in (("C1", "trade", "EUR"), ("C2", "retail", "CHF")):
        for what in ("balances", "sales", "receipts"):
            company.complete(what, date(2020, 1, 1), currency)
        company.customer(code, segment=segment)
        company.invoice(code, date(2026, 9, 1), date(2026, 10, 1), 40, currency=currency)
    split = kpis(company.engine, Filters(as_of=OCT, currency="EUR"), by="segment")
    found = {(one.key, *one.kpi.key): one.figure for one in split}
    assert (found["trade", "exposure", "open"].value, found["trade", "top_customers", "sales"].value) == (40, 100)
    assert found["retail", "exposure", "open"].undefined == "no EUR rate for CHF on 31 Oct 2026"
    assert [found[segment, "active_customers", "year"].value for segment in ("trade", "retail")] == [1, 1]
