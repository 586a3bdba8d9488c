"""Settings: the tabs Reminders, Letters and Delivery, as people use them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Element

from arcore.company import queries as company
from arcore.company import service as company_service
from arcore.company.accounts import BankAccount
from arcore.customers import service as customers
from arcore.dunning import texts
from arcore.dunning import wording
from arcore.dunning.queries import policy_in
from arcore.settings import settings
from arcore.store.engine import reading
from arcore.store.unit import Actor
from pages.ui.settings_accounts import accounts_of

ANNA = Actor("anna")
GERMAN = "DE89370400440532013000"
Open = Callable[..., AppTest]


@pytest.fixture
def books(small_books: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Return my own books with three overdue customers, one of a hostile name, whom letters reach; 31 March 2026."""
    monkeypatch.setenv("ARCORE_TODAY", "2026-03-31")
    monkeypatch.setattr("pages.ui.forms.PAUSE", 0.0)  # a test clicks faster than people
    settings.cache_clear()
    company_service.save_profile(small_books, actor=ANNA, name="Harbour Supplies", sender="Harbour\nQuay 1")
    for number in (1, 2, 3):
        customers.save_contact(
            small_books, customer_id=number, role="payables", name=f"*Ann* {number}", email="a@b.example", actor=ANNA
        )
    return small_books


def of(elements: Any, label: str) -> Any:
    """Return the widget with a label."""
    return next(element for element in elements if element.label == label)


def letters(open_page: Open) -> AppTest:
    """Open the tab Letters."""
    at = open_page("settings.py", books="My books", tab="Letters")
    assert not at.exception
    return at


def seen(at: AppTest) -> str:
    """Return what the page says, without the marks that keep data from turning into Markdown."""
    parts: list[Element] = [*at.markdown, *at.caption, *at.error, *at.success, *at.warning]
    return "\n".join(str(part.value) for part in parts).replace("\\", "").replace("\u2060", "")


# --- Reminders --------------------------------------------------------------------------------------------------------


def test_rules_are_saved_and_said(books: Engine, open_page: Open) -> None:
    at = open_page("settings.py", books="My books", tab="Reminders")
    assert "friendly after 5, firm after 20, formal after 40 days from the agreed due date" in seen(at)
    of(at.number_input, "Days between two messages").set_value(10)
    [*at.number_input][[field.label for field in at.number_input].index("Days late")].set_value(8)
    of(at.text_input, "Smallest amount, EUR").input("50.00")
    of(at.selectbox, "Wait for approval").set_value(4)
    of(at.button, "Save reminder rules").click().run()
    assert "Saved. The next reminders follow these rules." in seen(at)
    assert "friendly after 8, firm after 20" in seen(at)
    with reading(books) as session:
        policy = policy_in(session)
    assert (policy.gap_days, policy.steps[0].days, str(policy.minimum), policy.approval_from) == (10, 8, "50.00", 4)


@pytest.mark.parametrize(
    ("label", "value", "sentence"),
    [
        ("Days late", 30, "The step firm must come later than friendly"),
        ("Days between two messages", 0, "Between two reminders lie 1 to 730 days"),
        ("Days to pay", 365, "A letter gives 1 to 90 days to pay"),
    ],
)
def test_rules_that_make_no_sense_are_refused_in_a_sentence(
    books: Engine, open_page: Open, label: str, value: int, sentence: str
) -> None:
    at = open_page("settings.py", books="My books", tab="Reminders")
    of(at.number_input, label).set_value(value)
    of(at.button, "Save reminder rules").click().run()
    assert sentence in seen(at)
    assert of(at.number_input, label).value == value  # what was typed stays
    with reading(books) as session:
        assert policy_in(session).steps[0].days == 5


def test_a_smallest_amount_is_read_as_the_company_writes_it(books: Engine, open_page: Open) -> None:
    at = open_page("settings.py", books="My books", tab="Reminders")
    of(at.text_input, "Smallest amount, EUR").input("fifty")
    of(at.button, "Save reminder rules").click().run()
    assert "'fifty' is not an amount: write it like 25.00" in seen(at)
    of(at.text_input, "Smallest amount, EUR").input("-5")
    of(at.button, "Save reminder rules").click().run()
    assert "zero or more" in seen(at)


# --- Letters ----------------------------------------------------------------------------------------------------------


