"""bridge, state and freeze: month-end by script."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from arcore.ledger import service
from arcore.store.customers import Customer
from arcore.store.engine import open_engine
from arcore.store.migrate import migrate
from arcore.store.sources import Coverage
from arcore.store.unit import Actor
from arcore.store.unit import commit

ANNA = Actor("Anna")


@pytest.fixture
def store(tmp_path) -> str:
    """Give a store: 100.00 invoiced in September, 40.00 of it paid in October, 60.00 invoiced in October."""
    url = f"sqlite:///{tmp_path / 'books.db'}"
    engine = open_engine(url)
    migrate(engine)

    def body(unit):
        unit.session.add(Customer(id=1, code="C0001", name="Alder Ltd"))
        for what in ("balances", "sales", "receipts"):
            unit.session.add(Coverage(currency="EUR", what=what, complete_from=date(2024, 1, 1)))
        return {}

    commit(engine, body, actor=ANNA, verb="setup")
    for day, amount in ((date(2026, 9, 10), 100), (date(2026, 10, 10), 60)):
        service.post_invoice(
            engine, customer_id=1, document_date=day, currency="EUR",
            instalments=[(Decimal(amount), date(2026, 12, 1))], actor=ANNA,
        )  # fmt: skip
    service.record_payment(
        engine, customer_id=1, received_on=date(2026, 10, 20), currency="EUR", amount=Decimal(40),
        apply_to=[(1, Decimal(40))], actor=ANNA,
    )  # fmt: skip
    engine.dispose()
    return url


def bridge(arcore, store, *words):
    return arcore("--store", store, "bridge", "--from", "2026-09-30", "--to", "2026-10-31", *words, "--json")


def test_a_bridge_adds_up(arcore, store):
    found = bridge(arcore, store).document
    assert (found["measure"], found["from"], found["to"]) == ("open", "2026-09-30", "2026-10-31")
    [part] = found["bridges"]
    assert (part["opening"], part["closing"]) == ("100.00", "120.00")
    assert [(line["key"], line["amount"], line["documents"]) for line in part["lines"]] == [
        ("invoiced", "60.00", 1),
        ("collected", "-40.00", 1),
    ]


def test_the_bridge_of_a_ratio_adds_up(arcore, store):
    found = bridge(arcore, store, "--measure", "dso").document
    # 100 ÷ 100 × 92 in the three months to September, 120 ÷ 160 × 92 in those to October.
    assert (found["before"], found["after"], found["unit"]) == ("92", "69", "days")
    assert sum(Decimal(cause["effect"]) for cause in found["causes"]) == Decimal(-23)


def test_a_bridge_of_nothing_known_is_refused(arcore, store):
    answer = bridge(arcore, store, "--measure", "turnover")
    assert answer.code == 2
    assert "one of open, overdue, dso, cei" in answer.document["error"]["message"]


def test_sales_are_stated_by_options_and_by_file(arcore, store, tmp_path):
    one = arcore(
        "--store", store, "state", "sales", "--month", "2026-08", "--currency", "EUR", "--amount", "480000", "--json"
    ).document
    assert one["stated"] == 1
    assert one["sales"] == [
        {"month": "2026-08", "entity": "main", "currency": "EUR", "amount": "480000.00", "source": ""}
    ]
    file = tmp_path / "sales.csv"
    file.write_text("month,currency,sales\n2026-06,EUR,1.00\n2026-07,EUR,2.00\n", encoding="utf-8")
    assert arcore("--store", store, "state", "sales", file, "--json").document["stated"] == 2


def test_a_ledger_balance_is_stated_and_a_dry_run_states_nothing(arcore, store):
    words = ("--store", store, "state", "balances", "--day", "2026-10-31", "--currency", "EUR", "--amount", "120.00")
    assert arcore(*words, "--dry-run", "--json").document["stated"] == 0
    aging = arcore("--store", store, "aging", "--as-of", "2026-10-31", "--json").document
    assert aging["control"][0]["agrees"] is None
    assert arcore(*words, "--json").document["stated"] == 1
    aging = arcore("--store", store, "aging", "--as-of", "2026-10-31", "--json").document
    assert aging["control"][0]["agrees"] is True


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Give a file, or --month, --currency, --amount as well"),
        (("--month", "2026-13", "--currency", "EUR", "--amount", "1"), "is no month"),
        (("--month", "2026-10", "--currency", "EUR", "--amount", "many"), "many"),
        (("nowhere.csv",), "can't be read"),
    ],
)
def test_sales_that_can_not_be_meant_are_refused(arcore, store, words, said):
    answer = arcore("--store", store, "state", "sales", *words, "--json")
    assert answer.code == 2
    assert said in answer.document["error"]["message"]


def test_a_month_is_frozen_listed_and_opened_again(arcore, store):
    frozen = arcore("--store", store, "freeze", "--month", "2026-10", "--json").document
    assert [(each["month"], each["balances"]) for each in frozen["frozen"]] == [
        ("2026-10", [{"entity": "main", "currency": "EUR", "open": "120.00"}])
    ]
    again = arcore("--store", store, "freeze", "--month", "2026-10", "--json")
    assert again.code == 2
    assert "frozen already" in again.document["error"]["message"]
    assert len(arcore("--store", store, "freeze", "--json").document["frozen"]) == 1
    assert arcore("--store", store, "freeze", "--month", "2026-10", "--reopen", "--json").document["frozen"] == []
