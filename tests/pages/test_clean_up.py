"""Clean-up: every section with its count, its fix, the undo of it, and words where there is nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from arcore.cleanup import portions
from arcore.ledger.verify import verify
from arcore.reports.filters import Filters
from arcore.reports.tidy.doubles import doubles
from arcore.reports.tidy.gaps import gaps
from arcore.reports.tidy.oddities import oddities
from arcore.reports.tidy.unapplied import unapplied
from arcore.reports.tidy.unexplained import unexplained
from arcore.settings import settings
from arcore.store.engine import open_engine
from arcore.store.engine import reading
from arcore.store.migrate import migrate
from pages.ui import clean_up_desk

TODAY = date(2026, 10, 31)
NOW = Filters(as_of=TODAY, currency="EUR")
Open = Callable[..., AppTest]


@pytest.fixture
def books(data_dir: Path, monkeypatch: pytest.MonkeyPatch, untidy: Callable[[Engine], None]) -> Engine:
    monkeypatch.setenv("ARCORE_TODAY", TODAY.isoformat())
    monkeypatch.setattr("pages.ui.forms.PAUSE", 0.0)
    settings.cache_clear()
    engine = open_engine(f"sqlite:///{data_dir / 'arcore.db'}")
    migrate(engine)
    untidy(engine)
    return engine


def plain(text: str) -> str:
    return text.replace("\\", "").replace("\u2060", "")


def texts(at: AppTest) -> str:
    return "\n".join(plain(element.value) for element in (*at.markdown, *at.caption))


def table(at: AppTest) -> pd.DataFrame:
    return at.dataframe[0].value


def button(at: AppTest, label: str) -> Any:
    return next(element for element in at.button if plain(element.label).startswith(label))


def in_form(at: AppTest, label: str) -> Any:
    """Return the button of the dialog: the page's own opens it and is called the same."""
    return next(one for one in at.button if plain(one.label) == label and str(one.key).startswith(clean_up_desk.NAME))


def in_dialog(at: AppTest, name: str, *what: Any) -> AppTest:
    """Run with a dialog kept open: in the browser its fragment runs alone, here every run is a whole one."""
    at.session_state[clean_up_desk.ASKED] = (name, what)
    at.session_state[f"{clean_up_desk.NAME}_opened"] = time.monotonic()
    return at.run()


def events(engine: Engine) -> int:
    with reading(engine) as session:
        return int(session.connection().exec_driver_sql("SELECT count(*) FROM audit_event").scalar_one())


@pytest.mark.parametrize(
    ("section", "headline", "column", "first"),
    [
        ("unapplied", "2 unapplied credits · −€120.00", "Unapplied", -80.0),
        ("credit_balances", "1 credit balance · −€40.00", "Balance", -40.0),
        ("unexplained", "2 unexplained settlements · €250.00", "Amount", 200.0),
        ("duplicates", "1 possible duplicate · €100.00", "Later", "inv 1"),
        ("gaps", "2 missing numbers", "Missing", "INV-007 – INV-008"),
        ("oddities", "2 odd documents · €140.00", "Document", "INV-009"),
    ],
)
def test_a_section_says_how_many_and_how_much_and_lists_them(books, open_page: Open, section, headline, column, first):
    at = open_page("clean_up.py", books="My books", section=section)
    assert not at.exception
    assert not at.error
    assert headline in texts(at).replace("*", "")
    assert table(at)[column].iloc[0] == first


def test_the_page_begins_where_something_is_and_the_address_names_the_section(books, open_page: Open):
    at = open_page("clean_up.py", books="My books")
    assert at.query_params["section"] == "unapplied"
    at.session_state["clean_section"] = "gaps"
    at.run()
    assert at.query_params["section"] == "gaps"
    assert "10 things to look at" in texts(at)


def test_settlements_are_explained_in_one_batch_with_one_event_and_its_undo(books, open_page: Open):
    at = open_page("clean_up.py", books="My books", section="unexplained")
    ids = tuple(unexplained(books, NOW).item_ids.tolist())
    in_dialog(at, "explain", ids)
    assert "€0.00 → **€250.00**" in "\n".join(plain(str(cell)) for cell in at.table[0].value.to_numpy().ravel())
    before = events(books)
    button(at, "Explain 2 settlements as cash").click().run()
    assert events(books) == before + 1
    assert len(unexplained(books, NOW)) == 0
    assert plain(at.success[0].value) == "Done: 2 settlements explained as cash."
    assert "Nothing here: every debt that left the files is explained." in texts(at)
    button(at, "Undo: 2 settlements").click().run()
    assert len(unexplained(books, NOW)) == 2
    assert all(found.ok for found in verify(books))


