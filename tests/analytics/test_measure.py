"""The house rules, from rows of a ledger to figures."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from arcore.analytics.conversion import Conversion
from arcore.analytics.coverage import Coverage
from arcore.analytics.history import history
from arcore.analytics.kpis import BY_KEY
from arcore.analytics.kpis import BY_NAME
from arcore.analytics.kpis import KPIS
from arcore.analytics.lens import Lens
from arcore.analytics.measure import measure
from arcore.analytics.measure import trend
from arcore.analytics.scope import Scope
from arcore.analytics.windows import as_of_days

OCT = date(2026, 10, 31)
EUR = Conversion("EUR", ("EUR", "USD"))


def lens(book, *, as_of=(OCT,), basis="original", scope=None, conversion=EUR, coverage=None):
    known = history(book.columns(), as_of, basis=basis, scope=scope)
    return Lens(known, conversion, coverage or Coverage.complete())


def value(seen, name, as_of=OCT, **more):
    key = tuple(name.split("/"))
    return measure(seen, BY_KEY[key] if len(key) == 2 else BY_NAME[name], as_of, **more).value


def test_the_first_variant_of_each_name_is_meant():
    assert BY_NAME["dso"].variant == "period_end"
    assert BY_NAME["cei"].variant == "period"
    assert BY_NAME["bad_debt"].variant == "net"
    assert len(BY_KEY) == len(KPIS)


def test_dso_best_possible_and_delinquent_add_up(book):
    book.post("invoice", date(2026, 9, 1), 60_000, date(2026, 11, 30))
    book.post("invoice", date(2026, 9, 1), 2_000, date(2026, 10, 1))
    book.paid(book.post("invoice", date(2026, 8, 1), 28_000), date(2026, 8, 20), 28_000)
    book.post("payment", date(2026, 10, 20), 10_000)
    seen = lens(book)
    days = 92
    assert value(seen, "dso") == pytest.approx(520 / 900 * days)
    assert value(seen, "bpdso") == pytest.approx(600 / 900 * days)
    assert value(seen, "add") == pytest.approx(20 / 900 * days)
    assert value(seen, "share_current") == pytest.approx(600 / 620 * 100)
    assert value(seen, "share_over_90") == 0
    figure = measure(seen, BY_NAME["dso"], OCT)
    assert figure.window == (date(2026, 8, 1), OCT)
    assert figure.inputs == {"ar_end": Decimal(520), "credit_sales": Decimal(900), "days": 92}
    assert (figure.as_of, figure.currency, figure.coverage) == (OCT, "EUR", "complete")


def plan(book):
    """AR0 1,000, S 500, AR1 1,000, of it 600 current; 100 of the old debt is put on a plan."""
    old = book.post("invoice", date(2026, 1, 1), 100_000, date(2026, 1, 31))
    book.post("invoice", date(2026, 10, 1), 50_000, date(2026, 11, 30))
    book.paid(old, date(2026, 9, 1), 40_000)
    book.apply(book.post("write_off", date(2026, 9, 1), 10_000, reason="goodwill"), old, 10_000, date(2026, 9, 1))
    return old


def test_cei_and_its_cash_twin(book):
    plan(book)
    seen = lens(book)
    assert value(seen, "cei") == pytest.approx((1_000 + 500 - 1_000) / (1_000 + 500 - 500) * 100)
    assert value(seen, "cei/cash") == pytest.approx(400 / 1_000 * 100)


def test_putting_old_debt_on_a_plan_changes_nothing_by_contract(book):
    book.redate(plan(book), date(2027, 6, 30), 10_000, date(2026, 10, 1))
    assert value(lens(book), "cei") == pytest.approx(50)
    assert value(lens(book, basis="due"), "cei") == pytest.approx(500 / 900 * 100)


def test_sales_are_invoices_less_credit_notes_and_their_voids_by_effective_day(book):
    book.post("invoice", date(2026, 9, 1), 100_00)
    book.post("debit_note", date(2026, 9, 1), 10_00)
    book.post("late_charge", date(2026, 9, 1), 5_00)
    book.post("credit_note", date(2026, 9, 1), 20_00)
    book.post("credit_note", date(2026, 9, 1), -4_00)
    book.post("invoice", date(2026, 7, 30), 7_00, effective=date(2026, 8, 1))
    book.post("invoice", date(2026, 9, 1), 900_00, effective=date(2026, 11, 1))
    book.post("settlement", date(2026, 9, 2), -3_00)
    assert measure(lens(book), BY_NAME["dso"], OCT).inputs["credit_sales"] == 100 + 10 + 5 - 20 + 4 + 7


def test_constant_currency_shows_no_collection_where_nothing_was_paid(book):
    book.post("invoice", date(2026, 5, 1), 1_000_00, date(2026, 5, 31), currency=1)
    rates = {date(2026, 7, 31): Decimal("0.90"), OCT: Decimal("0.95")}
    seen = lens(book, conversion=Conversion("EUR", ("EUR", "USD"), lambda _, day: rates.get(day)))
    figure = measure(seen, BY_NAME["cei"], OCT)
    assert figure.value == 0
    assert figure.inputs["ar_begin"] == figure.inputs["ar_end"] == 950


def test_a_missing_rate_is_a_gap_with_a_name(book):
    book.post("invoice", date(2026, 9, 1), 100, currency=1)
    seen = lens(book, conversion=Conversion("EUR", ("EUR", "USD"), lambda *_: None))
    for name in ("dso", "cei", "dso/countback", "share_current"):
        key = tuple(name.split("/"))
        figure = measure(seen, BY_KEY[key] if len(key) == 2 else BY_NAME[name], OCT)
        assert figure.value is None
        assert figure.undefined == "no EUR rate for USD on 31 Oct 2026"


def test_one_currency_alone_leaves_the_others_out(book):
    book.post("invoice", date(2026, 9, 1), 100_00, currency=0)
    book.post("invoice", date(2026, 9, 1), 999_00, currency=1)
    seen = lens(book, conversion=Conversion("USD", ("EUR", "USD")))
    assert measure(seen, BY_NAME["dso"], OCT).inputs["ar_end"] == 999


def test_a_debt_moved_to_another_segment_was_not_collected_in_the_first(book):
    debt = book.post("invoice", date(2026, 1, 1), 1_000_00, date(2026, 1, 31), customer=0)
    book.post("invoice", date(2026, 9, 1), 10_00, date(2026, 9, 30), customer=0)
    book.transfer(debt, 1_000_00, date(2026, 9, 1), customer=1)
    columns = book.columns()
    seen = lens(book, scope=Scope.of(columns, groups=columns.customer))
    assert value(seen, "cei", group=0) == 0
    assert value(seen, "cei", group=1) == 0
    assert measure(seen, BY_NAME["cei"], OCT, group=0).inputs["transfers"] == -1_000
    assert "transfers" not in measure(lens(book), BY_NAME["cei"], OCT).inputs, "in the whole book they cancel"


def test_settlements_nobody_explained_are_neither_cash_nor_loss(book):
    invoice = book.post("invoice", date(2026, 8, 1), 100_00, date(2026, 8, 31))
    book.apply(book.post("settlement", date(2026, 9, 15), -100_00), invoice, 100_00, date(2026, 9, 15))
    seen = lens(book)
    assert value(seen, "cei") == 100
    assert value(seen, "cei/cash") == 0
    assert value(seen, "cash_in", as_of=OCT) == 0
    assert value(seen, "bad_debt") == 0
    assert measure(seen, BY_NAME["days_to_pay"], OCT).undefined == "no invoice was paid in the window"


def test_bad_debt_is_uncollectible_less_recoveries(book):
    book.post("invoice", date(2026, 1, 1), 10_000_00, tax=2_000_00)
    book.post("write_off", date(2026, 5, 1), 100_00, reason="uncollectible", tax=-20_00)
    book.post("write_off", date(2026, 5, 1), 50_00, reason="small_difference")
    book.post("write_off", date(2026, 9, 1), -40_00, reason="recovery", tax=8_00)
    book.post("credit_note", date(2026, 5, 1), 0)
    seen = lens(book)
    assert value(seen, "bad_debt/gross") == 1
    assert value(seen, "bad_debt") == 0.6
    assert value(seen, "bad_debt/net_of_tax") == pytest.approx((60 - 12) / 8_000 * 100)
    book.post("write_off", date(2026, 9, 1), 1_00, reason="uncollectible")
    unknown = measure(lens(book), BY_KEY["bad_debt", "net_of_tax"], OCT)
    assert unknown.undefined == "the tax inside 1 amount of the window is not known"


def test_intercompany_customers_are_left_out_by_the_mask(book):
    book.post("invoice", date(2026, 9, 1), 100_00, customer=0)
    book.post("invoice", date(2026, 9, 1), 900_00, customer=1)
    columns = book.columns()
    seen = lens(book, scope=Scope.of(columns, mask=columns.customer != 1))
    assert measure(seen, BY_NAME["dso"], OCT).inputs["ar_end"] == 100


def test_cash_in_of_the_running_month_counts_each_day_at_its_own_rate(book):
    book.post("payment", date(2026, 10, 2), 100_00, currency=1)
    book.post("payment", date(2026, 10, 20), 100_00, currency=1)
    book.post("refund", date(2026, 10, 20), 10_00, currency=1)
    book.post("payment", date(2026, 9, 30), 500_00, currency=1)
    rates = {date(2026, 10, 2): Decimal("0.9"), date(2026, 10, 20): Decimal("0.8")}
    seen = lens(book, conversion=Conversion("EUR", ("EUR", "USD"), lambda _, day: rates.get(day)))
    figure = measure(seen, BY_NAME["cash_in"], OCT)
    assert figure.value == 90 + 80 - 8
    assert figure.window == (date(2026, 10, 1), OCT)
    trailing = measure(seen, BY_NAME["cash_in"], OCT, months=3)
    assert trailing.undefined == "no EUR rate for USD on 30 Sep 2026"


def test_days_to_pay_and_days_late(book):
    book.paid(book.post("invoice", date(2026, 8, 1), 100_00, date(2026, 8, 31)), date(2026, 9, 10), 100_00)
    seen = lens(book)
    assert value(seen, "days_to_pay") == 40
    assert value(seen, "days_late") == 10
    assert value(seen, "days_to_pay", months=12) == 40
    assert measure(seen, BY_NAME["days_to_pay"], OCT, months=1).value is None


def test_counting_back_over_trailing_months(book):
    book.post("invoice", date(2026, 10, 1), 100_00)
    book.post("invoice", date(2026, 9, 1), 100_00)
    book.post("invoice", date(2026, 8, 1), 100_00)
    book.paid(1, date(2026, 10, 5), 50_00)
    assert value(lens(book), "dso/countback") == pytest.approx(31 + 30 + 0.5 * 31)


def test_counting_back_stops_where_sales_are_not_known(book):
    book.post("invoice", date(2026, 1, 1), 500_00)
    book.post("invoice", date(2026, 10, 1), 100_00)
    since = Coverage(balances=date.min, sales=date(2026, 9, 1), receipts=date.min)
    figure = measure(lens(book, coverage=since), BY_KEY["dso", "countback"], OCT)
    assert (
        figure.undefined == "needs credit sales from 1 Aug 2026: upload the invoice list, or type monthly credit sales"
    )
    assert figure.coverage == "sales complete from 1 Sep 2026"
    complete = measure(lens(book), BY_KEY["dso", "countback"], OCT)
    assert complete.value is not None


def test_from_snapshots_alone_there_is_no_dso_and_it_says_what_to_upload(book):
    book.post("invoice", date(2026, 9, 1), 100_00)
    snapshots = Coverage(balances=date(2026, 1, 1))
    as_of = date(2026, 11, 20)
    seen = lens(book, as_of=[as_of], coverage=snapshots)
    for name in ("dso", "bpdso", "add", "cei", "cei/cash", "dso/average_balance"):
        key = tuple(name.split("/"))
        figure = measure(seen, BY_KEY[key] if len(key) == 2 else BY_NAME[name], as_of)
        assert figure.value is None
        assert (
            figure.undefined
            == "needs credit sales from 21 Aug 2026: upload the invoice list, or type monthly credit sales"
        )
        assert "sales are not complete" in figure.coverage
    assert value(seen, "share_current", as_of) == 0
    assert measure(seen, BY_NAME["cash_in"], as_of).undefined == (
        "needs receipts from 1 Nov 2026: upload the payment list"
    )


def test_no_point_of_a_trend_lies_before_the_first_balance(book):
    book.post("invoice", date(2025, 1, 1), 100_00)
    days = as_of_days(OCT, 4)
    known = Coverage(balances=date(2026, 9, 1), sales=date.min, receipts=date.min)
    figures = trend(lens(book, as_of=days, coverage=known), BY_NAME["share_overdue"])
    assert [figure.as_of for figure in figures] == days
    assert [figure.value for figure in figures] == [None, None, 100, 100]
    cei = trend(lens(book, as_of=days, coverage=known), BY_NAME["cei"])
    assert all("needs balances from" in (figure.undefined or "") for figure in cei)


def test_every_kpi_answers_on_an_empty_book(book):
    seen = lens(book)
    for kpi in KPIS:
        figure = measure(seen, kpi, OCT)
        assert (figure.name, figure.variant) == kpi.key
        assert figure.formula
        assert (figure.value is None) == (figure.undefined is not None)
        assert figure.value in {None, 0}
