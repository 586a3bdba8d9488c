"""`target` and `note`: what a measure should be, and words at a day, for scripts."""

from __future__ import annotations

import pytest

from arcore.company import service as company
from arcore.store.unit import Actor


@pytest.fixture
def books(sqlite_engine, sqlite_url):
    company.save_profile(sqlite_engine, name="Ours", currency="EUR", actor=Actor("anna"))
    return sqlite_url


def test_a_target_is_set_listed_and_ended(arcore, books):
    more = ("--segment", "Retail", "--owner", "Ana", "--by", "2027-06-30", "--since", "2026-06-30", "--high", "50")
    answer = arcore("--store", books, "--json", "target", "set", "dso", "42", *more)
    assert answer.code == 0
    assert answer.document["targets"] == [
        {
            "measure": "dso.period_end", "segment": "Retail", "target": "42", "low": None, "high": "50", "currency": "",
            "owner": "Ana", "due_on": "2027-06-30", "valid_from": "2026-06-30", "note": "",
        }
    ]  # fmt: skip
    assert arcore("--store", books, "--json", "target", "set", "overdue", "100").code == 0
    listed = arcore("--store", books, "--json", "target", "list").document["targets"]
    assert {goal["measure"]: (goal["target"], goal["currency"]) for goal in listed} == {
        "overdue.gross_debits": ("100.00", "EUR"),
        "dso.period_end": ("42", ""),
    }
    assert "Ana" in arcore("--store", books, "target", "list").out
    assert arcore("--store", books, "--json", "target", "end", "dso").code == 2
    left = arcore("--store", books, "--json", "target", "end", "dso", "--segment", "Retail")
    assert [goal["measure"] for goal in left.document["targets"]] == ["overdue.gross_debits"]


def test_what_can_not_be_meant_is_refused_and_changes_nothing(arcore, books):
    for wrong in (("set", "dso", "many"), ("set", "nonsense", "4"), ("end", "dso"), ("set", "dso", "4", "--by", "x")):
        answer = arcore("--store", books, "--json", "target", *wrong)
        assert answer.code == 2
        assert answer.document["error"]["message"]
    assert arcore("--store", books, "--json", "target", "list").document == {"targets": []}


def test_a_note_is_written_listed_and_removed(arcore, books):
    arcore("--store", books, "--json", "note", "add", "2026-10-01", "Later")
    answer = arcore("--store", books, "--json", "note", "add", "2026-09-01", "New terms", "--segment", "Retail")
    assert [(note["day"], note["text"], note["segment"]) for note in answer.document["notes"]] == [
        ("2026-09-01", "New terms", "Retail"), ("2026-10-01", "Later", None),
    ]  # fmt: skip
    first = answer.document["notes"][0]["id"]
    assert "New terms" in arcore("--store", books, "note", "list").out
    left = arcore("--store", books, "--json", "note", "remove", str(first))
    assert [note["text"] for note in left.document["notes"]] == ["Later"]
    assert arcore("--store", books, "--json", "note", "remove", str(first)).code == 2
