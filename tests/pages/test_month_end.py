"""Month-end: state a balance and see it agree or differ, freeze, post into the closed month, open it again."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import Engine
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from arcore.customers.queries import assignments
from arcore.ledger import service as ledger
from arcore.settings import settings
from arcore.store.unit import Actor
from pages.ui import forms
from pages.ui import shell

Open = Callable[..., AppTest]
ANNA = Actor("anna")


@pytest.fixture
def books(complete_books: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Give the small books on 20 April 2026: 590 open at the end of March. No pause between two clicks."""
    monkeypatch.setenv("ARCORE_TODAY", "2026-04-20")
    settings.cache_clear()
    monkeypatch.setattr(forms, "PAUSE", 0.0)
    return complete_books


def texts(at: AppTest) -> str:
    return "\n".join(m.value for m in (*at.markdown, *at.success, *at.caption)).replace("\\", "").replace("\u2060", "")


def of(elements: Any, label: str) -> Any:
    """Return the first widget with a label."""
    return next(element for element in elements if element.label == label)


def table(at: AppTest, column: str) -> pd.DataFrame:
    """Return the table that has a column."""
    shown = [*(t.value for t in at.table), *(d.value for d in at.dataframe)]
    return next(frame for frame in shown if column in frame.columns)


def state(at: AppTest, amount: str) -> AppTest:
    """Type the balance of the general ledger and save it."""
    of(at.text_input, "Balance on 31 Mar 2026").input(amount)
    return of(at.button, "Save balance").click().run()


def post(engine: Engine, amount: int, number: str, dated: date) -> None:
    """Post an invoice of the first customer."""
    customer = next(one.customer_id for one in assignments(engine, dated) if one.code == "C1")
    ledger.post_invoice(
        engine, customer_id=customer, document_date=dated, currency="EUR", actor=ANNA,
        instalments=[(Decimal(amount), dated)], details={"number": number},
    )  # fmt: skip


def test_nothing_agrees_before_somebody_says_what_the_ledger_says(open_page: Open, books: Engine) -> None:
    at = open_page("month_end.py")
    assert not at.exception
    row = table(at, "Compared").iloc[0]
    assert (row["Ours"], row["Compared"], pd.isna(row["General ledger"])) == (590, "not compared", True)


def test_an_equal_balance_agrees_here_and_on_aging(open_page: Open, books: Engine) -> None:
    at = state(open_page("month_end.py"), "590.00")
    assert "Saved the balance of 31 Mar 2026." in texts(at)
    assert table(at, "Compared").iloc[0]["Compared"] == "agrees to general ledger"
    aging = open_page("aging.py", as_of="2026-03-31")
    assert "agrees to general ledger 590.00 EUR, difference 0.00" in texts(aging)


def test_a_difference_is_explained_by_documents(open_page: Open, books: Engine) -> None:
    at = state(open_page("month_end.py"), "630.00")
    assert table(at, "Compared").iloc[0]["Compared"] == "differs from general ledger, explained"
    steps = table(at, "Step")
    assert steps["Step"].tolist() == [
        "Our open balance",
        "Unapplied cash and credits, kept elsewhere",
        "General ledger",
    ]
    assert steps["EUR"].tolist() == [590, 40, 630]
    assert table(at, "Why")["Effect"].tolist() == [40]


def test_a_rest_is_said_and_the_balance_can_be_removed(open_page: Open, books: Engine) -> None:
    at = state(open_page("month_end.py"), "600.00")
    assert "10.00 not explained" in table(at, "Compared").iloc[0]["Compared"]
    at = of(at.button, "Remove").click().run()
    assert table(at, "Compared").iloc[0]["Compared"] == "not compared"


def test_what_is_typed_wrong_is_refused_and_stays(open_page: Open, books: Engine) -> None:
    at = state(open_page("month_end.py"), "5,9o")
    assert "is not an amount" in at.error[0].value
    assert of(at.text_input, "Balance on 31 Mar 2026").value == "5,9o"


def test_a_month_is_frozen_after_a_question_and_says_what_was_posted_into_it(open_page: Open, books: Engine) -> None:
    at = open_page("month_end.py", month="2026-03")
    at = of(at.button, "Freeze March").click().run()
    assert "Nothing is locked" in texts(at)
    at = of(at.button, "Freeze March 2026").click().run()
    at = at.run()
    assert re.search(r"frozen .* by local", texts(at))
    assert re.search(r"ledger version \d+", texts(at))
    assert "Nothing was posted into March 2026 since." in texts(at)
    post(books, 100, "LATE-1", date(2026, 3, 30))
    post(books, 5, "APRIL", date(2026, 4, 2))
    at = open_page("month_end.py", month="2026-03")
    assert "1 document posted into a closed period, March 2026 · balance +100.00 EUR in main" in texts(at)
    assert table(at, "Then").iloc[0][["Then", "Today", "Difference"]].tolist() == [590, 690, 100]
    assert table(at, "Came by")["Document"].tolist() == ["LATE-1"]


