"""KPIs over the store: the house rules, coverage, groups, history, currencies."""

from __future__ import annotations

from datetime import UTC
from datetime import date
from datetime import datetime
from decimal import Decimal

import pytest

from arcore.errors import BadInput
from arcore.reports.aging import aging
from arcore.reports.filters import Filters
from arcore.reports.kpis import kpis
from arcore.reports.kpis import measured
from arcore.reports.kpis import names
from arcore.reports.kpis import trend

OCT = date(2026, 10, 31)
START = date(2024, 1, 1)


def complete(company, currency="EUR", since=START):
    for what in ("balances", "sales", "receipts"):
        company.complete(what, since, currency)


@pytest.fixture
def house(company):
    """AR 1,000 before the window; 500 sold, 400 paid and 100 written off in it; 1,000 open, 600 of it not due."""
    company.customer("ALDER", owner="Ben")
    complete(company)
    old = company.invoice("ALDER", date(2026, 5, 1), date(2026, 6, 1), 900)
    company.invoice("ALDER", date(2026, 7, 1), date(2026, 11, 15), 100)
    company.invoice("ALDER", date(2026, 10, 1), date(2026, 11, 30), 500)
    company.payment("ALDER", date(2026, 8, 10), 400, (old, 400))
    company.do("write_off", item_id=old, amount=Decimal(100), reason="uncollectible", on=date(2026, 9, 1))
    return company


def value(figure):
    return None if figure.value is None else round(figure.value, 1)


def test_the_worked_figures_of_cei_and_dso(house):
    filters = Filters(as_of=OCT)
    assert value(measured(house.engine, filters, "cei")) == 55.6
    assert value(measured(house.engine, filters, "cei.cash")) == 44.4
    dso = measured(house.engine, filters, "dso")
    assert dso.value == 1000 / 500 * 92
    assert dso.inputs == {"ar_end": Decimal("1000.00"), "credit_sales": Decimal("500.00"), "days": 92}
    assert dso.window == (date(2026, 8, 1), OCT)
    assert dso.currency == "EUR"
    assert value(measured(house.engine, filters, "add")) == value(measured(house.engine, filters, "dso")) - round(
        600 / 500 * 92, 1
    )


def test_a_plan_does_not_flatter(house):
    """100 of old debt re-dated into the future leaves CEI as it was: KPIs go by the contractual date."""
    before = measured(house.engine, Filters(as_of=OCT), "cei").value
    item = house.invoice("ALDER", date(2026, 5, 1), date(2026, 6, 1), 100)
    after = measured(house.engine, Filters(as_of=OCT), "cei").value
    house.do("redate", item_id=item, due_date=date(2027, 1, 31), on=date(2026, 10, 1))
    assert before != after
    assert measured(house.engine, Filters(as_of=OCT), "cei").value == after
    assert measured(house.engine, Filters(as_of=OCT, basis="due"), "cei").value > after


def test_without_coverage_the_reason_says_what_to_upload(company):
    company.customer("ALDER")
    company.invoice("ALDER", date(2026, 8, 1), OCT, 100)
    company.complete("balances", date(2026, 10, 1))
    dso = measured(company.engine, Filters(as_of=OCT), "dso")
    asks = "needs credit sales from 1 Aug 2026: upload the invoice list, or type monthly credit sales"
    assert (dso.value, dso.undefined) == (None, asks)
    company.complete("sales", date(2026, 8, 2))
    assert measured(company.engine, Filters(as_of=OCT), "dso").undefined is not None
    company.complete("sales", date(2026, 8, 1))
    assert measured(company.engine, Filters(as_of=OCT), "dso").value == 92
    assert measured(company.engine, Filters(as_of=OCT), "open").value == 100, "what we hold is what we hold"


def test_one_incomplete_currency_makes_the_whole_incomplete(house):
    house.invoice("ALDER", date(2026, 10, 1), OCT, 1, currency="USD")
    house.rate("USD", "EUR", START, "0.90")
    assert "credit sales" in (measured(house.engine, Filters(as_of=OCT), "bad_debt").undefined or "")
    complete(house, "USD")
    assert measured(house.engine, Filters(as_of=OCT), "bad_debt").undefined is None


def test_balances_follow_from_sales_and_receipts_or_from_a_snapshot(company):
    company.customer("ALDER")
    company.invoice("ALDER", date(2026, 10, 1), OCT, 100)
    share = measured(company.engine, Filters(as_of=OCT), "share_current")
    assert "open-item list" in (share.undefined or "")
    company.complete("sales", START)
    company.complete("receipts", date(2026, 1, 1))
    assert measured(company.engine, Filters(as_of=OCT), "share_current").value == 100


def test_a_missing_rate_is_the_reason(house):
    house.invoice("ALDER", date(2026, 10, 1), OCT, 1000, currency="USD")
    complete(house, "USD")
    missing = measured(house.engine, Filters(as_of=OCT), "dso")
    assert missing.value is None
    assert "USD" in (missing.undefined or "")
    house.rate("USD", "EUR", date(2026, 10, 30), "0.90")
    assert measured(house.engine, Filters(as_of=OCT), "dso").inputs["ar_end"] == Decimal("1900.00")


