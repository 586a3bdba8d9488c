"""What is disputed and promised stands in the list of open items."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from arcore.arrangements import service as arrangements
from arcore.customers import service as customers
from arcore.disputes import service as disputes
from arcore.ledger import service as ledger
from arcore.reports import book
from arcore.store.engine import open_engine
from arcore.store.migrate import migrate
from arcore.store.unit import Actor

ANNA = Actor("Anna")
MADE = date(2026, 10, 26)


@pytest.fixture
def store(tmp_path):
    """INV-1 over 100.00 EUR due 1 October, 60.00 of it disputed and 500.00 promised for the account."""
    url = f"sqlite:///{tmp_path / 'books.db'}"
    engine = open_engine(url)
    migrate(engine)
    who = customers.create_customer(engine, code="C1", name="Alder", actor=ANNA)["customer"]
    posted = ledger.post_invoice(
        engine, customer_id=who, document_date=date(2026, 9, 1), currency="EUR",
        instalments=[(Decimal(100), date(2026, 10, 1))], details={"number": "INV-1"}, actor=ANNA,
    )  # fmt: skip
    disputes.open_dispute(
        engine, customer_id=who, document_id=posted["documents"][0], opened_on=MADE, reason="price",
        amount=Decimal(60), actor=ANNA,
    )  # fmt: skip
    arrangements.record_promise(
        engine, customer_id=who, entity="main", currency="EUR", amount=Decimal(500), made_on=MADE,
        due_on=date(2026, 11, 6), actor=ANNA,
    )  # fmt: skip
    engine.dispose()
    yield url
    book.forget()


def test_scripts_get_both_as_text(arcore, store):
    [row] = arcore("items", "--as-of", "2026-10-31", "--store", store, "--json").document["rows"]
    assert (row["open"], row["disputed"], row["promised"]) == ("100.00", "60.00", "40.00")
    [row] = arcore("items", "--as-of", "2026-10-25", "--store", store, "--json").document["rows"]
    assert (row["open"], row["disputed"], row["promised"]) == ("100.00", "0.00", "0.00"), "the day before nobody knew"


def test_people_see_the_columns_where_something_is_in_them(arcore, store, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    told = arcore("items", "--as-of", "2026-10-31", "--store", store)
    assert "disputed" in told.out
    assert "40.00" in told.out
    told = arcore("items", "--as-of", "2026-10-25", "--store", store)
    assert "disputed" not in told.out
