"""What exchange rates did to a balance: a line of its own, currency by currency, that foots to the cent."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from arcore.reports.bridges import balance_bridge
from arcore.reports.filters import Filters
from arcore.reports.movement import between

SEP, OCT = date(2026, 9, 30), date(2026, 10, 31)


@pytest.fixture
def dollars(company):
    """BIRCH owed 1,000 USD on 30 Sep at 0.90; 100 more invoiced and 300 paid at 0.92; 800 left on 31 Oct at 0.95."""
    company.setting("currency", '"EUR"')
    company.customer("BIRCH", currency="USD")
    company.customer("ALDER", currency="EUR")
    for day, rate in ((date(2026, 7, 1), "0.88"), (SEP, "0.90"), (date(2026, 10, 10), "0.92"), (OCT, "0.95")):
        company.rate("USD", "EUR", day, rate)
    old = company.invoice("BIRCH", date(2026, 8, 1), date(2026, 9, 1), 1000, currency="USD")
    company.invoice("BIRCH", date(2026, 10, 10), date(2026, 11, 30), 100, currency="USD")
    company.payment("BIRCH", date(2026, 10, 20), 300, (old, 300), currency="USD")
    company.invoice("ALDER", date(2026, 10, 1), date(2026, 11, 30), 50)
    return company


def lines(part):
    return {line.key: line.amount for line in part.lines}


def test_by_hand(dollars):
    [part] = balance_bridge(dollars.engine, Filters(as_of=OCT, currency="EUR"), SEP).parts
    # 1,000 × 0.05 held throughout, 100 × 0.03 since it was invoiced, less 300 × 0.03 that were paid before
    assert (part.opening, part.closing) == (90_000, 76_000 + 5_000)
    assert lines(part) == {"invoiced": 9_200 + 5_000, "collected": -27_600, "revalued": 5_000 + 300 - 900}
    [one] = part.revaluations
    assert (one.currency, one.opening, one.moved, one.closing) == ("USD", 100_000, -20_000, 80_000)
    assert (one.opening_worth, one.moved_worth, one.closing_worth, one.amount) == (90_000, -18_400, 76_000, 4_400)
    assert [quote.rate for quote in one.rates if quote] == [Decimal("0.90"), Decimal("0.95")]


def test_the_overdue_balance_by_hand(dollars):
    [part] = balance_bridge(dollars.engine, Filters(as_of=OCT, currency="EUR"), SEP, "overdue").parts
    assert (part.opening, part.closing) == (90_000, 66_500)
    assert lines(part) == {"collected": -27_600, "revalued": 66_500 - 90_000 + 27_600}


def test_movement_by_bucket_says_the_same(dollars):
    [part] = between(dollars.engine, Filters(as_of=OCT, currency="EUR"), SEP).parts
    assert next(line.total for line in part.lines if line.key == "currency") == 4_400
    for place in range(len(part.opening.amounts)):
        assert (
            part.opening.amounts[place] + sum(line.amounts[place] for line in part.lines) == part.closing.amounts[place]
        )


def test_as_booked_and_at_home_nothing_is_revalued(dollars):
    for currency in ("document", "customer"):
        parts = balance_bridge(dollars.engine, Filters(as_of=OCT, currency=currency), SEP).parts
        assert {part.currency: (part.opening, part.closing) for part in parts} == {
            "EUR": (0, 5_000), "USD": (100_000, 80_000),
        }  # fmt: skip
        assert all("revalued" not in lines(part) for part in parts)


def test_foreign_amounts_of_a_customer_are_revalued_into_its_own_currency(dollars):
    dollars.invoice("ALDER", date(2026, 9, 30), date(2026, 11, 30), 10, currency="USD")
    parts = balance_bridge(dollars.engine, Filters(as_of=OCT, currency="customer"), SEP).parts
    euro = next(part for part in parts if part.currency == "EUR")
    assert (euro.opening, euro.closing) == (900, 5_950)
    assert lines(euro) == {"invoiced": 5_000, "revalued": 50}
    assert [(one.currency, one.amount) for one in euro.revaluations] == [("USD", 50)]


@pytest.mark.parametrize("measure", ["open", "overdue"])
@pytest.mark.parametrize("currency", ["EUR", "customer", "GBP"])
def test_it_foots_to_the_cent_whatever_is_rounded(dollars, measure, currency):
    dollars.rate("GBP", "EUR", date(2026, 1, 1), "1.1737")
    dollars.rate("USD", "GBP", date(2026, 1, 1), "0.7741")
    dollars.rate("USD", "GBP", date(2026, 10, 12), "0.7503")
    for number in range(7):
        amount = f"{3 + number}.37"
        item = dollars.invoice("ALDER", date(2026, 9, 20 + number), date(2026, 10, 1), amount, currency="USD")
        dollars.payment("ALDER", date(2026, 10, 13), "1.11", (item, 1.11), currency="USD")
    report = balance_bridge(dollars.engine, Filters(as_of=OCT, currency=currency), SEP, measure)
    assert not report.gaps
    for part in report.parts:
        assert part.opening + sum(line.amount for line in part.lines) == part.closing
        assert sum(one.amount for one in part.revaluations) == lines(part).get("revalued", 0)
        for one in part.revaluations:
            assert one.opening + one.moved == one.closing


def test_a_rate_is_needed_from_the_first_day_that_has_something_to_convert(company):
    company.setting("currency", '"EUR"')
    company.customer("ALDER")
    company.invoice("ALDER", date(2026, 10, 15), OCT, 100, currency="USD")
    euro = Filters(as_of=OCT, currency="EUR")
    [gap] = balance_bridge(company.engine, euro, SEP).gaps
    assert (gap.currency, gap.day, gap.units) == ("USD", date(2026, 10, 15), 10_000)
    company.rate("USD", "EUR", date(2026, 10, 15), "0.90")
    report = balance_bridge(company.engine, euro, SEP)
    assert (report.gaps, [part.currency for part in report.parts]) == ((), ["EUR"])
