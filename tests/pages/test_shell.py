"""The frame: every page runs inside it, the filters are one set for all pages, a failure is a sentence."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from arcore.customers import service as customers
from arcore.errors import RuleBroken
from arcore.reports.filters import Filters
from arcore.settings import ROOT
from arcore.settings import settings
from arcore.store.engine import open_engine
from arcore.store.unit import Actor
from pages.ui import filters
from pages.ui import shell

Open = Callable[..., AppTest]
PAGES = sorted(path.name for path in (ROOT / "pages").glob("*.py"))
AS_OF = "2026-03-31"


def facts(at: AppTest) -> str:
    """Return the grey line under the title, without the escapes."""
    return next(m.value for m in at.markdown if m.value.startswith(":small[:gray[As of")).replace("\\", "")


def test_every_page_starts_with_the_guard() -> None:
    for name in PAGES:
        body = ast.parse((ROOT / "pages" / name).read_text()).body
        calls = [node for node in body if isinstance(node, ast.Assign | ast.Expr) and isinstance(node.value, ast.Call)]
        assert "shell.require_shell()" in ast.unparse(calls[0].value), name


def test_every_page_is_in_the_menu() -> None:
    assert set(PAGES) <= {entry.file for entry in shell.MENU}


@pytest.mark.legacy
def test_a_page_opened_past_the_entry_goes_through_it(open_page: Open, small_books: Engine) -> None:
    at = open_page("aging.py", as_of=AS_OF)
    assert not at.exception
    assert "As of Tue 31 Mar 2026" in facts(at)  # only the shell draws this line


@pytest.mark.parametrize("name", PAGES)
def test_a_page_draws_twice_without_a_failure(name: str, open_page: Open, small_books: Engine) -> None:
    at = open_page(name, as_of=AS_OF)
    assert not at.exception
    assert not at.error
    at.run()
    assert not at.exception
    assert not at.error


@pytest.mark.parametrize("name", PAGES)
def test_a_page_draws_the_sample_twice(name: str, open_page: Open, sample_books: Path) -> None:
    at = open_page(name, books="Sample company")
    for _ in range(2):
        assert not at.exception
        assert not at.error
        at.run()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_draws_on_empty_books(name: str, open_page: Open) -> None:
    at = open_page(name, books="My books")
    assert not at.exception
    assert not at.error


def test_an_empty_store_opens_the_sample_and_a_first_write_opens_mine(
    open_page: Open, sample_books: Path, data_dir: Path, actor: Actor
) -> None:
    assert "sample company" in facts(open_page("aging.py"))
    engine = open_engine(f"sqlite:///{data_dir / 'arcore.db'}")
    customers.create_customer(engine, code="C1", name="Alder Ltd", actor=actor)
    assert "sample company" not in facts(open_page("aging.py"))


def test_filters_come_from_the_address(open_page: Open, small_books: Engine) -> None:
    at = open_page("aging.py", as_of=AS_OF, owner="Bo", basis="From agreed due date")
    assert "owner Bo" in facts(at)
    assert "from agreed due date" in facts(at)
    assert "2 open items of 1 customer" in facts(at)


def test_filters_are_kept_when_the_page_changes(open_page: Open, small_books: Engine) -> None:
    at = open_page("aging.py", as_of=AS_OF, owner="Bo")
    at.switch_page("pages/overview.py").run()
    assert "As of Tue 31 Mar 2026" in facts(at)
    assert "owner Bo" in facts(at)


def test_values_that_make_no_sense_become_the_usual_ones(open_page: Open, small_books: Engine) -> None:
    at = open_page("aging.py", as_of="2026-13-45", owner="Nobody", basis="")
    assert not at.exception
    assert "Nobody" not in facts(at)


@pytest.mark.parametrize(
    "query",
    [
        {"as_of": "1990-01-01"},
        {"as_of": "2090-12-31"},
        {"as_of": AS_OF, "known": "2020-01-01"},
        {"as_of": AS_OF, "basis": "From document date", "owner": "Bo"},
        {"as_of": AS_OF, "since": AS_OF},
        {"as_of": AS_OF, "currency": "As invoiced"},
    ],
)
@pytest.mark.parametrize("name", ["overview.py", "aging.py", "trends.py"])
def test_any_day_can_be_asked_for(name: str, query: dict[str, str], open_page: Open, complete_books: Engine) -> None:
    at = open_page(name, **query)
    assert not at.exception
    assert not at.error


def test_clear_forgets_the_second_row(open_page: Open, small_books: Engine) -> None:
    at = open_page("aging.py", as_of=AS_OF, owner="Bo")
    at.button(key="clear_filters").click().run()
    assert "owner" not in facts(at)
    assert "6 open items" not in facts(at)
    assert "5 open items of 3 customers" in facts(at)


def test_the_header_says_when_the_sample_is_open(open_page: Open, small_books: Engine, sample_books: Path) -> None:
    assert "sample company" not in facts(open_page("aging.py"))
    assert "sample company" in facts(open_page("aging.py", books="Sample company"))


def test_an_address_names_the_filters_that_are_set() -> None:
    chosen = Filters(date(2026, 3, 31), "EUR", owners=("Bo",), basis="document")
    assert filters.address(chosen) == {
        "as_of": AS_OF, "currency": "All in EUR", "owner": ["Bo"], "basis": "From document date",
    }  # fmt: skip


def test_an_expected_failure_is_its_sentence(
    open_page: Open, small_books: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise RuleBroken("The *books* say no")

    monkeypatch.setattr("arcore.reports.aging.aging", refuse)
    monkeypatch.setattr("arcore.reports.movement.between", refuse)
    at = open_page("aging.py", as_of=AS_OF)
    assert [message.value for message in at.error] == ["The \\*books\\* say no"]
    assert not at.exception


def test_an_unexpected_failure_is_a_reference_and_no_traceback(
    open_page: Open, small_books: Engine, monkeypatch: pytest.MonkeyPatch, data_dir: Path
) -> None:
    def break_down(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret of Alder Ltd")

    monkeypatch.setattr("arcore.reports.aging.aging", break_down)
    monkeypatch.setattr("arcore.reports.movement.between", break_down)
    at = open_page("aging.py", as_of=AS_OF)
    assert not at.exception
    (message,) = (message.value for message in at.error)
    assert "secret" not in message
    assert "reference" in message
    assert json.dumps(message)


def test_a_store_that_is_gone_is_a_sentence(open_page: Open, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (data_dir / "noise.db").write_bytes(b"this is no database" * 100)
    monkeypatch.setenv("ARCORE_DATABASE_URL", f"sqlite:///{data_dir / 'noise.db'}")
    settings.cache_clear()
    at = open_page("aging.py")
    assert not at.exception
    assert len(at.error) == 1
