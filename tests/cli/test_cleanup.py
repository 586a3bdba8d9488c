"""`python -m arcore cleanup`: what wants a look, for people and for scripts."""

from __future__ import annotations

import json

import pytest

from arcore.cli import main
from arcore.store.engine import open_engine
from arcore.store.migrate import migrate


@pytest.fixture
def store(tmp_path, untidy) -> str:
    url = f"sqlite:///{tmp_path / 'untidy.db'}"
    engine = open_engine(url)
    migrate(engine)
    untidy(engine)
    engine.dispose()
    return url


def test_scripts_get_a_count_and_sums_for_every_section(store, capsys):
    assert main(["--store", store, "cleanup", "--as-of", "2026-10-31", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {one["name"]: one["count"] for one in told["sections"]} == {
        "unapplied": 2, "credit_balances": 1, "unexplained": 2, "duplicates": 1, "gaps": 2, "oddities": 2,
        "same_customers": 0,
    }  # fmt: skip
    assert told["sections"][0]["totals"] == [{"currency": "EUR", "amount": "-120.00"}]


def test_older_than_narrows_the_unapplied(store, capsys):
    assert main(["--store", store, "cleanup", "--as-of", "2026-10-31", "--older-than", "170", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["sections"][0]["count"] == 1


def test_people_get_a_table(store, capsys):
    assert main(["--store", store, "cleanup", "--as-of", "2026-10-31"]) == 0
    said = capsys.readouterr().out
    assert "Unexplained" in said
    assert "250.00 EUR" in said
