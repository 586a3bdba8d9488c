"""Currencies, families, entities and our own group on the command line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import openpyxl
import pytest

from arcore.customers import service as customers
from arcore.ledger import service
from arcore.store.company import Rate
from arcore.store.engine import open_engine
from arcore.store.migrate import migrate
from arcore.store.unit import Actor
from arcore.store.unit import commit

ANNA = Actor("Anna")
AS_OF = ("--as-of", "2026-10-31")


@pytest.fixture
def store(tmp_path, monkeypatch) -> str:
    """North sold 100 EUR to OAK, 40 USD to its child ELM and 1000 EUR to SO of our own group; south 7 EUR to OAK."""
    monkeypatch.setenv("COLUMNS", "200")
    url = f"sqlite:///{tmp_path / 'books.db'}"
    engine = open_engine(url)
    migrate(engine)
    ids = {}
    for code, currency, ours in (("OAK", "EUR", False), ("ELM", "USD", False), ("SO", "EUR", True)):
        ids[code] = customers.create_customer(
            engine, code=code, name=code.title(), currency=currency, intercompany=ours, actor=ANNA
        )["customer"]
    customers.set_parent(engine, customer_id=ids["ELM"], parent_id=ids["OAK"], actor=ANNA)
    for code, amount, currency, entity in (
        ("OAK", "100", "EUR", "north"), ("ELM", "40", "USD", "north"), ("SO", "1000", "EUR", "north"),
        ("OAK", "7", "EUR", "south"),
    ):  # fmt: skip
        service.post_invoice(
            engine, customer_id=ids[code], document_date=date(2026, 9, 1), currency=currency,
            instalments=[(Decimal(amount), date(2026, 10, 1))], details={"entity": entity}, actor=ANNA,
        )  # fmt: skip

    def rates(unit):
        unit.session.add(
            Rate(currency="USD", reporting="EUR", day=date(2026, 9, 30), rate="0.50", audit_seq=unit.audit_seq)
        )
        return {}

    commit(engine, rates, actor=ANNA, verb="save_rates")
    engine.dispose()
    return url


def aging(arcore, store, *words):
    found = arcore("--store", store, "aging", *AS_OF, *words, "--json").document
    return found, {(row["key"], row["currency"]): row["open"] for row in found["rows"]}


def test_aging_of_each_entity_and_of_our_own_group(arcore, store):
    found, rows = aging(arcore, store, "--by", "entity", "--currency", "eur")
    assert rows == {("north", "EUR"): "120.00", ("south", "EUR"): "7.00"}
    assert [(row["key"], row["open"]) for row in found["intercompany"]] == [
        ("intercompany", "1000.00"), ("north", "1000.00"),
    ]  # fmt: skip
    assert (found["intercompany_counts"], found["intercompany_customers"]) == ("out", 1)
    _, rows = aging(arcore, store, "--by", "entity", "--currency", "eur", "--intercompany", "in")
    assert rows == {("north", "EUR"): "1120.00", ("south", "EUR"): "7.00"}
    _, rows = aging(arcore, store, "--entity", "south")
    assert rows == {("OAK", "EUR"): "7.00"}
    people = arcore("--store", store, "aging", *AS_OF, "--by", "entity").out
    assert "Intercompany of north, left out" in people


def test_aging_in_the_currency_of_each_customer_and_rolled_up(arcore, store):
    _, rows = aging(arcore, store, "--currency", "customer")
    assert rows == {("OAK", "EUR"): "107.00", ("ELM", "USD"): "40.00"}
    found, rows = aging(arcore, store, "--by", "rollup", "--currency", "EUR")
    assert rows == {("OAK", "EUR"): "127.00", ("ELM", "EUR"): "20.00"}
    assert [(row["depth"], row["below"]) for row in found["rows"]] == [(0, 1), (1, 0)]
    assert [row["open"] for row in found["totals"]] == ["127.00"]
    people = arcore("--store", store, "aging", *AS_OF, "--by", "rollup", "--currency", "EUR").out
    assert "Oak and 1 below" in people


def test_items_in_both_currencies_and_of_a_family(arcore, store):
    found = arcore("--store", store, "items", *AS_OF, "--customer", "OAK", "--family", "--currency", "EUR", "--json")
    assert sorted((row["customer"], row["open"], row["converted"]) for row in found.document["rows"]) == [
        ("ELM", "40.00", "20.00"), ("OAK", "100.00", "100.00"), ("OAK", "7.00", "7.00"),
    ]  # fmt: skip
    assert found.document["converted_totals"] == [{"currency": "EUR", "open": "127.00"}]
    only = arcore("--store", store, "items", *AS_OF, "--intercompany", "only", "--json").document
    assert [(row["customer"], row["open"]) for row in only["rows"]] == [("SO", "1000.00")]


def test_a_missing_rate_is_named_with_its_amount(arcore, store):
    found, _ = aging(arcore, store, "--currency", "GBP")
    assert {(gap["currency"], gap["into"], gap["day"], gap["amount"]) for gap in found["gaps"]} == {
        ("EUR", "GBP", "2026-10-31", "107.00"), ("USD", "GBP", "2026-10-31", "40.00"),
    }  # fmt: skip
    assert "40.00 USD stands as booked" in arcore("--store", store, "aging", *AS_OF, "--currency", "GBP").out


def test_measures_by_entity_and_with_our_own_group(arcore, store):
    words = ("--store", store, "kpi", "open", *AS_OF, "--currency", "EUR", "--json")
    by_entity = arcore(*words, "--by", "entity").document["kpis"]
    assert [(found["segment"], found["value"]) for found in by_entity] == [("north", "120.00"), ("south", "7.00")]
    assert [found["value"] for found in arcore(*words, "--intercompany", "in").document["kpis"]] == ["1127.00"]


def test_an_export_says_what_it_holds(arcore, store, tmp_path):
    file = tmp_path / "aging.xlsx"
    words = ("--store", store, "export", file, "--report", "aging", *AS_OF, "--by", "rollup", "--currency", "EUR")
    assert arcore(*words).code == 0
    [sheet] = openpyxl.load_workbook(file).worksheets
    cells = [row[0].value for row in sheet.iter_rows()]
    assert "Companies of our own group: left out" in cells
    assert "Intercompany, left out: 1 customer, 1000.00 EUR" in cells
    assert "Rolled up: a row holds those below it too; each counted once they add up to 127.00 EUR" in cells
    assert not any(str(cell).startswith("Total") for cell in cells), "rows that hold each other have no sum"


def test_what_can_not_be_meant_is_refused(arcore, store):
    assert arcore("--store", store, "aging", "--intercompany", "maybe").code == 2
    assert arcore("--store", store, "kpi", "open", "--by", "rollup").code == 2