def test_the_preview_shows_a_customer_who_is_due_and_follows_the_text(books: Engine, open_page: Open) -> None:
    at = letters(open_page)
    choice = of(at.selectbox, "Customer")
    assert choice.options[-1] == "A made-up customer"
    assert "Birch GmbH · C2" in choice.options
    assert "Dear *Ann* " in seen(at)
    of(at.text_area, "Text").input("Hello {{ customer }}!\n\n{{ table }}\n\n{{ payment }}").run()
    assert "not saved yet" in seen(at)
    assert f"Hello {choice.options[0].rpartition(' · ')[0]}!" in seen(at)
    assert not texts.texts(books).is_own("en", 1)


def test_a_hostile_name_is_text_in_the_preview(books: Engine, open_page: Open) -> None:
    at = letters(open_page)
    choice = of(at.selectbox, "Customer")
    hostile = next(number for number, name in enumerate(choice.options) if "Cedar" in name)
    choice.select_index(hostile).run()
    of(at.text_area, "Text").input("For {{ customer }} {{ table }} {{ payment }}").run()
    assert not at.exception
    raw = next(text.value for text in at.markdown if text.value.startswith("For "))
    assert "<b>" not in raw.replace("\\<", "")  # escaped, every sign of it
    assert "For *Cedar* <b>Co</b> ![x](http://tracker.example/x.png) :red[PAID] $x$" in seen(at)


def test_a_text_is_saved_and_reset(books: Engine, open_page: Open) -> None:
    at = letters(open_page)
    of(at.text_area, "Text").input("Hello.\n\n{{ table }}\n\n{{ payment }}")
    of(at.text_input, "Subject").input("Pay {{ total }}")
    of(at.button, "Save text").click().run()
    assert "Saved. The next letters say this" in seen(at)
    assert texts.texts(books).languages["en"].text(1).subject == "Pay {{ total }}"
    assert "your own text" in seen(at)
    of(at.button, "Reset to default").click().run()
    assert texts.texts(books).languages["en"].text(1) == wording.ours("en", 1)
    assert of(at.text_area, "Text").value == wording.ours("en", 1).body
    assert "the text that comes with arcore" in seen(at)


def test_a_broken_text_is_refused_with_its_line_and_what_was_typed_stays(books: Engine, open_page: Open) -> None:
    at = letters(open_page)
    broken = "{{ table }}\n{{ payment }}\n{{ custmer }}"
    of(at.text_area, "Text").input(broken).run()
    assert not at.exception
    assert "'custmer'" in seen(at)  # the preview says it before anything is saved
    of(at.button, "Save text").click().run()
    assert "Text: line 3: there is no 'custmer'" in seen(at)
    assert of(at.text_area, "Text").value == broken
    assert not texts.texts(books).is_own("en", 1)


def test_each_step_and_language_has_its_own_text(books: Engine, open_page: Open) -> None:
    at = letters(open_page)
    of(at.selectbox, "Language").set_value("de").run()
    of(at.get("button_group"), "Step").set_value(3).run()
    assert of(at.text_input, "Subject").value == wording.ours("de", 3).subject
    assert "Letzte Mahnung" in seen(at)
    of(at.text_area, "Text").input("Kurz.\n\n{{ table }}\n\n{{ payment }}")
    of(at.button, "Save text").click().run()
    found = texts.texts(books)
    assert [(code, step) for code in ("en", "de") for step in (1, 2, 3) if found.is_own(code, step)] == [("de", 3)]


def test_a_language_is_added_translated_and_forgotten(books: Engine, open_page: Open) -> None:
    at = letters(open_page)
    of(at.selectbox, "Add a language").set_value("fr")
    of(at.button, "Add language").click().run()
    assert not at.exception
    assert of(at.selectbox, "Language").value == "fr"
    of(at.text_input, "Subject").input("Rappel : {{ total }}")
    of(at.button, "Save text").click().run()
    assert texts.texts(books).pick("fr").text(1).subject == "Rappel : {{ total }}"
    next(button for button in at.button if button.label.startswith("Forget")).click().run()
    assert not at.exception
    assert of(at.selectbox, "Language").value == "en"
    assert list(texts.texts(books).languages) == ["en", "de"]


