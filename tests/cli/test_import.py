"""`import` and `undo` from scripts: the documents and exit codes that they may rely on."""

from __future__ import annotations

import csv
import gzip
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

LIST = """Customer,Invoice,Date,Due date,Amount,Open balance,Currency
Alder Ltd,INV-1,2026-01-05,2026-02-04,100.00,40.00,EUR
Alder Ltd,INV-2,2026-01-07,2026-02-06,50.00,50.00,EUR
Birch GmbH,INV-3,2026-01-20,2026-02-19,80.00,80.00,EUR
"""
PAYMENTS = "Payments\n\nCustomer,Invoice number,Amount,Date\nAlder Ltd,INV-1,60.00,2026-01-15\n"
COUNTS = {"new", "changed", "settled", "part_paid", "reopened", "pending_in_source", "unchanged", "refused"}


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    """Return a function that writes a file and returns its path."""

    def put(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text)
        return path

    return put


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Return where a store may be made."""
    return tmp_path / "books" / "store.db"


@pytest.fixture
def take(arcore: Callable[..., Any], store: Path) -> Callable[..., Any]:
    """Return a function that runs `import --json` on the store."""
    return lambda *words: arcore("--store", f"sqlite:///{store}", "import", *words, "--json")


def snapshot(as_of: str, *rows: str) -> str:
    """Return a list of open items as of a day."""
    head = f"Open items\nAs of {as_of}\n\nCustomer,Invoice,Date,Due date,Amount,Open balance,Currency\n"
    return head + "".join(f"{row}\n" for row in rows)


def item(number: int, customer: str = "Alder") -> str:
    """Return one row of an open item of 100.00."""
    return f"{customer},INV-{number},2026-01-05,2026-02-04,100.00,100.00,EUR"


def test_dry_run_says_everything_and_writes_no_store(take, write, store):
    answer = take(write("list.csv", LIST), "--dry-run")
    assert answer.code == 0
    told = answer.document
    (file,) = told["files"]
    assert set(file) >= set(
        "path format kind profile confidence as_of encoding header_row rows columns totals dates due_dates customers "
        "statements refused warnings".split()
    )
    assert file["rows"] == {"read": 4, "used": 3, "left_out": {"header": 1}, "refused": 0} | {
        "read": file["rows"]["read"],
        "left_out": file["rows"]["left_out"],
    }
    assert file["totals"] == {
        "EUR": {
            "invoices": {"count": 3, "sum": "230.00"},
            "credit_notes": {"count": 0, "sum": "0.00"},
            "payments": {"count": 0, "sum": "0.00"},
            "open": "170.00",
        }
    }
    assert (file["dates"], file["due_dates"]) == (["2026-01-05", "2026-01-20"], ["2026-02-04", "2026-02-19"])
    assert file["customers"] == {"count": 2, "new": 2}
    assert {column["field"] for column in file["columns"]} >= {"customer_name", "invoice_no", "amount", "open_amount"}
    assert set(told["plan"]) >= COUNTS
    assert told["plan"]["new"] == 3
    assert (told["questions"], told["import_id"]) == ([], None)
    assert not store.exists()


def test_without_yes_it_is_a_dry_run_where_nobody_can_be_asked(take, write, store):
    answer = take(write("list.csv", LIST))
    assert (answer.code, answer.document["import_id"]) == (0, None)
    assert not store.exists()


def test_yes_books_once_and_undo_takes_it_back(take, write, arcore, store):
    path = write("list.csv", LIST)
    assert take(path, "--yes").document["import_id"] == 1
    again = take(path, "--yes")
    assert (again.code, again.document["import_id"], again.document["plan"]["unchanged"]) == (0, None, 3)
    aging = arcore("--store", f"sqlite:///{store}", "aging", "--as-of", "2026-01-31", "--json").document
    assert [(row["name"], row["open"]) for row in aging["rows"]] == [("Alder Ltd", "90.00"), ("Birch GmbH", "80.00")]
    undone = arcore("--store", f"sqlite:///{store}", "undo", "1", "--json")
    assert (undone.code, undone.document["undone"], undone.document["plan"]["new"]) == (0, True, 3)
    assert undone.document["change"] == {"EUR": "-170.00"}
    twice = arcore("--store", f"sqlite:///{store}", "undo", "1", "--json")
    assert (twice.code, twice.document["error"]["code"]) == (2, "already_reversed")
    assert take(path, "--yes").document["import_id"] == 2


def test_list_and_payments_in_either_order_give_the_same_aging(take, write, arcore, store, tmp_path):
    one, two = write("list.csv", LIST), write("payments.csv", PAYMENTS)
    agings = []
    for name, order in (("a", (one, two)), ("b", (two, one))):
        url = f"sqlite:///{tmp_path / name}.db"
        for path in order:
            assert arcore("--store", url, "import", path, "--currency", "EUR", "--yes", "--json").code == 0
        told = arcore("--store", url, "aging", "--as-of", "2026-03-31", "--json").document
        agings.append((told["rows"], told["totals"]))
        assert all(check["ok"] for check in arcore("--store", url, "verify", "--json").document["checks"])
    assert agings[0] == agings[1]


def test_questions_stop_it_until_each_is_accepted(take, write):
    take(write("jan.csv", snapshot("2026-01-31", *map(item, range(6)))), "--yes")
    path = write("feb.csv", snapshot("2026-02-28", *map(item, range(3))))
    dry = take(path, "--dry-run")
    assert (dry.code, [q["id"] for q in dry.document["questions"]]) == (0, ["vanished"])
    assert dry.document["plan"]["settled"] == 3
    stopped = take(path, "--yes")
    assert (stopped.code, stopped.document["error"]["code"]) == (2, "needs_answer")
    assert [q["id"] for q in stopped.document["error"]["details"]["questions"]] == ["vanished"]
    assert take(path, "--yes", "--accept", "vanished").document["import_id"] == 2
    older = take(write("old.csv", snapshot("2025-12-31", item(1))), "--yes", "--accept", "older_snapshot")
    assert (older.code, older.document["error"]["code"]) == (2, "needs_answer")


def test_snapshot_without_a_day_needs_one(take, write):
    text = snapshot("2026-01-31", item(1)).replace("As of 2026-01-31\n", "")
    path = write("open.csv", text)
    assert [q["id"] for q in take(path, "--dry-run").document["questions"]] == ["as_of"]
    assert take(path, "--yes").code == 2
    done = take(path, "--yes", "--as-of", "2026-01-31")
    assert (done.code, done.document["files"][0]["as_of"]) == (0, "2026-01-31")


def test_bad_input_is_answered_with_a_sentence(take, write, tmp_path):
    for path in (write("empty.csv", ""), tmp_path / "missing.csv"):
        answer = take(path, "--yes")
        assert (answer.code, answer.document["error"]["code"]) == (2, "bad_input")
    picture = tmp_path / "picture.csv"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))
    assert "PNG" in take(picture).document["error"]["message"]
    assert take(write("list.csv", LIST), "--currency", "ZZZ").code == 2


def test_refused_rows_are_named_and_the_rest_is_booked(take, write):
    path = write("list.csv", LIST + 'Birch GmbH,INV-4,2026-01-21,2026-02-20,"12,3x",5.00,EUR\n')
    told = take(path, "--yes").document
    (row,) = told["files"][0]["refused"]
    assert (row["line"], row["value"]) == (5, "12,3x")
    assert told["plan"]["refused"] == 1
    assert told["import_id"] == 1


def test_exchange_pair_goes_out_and_in(take, write, arcore, store, tmp_path):
    take(write("list.csv", LIST), "--yes")
    url = f"sqlite:///{store}"
    folder = tmp_path / "pair"
    assert arcore("--store", url, "export", "--books", folder, "--json").code == 0
    with (folder / "documents.csv").open() as read:
        assert {row["type"] for row in csv.DictReader(read)} == {"invoice", "settlement"}
    packed = []
    for name in ("documents.csv", "applications.csv"):
        packed.append(tmp_path / f"{name}.gz")
        packed[-1].write_bytes(gzip.compress((folder / name).read_bytes()))
    other = f"sqlite:///{tmp_path / 'other.db'}"
    told = arcore("--store", other, "import", *packed, "--yes", "--json").document
    assert [file["kind"] for file in told["files"]] == ["books", "books"]
    assert told["plan"]["new"] == 4
    ask = ("aging", "--as-of", "2026-03-31", "--json")
    assert arcore("--store", url, *ask).document["rows"] == arcore("--store", other, *ask).document["rows"]


def test_people_get_tables_and_the_way_back(arcore, write, store):
    answer = arcore("--store", f"sqlite:///{store}", "import", write("list.csv", LIST), "--yes")
    assert "Booked 3 changes as import 1" in answer.out
    undone = arcore("--store", f"sqlite:///{store}", "undo", "1", "--dry-run")
    assert "removed" in undone.out
    assert "dry run" in undone.out


def test_person_at_a_terminal_is_asked(arcore, write, store, monkeypatch):
    from arcore.cli import frame

    url = f"sqlite:///{store}"
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    asked: list[str] = []

    def say_yes(question: str, *, yes: bool = False) -> bool:
        asked.append(question)
        return True

    monkeypatch.setattr(frame, "confirm", say_yes)
    arcore("--store", url, "import", write("jan.csv", snapshot("2026-01-31", *map(item, range(6)))))
    arcore("--store", url, "import", write("feb.csv", snapshot("2026-02-28", *map(item, range(3)))))
    assert asked[0] == "Book 6 changes?"
    assert asked[1].startswith("3 of 6 open items are not in this file")
    assert asked[2] == "Book 3 changes?"
