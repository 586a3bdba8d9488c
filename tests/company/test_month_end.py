"""Balances and sales that somebody states, and months that are frozen: what is kept, what is refused, who may."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy import select

from arcore.company import queries
from arcore.company import service
from arcore.company.balances import TEMPLATE as BALANCES
from arcore.company.balances import read_balances
from arcore.company.sales import TEMPLATE as SALES
from arcore.company.sales import read_sales
from arcore.company.service import Balance
from arcore.company.service import Sales
from arcore.customers.service import create_customer
from arcore.errors import BadInput
from arcore.errors import NotAllowed
from arcore.errors import NotFound
from arcore.errors import RuleBroken
from arcore.ledger import service as ledger
from arcore.store.books import AuditEvent
from arcore.store.engine import reading
from arcore.store.unit import Actor

ANNA, VERA = Actor("anna"), Actor("vera", "viewer")
OCTOBER, TODAY = date(2026, 10, 31), date(2026, 11, 20)
IN_OCTOBER = Balance(OCTOBER, "main", "EUR", Decimal("1200.50"), "Trial balance", date(2026, 11, 5))
SOLD = Sales(date(2026, 10, 1), "main", "EUR", Decimal(480), "Sales journal")


def balances(engine: Engine, upto: int | None = None) -> list[tuple[object, ...]]:
    with reading(engine) as session:
        return [(*place, one.amount, one.source) for place, one in queries.ledger_balances(session, upto=upto).items()]


def sales(engine: Engine) -> list[tuple[object, ...]]:
    with reading(engine) as session:
        return [(*place, one.amount, one.source) for place, one in queries.monthly_sales(session).items()]


def last(engine: Engine) -> Any:
    table = AuditEvent.__table__  # type: ignore[attr-defined]
    with reading(engine) as session:
        return session.execute(select(table).order_by(table.c.seq.desc()).limit(1)).one()


def test_the_latest_balance_of_a_place_counts_and_the_one_before_stays_known(engine: Engine) -> None:
    service.save_balances(engine, balances=[IN_OCTOBER], actor=ANNA)
    first = last(engine).seq
    service.save_balances(engine, balances=[IN_OCTOBER._replace(amount=Decimal(1300), source="")], actor=ANNA)
    assert balances(engine) == [(OCTOBER, "main", "EUR", 130_000, "general ledger")]
    assert balances(engine, upto=first) == [(OCTOBER, "main", "EUR", 120_050, "Trial balance")]
    assert (last(engine).verb, json.loads(last(engine).changed)["days"]) == ("save_ledger_balances", ["2026-10-31"])


def test_a_balance_is_taken_away_once(engine: Engine) -> None:
    service.save_balances(engine, balances=[IN_OCTOBER], actor=ANNA)
    service.withdraw_balance(engine, day=OCTOBER, entity="main", currency="EUR", actor=ANNA)
    assert balances(engine) == []
    with pytest.raises(NotFound, match="No balance of the general ledger is known for main EUR"):
        service.withdraw_balance(engine, day=OCTOBER, entity="main", currency="EUR", actor=ANNA)


def test_a_balance_sent_twice_is_saved_once(engine: Engine) -> None:
    for _ in range(2):
        service.save_balances(engine, balances=[IN_OCTOBER], actor=ANNA, key="k")
    assert last(engine).seq == 1


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ([], "There is no balance in it"),
        ([IN_OCTOBER, IN_OCTOBER], "stands there twice"),
        ([IN_OCTOBER._replace(currency="EURO")], "no currency code"),
        ([IN_OCTOBER._replace(drawn_on=date(2026, 10, 30))], "can't have been drawn before"),
        ([IN_OCTOBER._replace(amount=Decimal("1.005"))], "1.005"),
    ],
)
def test_balances_that_cannot_be_are_refused(engine: Engine, given: list[Balance], why: str) -> None:
    with pytest.raises(BadInput, match=why):
        service.save_balances(engine, balances=given, actor=ANNA)
    assert balances(engine) == []


def test_sales_are_kept_by_month_and_taken_away(engine: Engine) -> None:
    service.save_sales(engine, sales=[SOLD, SOLD._replace(entity="north")], actor=ANNA)
    service.save_sales(engine, sales=[SOLD._replace(amount=Decimal(-5))], actor=ANNA)
    assert [(row[1], row[3]) for row in sales(engine)] == [("main", -500), ("north", 48_000)]
    service.withdraw_sales(engine, month=date(2026, 10, 1), entity="north", currency="EUR", actor=ANNA)
    assert [(row[1], row[3]) for row in sales(engine)] == [("main", -500)]
    with pytest.raises(NotFound):
        service.withdraw_sales(engine, month=date(2026, 10, 1), entity="north", currency="EUR", actor=ANNA)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ([], "no sales"),
        ([SOLD, SOLD], "twice"),
        ([SOLD._replace(month=date(2026, 10, 2))], "not the first day"),
        ([SOLD._replace(currency="X")], "no currency code"),
    ],
)
def test_sales_that_cannot_be_are_refused(engine: Engine, given: list[Sales], why: str) -> None:
    with pytest.raises(BadInput, match=why):
        service.save_sales(engine, sales=given, actor=ANNA)


def test_who_may_only_look_states_and_freezes_nothing(engine: Engine) -> None:
    for write in (
        lambda: service.save_balances(engine, balances=[IN_OCTOBER], actor=VERA),
        lambda: service.withdraw_balance(engine, day=OCTOBER, entity="main", currency="EUR", actor=VERA),
        lambda: service.save_sales(engine, sales=[SOLD], actor=VERA),
        lambda: service.withdraw_sales(engine, month=SOLD.month, entity="main", currency="EUR", actor=VERA),
        lambda: service.freeze_month(engine, day=OCTOBER, today=TODAY, actor=VERA),
        lambda: service.reopen_month(engine, day=OCTOBER, actor=VERA),
    ):
        with pytest.raises(NotAllowed, match="vera may not"):
            write()


def test_the_templates_can_be_read_as_they_are() -> None:
    [balance] = read_balances(BALANCES.encode())
    assert balance == Balance(OCTOBER, "main", "EUR", Decimal("1234567.89"), "Trial balance", date(2026, 11, 5))
    assert read_sales(SALES.encode()) == [
        Sales(date(2026, 10, 1), "main", "EUR", Decimal("480000.00"), "Sales journal")
    ]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("day,currency\n", "no column balance"),
        ("day,currency,balance\n31/10/2026,EUR,1\n", "Line 2, day: '31/10/2026' is no date"),
        ("day,currency,balance\n2026-10-31,EURO,1\n", "Line 2, currency: 'EURO'"),
        ("day,currency,balance\n2026-10-31,JPY,1.5\n", "Line 2, balance: '1.5' is no amount of JPY"),
        ("day,currency,balance\n2026-10-31,EUR,NaN\n", "Line 2, balance: 'NaN'"),
    ],
)
def test_a_table_is_refused_whole_with_line_column_and_value(text: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        read_balances(text.encode())


def test_semicolons_and_a_mark_in_front_are_understood() -> None:
    found = read_sales("\ufeffMonth;Currency;Sales\n2026-09;eur;12.50\n".encode())
    assert found == [Sales(date(2026, 9, 1), "main", "EUR", Decimal("12.50"))]


def test_a_frozen_month_says_how_far_the_books_reached_and_what_was_open(engine: Engine) -> None:
    alder = create_customer(engine, code="C1", name="Alder", actor=ANNA)["customer"]
    for day, amount in ((date(2026, 10, 5), 100), (date(2026, 11, 5), 50)):
        ledger.post_invoice(
            engine, customer_id=alder, document_date=day, currency="EUR", instalments=[(Decimal(amount), day)],
            actor=ANNA,
        )  # fmt: skip
    facts = service.freeze_month(engine, day=OCTOBER, today=TODAY, actor=ANNA)
    with reading(engine) as session:
        close = queries.closes(session)[OCTOBER]
    assert dict(close.balances) == {("main", "EUR"): 10_000}
    assert (close.document_id, close.item_id, close.application_id, close.by) == (2, 2, 0, "anna")
    assert facts["ledger_version"] == close.seq == last(engine).seq


def test_a_month_is_frozen_once_and_can_be_opened_again(engine: Engine) -> None:
    service.freeze_month(engine, day=OCTOBER, today=TODAY, actor=ANNA)
    with pytest.raises(RuleBroken, match="October 2026 is frozen already"):
        service.freeze_month(engine, day=OCTOBER, today=TODAY, actor=ANNA)
    service.reopen_month(engine, day=OCTOBER, actor=ANNA)
    with reading(engine) as session:
        assert queries.closes(session) == {}
    with pytest.raises(NotFound, match="not frozen"):
        service.reopen_month(engine, day=OCTOBER, actor=ANNA)
    service.freeze_month(engine, day=OCTOBER, today=TODAY, actor=ANNA)
    with reading(engine) as session:
        assert list(queries.closes(session)) == [OCTOBER]


@pytest.mark.parametrize(("day", "why"), [(date(2026, 10, 30), "not the last day"), (date(2026, 11, 30), "not over")])
def test_only_a_month_that_is_over_is_frozen(engine: Engine, day: date, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        service.freeze_month(engine, day=day, today=TODAY, actor=ANNA)
