"""Customers that may be the same, on Clean-up: merged with a preview, split again, kept apart."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from arcore.customers import service as customers
from arcore.ledger import service as ledger
from arcore.ledger.verify import verify
from arcore.reports.filters import Filters
from arcore.reports.tidy.same import moves
from arcore.reports.tidy.same import same_customers
from arcore.settings import settings
from arcore.store.engine import open_engine
from arcore.store.engine import reading
from arcore.store.migrate import migrate
from arcore.store.unit import Actor
from pages.ui import clean_up_desk
from pages.ui.clean_up_same import direction

TODAY = date(2026, 10, 31)
NOW = Filters(as_of=TODAY, currency="EUR")
ANNA = Actor("anna")
Open = Callable[..., AppTest]


@pytest.fixture
def books(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    monkeypatch.setenv("ARCORE_TODAY", TODAY.isoformat())
    monkeypatch.setattr("pages.ui.forms.PAUSE", 0.0)
    settings.cache_clear()
    engine = open_engine(f"sqlite:///{data_dir / 'arcore.db'}")
    migrate(engine)
    for code, name, amounts in (
        ("C1", "Müller GmbH & Co. KG", ("100", "50")),
        ("C2", "Mueller GmbH", ("70",)),
        ("C3", "Cedar Mills", ("8",)),
    ):
        made = customers.create_customer(engine, code=code, name=name, actor=ANNA, currency="EUR")
        for number, amount in enumerate(amounts):
            ledger.post_invoice(
                engine, customer_id=made["customer"], document_date=date(2026, 9, 1),
                details={"number": f"{code}-{number}"},
                currency="EUR", instalments=[(Decimal(amount), date(2026, 10, 1))], actor=ANNA,
            )  # fmt: skip
    for customer_id, limit in ((1, "500"), (2, "900")):
        customers.set_fact(
            engine, customer_id=customer_id, name="credit_limit", value=limit, valid_from=date(2026, 1, 1), actor=ANNA
        )
    customers.save_contact(engine, customer_id=2, role="payables", email="ap@mueller.example", actor=ANNA)
    return engine


def text_of(at: AppTest) -> str:
    said = "\n".join(element.value for element in (*at.markdown, *at.caption))
    return said.replace("\\", "").replace("\u2060", "")


def press(at: AppTest, label: str) -> AppTest:
    at.session_state[f"{clean_up_desk.NAME}_opened"] = time.monotonic()
    key = clean_up_desk.NAME
    return next(one for one in at.button if one.label == label and str(one.key).startswith(key)).click().run()


def dialog(at: AppTest, name: str, *what: object) -> AppTest:
    at.session_state[clean_up_desk.ASKED] = (name, what)
    at.session_state[f"{clean_up_desk.NAME}_opened"] = time.monotonic()
    return at.run()


def rows(engine: Engine) -> list[tuple[object, ...]]:
    with reading(engine) as session:
        query = "SELECT id, document_id, customer_id, amount FROM item ORDER BY id"
        return [tuple(row) for row in session.connection().exec_driver_sql(query)]


def test_a_pair_is_listed_with_what_both_owe_and_why(books: Engine, open_page: Open) -> None:
    at = open_page("clean_up.py", books="My books", section="same_customers")
    assert not at.exception
    assert "1 pair" in text_of(at)
    [line] = at.dataframe[0].value.to_dict("records")
    assert (line["Customer"], line["Other"], line["Score"]) == ("Mueller GmbH", "Müller GmbH & Co. KG", 97)
    assert "€150.00 (2)" in line["Owes "].replace("\u2060", "")


def test_merging_shows_what_moves_and_splitting_brings_everything_back(books: Engine, open_page: Open) -> None:
    before = rows(books)
    [pair] = same_customers(books, NOW).asked
    gone, stays = direction(pair)
    assert (gone.code, stays.code) == ("C2", "C1")
    found = moves(books, NOW, gone.id, stays.id)
    assert (found.together, found.contacts, found.conflicts) == (
        {"EUR": 22000},
        1,
        (("credit_limit", "90000", "50000"),),
    )
    at = dialog(open_page("clean_up.py", books="My books", section="same_customers"), "merge", (pair,))
    assert not at.exception
    assert "Credit limit: €500.00 counts, not €900.00." in text_of(at)
    assert not press(at, "Merge").exception
    after = same_customers(books, NOW)
    assert after.asked == ()
    assert [(one.one.code, one.other.code, one.one.open) for one in after.merged] == [("C2", "C1", {"EUR": 7000})]
    at = dialog(open_page("clean_up.py", books="My books", section="same_customers"), "split", after.merged)
    assert not press(at, "Split").exception
    assert [one.subject for one in same_customers(books, NOW).asked] == [pair.subject]
    assert rows(books) == before
    assert all(check.ok for check in verify(books))


def test_two_customers_are_not_asked_about_again(books: Engine, open_page: Open) -> None:
    [pair] = same_customers(books, NOW).asked
    at = dialog(
        open_page("clean_up.py", books="My books", section="same_customers"), "decide", "same_customer", (pair.subject,)
    )
    assert not press(at, "Two customers").exception
    found = same_customers(books, NOW)
    assert (found.asked, [one.subject for one in found.kept]) == ((), [pair.subject])


def test_nothing_is_said_in_words(data_dir: Path, books: Engine, open_page: Open) -> None:
    customers.merge(books, customer_id=2, into_id=1, actor=ANNA)
    at = open_page("clean_up.py", books="My books", section="same_customers")
    assert "no two customers look alike" in text_of(at)
