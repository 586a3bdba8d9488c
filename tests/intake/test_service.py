"""Committing a plan: once, whole or not at all, and against the books it was made for."""

from __future__ import annotations

import hashlib
import json
import threading
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import event

from arcore.errors import BooksMoved
from arcore.errors import Cancelled
from arcore.errors import KeyReused
from arcore.errors import NotAllowed
from arcore.errors import Refused
from arcore.errors import Unavailable
from arcore.intake import service
from arcore.intake import worker
from arcore.intake.booking import Booking
from arcore.intake.people import People
from arcore.intake.service import commit
from arcore.intake.understood import ColumnMatch
from arcore.intake.understood import Understood
from arcore.store import bulk
from arcore.store.bulk import Shelf
from arcore.store.engine import open_engine
from arcore.store.unit import Actor


@pytest.fixture
def listed(files):
    """Return a list of twenty invoices."""
    return files.listed(*(files.document(f"INV-{n}", "10.00", "01-05") for n in range(20)))


def counted(office) -> dict[str, int]:
    """Return how many rows there are of everything that an import writes."""
    tables = "document item application audit_event import import_file source source_word coverage customer".split()
    return {name: office.rows(f"SELECT COUNT(*) AS n FROM {name}")[0]["n"] for name in tables}


def test_files_words_coverage_and_mapping_are_kept(office, files):
    column = ColumnMatch("Total", 3, "amount", 0.9, "name")
    told = files.listed(
        files.document("INV-1", "100.00", "01-05", line=7),
        files.document("INV-2", "5.00", "01-03", currency="USD"),
        header_fingerprint="abc",
        columns=(column,),
        profile="xero",
    )
    office.take(told, contents={"list.csv": b"a,b\n"}, scope="")
    (kept,) = office.rows("SELECT name, sha256, size FROM import_file")
    assert kept == {"name": "list.csv", "sha256": hashlib.sha256(b"a,b\n").hexdigest(), "size": 4}
    words = office.rows("SELECT key, number, amount, line, file FROM source_word ORDER BY id")
    assert [(w["number"], w["amount"], w["line"], w["file"]) for w in words] == [
        ("INV-1", 10000, 7, "list.csv"),
        ("INV-2", 500, 2, "list.csv"),
    ]
    coverage = office.rows("SELECT currency, what, complete_from FROM coverage ORDER BY currency")
    assert [(c["currency"], c["what"], str(c["complete_from"])) for c in coverage] == [
        ("EUR", "sales", "2026-01-05"),
        ("USD", "sales", "2026-01-03"),
    ]
    (source,) = office.rows("SELECT system, entity, scope, mapping FROM source")
    assert (source["system"], source["entity"], source["scope"]) == ("xero", "main", "")
    assert json.loads(source["mapping"])["abc"]["columns"] == {"3": "amount"}


def test_coverage_by_kind_of_file(office, files):
    office.take(files.snapshot("01-31", files.document("INV-1", "100.00", "01-05")))
    assert office.rows("SELECT * FROM coverage") == []
    office.take(files.payments(files.payment("100.00", "01-20", "INV-1")))
    office.take(files.listed(files.document("INV-2", "1.00", "01-02")))
    office.take(files.listed(files.document("INV-3", "1.00", "01-09")))
    office.take(files.listed(files.document("INV-4", "1.00", "01-01")), scope="west")
    rows = office.rows("SELECT what, complete_from FROM coverage ORDER BY id")
    assert [(row["what"], str(row["complete_from"])) for row in rows] == [
        ("receipts", "2026-01-20"),
        ("sales", "2026-01-02"),
    ]


def test_list_that_dates_every_payment_covers_receipts_too(office, files):
    office.take(
        files.listed(
            files.document("INV-1", "100.00", "01-05", left="0.00", paid_on="01-25"),
            files.document("INV-2", "50.00", "01-20", left="50.00"),
        )
    )
    assert [row["what"] for row in office.rows("SELECT what FROM coverage ORDER BY id")] == ["sales", "receipts"]


