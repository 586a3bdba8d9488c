"""Bridges of the open and the overdue balance foot to the cent and lead to their documents."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from arcore.errors import BadInput
from arcore.errors import NotFound
from arcore.reports.aging import aging
from arcore.reports.bridges import Bridge
from arcore.reports.bridges import balance_bridge
from arcore.reports.bridges import line_documents
from arcore.reports.bucket_flows import customers_of
from arcore.reports.filters import Filters

SEP, OCT = date(2026, 9, 30), date(2026, 10, 31)
AT = Filters(as_of=OCT)


def amounts(part: Bridge) -> dict[str, int]:
    assert part.opening + sum(line.amount for line in part.lines) == part.closing
    return {line.key: line.amount for line in part.lines}


@pytest.fixture
def house(company):
    """Open on 30 Sep: 100 due 15 Sep, 200 due 10 Oct. In October: 50 invoiced; 75 in, 60 of it on the old; 40 lost."""
    company.customer("ALDER", name="*Alder* <b>", segment="Retail")
    company.customer("BIRCH")
    old = company.invoice("ALDER", date(2026, 8, 15), date(2026, 9, 15), 100, number="A-1")
    late = company.invoice("ALDER", date(2026, 9, 10), date(2026, 10, 10), 200, number="A-2")
    company.invoice("ALDER", date(2026, 10, 20), date(2026, 11, 20), 50, number="A-3")
    company.payment("ALDER", date(2026, 10, 5), 75, (old, 60), number="P-1")
    company.do("write_off", item_id=old, amount=Decimal(40), reason="uncollectible", on=date(2026, 10, 6))
    company.do("redate", item_id=late, due_date=date(2026, 12, 31), on=date(2026, 10, 7))
    return company


def test_the_open_balance_by_hand(house):
    [part] = balance_bridge(house.engine, AT, SEP).parts
    assert (part.currency, part.opening, part.closing) == ("EUR", 30_000, 23_500)
    assert amounts(part) == {"invoiced": 5_000, "collected": -7_500, "written_off": -4_000}


def test_the_overdue_balance_by_hand(house):
    [part] = balance_bridge(house.engine, AT, SEP, "overdue").parts
    assert (part.opening, part.closing) == (10_000, 20_000)
    assert amounts(part) == {"fell_due": 20_000, "collected": -6_000, "written_off": -4_000}
    [agreed] = balance_bridge(house.engine, Filters(as_of=OCT, basis="due"), SEP, "overdue").parts
    assert amounts(agreed) == {"collected": -6_000, "written_off": -4_000}, "re-dated before it fell due"
    [moved] = balance_bridge(
        house.engine, Filters(as_of=date(2026, 10, 20), basis="due"), date(2026, 10, 5), "overdue"
    ).parts
    assert amounts(moved) == {"written_off": -4_000}


def test_a_redating_of_what_is_late_has_its_line(company):
    company.customer("ALDER")
    late = company.invoice("ALDER", date(2026, 8, 15), date(2026, 9, 15), 100)
    company.do("redate", item_id=late, due_date=date(2026, 12, 31), on=date(2026, 10, 7))
    [part] = balance_bridge(company.engine, Filters(as_of=OCT, basis="due"), SEP, "overdue").parts
    assert amounts(part) == {"redated": -10_000}
    [part] = balance_bridge(company.engine, AT, SEP, "overdue").parts
    assert amounts(part) == {}


def test_the_ends_are_those_of_the_aging(house):
    for day in (SEP, OCT):
        [total] = aging(house.engine, Filters(as_of=day)).totals
        ends = [
            balance_bridge(house.engine, AT, SEP, "open").parts[0],
            balance_bridge(house.engine, AT, SEP, "overdue").parts[0],
        ]
        found = [part.opening if day == SEP else part.closing for part in ends]
        assert found == [total.open, total.overdue]


def test_converted_what_the_rates_did_is_revalued(company):
    company.customer("BIRCH")
    company.rate("USD", "EUR", SEP, "0.90")
    company.rate("USD", "EUR", OCT, "0.95")
    company.invoice("BIRCH", date(2026, 8, 1), date(2026, 9, 1), 1000, currency="USD")
    company.rate("USD", "EUR", date(2026, 7, 1), "0.88")
    euro = Filters(as_of=OCT, currency="EUR")
    for measure in ("open", "overdue"):
        [part] = balance_bridge(company.engine, euro, SEP, measure).parts
        assert (part.opening, part.closing) == (90_000, 95_000)
        assert amounts(part) == {"revalued": 5_000}
    [part] = balance_bridge(company.engine, AT, SEP).parts
    assert amounts(part) == {}, "in its own currency nothing happened"
    with pytest.raises(NotFound):
        line_documents(company.engine, euro, SEP, "open", "revalued", "EUR")


def test_a_missing_rate_leaves_a_bridge_of_its_own(house):
    house.invoice("ALDER", date(2026, 10, 15), OCT, 100, currency="USD")
    report = balance_bridge(house.engine, Filters(as_of=OCT, currency="EUR"), SEP)
    assert [part.currency for part in report.parts] == ["EUR", "USD"]
    assert [str(gap) for gap in report.gaps] == ["no rate from USD to EUR on or before 2026-10-15"]
    assert amounts(report.parts[1]) == {"invoiced": 10_000}
    usd = line_documents(house.engine, Filters(as_of=OCT, currency="EUR"), SEP, "open", "invoiced", "USD")
    assert usd.table()["amount"].to_pylist() == [100.0]


def test_the_documents_of_every_line_add_up_to_it(house):
    house.rate("USD", "EUR", date(2026, 1, 1), "0.90")
    house.invoice("BIRCH", date(2026, 10, 2), date(2026, 10, 9), "33.33", currency="USD")
    for filters in (AT, Filters(as_of=OCT, currency="EUR"), Filters(as_of=OCT, segments=("Retail",))):
        for measure in ("open", "overdue"):
            for part in balance_bridge(house.engine, filters, SEP, measure).parts:
                for line in part.lines:
                    if line.key == "revalued":
                        continue
                    found = line_documents(house.engine, filters, SEP, measure, line.key, part.currency)
                    assert len(found) == line.documents
                    assert round(sum(found.amounts) * 100) == line.amount, (measure, line)
                    assert sum(customers_of(found)["amount"].to_pylist()) == pytest.approx(line.amount / 100)
    paid = line_documents(house.engine, AT, SEP, "overdue", "collected", "EUR").table()
    assert paid["document"].to_pylist() == ["A-1"]
    assert paid["name"].to_pylist() == ["*Alder* <b>"]
    booked = line_documents(house.engine, AT, SEP, "open", "collected", "EUR").table()
    assert booked["document"].to_pylist() == ["P-1"]


def test_what_can_not_be_asked_is_refused(house):
    with pytest.raises(BadInput):
        balance_bridge(house.engine, AT, OCT)
    with pytest.raises(BadInput):
        balance_bridge(house.engine, AT, SEP, "dso")
    with pytest.raises(NotFound):
        line_documents(house.engine, AT, SEP, "open", "invoiced", "JPY")
    assert balance_bridge(house.engine, Filters(as_of=date(2020, 1, 2)), date(2020, 1, 1)).parts == ()