def test_more_than_one_write_should_hold_is_explained_in_portions_and_undone_as_a_whole(
    books, open_page: Open, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("pages.ui.clean_up_explain.MOST_AT_ONCE", 1)
    monkeypatch.setattr("pages.ui.clean_up_list.MOST_AT_ONCE", 1)
    monkeypatch.setattr(portions.start, "__kwdefaults__", {"portion": 1})
    at = open_page("clean_up.py", books="My books", section="unexplained")
    assert button(at, "Explain all 2")
    in_dialog(at, "explain", tuple(unexplained(books, NOW).item_ids.tolist()))
    before = events(books)
    button(at, "Explain 2 settlements as cash").click().run()
    until(at, lambda: bool(at.success))
    assert events(books) == before + 2, "one event for each portion"
    assert len(unexplained(books, NOW)) == 0
    assert plain(at.success[0].value) == "Done: 2 settlements explained as cash."
    button(at, "Undo: 2 settlements").click().run()
    assert len(unexplained(books, NOW)) == 2
    assert all(found.ok for found in verify(books))


def until(at: AppTest, true: Callable[[], bool]) -> None:
    """Run the page again, as its fragment does in the browser, until something is true."""
    for _ in range(50):
        if true():
            return
        time.sleep(0.1)
        at.run()
    raise AssertionError


def test_credits_are_applied_to_the_oldest_and_taken_off_again(books, open_page: Open):
    at = open_page("clean_up.py", books="My books", section="unapplied")
    in_dialog(at, "apply", tuple(unapplied(books, NOW, 30).item_ids.tolist()))
    assert "€80.00 of 2 credits pays 1 open item" in texts(at)
    button(at, "Apply €80.00").click().run()
    assert [line.name for line in unapplied(books, NOW, 30).lines(books)] == ["Cedar SA"]
    button(at, "Undo: €80.00").click().run()
    assert len(unapplied(books, NOW, 30)) == 2


def test_a_credit_is_refunded_and_the_refund_undone(books, open_page: Open):
    at = open_page("clean_up.py", books="My books", section="unapplied")
    cedar = int(unapplied(books, NOW, 30).item_ids[1])
    in_dialog(at, "refund", (cedar,))
    button(at, "Record a refund of €40.00").click().run()
    assert [line.name for line in unapplied(books, NOW, 30).lines(books)] == ["Alder Ltd"]
    button(at, "Undo: refund").click().run()
    assert len(unapplied(books, NOW, 30)) == 2


def test_a_credit_is_left_only_with_a_reason_and_listed_with_it(books, open_page: Open):
    at = open_page("clean_up.py", books="My books", section="unapplied")
    cedar = int(unapplied(books, NOW, 30).item_ids[1])
    in_dialog(at, "leave", (cedar,))
    assert button(at, "Leave 1 credit").disabled
    at.text_input[-1].set_value("Deposit")
    in_dialog(at, "leave", (cedar,))
    button(at, "Leave 1 credit").click().run()
    assert len(unapplied(books, NOW, 30)) == 1
    at = open_page("clean_up.py", books="My books", section="unapplied", left="true")
    assert table(at)["Note"].iloc[0].startswith("Deposit (")


def test_one_of_two_is_void_and_stands_again(books, open_page: Open):
    at = open_page("clean_up.py", books="My books", section="duplicates")
    found = doubles(books, NOW)
    pairs = tuple(zip(found.earlier.document_ids.tolist(), found.later.document_ids.tolist(), strict=True))
    in_dialog(at, "void_pairs", pairs)
    button(at, "Void 1 document").click().run()
    assert len(doubles(books, NOW)) == 0
    button(at, "Undo: 1 document void").click().run()
    assert len(doubles(books, NOW)) == 1
    assert all(found.ok for found in verify(books))


def test_what_is_no_duplicate_is_remembered_until_that_is_undone(books, open_page: Open):
    at = open_page("clean_up.py", books="My books", section="duplicates")
    in_dialog(at, "decide", "duplicate", tuple(doubles(books, NOW).subjects()))
    in_form(at, "Not a duplicate").click().run()
    assert len(doubles(books, NOW)) == 0
    button(at, "Undo: 1 pair kept").click().run()
    assert len(doubles(books, NOW)) == 1


def test_a_gap_is_explained_and_asked_about_again(books, open_page: Open):
    at = open_page("clean_up.py", books="My books", section="gaps")
    subject = '["main", "INV-", 7, 8]'
    in_dialog(at, "gap", (subject,), ("INV-007 – INV-008",))
    button(at, "Mark as explained").click().run()
    assert gaps(books, NOW).open == ()
    assert "Nothing here: every series is complete." in texts(at)
    in_dialog(at, "again", "gap", (subject,))
    assert "Cancelled before it was sent" in texts(at)
    button(at, "Withdraw 1 decision").click().run()
    assert gaps(books, NOW).missing == 2


def test_an_odd_due_date_is_mended_and_another_accepted(books, open_page: Open):
    at = open_page("clean_up.py", books="My books", section="oddities")
    found = oddities(books, NOW, TODAY)
    item = next(line.item_id for line in found.lines(books) if line.document == "INV-010")
    in_dialog(at, "redate", (item,))
    button(at, "Make it due on 9 Aug 2026").click().run()
    assert [line.document for line in oddities(books, NOW, TODAY).lines(books)] == ["INV-009"]
    button(at, "Undo: document made due").click().run()
    assert len(oddities(books, NOW, TODAY)) == 2


def test_who_may_only_look_can_press_nothing(books, open_page: Open, monkeypatch):
    from arcore.store.unit import Actor

    monkeypatch.setattr("pages.ui.shell.current_user", lambda: Actor("vera", "viewer"))
    at = open_page("clean_up.py", books="My books", section="unexplained")
    assert button(at, "Explain all 2").disabled


def test_tidy_books_say_that_they_are(small_books, open_page: Open):
    at = open_page("clean_up.py", books="My books", section="duplicates")
    assert not at.exception
    assert "Nothing here: no two invoices of one customer and amount look alike." in texts(at)
