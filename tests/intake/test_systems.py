"""The page of systems: every profile stands in it, and without the sample exports it stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from arcore.intake.profiles import built_in
from tools import systems


def test_every_profile_stands_in_the_page() -> None:
    text = systems.PAGE.read_text()
    for profile in built_in():
        assert f"| {profile.title} | `{profile.name}` | {len(profile.layouts)} | {profile.about} |" in text


def test_without_samples_it_says_so_and_leaves_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(systems, "SHARED", tmp_path)
    monkeypatch.setattr(systems, "PAGE", tmp_path / "systems.md")
    assert systems.main() == 0
    assert capsys.readouterr().out == f"{systems.ABSENT}\n"
    assert not (tmp_path / "systems.md").exists()


def test_a_file_that_gives_something_else_is_said_to_differ(tmp_path: Path) -> None:
    path = tmp_path / "invoices.csv"
    path.write_text("Customer,Invoice No,Invoice Date,Amount,Currency\nAcme,R-1,2026-01-15,100.00,EUR\n")
    told = {"system": "my_erp", "path": "my_erp/invoices.csv", "kind": "invoices"}
    good = systems.line_of(told | {"expect": {"invoices": 1, "total": "100.00"}}, path)
    bad = systems.line_of(told | {"expect": {"invoices": 1, "total": "100.01"}}, path)
    assert (good.holds, good.result, bad.result) == ("1 invoices 100.00 EUR", systems.RIGHT, "differs in sum")