def test_same_key_books_once_and_another_plan_under_it_is_refused(office, files, listed):
    made = office.plan(listed)
    assert commit(office.engine, made, actor=office.actor, key="k") == 1
    assert commit(office.engine, made, actor=office.actor, key="k") == 1
    other = office.plan(files.listed(files.document("INV-99", "1.00", "01-05")))
    with pytest.raises(KeyReused):
        commit(office.engine, other, actor=office.actor, key="k")
    assert counted(office)["document"] == 20


def test_plan_for_older_books_is_refused(office, files, listed):
    made = office.plan(listed)
    office.take(files.listed(files.document("INV-99", "1.00", "01-05")))
    before = counted(office)
    with pytest.raises(BooksMoved):
        commit(office.engine, made, actor=office.actor)
    assert counted(office) == before


@pytest.mark.parametrize("where", ["posting", "inserting", "people", "words", "coverage"])
def test_failure_on_the_way_leaves_nothing(office, listed, where, monkeypatch):
    def fail(*_args, **_more):
        raise RuntimeError(where)

    target = {
        "posting": (Booking, "_entry"),
        "inserting": (Shelf, "insert"),
        "people": (People, "write"),
        "words": (service, "_words"),
        "coverage": (service, "_cover"),
    }[where]
    before = counted(office)
    made = office.plan(listed)
    with monkeypatch.context() as patch:
        patch.setattr(*target, fail)
        with pytest.raises(RuntimeError, match=where):
            commit(office.engine, made, actor=office.actor)
    assert counted(office) == before
    assert commit(office.engine, made, actor=office.actor) == 1


@pytest.mark.parametrize("where", ["posting", "inserting", "people", "words", "coverage"])
def test_failure_with_rows_laid_aside_leaves_nothing(office, listed, where, monkeypatch):
    monkeypatch.setattr(bulk, "FEW", 3)
    test_failure_on_the_way_leaves_nothing(office, listed, where, monkeypatch)
    assert counted(office)["document"] == 20


def test_no_room_to_lay_rows_aside_is_said_and_leaves_nothing(office_of, sqlite_url, listed, monkeypatch):
    monkeypatch.setattr(bulk, "FEW", 0)
    engine = open_engine(sqlite_url)
    event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA temp.max_page_count = 2").fetchall())
    office = office_of(engine)
    made, before = office.plan(listed), counted(office)
    with pytest.raises(Unavailable, match="The disk is full: nothing was written"):
        commit(office.engine, made, actor=office.actor)
    assert counted(office) == before
    engine.dispose()
    assert commit(open_engine(sqlite_url), made, actor=office.actor) == 1


def test_cancel_rolls_back(office, listed):
    seen: list[str] = []

    def stop() -> bool:
        return "Documents" in seen

    with pytest.raises(Cancelled):
        commit(
            office.engine,
            office.plan(listed),
            actor=office.actor,
            progress=lambda _done, phase: seen.append(phase),
            cancelled=stop,
        )
    assert counted(office)["document"] == counted(office)["customer"] == 0


def test_viewer_may_not_import(office, listed):
    with pytest.raises(NotAllowed):
        commit(office.engine, office.plan(listed), actor=Actor("eve", "viewer"))


def test_file_that_is_no_receivable_is_refused_with_its_reason(office):
    told = Understood("quotes.csv", "csv", "other", reason="This is a list of quotes; a quote is not owed.")
    with pytest.raises(Refused, match="list of quotes"):
        office.take(told)


def test_two_imports_that_race_end_with_one(office, listed):
    plans = [office.plan(listed) for _ in range(2)]
    done: list[int | None] = []
    failed: list[BaseException] = []
    gate = threading.Barrier(2)

    def run(index: int) -> None:
        gate.wait()
        try:
            done.append(commit(office.engine, plans[index], actor=office.actor))
        except BooksMoved as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(index,)) for index in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert done == [1]
    assert len(failed) == 1
    assert counted(office)["document"] == 20


def test_audit_names_the_import_and_what_it_did(office, listed):
    office.take(listed, contents={"list.csv": b"x"})
    (event,) = office.rows("SELECT verb, subject, actor, changed FROM audit_event")
    assert (event["verb"], event["subject"], event["actor"]) == ("import", "import:1", "anna")
    assert json.loads(event["changed"])["counts"]["new"] == 20


