"""Customers and one customer: figures that tie, actions that are previewed, done once and undone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from arcore.company import service as company
from arcore.customers import service as customers
from arcore.ledger import service as ledger
from arcore.reports.customer import standing
from arcore.reports.filters import Filters
from arcore.store.engine import open_engine
from arcore.store.migrate import migrate
from arcore.store.unit import Actor

ANNA = Actor("anna")
HOSTILE = ":red[PAID] ![x](http://tracker.example/x.png) $x^2$ <b>&"
Open = Callable[..., AppTest]


@pytest.fixture
def books(data_dir: Path) -> Engine:
    """Return my own books: one customer with a hostile name, two invoices of 100 and 200, both long overdue."""
    engine = open_engine(f"sqlite:///{data_dir / 'arcore.db'}")
    migrate(engine)
    company.save_profile(engine, actor=ANNA, name="Harbour Supplies", currency="EUR")
    made = customers.create_customer(engine, code="C1", name=HOSTILE, currency="EUR", actor=ANNA)
    for number, amount, issued in (("INV-1", 100, date(2025, 1, 1)), ("INV-2", 200, date(2025, 2, 1))):
        ledger.post_invoice(
            engine,
            customer_id=made["customer"],
            document_date=issued,
            currency="EUR",
            instalments=[(Decimal(amount), issued)],
            details={"number": number},
            actor=ANNA,
        )
    customers.create_customer(engine, code="C2", name="Birch", actor=ANNA)
    return engine


def one(elements: Any, label: str) -> Any:
    """Return the widget with a label."""
    return next(element for element in elements if element.label == label)


def in_dialog(at: AppTest, name: str) -> AppTest:
    """Run with a dialog kept open: in the browser its fragment runs alone, here every run is a whole one."""
    at.session_state["customer_asked"] = (name, ())
    return at.run()


def open_balance(engine: Engine) -> int:
    """Return what C1 owes once everything counts, in cents."""
    return standing(engine, Filters(as_of=date(2099, 12, 31), currency="EUR"), 1).open


def test_the_directory_shows_everyone_and_narrows(books: Engine, open_page: Open) -> None:
    at = open_page("customers.py", books="My books")
    assert not at.exception
    table = at.dataframe[0].value
    assert table["Customer"].tolist() == [HOSTILE, "Birch"]
    assert table["Open, EUR"].tolist()[0] == 300.0
    one(at.segmented_control, "Show").set_value("Overdue").run()
    assert at.dataframe[0].value["Code"].tolist() == ["C1"]
    one(at.text_input, "Search").input("birch").run()
    assert len(at.dataframe) == 0
    assert any("Nobody found" in text.value for text in at.markdown)


def test_the_tiles_of_a_customer_tie_to_its_items_and_survive_a_second_run(books: Engine, open_page: Open) -> None:
    at = open_page("customer.py", books="My books", customer="C1").run()
    assert not at.exception
    assert not at.error
    assert at.metric[0].value == "€300"
    assert at.dataframe[0].value["Open"].sum() == 300.0
    assert open_balance(books) == 30000


def test_a_customer_that_does_not_exist_is_answered_with_a_choice(books: Engine, open_page: Open) -> None:
    at = open_page("customer.py", books="My books", customer="C404")
    assert "no customer C404" in at.warning[0].value
    assert one(at.selectbox, "Customer").options == [f"{HOSTILE} (C1)", "Birch (C2)"]


def test_a_payment_is_previewed_recorded_once_and_undone(
    books: Engine, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pages.ui.forms.PAUSE", 0.0)  # a test clicks faster than people
    at = open_page("customer.py", books="My books", customer="C1")
    at.button(key="record").click().run()
    one(at.text_input, "Amount").input("150")
    in_dialog(at, "payment")
    assert at.dataframe[-1].value[["Document", "Open before", "Open after"]].to_numpy().tolist() == [
        ["Invoice INV-1", 100.0, 0.0],
        ["Invoice INV-2", 200.0, 150.0],
    ]
    assert open_balance(books) == 30000  # a preview writes nothing
    one(at.button[::-1], "Record payment").click().run()
    assert open_balance(books) == 15000
    assert any("payment of 150" in message.value for message in at.success)
    next(button for button in at.button if button.label.startswith("Undo")).click().run()
    assert open_balance(books) == 30000


def test_an_amount_that_is_none_is_answered_in_the_dialog(books: Engine, open_page: Open) -> None:
    at = open_page("customer.py", books="My books", customer="C1")
    at.button(key="record").click().run()
    one(at.text_input, "Amount").input("12,3x")
    in_dialog(at, "payment")
    assert "is not an amount" in at.error[0].value


def test_more_money_than_is_owed_stays_as_a_credit(books: Engine, open_page: Open) -> None:
    at = open_page("customer.py", books="My books", customer="C1")
    at.button(key="record").click().run()
    one(at.text_input, "Amount").input("500.00")
    in_dialog(at, "payment")
    one(at.button[::-1], "Record payment").click().run()
    found = standing(books, Filters(as_of=date(2099, 12, 31), currency="EUR"), 1)
    assert (found.open, found.unapplied) == (-20000, -20000)


def test_a_note_is_written_and_withdrawn(books: Engine, open_page: Open) -> None:
    at = open_page("customer.py", books="My books", customer="C1")
    one(at.text_input, "Note").input("Pays on Fridays")
    one(at.button, "Add").click().run()
    assert any("Pays on Fridays" in text.value for text in at.markdown)