def test_a_frozen_month_is_opened_again(open_page: Open, books: Engine) -> None:
    at = of(open_page("month_end.py").button, "Freeze March").click().run()
    of(at.button, "Freeze March 2026").click().run()
    at = of(open_page("month_end.py").button, "Open again").click().run()
    of(at.button, "Open March 2026 again").click().run()
    assert "not frozen" in texts(open_page("month_end.py"))


def test_without_a_freeze_a_day_of_knowledge_is_chosen(open_page: Open, books: Engine) -> None:
    at = open_page("month_end.py")
    assert of(at.date_input, "Known on").value == date(2026, 4, 5)


def test_of_a_day_before_the_books_knew_anything_it_is_said_from_when_they_do(open_page: Open, books: Engine) -> None:
    with books.connect() as connection:
        first = connection.execute(text("SELECT min(recorded_at) FROM document")).scalar_one()
    at = open_page("month_end.py")
    said = texts(at)
    known = date.fromisoformat(str(first)[:10])
    assert f"known from **{known.day} {known:%b %Y}** on." in said
    assert "recorded later" not in said
    balances = table(at, "Then")
    assert balances["Then"].isna().all()
    assert "Difference" not in balances.columns
    assert balances["Today"].tolist() == [590]
    measured = table(at, "Measure")
    assert set(measured["Then"]) == {"not yet known"}
    assert measured["Today"].iloc[0] == "€590"
    assert not any("Came by" in frame.value.columns for frame in at.dataframe)


@pytest.mark.parametrize("part", ["Close", "Board pack"])
@pytest.mark.parametrize(
    ("month", "words"),
    [
        ("2026-03", "As of 31 Mar 2026, month's end · not frozen"),
        ("2026-04", "As of 20 Apr 2026, today: April 2026 still runs"),
    ],
)
def test_the_page_is_as_of_one_day_whatever_day_other_pages_look_at(
    open_page: Open, books: Engine, part: str, month: str, words: str
) -> None:
    at = open_page("month_end.py", month=month, part=part, as_of="2026-02-10")
    assert not at.exception
    said = texts(at)
    assert words in said
    assert "10 Feb 2026" not in said
    assert of(at.date_input, "As of").disabled
    assert of(at.date_input, "As of").value == date(2026, 2, 10)  # kept for the other pages


def test_of_a_month_that_runs_the_page_leads_to_its_board_pack(open_page: Open, books: Engine) -> None:
    at = of(open_page("month_end.py", month="2026-04").button, "See its board pack so far").click().run()
    assert not at.exception
    assert any(each.label == "Download PDF" for each in at.get("download_button"))


def test_sales_of_a_month_are_typed(open_page: Open, books: Engine) -> None:
    at = open_page("month_end.py")
    of(at.text_input, "Credit sales of March 2026, tax included").input("480.00")
    at = of(at.button, "Save sales").click().run()
    assert "Saved the credit sales of March 2026." in texts(at)
    assert "main · 480.00 EUR · typed by hand" in texts(at)


def test_who_may_only_look_can_neither_state_nor_freeze(
    open_page: Open, books: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shell, "current_user", lambda: Actor("vera", "viewer"))
    at = open_page("month_end.py")
    for label in ("Freeze March", "Save balance", "Save sales", "Save the table"):
        assert of(at.button, label).disabled, label


def test_empty_books_ask_for_a_file(open_page: Open, data_dir: Any) -> None:
    at = open_page("month_end.py", books="My books")
    assert not at.exception
    assert "No invoices yet" in texts(at)


def test_each_balance_leads_to_its_documents_as_known_then_and_now(open_page: Open, books: Engine) -> None:
    at = open_page("month_end.py")
    at.session_state["month_end_balance"] = ["2026-03-31", "EUR", "main", ""]
    (dialog,) = at.run().get("dialog")
    assert dialog.dataframe[0].value["open"].sum() == table(at, "Ours")["Ours"].iloc[0] == 590
    assert "behind=balance" in dialog.code[0].value
    assert "month=2026-03" in dialog.code[0].value
    # Before anything was recorded nothing was known to be open.
    (dialog,) = open_page("month_end.py", behind="balance:2026-03-31:EUR:main:2020-01-01T00:00:00+00:00").get("dialog")
    assert not dialog.dataframe
    assert any("Nothing is open here" in text.value for text in dialog.caption)
    (dialog,) = open_page("month_end.py", behind="balance:2026-03-31:EUR:main:").get("dialog")
    assert dialog.dataframe[0].value["open"].sum() == 590
    for wrong in ("balance:yesterday:EUR:main:", "balance:2026-03-31"):
        at = open_page("month_end.py", behind=wrong)
        assert (len(at.get("dialog")), len(at.exception)) == (0, 0)
