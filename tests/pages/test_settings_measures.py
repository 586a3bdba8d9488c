"""Settings, Measures: each choice beside what it makes of the figure of the day; saved, reset, refused to viewers.

The small books as of 31 March 2026: sales 100 in March, 200 in February, 80 in January, none in December, 300 in
November; open 300 on 31 December and 590 now.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from arcore.analytics.variants import NAMES
from arcore.analytics.variants import OPTIONS
from arcore.analytics.variants import Variants
from arcore.company import queries
from arcore.company import service as company
from arcore.store.unit import Actor
from pages.ui.settings_measures import CHOICES

ANNA = Actor("anna")
Open = Callable[..., AppTest]
AS_OF = "2026-03-31"


def plain(at: AppTest) -> str:
    """Return all text of the page without marks."""
    found = "\n".join(text.value for text in at.markdown)
    for mark in ("\\", "\u2060", "**", ":gray[", ":small[", "]"):
        found = found.replace(mark, "")
    return found


def of(elements: Any, label: str) -> Any:
    """Return the widget with a label."""
    return next(element for element in elements if element.label == label)


def opened(open_page: Open) -> AppTest:
    """Open the tab."""
    return open_page("settings.py", tab="Measures", as_of=AS_OF, books="My books")


def test_every_choice_has_a_row_and_every_option_a_word() -> None:
    assert {choice.field for choice in CHOICES} == set(NAMES)
    assert {choice.field: tuple(choice.words) for choice in CHOICES if choice.words} == OPTIONS


def test_each_choice_says_what_it_makes_of_the_figure(open_page: Open, complete_books: Engine) -> None:
    said = plain(opened(open_page))
    # 590 ÷ 380 × 90; 31 + 28 + 31 + 31 + 210 ÷ 300 × 30; (300 + 590) ÷ 2 ÷ 380 × 90
    assert "Period end 139.7 days · Count-back 142.0 days · Average balance 105.4 days" in said
    assert "One month 182.9 days · Three months 139.7 days" in said  # 590 ÷ 100 × 31
    assert "Counts on 142.0 days · Ends the count 90.0 days" in said
    assert "needs the days of inventory and of payables" in said


def test_what_is_picked_shows_before_it_is_saved(open_page: Open, complete_books: Engine) -> None:
    at = opened(open_page)
    of(at.selectbox, "DSO is counted by").set_value("average_balance").run()
    of(at.number_input, "Days of inventory").set_value(34.0)
    of(at.number_input, "Days of payables").set_value(30.0).run()
    assert queries.variants(complete_books) == Variants()
    assert "Cash conversion cycle 143.7 days" in plain(at)  # 34 + 139.7 − 30


def test_saved_it_counts_on_every_page(open_page: Open, complete_books: Engine) -> None:
    at = opened(open_page)
    of(at.selectbox, "DSO is counted by").set_value("average_balance")
    of(at.selectbox, "Window of CEI").set_value(1)
    of(at.button, "Save measures").click().run()
    assert not at.error
    found = queries.variants(complete_books)
    assert (found.dso_method, found.cei_months, found.dso_months) == ("average_balance", 1, 3)
    dialog = open_page("trends.py", as_of=AS_OF, explain="dso", books="My books").get("dialog")[0]
    assert any("= 105.4 days" in m.value.replace("\\", "").replace("**", "") for m in dialog.markdown)


def test_reset_leaves_what_only_the_company_knows(
    open_page: Open, complete_books: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pages.ui.forms.PAUSE", 0.0)
    company.save_measures(complete_books, actor=ANNA, dso_method="true", days_of_inventory=34)
    at = opened(open_page)
    of(at.button, "Reset to defaults").click().run()
    assert queries.variants(complete_books) == Variants(days_of_inventory=Decimal(34))
    assert of(at.button, "Reset to defaults").disabled


def test_a_viewer_sees_but_can_not_change(
    open_page: Open, complete_books: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pages.ui.shell.current_user", lambda: Actor("vera", role="viewer"))
    at = opened(open_page)
    assert of(at.button, "Save measures").disabled
    assert of(at.selectbox, "DSO is counted by").disabled


def test_the_drawer_splits_another_way_of_counting_into_its_own_causes(open_page: Open, complete_books: Engine) -> None:
    def causes() -> list[str]:
        (dialog,) = open_page("trends.py", as_of="2026-03-31", explain="dso").get("dialog")
        return list(next(table.value["Because of"] for table in dialog.table if "Because of" in table.value))

    assert "Balance: not overdue, before credits and write-offs" in causes()
    company.save_measures(complete_books, actor=ANNA, dso_method="average_balance")
    assert "Balance: at the beginning, and not overdue at the end" in causes()
