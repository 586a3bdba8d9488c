"""Settings come from `ARCORE_…`, are read once, and say what is wrong with them."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from arcore.errors import BadInput
from arcore.settings import ROOT
from arcore.settings import Settings
from arcore.settings import settings


@pytest.fixture(autouse=True)
def read_again():
    """Let each test read the settings afresh."""
    settings.cache_clear()
    yield
    settings.cache_clear()


def test_the_defaults_keep_everything_in_the_data_folder(own_settings: Path) -> None:
    found = settings()
    assert found.store_url == f"sqlite:///{own_settings}/arcore.db"
    assert found.sample_url == f"sqlite:///{own_settings}/sample.db"
    assert found.log_dir == own_settings / "log"
    assert (found.address, found.port, found.today) == ("127.0.0.1", 8501, None)


def test_without_any_variable_the_data_folder_is_the_programs_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ARCORE_DATA_DIR")
    assert settings().data_dir == ROOT / "data"


def test_variables_win(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARCORE_DATABASE_URL", "postgresql://arcore@127.0.0.1/books")
    monkeypatch.setenv("ARCORE_TODAY", "2026-10-30")
    assert settings().store_url == "postgresql://arcore@127.0.0.1/books"
    assert settings().today == date(2026, 10, 30)


def test_they_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    before = settings()
    monkeypatch.setenv("ARCORE_PORT", "9999")
    assert settings() is before


@pytest.mark.parametrize(
    ("name", "value"),
    [("ARCORE_PORT", "http"), ("ARCORE_PORT", "70000"), ("ARCORE_UPLOAD_MB", "0"), ("ARCORE_LOG_LEVEL", "LOUD"),
     ("ARCORE_TODAY", "31/02/2026")],
)  # fmt: skip
def test_a_setting_that_will_not_do_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadInput, match=name) as caught:
        settings()
    assert caught.value.details == {"setting": name, "value": value}


def test_an_empty_variable_counts_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARCORE_TODAY", "")
    monkeypatch.setenv("ARCORE_PORT", "")
    assert settings().today is None
    assert settings().port == 8501


def test_each_setting_is_in_the_example_and_in_the_readme() -> None:
    names = {f"ARCORE_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"ARCORE_[A-Z_]+", (ROOT / ".env.example").read_text())) == names
    table = (ROOT / "README.md").read_text()
    assert {name for name in names if f"`{name}`" not in table} == set()
