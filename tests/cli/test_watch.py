"""import --watch: real files in a real folder, taken by the program as a scheduler or a service would run it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from arcore.intake.drops import Taken
from arcore.intake.folder import Folder
from arcore.intake.watch import Watch

Arcore = Callable[..., Any]

HEADER = "Invoice number,Customer,Invoice date,Due date,Currency,Amount,Balance\n"
INVOICE = HEADER + "INV-1,Alder Ltd,2026-01-10,2026-02-09,EUR,100.00,100.00\n"
PAYMENT = "Payment date,Customer,Invoice number,Currency,Payment amount\n2026-02-01,Alder Ltd,INV-1,EUR,60.00\n"
BILLS = "Bill number,Vendor,Bill date,Amount\nB-1,Paper Ltd,2026-01-10,10.00\n"
OPEN = "Customer,Invoice number,Invoice date,Due date,Currency,Open amount\n"
ROWS = [f"Alder Ltd,INV-{n},2026-01-{n:02},2026-02-{n:02},EUR,{n}00.00\n" for n in range(1, 7)]
SETTLE = "0.2"


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """Return the folder that is watched."""
    path = tmp_path / "inbox"
    path.mkdir()
    return path


@pytest.fixture
def once(arcore: Arcore, sqlite_url: str, inbox: Path) -> Arcore:
    """Return a function that takes what lies in the folder."""
    words = ("--store", sqlite_url, "import", "--watch", inbox, "--once", "--settle", SETTLE, "--json")
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def call(*more: object) -> Any:
        try:
            return arcore(*words, *more)
        finally:
            for number, handler in kept.items():
                signal.signal(number, handler)

    return call


@pytest.fixture
def balances(arcore: Arcore, sqlite_url: str) -> Callable[[], dict[str, str]]:
    """Return a function that tells what is open by document."""

    def read() -> dict[str, str]:
        rows = arcore("--store", sqlite_url, "items", "--as-of", "2026-12-31", "--json").document["rows"]
        return {row["document"]: row["open"] for row in rows}

    return read


def shelf(inbox: Path, name: str) -> list[str]:
    """Return the names on a shelf."""
    return sorted(path.name for path in (inbox / name).iterdir())


def outcomes(answer: Any) -> dict[str, str]:
    """Return what became of each file."""
    return {file["file"]: file["outcome"] for file in answer.document["files"]}


# --- once -------------------------------------------------------------------------------------------------------------


def test_an_empty_folder_is_done_at_once(once: Arcore, inbox: Path) -> None:
    began = time.monotonic()
    answer = once("--settle", "60")
    assert (answer.code, answer.document["files"]) == (0, [])
    assert time.monotonic() - began < 30
    assert sorted(path.name for path in inbox.iterdir() if path.is_dir()) == ["done", "refused", "waiting"]


def test_files_that_came_together_are_one_import(once: Arcore, inbox: Path, balances: Any) -> None:
    (inbox / "invoices.csv").write_text(INVOICE)
    (inbox / "payments.csv").write_text(PAYMENT)
    answer = once()
    assert answer.code == 0
    assert {file["import_id"] for file in answer.document["files"]} == {1}
    assert shelf(inbox, "done") == ["invoices.csv", "payments.csv"]
    assert balances() == {"INV-1": "40.00"}
    assert answer.err.count(" → done/") == 2, "a line per file"


def test_what_is_no_receivable_is_set_aside_and_the_rest_is_booked(once: Arcore, inbox: Path, balances: Any) -> None:
    (inbox / "a.csv").write_text(BILLS)
    (inbox / "b.csv").write_text(INVOICE)
    (inbox / "c.xlsx").write_bytes(b"PK\x03\x04 broken")
    answer = once()
    assert answer.code == 2, "a scheduler is told"
    assert outcomes(answer) == {"a.csv": "refused", "b.csv": "booked", "c.xlsx": "refused"}
    assert shelf(inbox, "done") == ["b.csv"]
    assert shelf(inbox, "refused") == ["a.csv", "a.csv.txt", "c.xlsx", "c.xlsx.txt"]
    said = {file["file"]: file["sentence"] for file in answer.document["files"]}
    assert (inbox / "refused" / "a.csv.txt").read_text().startswith(said["a.csv"])
    assert "can't be opened" in said["c.xlsx"]
    assert balances() == {"INV-1": "100.00"}


def test_a_question_leaves_the_file_waiting_with_what_answers_it(
    once: Arcore, inbox: Path, balances: Any, arcore: Arcore, sqlite_url: str
) -> None:
    (inbox / "open.csv").write_text("As of 31 January 2026\n" + OPEN + "".join(ROWS))
    assert once().code == 0
    (inbox / "open.csv").write_text("As of 28 February 2026\n" + OPEN + "".join(ROWS[:2]))
    answer = once()
    assert (answer.code, outcomes(answer)) == (2, {"open.csv": "question"})
    assert [q["id"] for q in answer.document["files"][0]["questions"]] == ["vanished"]
    assert len(balances()) == 6, "nothing was booked"
    note = (inbox / "waiting" / "open.csv.txt").read_text()
    assert note.startswith("4 of 6 open items are not in this file")
    command = note.strip().splitlines()[-1].removeprefix("python -m arcore ").split()
    assert arcore("--store", sqlite_url, *command).code == 0, "the sentence that it offers works"
    assert len(balances()) == 2
    assert once("--accept", "vanished").code == 0


def test_snapshots_of_two_days_go_in_their_order_whatever_their_names(once: Arcore, inbox: Path, balances: Any) -> None:
    (inbox / "a.csv").write_text("As of 28 February 2026\n" + OPEN + "".join(ROWS[1:]))
    (inbox / "b.csv").write_text("As of 31 January 2026\n" + OPEN + "".join(ROWS))
    answer = once()
    assert answer.code == 0
    assert {file["file"]: file["import_id"] for file in answer.document["files"]} == {"b.csv": 1, "a.csv": 2}
    assert sorted(balances()) == [f"INV-{n}" for n in range(2, 7)]


def test_the_same_content_is_never_booked_twice(once: Arcore, inbox: Path, arcore: Arcore, sqlite_url: str) -> None:
    (inbox / "a.csv").write_text(INVOICE)
    (inbox / "b.csv").write_text(INVOICE)
    first = once()
    assert sorted(outcomes(first).values()) == ["booked", "known"]
    (inbox / "renamed.csv").write_text(INVOICE)
    again = once()
    assert (again.code, outcomes(again)) == (0, {"renamed.csv": "known"})
    with zipfile.ZipFile(inbox / "packed.zip", "w") as packed:
        packed.writestr("inner.csv", INVOICE)
    assert outcomes(once()) == {"packed.zip": "known"}
    assert arcore("--store", sqlite_url, "undo", "1", "--json").code == 0
    (inbox / "renamed.csv").write_text(INVOICE)
    assert outcomes(once()) == {"renamed.csv": "booked"}, "what was undone may come again"
    assert shelf(inbox, "done") == ["a.csv", "b.csv", "packed.zip", "renamed (2).csv", "renamed.csv"]


def test_a_pdf_is_kept_as_a_paper_of_its_document(once: Arcore, inbox: Path) -> None:
    (inbox / "a.csv").write_text(INVOICE)
    once()
    (inbox / "scan INV-1.pdf").write_bytes(b"%PDF-1.4 damaged")
    (inbox / "other.pdf").write_bytes(b"%PDF-1.4 damaged too")
    answer = once()
    assert (answer.code, outcomes(answer)) == (0, {"scan INV-1.pdf": "kept", "other.pdf": "kept"})
    assert {file["file"]: file["sentence"] for file in answer.document["files"]} == {
        "scan INV-1.pdf": "at its document",
        "other.pdf": "kept without a document yet",
    }


def test_what_is_still_written_hidden_or_a_link_is_left_alone(once: Arcore, inbox: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text(INVOICE)
    (inbox / "link.csv").symlink_to(tmp_path / "secret.csv")
    names = ["big.csv.part", "~$book.xlsx", ".hidden.csv", "load.crdownload"]
    for name in names:
        (inbox / name).write_text(INVOICE)
    answer = once()
    assert (answer.code, answer.document["files"]) == (0, [])
    assert {path.name for path in inbox.iterdir() if not path.is_dir()} >= {"link.csv", *names}


def test_a_store_that_is_away_leaves_the_files_and_fails(arcore: Arcore, inbox: Path, tmp_path: Path) -> None:
    (inbox / "a.csv").write_text(INVOICE)
    url = f"sqlite:///{tmp_path}/a.csv/no/folder.db"
    (tmp_path / "a.csv").write_text("in the way")
    answer = arcore("--store", url, "import", "--watch", inbox, "--once", "--settle", SETTLE, "--json")
    assert answer.code == 1
    assert (inbox / "a.csv").exists()


def test_a_folder_that_is_not_there_and_a_mixed_call_are_refused(once: Arcore, arcore: Arcore, inbox: Path) -> None:
    assert arcore("import", "--watch", inbox / "none", "--once", "--json").code == 2
    assert once("--dry-run").code == 2
    assert arcore("import", "--json").code == 2


# --- growing files ----------------------------------------------------------------------------------------------------


def test_a_growing_file_and_those_beside_it_wait_but_not_for_ever(inbox: Path) -> None:
    now = [0.0]
    folder = Folder(inbox, 5.0, lambda: now[0])
    folder.prepare()
    (inbox / "small.csv").write_text("a")
    folder.look()
    assert folder.settled() == []
    for second in range(1, 60):
        now[0] = float(second)
        (inbox / "large.csv").write_text("x" * second)
        folder.look()
        assert folder.settled() == [], second
    now[0] = 61.0
    (inbox / "large.csv").write_text("y" * 61)
    folder.look()
    assert [path.name for path in folder.settled()] == ["small.csv"], "after a minute it goes alone"
    now[0] = 66.0
    folder.look()
    assert [path.name for path in folder.settled()] == ["large.csv", "small.csv"]
    (inbox / "large.csv").write_text("once more")
    assert [path.name for path in folder.settled()] == ["small.csv"], "it grew between the look and the taking"


def test_one_file_that_makes_the_program_fail_does_not_end_the_watch(inbox: Path) -> None:
    (inbox / "a.csv").write_text("x")
    folder = Folder(inbox, 0.0, time.monotonic)
    folder.prepare()

    def take(drops: Any) -> list[Taken]:
        raise ZeroDivisionError

    Watch(folder, take, lambda _: None).until_empty()
    assert shelf(inbox, "refused") == ["a.csv", "a.csv.txt"]


# --- as a service -----------------------------------------------------------------------------------------------------


@pytest.fixture
def service(sqlite_url: str, inbox: Path, tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Return a function that starts a watcher of its own; those that still run at the end are ended."""
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        words = ["--store", sqlite_url, "import", "--watch", str(inbox), "--settle", SETTLE, "--json"]
        process = subprocess.Popen(
            [sys.executable, "-m", "arcore", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "ARCORE_DATA_DIR": str(tmp_path)}, cwd=Path(__file__).resolve().parents[2],
        )  # fmt: skip
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def until(true: Callable[[], bool], seconds: float = 40.0) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def test_two_watchers_book_once_and_end_cleanly(
    service: Callable[[], subprocess.Popen[str]], inbox: Path, balances: Any
) -> None:
    watchers = [service(), service()]
    until(lambda: (inbox / "done").is_dir())
    for number in range(1, 6):
        row = f"INV-{number},Alder Ltd,2026-01-10,2026-02-09,EUR,100.00,100.00\n"
        target = inbox / f"{number}.csv"
        writer = threading.Thread(target=target.write_text, args=(HEADER + row,))
        writer.start()
        writer.join()
        if number % 2:
            time.sleep(0.3)
    until(lambda: len(shelf(inbox, "done")) == 5)
    for process in watchers:
        process.send_signal(signal.SIGTERM)
    answers = [process.communicate(timeout=30) for process in watchers]
    assert [process.returncode for process in watchers] == [0, 0]
    told = [json.loads(out)["files"] for out, _ in answers]
    assert sorted(file["file"] for files in told for file in files) == [f"{n}.csv" for n in range(1, 6)]
    assert {file["outcome"] for files in told for file in files} == {"booked"}
    assert balances() == {f"INV-{n}": "100.00" for n in range(1, 6)}
