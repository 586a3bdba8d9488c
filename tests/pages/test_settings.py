"""Settings: what is saved is what the rest of the app reads, and a bad value is answered with a sentence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Element

from arcore.company import queries
from arcore.company import service as company
from arcore.company.rates import QuotedRate
from arcore.customers import queries as customer_queries
from arcore.customers import service as customers
from arcore.store.engine import open_engine
from arcore.store.migrate import migrate
from arcore.store.unit import Actor
from pages.ui.forms import Form

ANNA = Actor("anna")
Open = Callable[..., AppTest]


@pytest.fixture
def books(data_dir: Path) -> Engine:
    """Return my own books, empty."""
    engine = open_engine(f"sqlite:///{data_dir / 'arcore.db'}")
    migrate(engine)
    return engine


def of(elements: list[Element], label: str) -> Element:
    """Return the widget with a label."""
    return next(element for element in elements if element.label == label)


def test_the_first_form_makes_a_company(books: Engine, open_page: Open) -> None:
    at = open_page("settings.py", books="My books")
    of(at.text_input, "Company").input("Harbour Supplies")
    of(at.selectbox, "Reporting currency").set_value("GBP")
    of(at.text_area, "Sender of letters").input("Harbour Supplies\nReceivables")
    of(at.button, "Save company").click().run()
    assert [message.value for message in at.success] == ["Saved\\. It counts from now on\\."]
    saved = queries.profile(books)
    assert (saved.name, saved.currency, saved.time_zone) == ("Harbour Supplies", "GBP", "UTC")
    assert saved.sender == "Harbour Supplies\nReceivables"  # an address keeps its lines


def test_a_company_without_a_name_is_refused_and_the_form_keeps_what_was_typed(books: Engine, open_page: Open) -> None:
    at = open_page("settings.py", books="My books")
    of(at.text_area, "Bank details for letters").input("IBAN NL00")
    of(at.button, "Save company").click().run()
    assert at.error[0].value == "The company needs a name"
    assert of(at.text_area, "Bank details for letters").value == "IBAN NL00"
    assert not queries.profile(books).set_up


def test_a_newcomer_is_told_what_comes_first_and_then_what_comes_next(books: Engine, open_page: Open) -> None:
    at = open_page("settings.py", books="My books")
    assert any("Tell arcore about your company" in text.value for text in at.markdown)
    of(at.text_input, "Company").input("Harbour Supplies")
    of(at.button, "Save company").click().run()
    assert not any("Tell arcore" in text.value for text in at.markdown)
    links: list[Any] = list(at.get("page_link"))
    assert [link.label for link in links] == ["Upload your first file"]


def test_rates_are_uploaded_and_a_bad_line_is_named(books: Engine, open_page: Open) -> None:
    company.save_profile(books, actor=ANNA, name="Harbour Supplies")
    at = open_page("settings.py", books="My books")
    at.file_uploader[0].upload("rates.csv", b"day,currency,rate\n2026-02-30,USD,0.9\n", "text/csv")
    of(at.button, "Add rates").click().run()
    assert "2026\\-02\\-30" in at.error[0].value
    at.file_uploader[0].upload("rates.csv", b"day,currency,rate\n2026-02-28,USD,0.9\n", "text/csv")
    of(at.button, "Add rates").click().run()
    table = next(frame.value for frame in at.dataframe if "Rate" in frame.value)
    assert table.to_dict("records") == [{"Day": date(2026, 2, 28), "Currency": "USD", "In": "EUR", "Rate": 0.9}]


def test_hostile_names_and_an_owner_list_are_drawn(books: Engine, open_page: Open) -> None:
    name = ":red[PAID] ![](http://tracker.example/x.png)"
    made = customers.create_customer(books, code="C1", name=name, actor=ANNA)
    customers.assign(books, values={made["customer"]: {"owner": "Ana"}}, valid_from=date(2020, 1, 1), actor=ANNA)
    company.save_rates(books, rates=[QuotedRate(date(2026, 1, 1), "USD", "EUR", Decimal("0.9"))], actor=ANNA)
    at = open_page("settings.py", books="My books").run()
    assert not at.exception
    assert not at.error


def test_customers_changed_together_are_put_back_with_one_click(
    books: Engine, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pages.ui.forms.PAUSE", 0.0)
    first, second = (
        customers.create_customer(books, code=code, name=code, actor=ANNA)["customer"] for code in ("C1", "C2")
    )
    customers.assign(books, values={first: {"owner": "Ana"}}, valid_from=date(2020, 1, 1), actor=ANNA)

    def held() -> list[tuple[str, bool]]:
        return [(one.owner, one.intercompany) for one in customer_queries.assignments(books, date(2100, 1, 1))]

    edited = {"edited_rows": {0: {"Own group": True, "Owner": " Bo "}, 1: {"Own group": True}}}
    value = Form.value
    monkeypatch.setattr(Form, "value", lambda *given: edited if given[1] == "grid" else value(*given))
    at = open_page("settings.py", books="My books", tab="Owners and segments")
    of(at.button, "Save customers").click().run()
    assert held() == [("Bo", True), ("", True)]
    customers.change_customer(books, customer_id=second, values={"intercompany": False}, actor=ANNA)
    undo = next(each for each in at.button if each.label.startswith("Undo")).click().run()
    assert not undo.exception
    assert any("Undone" in said.value for said in undo.success)
    assert held() == [("Ana", False), ("", False)]
    assert not [button for button in undo.button if button.label.startswith("Undo")]


def test_somebody_who_may_only_look_saves_nothing(
    books: Engine, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pages.ui.shell.current_user", lambda: Actor("vera", role="viewer"))
    customers.create_customer(books, code="C1", name="Alder", actor=ANNA)
    at = open_page("settings.py", books="My books")
    saves = [button for button in at.button if button.label.startswith(("Save", "Add", "Send", "Test"))]
    assert {button.label for button in saves} == {
        "Save company", "Add rates", "Save customers", "Save reminder rules", "Save text",
        "Save bank accounts", "Save words", "Add language", "Test connection", "Send test mail",
    }  # fmt: skip
    assert all(button.disabled for button in saves)
    assert any("vera may look at the settings but not change them" in text.value for text in at.caption)
