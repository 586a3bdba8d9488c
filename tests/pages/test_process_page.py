"""Process: the answer first, then the steps, what changed, and the invoices behind; with and without anything known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from arcore.customers.queries import assignments
from arcore.ledger import service as ledger
from arcore.settings import settings
from arcore.store.unit import Actor
from arcore.worklist.service import log_talk
from pages.ui import process_chart

Open = Callable[..., AppTest]
ANNA = Actor("anna")


@pytest.fixture
def books(small_books: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Give the small books on 20 April 2026: of INV-2, due 11 March, 50 were paid on 20 March."""
    monkeypatch.setenv("ARCORE_TODAY", "2026-04-20")
    settings.cache_clear()
    return small_books


def good(at: AppTest) -> AppTest:
    assert not at.exception
    return at


def texts(at: AppTest) -> str:
    said = [*at.markdown, *at.header, *at.info, *at.caption]
    return "\n".join(m.value for m in said).replace("\\", "").replace("\u2060", "")


def table(at: AppTest, column: str) -> pd.DataFrame:
    """Return the table that has a column."""
    shown = [*(t.value for t in at.table), *(d.value for d in at.dataframe)]
    return next(found for found in shown if column in found.columns)


def customers_of(engine: Engine) -> dict[str, int]:
    return {row.name: row.customer_id for row in assignments(engine, date(2026, 4, 20))}


def test_books_without_calls_say_so_and_show_what_is_known(books: Engine, open_page: Open) -> None:
    at = good(open_page("process.py", books="My books"))
    said = texts(at)

    assert "Most days are lost after the due date, with no contact on record: 9.0 days on average over 1 invo" in said
    assert "No calls, promises or reminders are recorded yet" in said
    assert "1 invoice paid in Q1 2026" in said
    rows = table(at, "Invoices")
    assert "Due date to first contact" not in "".join(map(str, rows.iloc[:, 0])).replace("\\", "")


def test_a_call_becomes_a_step_and_the_steps_add_up(books: Engine, open_page: Open) -> None:
    alder = customers_of(books)["Alder Ltd"]
    log_talk(books, customer_id=alder, on=date(2026, 3, 14), outcome="reached", actor=ANNA)
    at = good(open_page("process.py", books="My books", process_by="Customer"))

    said = texts(at)
    assert "No calls, promises" not in said
    assert "Most days are lost after the first contact, where nothing was promised: 6.0 days" in said
    assert "terms 30.0 + to contact 3.0 + contact on 6.0 = 39.0 days invoice to cash · after the due date 9.0" in said
    cut = table(at, "Terms")
    assert cut["Name"].tolist() == ["All, 1", "Alder Ltd"]
    assert cut.loc[1, ["Days", "Terms", "To contact", "Contact on", "EUR × days lost"]].tolist() == [39, 30, 3, 6, 450]


def test_another_period_says_that_nothing_was_paid_in_it(books: Engine, open_page: Open) -> None:
    at = good(open_page("process.py", books="My books", process_period="Q4 2025"))

    assert "No invoice was paid in this period" in texts(at)


def test_overdue_now_is_the_way_so_far(books: Engine, open_page: Open) -> None:
    at = good(open_page("process.py", books="My books", process_of="Overdue now"))

    assert "4 invoices overdue" in texts(at)
    assert "Due date to today" in "".join(map(str, table(at, "Median").iloc[:, 0])).replace("\\", "")


def test_a_click_opens_the_invoices_behind_a_step(books: Engine, open_page: Open) -> None:
    at = good(open_page("process.py", books="My books", process_by="Owner"))
    at.session_state["process_clicked"] = ("unattended", "Ana")
    good(at.run())

    shown = next(d.value for d in at.dataframe if "document" in d.value.columns)
    assert shown["document"].tolist() == ["INV-2"]
    assert "9.0 days" in texts(at)


def test_the_sample_company_has_every_step_and_what_became_better(sample_books: Any, open_page: Open) -> None:
    at = good(open_page("process.py"))

    rows = table(at, "Median")
    assert len(rows) >= 9
    assert "quicker" in rows.iloc[:, -1].tolist()
    assert ":green[Quicker] than in Q2 2026: " in texts(at)
    whole = table(at, "Terms").iloc[0]
    steps = [
        "To invoice",
        "Terms",
        "In time",
        "No contact",
        "To contact",
        "Contact on",
        "To promise",
        "To its day",
        "After its day",
    ]
    assert whole[steps].sum() == pytest.approx(whole["Days"])


def test_everything_in_time_loses_nothing(books: Engine, open_page: Open) -> None:
    alder = customers_of(books)["Birch GmbH"]
    facts = ledger.post_invoice(
        books, customer_id=alder, document_date=date(2026, 4, 1), currency="EUR", actor=ANNA,
        instalments=[(Decimal(10), date(2026, 4, 30))],
    )  # fmt: skip
    ledger.record_payment(
        books, customer_id=alder, received_on=date(2026, 4, 15), currency="EUR", amount=Decimal(10), actor=ANNA,
        apply_to=[(facts["items"][0], Decimal(10))],
    )  # fmt: skip
    at = good(open_page("process.py", books="My books", process_period="Q2 2026"))

    assert "No days were lost after the due date" in texts(at)


def test_bars_begin_where_the_last_one_ended_and_a_step_back_leads_back() -> None:
    steps = [process_chart.Stretch("a", "A", 30.0, "30", "quiet"), process_chart.Stretch("b", "B", -4.0, "−4", "soft")]
    spec = process_chart.stretches(steps, process_chart.Stretch("whole", "All", 26.0, "26", "quiet"), "pick")

    ways = [(row["from"], row["to"]) for row in spec["data"]["values"]]
    assert ways == [(0, 30), (30, 26), (0, 26)]


def test_a_step_opens_by_its_link_with_formula_and_what_moved_it(sample_books: Any, open_page: Open) -> None:
    at = good(open_page("process.py", books="Sample company", behind="step:unattended:"))
    (dialog,) = at.get("dialog")
    said = "\n".join(m.value for m in dialog.markdown).replace("\\", "").replace("\u2060", "")
    assert "Days from due date to the end of what came late" in said
    assert "Sum of amount × days ÷ sum of amounts" in said
    days = dialog.table[0].value["Days"].tolist()
    assert days[0] + days[1] + days[2] == pytest.approx(days[3])
    assert "behind=step%3Aunattended%3A" in dialog.code[0].value


def test_the_step_of_disputes_lists_them(sample_books: Any, open_page: Open) -> None:
    at = good(open_page("process.py", books="Sample company", process_of="Overdue now", behind="step:disputed:"))
    (dialog,) = at.get("dialog")
    assert not dialog.error
    assert {"document", "days", "amount"} <= set(dialog.dataframe[0].value.columns)
    said = "\n".join(m.value for m in dialog.markdown).replace("\\", "").replace("\u2060", "")
    assert "Why it moved" in said
    for shown in dialog.table:
        days = shown.value["Days"].tolist()
        assert days[0] + days[1] + days[2] == pytest.approx(days[3])
    assert dialog.table or "nothing to compare with" in said