def test_constant_currency(company):
    """1,000 USD overdue, .90 then .95, nothing paid: CEI is 0 %, not −5.6 %."""
    company.customer("BIRCH")
    complete(company, "USD")
    company.setting("currency", '"EUR"')
    company.rate("USD", "EUR", START, "0.90")
    company.rate("USD", "EUR", OCT, "0.95")
    company.invoice("BIRCH", date(2026, 6, 1), date(2026, 7, 1), 1000, currency="USD")
    assert measured(company.engine, Filters(as_of=OCT), "cei").value == 0


def test_figures_stand_on_the_totals_of_their_lists(house):
    house.rate("USD", "EUR", START, "0.9333")
    complete(house, "USD")
    for amount in ("0.55", "1.55", "2.55"):
        house.invoice("ALDER", date(2026, 10, 1), OCT, amount, currency="USD")
    filters = Filters(as_of=OCT, currency="EUR")
    listed = aging(house.engine, filters, by="none").totals[0].open
    assert measured(house.engine, filters, "dso").inputs["ar_end"] == Decimal(listed).scaleb(-2)
    assert measured(house.engine, filters, "open").exact == Decimal(listed).scaleb(-2)


def test_history_is_what_the_days_themselves_say(house):
    points = trend(house.engine, Filters(as_of=date(2026, 11, 10)), "dso", count=3)
    assert [figure.as_of for figure in points] == [date(2026, 8, 31), date(2026, 9, 30), OCT, date(2026, 11, 10)]
    for figure in points:
        assert figure.value == measured(house.engine, Filters(as_of=figure.as_of), "dso").value
    [*_, last] = kpis(house.engine, Filters(as_of=date(2026, 11, 10)), ["dso.period_end"], history=3)
    assert last.running
    assert last.figure.value == points[-1].value


def test_a_new_payment_brings_the_history_up_to_date(house):
    trend(house.engine, Filters(as_of=OCT), "dso")
    house.payment("ALDER", date(2026, 10, 20), 250)
    assert measured(house.engine, Filters(as_of=OCT), "dso").value == 750 / 500 * 92
    assert measured(house.engine, Filters(as_of=OCT), "cash_in").value == 250


def test_by_owner_and_by_currency(house):
    house.customer("BIRCH", owner="Cleo")
    complete(house, "USD")
    house.invoice("BIRCH", date(2026, 10, 1), OCT, 200, currency="USD")
    by_currency = kpis(house.engine, Filters(as_of=OCT), ["dso.period_end"], by="currency")
    assert {found.key: found.figure.value for found in by_currency} == {"EUR": 184, "USD": 92}
    assert {found.figure.currency for found in by_currency} == {"EUR", "USD"}
    house.rate("USD", "EUR", START, "0.90")
    by_owner = kpis(house.engine, Filters(as_of=OCT), ["dso.period_end"], by="owner")
    assert {found.key: found.figure.inputs["ar_end"] for found in by_owner} == {"Ben": 1000, "Cleo": 180}


def test_a_transfer_between_owners_is_not_collected(company):
    """1,000 overdue moved from Ben's customer to Cleo's: at neither was anything collected."""
    company.customer("ALDER", owner="Ben")
    company.customer("BIRCH", owner="Cleo")
    complete(company)
    item = company.invoice("ALDER", date(2026, 5, 1), date(2026, 6, 1), 1000)
    company.do("transfer", item_id=item, amount=Decimal(1000), to_customer_id=company.ids["BIRCH"], on=OCT)
    found = kpis(company.engine, Filters(as_of=OCT), ["cei.period"], by="owner")
    assert {row.key: row.figure.value for row in found}["Cleo"] == 0
    assert measured(company.engine, Filters(as_of=OCT), "cei").value == 0


def test_the_owner_is_that_of_the_day_of_each_figure(house):
    house.fact("ALDER", "owner", "Cleo", date(2026, 10, 1))
    points = trend(house.engine, Filters(as_of=OCT, owners=("Ben",)), "open", count=2)
    assert [(figure.as_of, figure.value) for figure in points] == [(date(2026, 9, 30), 500.0), (OCT, 0.0)]


def test_as_known_then(house):
    then = datetime.now(UTC)
    house.invoice("ALDER", date(2026, 10, 2), OCT, 500)
    assert measured(house.engine, Filters(as_of=OCT), "dso").inputs["credit_sales"] == 1000
    assert measured(house.engine, Filters(as_of=OCT, known_at=then), "dso").inputs["credit_sales"] == 500


def test_intercompany_is_left_out(house):
    house.customer("OURS", intercompany=True)
    house.invoice("OURS", date(2026, 10, 2), OCT, 5000)
    assert measured(house.engine, Filters(as_of=OCT), "dso").inputs["ar_end"] == 1000


def test_windows_and_names(house):
    month = measured(house.engine, Filters(as_of=OCT), "dso", months=1)
    assert month.window == (date(2026, 10, 1), OCT)
    assert {kpi.name for kpi in names()} >= {"dso", "bpdso", "add", "cei", "turnover", "days_to_pay", "bad_debt"}
    with pytest.raises(BadInput):
        measured(house.engine, Filters(as_of=OCT), "magic")
    with pytest.raises(BadInput):
        kpis(house.engine, Filters(as_of=OCT), months=7)


def test_every_measure_answers_on_an_empty_store(company):
    for found in kpis(company.engine, Filters(as_of=OCT), history=2):
        assert (found.figure.exact is None) == (found.figure.undefined is not None)
