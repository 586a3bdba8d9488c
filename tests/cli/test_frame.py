"""What holds for every command: exit codes, JSON alone on standard output, sentences for people."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC
from datetime import date
from datetime import datetime
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import typer
from sqlalchemy import Engine

from arcore import cli
from arcore.cli import frame
from arcore.company.service import save_profile
from arcore.errors import BadInput
from arcore.settings import ROOT
from arcore.settings import settings
from arcore.store.unit import Actor

Arcore = Callable[..., Any]


def test_a_missing_store_is_created_and_migrated(arcore: Arcore, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new/books.db"
    first = arcore("--store", url, "init", "--json")
    assert first.code == 0
    assert first.document["created"] is True
    again = arcore("init", f"--store={url}", "--json")
    assert again.document == first.document | {"created": False}


def test_people_read_words(arcore: Arcore, sqlite_url: str) -> None:
    answer = arcore("--store", sqlite_url, "init")
    assert answer.code == 0
    assert answer.out.startswith("Ready: sqlite:///")


def test_the_store_is_the_one_of_the_settings_unless_named(
    arcore: Arcore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARCORE_DATABASE_URL", f"sqlite:///{tmp_path}/named.db")
    settings.cache_clear()
    assert arcore("init", "--json").document["store"].endswith("/named.db")
    monkeypatch.setenv("ARCORE_DATABASE_URL", "")
    settings.cache_clear()
    assert arcore("init", "--json").document["store"].endswith("/arcore.db")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["init", "--wrong"], "No such option"),
        (["initialise"], "No such command"),
        (["--store"], "--store needs an address"),
        (["--store", "books", "init"], "not a store address"),
        (["--store", "mysql://host/books", "init"], "not in mysql"),
    ],
)
def test_what_is_refused_ends_with_2_and_says_why(arcore: Arcore, words: list[str], sentence: str) -> None:
    plain = arcore(*words)
    assert plain.code == 2
    assert plain.out == ""
    assert sentence in plain.err
    script = arcore("--json", *words)
    assert script.code == 2
    error = script.document["error"]
    assert sentence in error["message"]
    assert error["code"] == "bad_input"
    assert isinstance(error["details"], dict)


def test_what_fails_ends_with_1(arcore: Arcore, free_port: Callable[[], int]) -> None:
    answer = arcore("--store", f"postgresql://arcore@127.0.0.1:{free_port()}/books", "init", "--json")
    assert answer.code == 1
    assert answer.document["error"]["code"] == "unavailable"


def test_a_password_is_shown_nowhere(arcore: Arcore, free_port: Callable[[], int]) -> None:
    answer = arcore("--store", f"postgresql://arcore:tell-nobody@127.0.0.1:{free_port()}/books", "init", "--json")
    assert "tell-nobody" not in answer.out + answer.err


def test_what_nobody_expected_is_a_sentence_and_a_log_entry(
    arcore: Arcore, monkeypatch: pytest.MonkeyPatch, own_log: Path
) -> None:
    def fail() -> None:
        raise ZeroDivisionError("secret figures")

    monkeypatch.setattr(import_module("arcore.cli.init"), "run", fail)
    answer = arcore("init", "--json")
    assert answer.code == 1
    reference = answer.document["error"]["details"]["reference"]
    assert "secret figures" not in answer.out + answer.err
    log = own_log.read_text()
    assert f"{reference} init: ZeroDivisionError" in log
    assert "secret figures" in log.split(reference)[1]


def test_stray_prints_do_not_spoil_the_document(arcore: Arcore, monkeypatch: pytest.MonkeyPatch) -> None:
    def run() -> None:
        print("a library says hello")
        frame.show({"fine": True}, "Fine")

    monkeypatch.setattr(import_module("arcore.cli.init"), "run", run)
    answer = arcore("init", "--json")
    assert answer.document == {"fine": True}
    assert "a library says hello" in answer.err


def test_a_command_that_fails_after_its_answer_gives_the_error_only(
    arcore: Arcore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run() -> None:
        frame.show({"fine": True}, "Fine")
        raise BadInput("not fine after all")

    monkeypatch.setattr(import_module("arcore.cli.init"), "run", run)
    assert arcore("init", "--json").document["error"]["message"] == "not fine after all"


def test_a_command_may_answer_and_fail(arcore: Arcore, monkeypatch: pytest.MonkeyPatch) -> None:
    """As `verify` does when the books are broken: the figures are the answer, the exit code says it is a bad one."""

    def run() -> None:
        frame.show({"ok": False}, "Broken")
        raise typer.Exit(1)

    monkeypatch.setattr(import_module("arcore.cli.init"), "run", run)
    answer = arcore("init", "--json")
    assert (answer.code, answer.document) == (1, {"ok": False})


def test_today_is_the_day_of_the_company(sqlite_engine: Engine, actor: Actor) -> None:
    days = set()
    for zone in ("Pacific/Kiritimati", "Pacific/Niue"):
        save_profile(sqlite_engine, actor=actor, name="Alder Ltd", time_zone=zone)
        days.add(frame.today(sqlite_engine))
    # The two are 25 hours apart, so their dates always differ.
    assert len(days) == 2


def test_answers_hold_dates_moments_and_decimals_as_text(arcore: Arcore, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = {
        "day": date(2026, 3, 31),
        "at": datetime(2026, 3, 31, 9, 30, tzinfo=UTC),
        "amount": Decimal("1234.50"),
        "name": "Ålder",
    }
    monkeypatch.setattr(import_module("arcore.cli.init"), "run", lambda: frame.show(facts, "…"))
    assert arcore("init", "--json").document == {
        "day": "2026-03-31",
        "at": "2026-03-31T09:30:00Z",
        "amount": "1234.50",
        "name": "Ålder",
    }


def test_names_from_the_books_are_never_markup(arcore: Arcore, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = frame.table(
        "Customers", {"Name": "left", "Open": "right"}, [("[red]Alder[/red] [link=x]", "1.00"), (None, 2)]
    )
    monkeypatch.setattr(import_module("arcore.cli.init"), "run", lambda: frame.show({}, drawn))
    assert "[red]Alder[/red] [link=x]" in arcore("init").out


@pytest.mark.parametrize(("text", "day"), [("2026-10-31", date(2026, 10, 31)), (date(2026, 1, 2), date(2026, 1, 2))])
def test_days_are_read(text: str | date, day: date) -> None:
    assert frame.day(text) == day


@pytest.mark.parametrize("text", ["31/02/2026", "2026-02-31", "", "tomorrow"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="is not a date"):
        frame.day(text)


@pytest.mark.parametrize(
    ("text", "hour"), [("2026-10-31T17:00:00Z", 17), ("2026-10-31T17:00:00+02:00", 15), ("2026-10-31T17:00", 17)]
)
def test_moments_are_utc(text: str, hour: int) -> None:
    assert frame.moment(text) == datetime(2026, 10, 31, hour, tzinfo=UTC)


def test_a_dry_run_makes_no_store(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/books.db"
    with frame.called(frame.Call(store=url)), frame.books(dry=True) as engine:
        assert engine.url.database != f"{tmp_path}/books.db"
    assert list(tmp_path.iterdir()) == []


def test_scripts_are_never_asked() -> None:
    with frame.called(frame.Call(json=True)):
        assert frame.confirm("Sure?") is False
        assert frame.confirm("Sure?", yes=True) is True


@pytest.mark.parametrize("name", cli.commands())
def test_every_command_shows_an_example_of_itself(arcore: Arcore, name: str) -> None:
    answer = arcore(name, "--help")
    assert answer.code == 0
    module = import_module(f"arcore.cli.{cli.commands()[name].stem}")
    assert module.EXAMPLE.startswith("python -m arcore ")
    assert name in module.EXAMPLE.split()
    assert "".join(module.EXAMPLE.split()) in "".join(answer.out.split())


def test_help_lists_every_command(arcore: Arcore) -> None:
    text = arcore("--help").out
    for name in cli.commands():
        assert f" {name} " in text


def test_help_is_quick_and_loads_no_library_of_the_pages() -> None:
    probe = (
        "import sys; from arcore.cli import main; main(['--help']);"
        "heavy = {'streamlit', 'pandas', 'numpy', 'sqlalchemy', 'alembic', 'numba'} & set(sys.modules);"
        "sys.exit(', '.join(heavy) or 0)"
    )
    start = time.monotonic()
    done = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - start < 5


def test_the_module_is_the_program(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "arcore", "--json", "--store", f"sqlite:///{tmp_path}/books.db", "init"],
        cwd=ROOT,
        env=os.environ | {"ARCORE_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout)["created"] is True


def test_a_script_that_says_nothing_is_told_so(arcore: Arcore) -> None:
    for words in ((), ("audit",)):
        answer = arcore(*words, "--json")
        assert answer.code == 2
        assert answer.document["error"]["message"].startswith("Say what to do"), words


@pytest.mark.parametrize(
    "words",
    [
        ("kpi", "all", "--as-of", "0001-01-01"),
        ("kpi", "all", "--as-of", "9999-12-31"),
        ("bridge", "--to", "0001-01-01"),
        ("bridge", "--to", "0001-01-01", "--measure", "dso"),
        ("aging", "--known-at", "0001-01-01T00:00+14:00"),
        ("process", "--quarter", "0000-Q1"),
        ("freeze", "--month", "1066-01"),
    ],
)
def test_a_day_of_no_calendar_is_refused_and_not_a_failure(
    arcore: Arcore, sqlite_url: str, words: tuple[str, ...]
) -> None:
    answer = arcore("--store", sqlite_url, *words, "--json")
    assert (answer.code, answer.document["error"]["code"]) == (2, "bad_input")
