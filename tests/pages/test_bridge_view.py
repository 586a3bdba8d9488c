"""The Bridge view of Trends: from one figure to another in causes that add up, with their documents and a link.

The small books: on 28 February 580 open (200 not due, 80 and 300 late), on 31 March 590; invoiced 100, cash in 90.
Overdue 380 and 530: 200 fell due on 11 March, 50 of it was paid. The 40 on account are not overdue.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

Open = Callable[..., AppTest]
AS_OF, SINCE = "2026-03-31", "2026-02-28"


def opened(open_page: Open, of: str, **query: str) -> AppTest:
    asked = {"as_of": AS_OF, "bridge_from": SINCE} | query
    at = open_page("trends.py", view="Bridge", bridge_of=of, **asked)
    assert not at.exception
    assert not at.error
    return at


def lines(at: AppTest) -> dict[str, float]:
    frame: pd.DataFrame = next(table.value for table in at.dataframe if "What" in table.value)
    return dict(zip(frame["What"], frame.iloc[:, 1], strict=True))


def texts(at: Any) -> str:
    return "\n".join(m.value for m in at.markdown).replace("\\", "").replace("\u2060", "")


def metrics(at: AppTest) -> dict[str, str]:
    return {metric.label: metric.value.replace("\\", "").replace("\u2060", "") for metric in at.metric}


def test_the_open_balance_by_hand(open_page: Open, small_books: Engine) -> None:
    at = opened(open_page, "Open balance")
    assert lines(at) == {
        "Open balance, 28 Feb 2026": 580.0, "Invoiced and charged": 100.0,
        "Collected, less refunds and bounced payments": -90.0, "Open balance, 31 Mar 2026": 590.0,
    }  # fmt: skip
    assert metrics(at) == {"28 Feb 2026": "€580", "31 Mar 2026": "€590", "Change": "+€10"}
    assert "580.00 + 10.00 = 590.00 · difference 0.00" in texts(at)


def test_the_overdue_balance_by_hand(open_page: Open, small_books: Engine) -> None:
    assert lines(opened(open_page, "Overdue")) == {
        "Overdue, 28 Feb 2026": 380.0, "Fell due": 200.0, "Collected, less refunds and bounced payments": -50.0,
        "Overdue, 31 Mar 2026": 530.0,
    }  # fmt: skip


def test_a_line_leads_to_its_documents(open_page: Open, small_books: Engine) -> None:
    at = opened(open_page, "Overdue")
    at.session_state["bridge_clicked"] = ("collected", "EUR")
    at.run()
    (dialog,) = at.get("dialog")
    assert dialog.dataframe[0].value[["document", "amount"]].to_numpy().tolist() == [["INV-2", -50.0]]
    at = opened(open_page, "Overdue", bridge_from="2026-01-31")
    at.session_state["bridge_clicked"] = ("fell_due", "EUR")
    at.run()
    (dialog,) = at.get("dialog")
    assert any(name.startswith("*Cedar* <b>") for name in dialog.dataframe[0].value["name"])
    assert not any("![x](" in m.value for m in dialog.markdown)


def test_dso_and_cei_in_causes_that_add_up(open_page: Open, complete_books: Engine) -> None:
    for of, head, change in (("DSO", "Days", True), ("CEI", "Points", False)):
        at = opened(open_page, of)
        table: pd.DataFrame = next(each.value for each in at.table if "Because of" in each.value)
        assert table["Because of"].iloc[-1] == "Change"
        assert table[head].iloc[:-1].sum() == pytest.approx(table[head].iloc[-1])
        assert len(table) == 7
        told = metrics(at)
        if change:
            # 580 ÷ 280 × 90 = 186.4 days, 590 ÷ 380 × 90 = 139.7 days.
            assert (told["28 Feb 2026"], told["31 Mar 2026"]) == ("186.4 days", "139.7 days")
            assert told["Change"] == "−46.7 days"


def test_the_way_of_counting_is_chosen_and_linked(open_page: Open, complete_books: Engine) -> None:
    at = opened(open_page, "DSO", bridge_by="average_balance")
    table: pd.DataFrame = next(each.value for each in at.table if "Because of" in each.value)
    assert table["Days"].iloc[:-1].sum() == pytest.approx(table["Days"].iloc[-1])
    assert metrics(at)["31 Mar 2026"] != "139.7 days"
    assert "bridge_by=average_balance" in at.code[0].value
    at.selectbox(key="bridge_by_dso").set_value("period_end").run()
    assert metrics(at)["31 Mar 2026"] == "139.7 days"


def test_where_there_is_no_value_there_is_a_reason(open_page: Open, small_books: Engine) -> None:
    assert "needs balances from" in texts(opened(open_page, "DSO"))


def test_the_link_opens_the_same_bridge_again(open_page: Open, small_books: Engine) -> None:
    at = opened(open_page, "Overdue", owner="Ana")
    (code,) = at.code
    for part in (
        "/trends?",
        "view=Bridge",
        "bridge_of=Overdue",
        "bridge_from=2026-02-28",
        "as_of=2026-03-31",
        "owner=Ana",
    ):
        assert part in code.value


def test_a_first_day_behind_the_second_is_answered(open_page: Open, small_books: Engine) -> None:
    at = opened(open_page, "Open balance", bridge_from="2026-05-01")
    assert "not before it: 28 Feb 2026 instead" in texts(at)
    assert lines(at)["Open balance, 28 Feb 2026"] == 580.0


def test_empty_books_and_days_without_anything(open_page: Open, small_books: Engine) -> None:
    at = opened(open_page, "Open balance", as_of="2020-03-31", bridge_from="2020-01-31")
    assert any("Nothing was open and nothing moved" in caption.value for caption in at.caption)


def test_no_books_at_all(open_page: Open, data_dir: Path) -> None:
    at = open_page("trends.py", view="Bridge", books="My books")
    assert not at.exception
    assert not at.error


@pytest.mark.parametrize("of", ["Open balance", "Overdue", "DSO", "CEI"])
def test_the_sample_company(open_page: Open, sample_books: Path, of: str) -> None:
    for currency in ("EUR", "document"):
        at = open_page("trends.py", view="Bridge", bridge_of=of, books="Sample company", currency=currency)
        assert not at.exception
        assert not at.error
        assert len(at.get("vega_lite_chart")) == 1


@pytest.mark.parametrize(
    ("name", "word"), [("open", "Invoiced and charged"), ("overdue", "Fell due"), ("dso", "Timel")]
)
def test_the_drawer_tells_the_change_by_the_bridge(
    open_page: Open, complete_books: Engine, name: str, word: str
) -> None:
    at = open_page("trends.py", as_of=AS_OF, explain=name)
    (dialog,) = at.get("dialog")
    causes = next(table.value for table in dialog.table if "Because of" in table.value)
    assert any(cause.startswith(word) for cause in causes["Because of"])
    assert len(dialog.get("link_button")) == 1
