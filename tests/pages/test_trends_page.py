"""Trends: each measure over the months, a dash with its reason where it can't be had, the drawer with the figures.

The small books as of 31 March 2026, window from 1 January (90 days): credit sales 380, open 590, of it overdue 530,
not due 100, unapplied -40; open on 31 December 300; cash in March 90.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

Open = Callable[..., AppTest]
AS_OF = "2026-03-31"


def plain(text: str) -> str:
    return text.replace("\\", "").replace("\u2060", "")


def ends(at: AppTest) -> list[str]:
    """Return the words at the ends of all lines and bars of the page."""
    found: list[str] = []

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if "word" in node:
                found.append(node["word"])
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    for chart in at.get("vega_lite_chart"):
        walk(json.loads(chart.proto.spec))
    return found


def drawer(at: AppTest) -> Any:
    (found,) = at.get("dialog")
    return found


def test_the_measures_are_the_ones_worked_out_by_hand(open_page: Open, complete_books: Engine) -> None:
    at = open_page("trends.py", as_of=AS_OF)
    assert not at.error
    words = ends(at)
    for word in ("139.7", "14.5", "125.5", "15.9", "€90"):
        assert word in words


def test_a_measure_that_cannot_be_had_is_a_dash_and_its_reason(open_page: Open, small_books: Engine) -> None:
    at = open_page("trends.py", as_of=AS_OF)
    said = [plain(m.value) for m in at.markdown if m.value.startswith("—")]
    assert len(said) == 6
    assert any("needs balances from" in sentence for sentence in said)


def test_more_measures_and_the_table_open_on_demand(open_page: Open, complete_books: Engine) -> None:
    at = open_page("trends.py", as_of=AS_OF)
    before = len(at.get("vega_lite_chart"))
    at.session_state["more_measures"] = True
    at.session_state["all_figures"] = True
    at.run()
    assert not at.exception
    assert not at.error
    assert len(at.get("vega_lite_chart")) >= before
    table: pd.DataFrame = next(t.value for t in at.dataframe if "As of" in t.value)
    newest = table.iloc[0]
    assert newest["As of"] == "31 Mar 2026"
    assert newest["DSO, days"] == "139.7"
    assert newest["CEI, %"] == "14.5"


@pytest.mark.parametrize(
    ("name", "filled"),
    [
        ("dso", "590 ÷ 380 × 90 = 139.7 days"),
        ("add", "530 ÷ 380 × 90 = 125.5 days"),
        ("cei", "(300 + 380 − 590) ÷ (300 + 380 − 60) × 100 = 14.5%"),
        ("share_current", "100 ÷ 630 × 100 = 15.9%"),
        ("cash_in", "90 − 0 − 0 = €90"),
    ],
)
def test_the_drawer_fills_the_formula_in(open_page: Open, complete_books: Engine, name: str, filled: str) -> None:
    at = open_page("trends.py", as_of=AS_OF, explain=name)
    assert filled in [plain(m.value).replace("**", "") for m in drawer(at).markdown]


def test_the_drawer_opens_by_its_button_and_closes_on_the_next_run(open_page: Open, complete_books: Engine) -> None:
    at = open_page("trends.py", as_of=AS_OF)
    assert len(at.get("dialog")) == 0
    at.button(key="trend_dso").click().run()
    assert drawer(at)
    assert len(at.run().get("dialog")) == 0


def test_the_drawer_shows_any_month(open_page: Open, complete_books: Engine) -> None:
    at = open_page("trends.py", as_of=AS_OF, explain="cash_in")
    choice = drawer(at).selectbox[0]
    assert len(choice.options) == 36
    assert choice.options[0] == "31 Mar 2026"


def test_the_drawer_gives_a_link_that_opens_it_again(open_page: Open, complete_books: Engine) -> None:
    at = open_page("trends.py", as_of=AS_OF, owner="Ana", explain="dso")
    (code,) = drawer(at).code
    for part in ("explain=dso", "as_of=2026-03-31", "owner=Ana", "books=My+books"):
        assert part in code.value


def test_a_link_to_nothing_opens_nothing(open_page: Open, complete_books: Engine) -> None:
    assert len(open_page("trends.py", as_of=AS_OF, explain="nonsense").get("dialog")) == 0


def test_the_drawer_says_why_it_moved_and_the_parts_add_up(open_page: Open, complete_books: Engine) -> None:
    found = drawer(open_page("trends.py", as_of=AS_OF, explain="open"))
    causes = next(table.value for table in found.table if "Because of" in table.value)
    # On 28 February 580 were open, 300 of it 1 to 30 days late or more; now 590.
    assert sum(causes["EUR"]) == pytest.approx(10)
    assert "+10 EUR since 28 Feb" in "\n".join(plain(m.value) for m in found.markdown)


@pytest.mark.parametrize(
    ("name", "total", "documents"),
    [
        ("dso", "5 documents, 590.00 EUR in all", ["INV-3", "INV-2", "INV-1", "INV-4", "payment 6"]),
        ("overdue", "3 documents, 530.00 EUR in all", ["INV-3", "INV-2", "INV-4"]),
        ("cash_in", "2 documents, 90.00 EUR in all", ["payment 5", "payment 6"]),
    ],
)
def test_the_documents_behind_an_input_add_up_to_it(
    open_page: Open, complete_books: Engine, name: str, total: str, documents: list[str]
) -> None:
    found = drawer(open_page("trends.py", as_of=AS_OF, explain=name))
    assert any(total in plain(m.value) for m in found.markdown)
    listed = next(table.value for table in found.dataframe if "document" in table.value)
    assert listed["document"].tolist() == documents


def test_hostile_names_in_the_drawer_stay_text(open_page: Open, complete_books: Engine) -> None:
    found = drawer(open_page("trends.py", as_of=AS_OF, explain="overdue"))
    assert not any("![x](" in m.value for m in found.markdown)
