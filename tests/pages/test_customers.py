"""Customers and one customer: figures that tie, actions that are previewed, done once and undone."""

from __future__ import annotations

import time
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
from arcore.reports.customer import who
from arcore.reports.filters import Filters
from arcore.reports.story import story
from arcore.store.engine import open_engine
from arcore.store.migrate import migrate
from arcore.store.unit import Actor
from pages.ui import customer_items
from pages.ui.format import as_label

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
    """Return the widget whose label begins so."""
    return next(element for element in elements if element.label.startswith(label))


def in_dialog(at: AppTest, name: str, *what: Any) -> AppTest:
    """Run with a dialog kept open: in the browser its fragment runs alone, here every run is a whole one."""
    at.session_state["customer_asked"] = (name, what)
    at.session_state["customer_write_opened"] = time.monotonic()
    return at.run()


def booked(at: AppTest, label: str) -> AppTest:
    """Press the button that writes, and see what the page says."""
    return one(at.button[::-1], label).click().run()


def undone(at: AppTest) -> AppTest:
    """Press Undo."""
    return one(at.button, "Undo").click().run()


def ticked(at: AppTest, monkeypatch: pytest.MonkeyPatch, *places: int) -> AppTest:
    """Run with some of the listed items ticked, which AppTest can't do by itself."""
    grid = customer_items.grid

    def some(rows: Any, *rest: Any) -> list[Any]:
        grid(rows, *rest)
        return [rows[place] for place in places]

    monkeypatch.setattr(customer_items, "grid", some)
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


def test_companies_of_our_own_group_are_listed_but_not_added_to_what_others_owe(books: Engine, open_page: Open) -> None:
    customers.change_customer(books, customer_id=2, values={"intercompany": True}, actor=ANNA)
    ledger.post_invoice(
        books, customer_id=2, document_date=date(2025, 3, 1), currency="EUR",
        instalments=[(Decimal(70), date(2025, 3, 31))], actor=ANNA,
    )  # fmt: skip
    at = open_page("customers.py", books="My books")
    assert at.dataframe[0].value["Open, EUR"].tolist() == [300.0, 70.0]
    [total] = [text.value for text in at.markdown if text.value.endswith(":gray[open]")]
    assert as_label("€300.00") in total
    assert any("left out" in text.value and as_label("€70.00") in text.value for text in at.markdown)