def test_without_anybody_due_a_made_up_customer_is_shown(data_dir: Path, open_page: Open) -> None:
    at = open_page("settings.py", books="My books", tab="Letters")
    assert not at.exception
    assert of(at.selectbox, "Customer").options == ["A made-up customer"]
    assert "Reminder: 3 invoices, EUR 69,305.20 overdue" in seen(at)


def test_the_sample_company_shows_a_real_letter(sample_books: Path, open_page: Open) -> None:
    at = open_page("settings.py", books="Sample company", tab="Letters")
    assert not at.exception
    assert not at.error
    assert len(of(at.selectbox, "Customer").options) > 5
    assert "Reminder: " in seen(at)


# --- bank accounts ----------------------------------------------------------------------------------------------------


def test_edits_of_the_grid_become_accounts() -> None:
    kept = (BankAccount(account="1", currency="EUR"), BankAccount(account="2"), BankAccount(account="3"))
    edits = {
        "edited_rows": {"0": {"bank": "A"}, 1: {"account": None}},
        "added_rows": [{"account": "4"}, {}, {"bank": None}],
        "deleted_rows": [2],
    }
    assert accounts_of(kept, edits) == (BankAccount(account="1", currency="EUR", bank="A"), BankAccount(account="4"))


def test_accounts_are_saved_from_the_grid_and_a_wrong_iban_is_refused(
    books: Engine, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = {"added_rows": [{"account": "DE88370400440532013000"}]}
    monkeypatch.setattr(
        "pages.ui.settings_accounts.accounts_of", lambda kept, _edits: accounts_of(kept, typed)
    )  # the grid itself can't be typed into here
    at = letters(open_page)
    of(at.button, "Save bank accounts").click().run()
    assert "DE88370400440532013000 is no valid IBAN: its check digits do not fit" in seen(at)
    assert company.profile(books).bank_accounts == ()
    typed["added_rows"] = [{"account": "DE89 3704 0044 0532 0130 00"}]
    of(at.button, "Save bank accounts").click().run()
    assert company.profile(books).bank_accounts == (BankAccount(account=GERMAN),)
    assert "Every currency of the books has an account." in seen(at)


def test_a_currency_without_an_account_is_named(books: Engine, open_page: Open) -> None:
    assert "Letters in EUR can't say where to pay" in seen(letters(open_page))
    company_service.save_profile(books, actor=ANNA, bank_details="Bank of Whitby")
    assert "Letters in EUR show the bank details that stand under Company." in seen(letters(open_page))


# --- Delivery ---------------------------------------------------------------------------------------------------------


def test_the_way_is_said_and_tested(books: Engine, data_dir: Path, open_page: Open) -> None:
    at = open_page("settings.py", books="My books", tab="Delivery")
    assert f"letters become .eml files in {data_dir / 'outbox'}" in seen(at)
    of(at.button, "Test connection").click().run()
    assert any(str(data_dir) in message.value.replace("\\", "") for message in at.success)


def test_a_test_mail_leaves_as_letters_do(books: Engine, data_dir: Path, open_page: Open) -> None:
    at = open_page("settings.py", books="My books", tab="Delivery")
    of(at.text_input, "To yourself").input("nobody at all")
    of(at.button, "Send test mail").click().run()
    assert at.error
    of(at.text_input, "To yourself").input("ana@harbour.example")
    of(at.button, "Send test mail").click().run()
    assert "Test mail to ana@harbour.example" in seen(at)
    assert len(list((data_dir / "outbox").rglob("*.eml"))) == 1


def test_no_secret_is_shown(books: Engine, open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("HOST", "mail.secret.example"), ("USER", "root-user"), ("PASSWORD", "hunter2hunter2"),
                        ("SECURITY", "starttls"), ("FROM", "ar@harbour.example")):  # fmt: skip
        monkeypatch.setenv(f"ARCORE_SMTP_{name}", value)
    settings.cache_clear()
    at = open_page("settings.py", books="My books", tab="Delivery")
    assert not at.exception
    table = next(table.value for table in at.table if "Now" in table.value)
    now = dict(zip(table["Variable"], table["Now"], strict=True))
    assert now["`ARCORE_SMTP_PASSWORD`"] == "set"
    assert now["`ARCORE_SMTP_TOKEN_COMMAND`"] == "–"
    whole = seen(at) + str([table.value.to_dict() for table in at.table]) + str([code.value for code in at.code])
    assert "hunter2" not in whole