# --- on a thread of its own -------------------------------------------------------------------------------------------


def test_job_ends_with_the_import(office, listed):
    job = worker.start(office.engine, office.plan(listed), actor=office.actor, key="job-1")
    status = worker.wait(job, 60)
    assert (status.done, status.percent, status.result, status.error) == (True, 100, 1, None)
    assert len(office.open()) == 20


def test_job_that_is_started_twice_is_one(office, listed):
    made = office.plan(listed)
    assert worker.start(office.engine, made, actor=office.actor, key="job-2") == "job-2"
    assert worker.start(office.engine, made, actor=office.actor, key="job-2") == "job-2"
    assert worker.wait("job-2", 60).result == 1
    assert counted(office)["import"] == 1


def test_job_says_why_it_failed(office, files, listed, monkeypatch):
    made = office.plan(listed)
    office.take(files.listed(files.document("INV-99", "1.00", "01-05")))
    status = worker.wait(worker.start(office.engine, made, actor=office.actor), 60)
    assert isinstance(status.error, BooksMoved)
    made = office.plan(listed)
    monkeypatch.setattr(service, "_words", lambda *_: 1 / 0)
    status = worker.wait(worker.start(office.engine, made, actor=office.actor), 60)
    assert status.error is not None
    assert "Nothing was booked" in status.error.message
    assert "INV-0" not in office.open()


def test_job_that_others_overtook_plans_again_what_still_says_the_same(office, files, listed):
    """The books are those of one after the other: what the others wrote, then this."""
    made = office.plan(listed)
    office.take(files.listed(files.document("INV-99", "1.00", "01-05"), path="other.csv"))
    again: list[frozenset[str]] = []

    def plan_again(answers):
        again.append(answers)
        return office.plan(listed)

    status = worker.wait(worker.start(office.engine, made, actor=office.actor, again=plan_again), 60)
    assert (status.error, status.result, len(again)) == (None, 2, 1)
    assert len(office.open()) == 21
    assert office.whole()


def test_job_that_others_overtook_books_nothing_else_than_was_agreed_to(office, files, listed):
    made = office.plan(listed)
    office.take(files.listed(files.document("INV-3", "10.00", "01-05"), path="other.csv"))
    before = counted(office)
    job = worker.start(office.engine, made, actor=office.actor, again=lambda _: office.plan(listed))
    assert isinstance(worker.wait(job, 60).error, BooksMoved)
    assert counted(office) == before


def test_cancelled_job_leaves_nothing(office, listed, monkeypatch):
    made = office.plan(listed)
    reached, go_on = threading.Event(), threading.Event()
    people = People.write

    def slow(self, unit):
        people(self, unit)
        reached.set()
        go_on.wait(30)

    monkeypatch.setattr(People, "write", slow)
    job = worker.start(office.engine, made, actor=office.actor)
    assert reached.wait(30)
    assert not worker.status(job).done
    worker.cancel(job)
    go_on.set()
    status = worker.wait(job, 60)
    assert isinstance(status.error, Cancelled)
    assert counted(office)["document"] == counted(office)["customer"] == 0


def test_ten_thousand_invoices_take_seconds(sqlite_engine, office_of, files):
    office = office_of(sqlite_engine)
    rows = [
        files.document(
            f"INV-{n}",
            f"{n % 97 + 1}.25",
            date(2026, 1, 1 + n % 28),
            customer=f"C{n % 400}",
            left="0.00" if n % 2 else f"{n % 97 + 1}.25",
            line=n + 2,
        )
        for n in range(10_000)
    ]
    office.take(files.listed(*rows))
    paid = [
        files.payment(f"{n % 97 + 1}.25", date(2026, 1, 28), f"INV-{n}", customer=f"C{n % 400}", number=f"R-{n}")
        for n in range(1, 10_000, 2)
    ]
    office.take(files.payments(*paid))
    assert office.settled() == "0.00"
    assert Decimal(office.cash()) == sum((row.amount for row in paid), Decimal(0))
    assert office.whole()