def test_a_total_of_the_list_is_explained_of_those_listed(books: Engine, open_page: Open) -> None:
    customers.change_customer(books, customer_id=2, values={"intercompany": True}, actor=ANNA)
    at = open_page("customers.py", books="My books", behind="total:customers_open")
    (dialog,) = at.get("dialog")
    said = [text.value for text in dialog.markdown]
    assert any(text.endswith(f"= **{as_label('€300.00')}**") for text in said)
    assert dialog.dataframe[0].value["amount"].tolist() == [300.0]


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


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test click as fast as it likes: what follows a write at once is else taken for a double click."""
    monkeypatch.setattr("pages.ui.forms.PAUSE", 0.0)


@pytest.mark.usefixtures("quick")
def test_a_payment_is_previewed_recorded_once_and_undone(books: Engine, open_page: Open) -> None:
    at = open_page("customer.py", books="My books", customer="C1")
    at.button(key="record").click().run()
    one(at.text_input, "Amount").input("150")
    in_dialog(at, "payment")
    assert at.table[-1].value.to_numpy().tolist() == [
        ["Invoice INV\\-1", 100.0, 0.0],
        ["Invoice INV\\-2", 200.0, 150.0],
    ]
    assert open_balance(books) == 30000  # a preview writes nothing
    booked(at, "Record €150")
    assert open_balance(books) == 15000
    assert at.success[0].value == as_label("Booked: payment of €150.00.")
    undone(at)
    assert open_balance(books) == 30000
    assert not [button for button in at.button if button.label.startswith("Undo")]


@pytest.mark.usefixtures("quick")
def test_what_another_tab_booked_meanwhile_is_told_and_the_preview_made_anew(books: Engine, open_page: Open) -> None:
    at = open_page("customer.py", books="My books", customer="C1")
    at.button(key="record").click().run()
    one(at.text_input, "Amount").input("50")
    in_dialog(at, "payment")
    ledger.write_off(
        books, item_id=1, amount=Decimal(40), reason="goodwill", on=date(2025, 6, 1), actor=Actor("other tab")
    )
    at.session_state["customer_asked"] = ("payment", ())  # in the browser the dialog stays open
    booked(at, "Record €50")
    assert "The books changed since this preview" in at.error[0].value
    assert open_balance(books) == 26000
    assert at.table[-1].value.to_numpy().tolist() == [[as_label("Invoice INV-1"), 60.0, 10.0]]
    booked(at, "Record €50")
    assert open_balance(books) == 21000


@pytest.mark.parametrize(("typed", "sentence"), [("12,3x", "is not an amount"), ("1.005", "more decimals than EUR")])
def test_an_amount_that_is_none_is_answered_in_the_dialog(
    books: Engine, open_page: Open, typed: str, sentence: str
) -> None:
    at = open_page("customer.py", books="My books", customer="C1")
    at.button(key="record").click().run()
    one(at.text_input, "Amount").input(typed)
    in_dialog(at, "payment")
    assert sentence in at.error[0].value
    assert open_balance(books) == 30000


def test_more_money_than_is_owed_stays_as_a_credit(books: Engine, open_page: Open) -> None:
    at = open_page("customer.py", books="My books", customer="C1")
    at.button(key="record").click().run()
    one(at.text_input, "Amount").input("500.00")
    in_dialog(at, "payment")
    booked(at, "Record €500")
    found = standing(books, Filters(as_of=date(2099, 12, 31), currency="EUR"), 1)
    assert (found.open, found.unapplied) == (-20000, -20000)


@pytest.mark.usefixtures("quick")
def test_a_credit_is_applied_and_taken_off_again(books: Engine, open_page: Open) -> None:
    ledger.record_payment(
        books, customer_id=1, received_on=date(2025, 3, 1), currency="EUR", amount=Decimal(150), actor=ANNA
    )
    at = open_page("customer.py", books="My books", customer="C1")
    at.button(key="act_apply").click().run()
    booked(at, "Apply €150")
    assert standing(books, Filters(as_of=date(2099, 12, 31), currency="EUR"), 1).unapplied == 0
    undone(at)
    assert standing(books, Filters(as_of=date(2099, 12, 31), currency="EUR"), 1).unapplied == -15000


@pytest.mark.usefixtures("quick")
def test_a_write_off_a_credit_note_and_a_due_date_each_have_their_undo(
    books: Engine, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = ticked(open_page("customer.py", books="My books", customer="C1"), monkeypatch, 0)
    at.button(key="act_write").click().run()
    booked(at, "Write off €100")
    assert open_balance(books) == 20000
    undone(at)
    assert open_balance(books) == 30000

    at.button(key="act_credit").click().run()
    one(at.text_input, "Amount").input("30")
    in_dialog(at, "credit_note")
    booked(at, "Post credit note of €30")
    assert open_balance(books) == 27000
    undone(at)

    at.button(key="act_due").click().run()
    assert not [button for button in at.button if button.label.startswith("Agree")]  # a day has to be chosen first
    one(at.date_input, "New due date").set_value(date(2027, 1, 31))
    in_dialog(at, "redate")
    booked(at, "Agree 31 Jan 2027")
    assert story(books, 1).agreed == (date(2027, 1, 31),)
    undone(at)
    assert story(books, 1).agreed == ()
    assert open_balance(books) == 30000


@pytest.mark.usefixtures("quick")
def test_a_void_says_before_that_it_has_no_undo(
    books: Engine, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = ticked(open_page("customer.py", books="My books", customer="C1"), monkeypatch, 1)
    at.button(key="act_void").click().run()
    assert any("There is no undo" in text.value for text in at.caption)
    booked(at, "Void INV")
    assert open_balance(books) == 10000
    assert not [button for button in at.button if button.label.startswith("Undo")]


@pytest.mark.usefixtures("quick")
def test_a_match_is_taken_back_and_put_back_and_a_payment_bounces(books: Engine, open_page: Open) -> None:
    paid = ledger.record_payment(
        books, customer_id=1, received_on=date(2025, 3, 1), currency="EUR", amount=Decimal(100),
        apply_to=[(1, Decimal(100))], actor=ANNA,
    )  # fmt: skip
    at = in_dialog(open_page("customer.py", books="My books", customer="C1"), "story", 1)
    assert any("Settled by Payment" in text.value for text in at.markdown)
    at.button(key="story_back_1").click().run()
    booked(at, "Take back")
    assert story(books, 1).open == 10000
    undone(at)
    assert story(books, 1).open == 0
    assert story(books, 1).lines[-1].on == date(2025, 3, 1)

    in_dialog(at, "story", paid["documents"][0])
    at.button(key="story_bounce").click().run()
    booked(at, "Record that it bounced")
    assert (story(books, 1).open, open_balance(books)) == (10000, 30000)


@pytest.mark.usefixtures("quick")
def test_a_note_is_written_withdrawn_and_put_back(books: Engine, open_page: Open) -> None:
    at = open_page("customer.py", books="My books", customer="C1")
    one(at.text_input, "Note").input("Pays on Fridays")
    one(at.button, "Add").click().run()
    assert any("Pays on Fridays" in text.value for text in at.markdown)
    next(button for button in at.button if button.help == "Withdraw the note").click().run()
    assert not any("Pays on Fridays" in text.value for text in at.markdown)
    undone(at)
    assert any("Pays on Fridays" in text.value for text in at.markdown)


@pytest.mark.usefixtures("quick")
def test_a_contact_is_added_changed_and_forgotten(books: Engine, open_page: Open) -> None:
    at = open_page("customer.py", books="My books", customer="C1")
    at.button(key="contact_add").click().run()
    one(at.text_input, "E-mail").input("no address")
    at.session_state["customer_asked"] = ("contact", (None,))
    booked(at, "Save contact")
    assert "is no e" in at.error[0].value
    one(at.text_input, "E-mail").input("ap@alder.example")
    booked(at, "Save contact")
    at.button(key="contact_1").click().run()
    one(at.text_input, "Phone").input("+44 20 7946 0000")
    booked(at, "Save contact")
    [contact] = who(books, Filters(as_of=date(2026, 1, 1)), 1).contacts
    assert (contact.email, contact.phone) == ("ap@alder.example", "+44 20 7946 0000")
    at.button(key="contact_1").click().run()
    booked(at, "Forget this contact")
    assert who(books, Filters(as_of=date(2026, 1, 1)), 1).contacts == ()


@pytest.mark.usefixtures("quick")
def test_details_are_changed_from_a_day_on_and_changed_back(books: Engine, open_page: Open) -> None:
    late = Filters(as_of=date(2099, 1, 1))
    customers.set_fact(books, customer_id=2, name="owner", value="Ana", valid_from=date(2020, 1, 1), actor=ANNA)
    at = open_page("customer.py", books="My books", customer="C1")
    at.button(key="edit").click().run()
    one(at.selectbox, "Owner").set_value("Ana")
    one(at.text_input, "Credit limit").input("1,250.50")
    booked(at, "Save details")
    assert at.success[0].value == as_label("Saved: owner and credit limit.")
    assert who(books, late, 1).facts == {"owner": "Ana", "credit_limit": "125050"}
    undone(at)
    assert who(books, late, 1).facts == {}


def test_a_merged_code_leads_to_the_customer_it_lives_on_in(books: Engine, open_page: Open) -> None:
    customers.merge(books, customer_id=2, into_id=1, actor=ANNA)
    at = open_page("customer.py", books="My books", customer="C2")
    assert at.metric[0].value == "€300"
    assert any("C2 was merged into this customer" in text.value for text in at.markdown)


def test_an_undo_is_offered_only_with_the_customer_it_belongs_to(books: Engine, open_page: Open) -> None:
    at = open_page("customer.py", books="My books", customer="C1")
    at.button(key="record").click().run()
    one(at.text_input, "Amount").input("150")
    in_dialog(at, "payment")
    booked(at, "Record €150")
    at.query_params["customer"] = "C2"
    at.run()
    assert not [button for button in at.button if button.label.startswith("Undo")]


def test_somebody_who_may_only_look_finds_no_button_that_writes(
    books: Engine, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pages.ui.shell.current_user", lambda: Actor("vera", role="viewer"))
    customers.save_contact(books, customer_id=1, role="billing", name="Ana", actor=ANNA)
    customers.add_note(books, customer_id=1, text="Pays on Fridays", actor=ANNA)
    at = ticked(open_page("customer.py", books="My books", customer="C1"), monkeypatch, 0)
    able = {button.key for button in at.button if not button.disabled}
    assert able.isdisjoint({"record", "edit", "contact_add", "contact_1", *(f"act_{w}" for w in ("write", "due"))})
    assert "act_why" in able
    assert not [field for field in at.text_input if field.label == "Note"]
    assert not [button for button in at.button if button.help == "Withdraw the note"]
    in_dialog(at, "void", 1, "INV-1")
    assert "vera may look at the books but not write in them" in at.error[0].value


def test_a_store_that_went_away_while_the_page_was_open_is_told_in_a_sentence(
    books: Engine, open_page: Open, data_dir: Path
) -> None:
    at = open_page("customer.py", books="My books", customer="C1")
    at.button(key="record").click().run()
    one(at.text_input, "Amount").input("150")
    in_dialog(at, "payment")
    for file in data_dir.glob("arcore.db*"):
        file.unlink()
    booked(at, "Record €150")
    assert not at.exception
    assert "file is gone" in at.error[0].value
    assert not (data_dir / "arcore.db").exists()


def test_hostile_words_are_shown_as_they_were_written(books: Engine, open_page: Open) -> None:
    customers.add_note(books, customer_id=1, text=HOSTILE, actor=ANNA)
    customers.save_contact(books, customer_id=1, role="billing", name=HOSTILE, phone=HOSTILE, actor=ANNA)
    customers.set_fact(books, customer_id=1, name="owner", value=HOSTILE, valid_from=date(2020, 1, 1), actor=ANNA)
    ledger.record_payment(
        books, customer_id=1, received_on=date(2025, 3, 1), currency="EUR", amount=Decimal(5), actor=Actor(HOSTILE),
        apply_to=[(1, Decimal(5))], details={"number": HOSTILE, "reference": HOSTILE},
    )  # fmt: skip
    customers.create_customer(books, code=HOSTILE, name=HOSTILE, actor=ANNA)
    customers.set_parent(books, customer_id=3, parent_id=1, actor=ANNA)
    at = in_dialog(open_page("customer.py", books="My books", customer="C1"), "story", 1)
    assert not at.exception
    assert not at.error
    links: list[Any] = list(at.get("page_link"))
    labels = [button.label for button in at.button] + [link.label for link in links]
    drawn = [text.value for text in (*at.markdown, *at.caption, *at.title)] + labels
    drawn += [str(cell) for table in at.table for cell in table.value.to_numpy().ravel()]
    told = [text for text in drawn if "tracker" in text]
    assert len(told) > 8  # title, facts, note, contact, owner, story, family, …
    assert not [text for text in told if "![x](" in text or ":red[" in text]


@pytest.mark.parametrize(
    ("figure", "filled"),
    [
        ("open", "100 + 150 + 0 = €250"),
        ("overdue", "250 − 100 = €150"),
        ("unapplied", "0 = €0"),
        ("days_to_pay.weighted@12", "— needs receipts from 1 Apr 2025: upload the payment list"),
    ],
)
def test_each_figure_of_a_customer_opens_its_explanation(
    open_page: Any, complete_books: Engine, figure: str, filled: str
) -> None:
    at = open_page("customer.py", customer="C1", as_of="2026-03-31", books="My books")
    at.button(key=f"explain_{figure}").click().run()
    (dialog,) = at.get("dialog")
    said = [m.value.replace("\\", "").replace("**", "").replace("\u2060", "") for m in dialog.markdown]
    assert filled in said
    (link,) = dialog.code
    assert "customer=C1" in link.value
    assert "explain=" in link.value
