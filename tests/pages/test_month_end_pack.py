"""The board pack on Month-end: its picture and files, the month's notes, what runs, what is frozen, who may write."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from arcore.company import service as company
from arcore.settings import settings
from arcore.store.unit import Actor
from pages.ui import forms
from pages.ui import shell

Open = Callable[..., AppTest]
ANNA, BO = Actor("anna"), Actor("bo")
MARCH = date(2026, 3, 1)


@pytest.fixture
def books(complete_books: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Give the small books on 20 April 2026: 590 open at the end of March. No pause between two clicks."""
    monkeypatch.setenv("ARCORE_TODAY", "2026-04-20")
    settings.cache_clear()
    monkeypatch.setattr(forms, "PAUSE", 0.0)
    return complete_books


def texts(at: AppTest) -> str:
    shown = (*at.markdown, *at.success, *at.error, *at.caption, *at.text)
    return "\n".join(m.value for m in shown).replace("\\", "").replace("\u2060", "")


def of(elements: Any, label: str) -> Any:
    """Return the first widget with a label."""
    return next(element for element in elements if element.label == label)


def opened(open_page: Open, **query: str) -> AppTest:
    at = open_page("month_end.py", part="Board pack", **query)
    assert not at.exception
    return at


def test_one_click_shows_the_pack_and_its_files(open_page: Open, books: Engine) -> None:
    at = open_page("month_end.py")
    at = of(at.get("button_group"), "Part").set_value("Board pack").run()
    assert not at.exception
    assert [button.label for button in at.get("download_button")] == ["Download PDF", "Download XLSX"]
    assert len(at.get("image")) == 1
    assert "9 checks, every difference zero" in texts(at)


def test_the_running_month_says_so(open_page: Open, books: Engine) -> None:
    assert "The month still runs: figures as of 20 Apr 2026" in texts(opened(open_page, month="2026-04"))
    assert "still runs" in texts(open_page("month_end.py", month="2026-04"))


def test_a_frozen_month_says_what_came_later(open_page: Open, books: Engine) -> None:
    company.freeze_month(books, day=date(2026, 3, 31), today=date(2026, 4, 20), actor=ANNA)
    assert "Nothing was posted into the month since it was frozen." in texts(opened(open_page, month="2026-03"))


def test_notes_are_saved_changed_and_taken_away(open_page: Open, books: Engine) -> None:
    at = opened(open_page)
    of(at.text_area, "Notes for March 2026").input("*Delta* pays in May.")
    at = of(at.button, "Save notes").click().run()
    assert "Saved the notes for March 2026." in texts(at)
    assert of(at.text_area, "Notes for March 2026").value == "*Delta* pays in May."
    assert "*Delta* pays in May." in texts(at)
    of(at.text_area, "Notes for March 2026").input("")
    at = of(at.button, "Save notes").click().run()
    assert "Took the notes for March 2026 away." in texts(at)
    assert "Notes taken away." in texts(at)


def test_what_another_wrote_meanwhile_is_not_overwritten(open_page: Open, books: Engine) -> None:
    at = opened(open_page)
    company.save_note(books, month=MARCH, text="Bo's words", actor=BO)
    of(at.text_area, "Notes for March 2026").input("Anna's words")
    at = of(at.button, "Save notes").click().run()
    assert "bo wrote here while you were looking" in texts(at)
    assert of(at.text_area, "Notes for March 2026").value == "Anna's words"
    assert "Bo's words" in texts(at)
    at = of(at.button, "Save notes").click().run()
    assert "Saved the notes for March 2026." in texts(at)


def test_who_may_only_look_gets_the_files_but_writes_nothing(
    open_page: Open, books: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shell, "current_user", lambda: Actor("vera", "viewer"))
    at = opened(open_page)
    assert of(at.button, "Save notes").disabled
    assert of(at.text_area, "Notes for March 2026").disabled
    assert len(at.get("download_button")) == 2


def test_the_shared_filters_are_kept(open_page: Open, books: Engine) -> None:
    at = opened(open_page, owner="Bo")
    assert "owner Bo" in texts(at)
    assert "8 checks, every difference zero" in texts(at)
