"""Loading in bulk keeps its hands off the store's own file."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from arcore.reports import book as books
from arcore.reports import columnwise
from arcore.store.engine import reading

WRITER = """
import os, signal, sys
from datetime import date
from decimal import Decimal
from arcore.ledger import service
from arcore.reports.book import load
from arcore.store.engine import open_engine
from arcore.store.unit import Actor

engine = open_engine(sys.argv[1])
post = lambda: service.post_invoice(engine, customer_id=1, document_date=date(2026, 1, 1), currency="EUR",
                                    instalments=[(Decimal(1), date(2026, 2, 1))], actor=Actor("Anna"))
held = engine.connect()          # a connection stays open throughout, as in the app
held.exec_driver_sql("SELECT count(*) FROM item").scalar()
post()
assert len(load(engine, bulk_from=0).columns.item_id) == 1
for _ in range(20):
    post()
print("written", flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_rows_committed_after_a_bulk_load_survive_a_kill(sqlite_company, sqlite_engine):
    """Two SQLite libraries on one file: closing the second deletes the log under the first, and 20 rows are gone."""
    sqlite_company.customer("ALDER")
    url = sqlite_engine.url.render_as_string()
    done = subprocess.run([sys.executable, "-c", WRITER, url], capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, "written\n"), done.stderr
    assert len(books.load(sqlite_engine).columns.item_id) == 21


LOADER = """
import sys
from pathlib import Path
from arcore.reports.book import load
from arcore.store.engine import open_engine

load(open_engine(sys.argv[1]), bulk_from=0)
loaded = {line.split()[-1] for line in Path("/proc/self/maps").read_text().splitlines() if ".so" in line}
print(*sorted(Path(name).name.split(".")[0] for name in loaded if "sqlite" in name))
"""


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="the system does not tell what a process has loaded")
def test_no_second_sqlite_library_comes_into_the_process(sqlite_company, sqlite_engine):
    sqlite_company.customer("ALDER")
    sqlite_company.invoice("ALDER", date(2026, 1, 1), date(2026, 2, 1), 1)
    url = sqlite_engine.url.render_as_string()
    done = subprocess.run([sys.executable, "-c", LOADER, url], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) <= {"libsqlite3", "_sqlite3"}


def test_what_is_written_while_columns_are_read_is_followed_not_lost(sqlite_company, sqlite_engine, monkeypatch):
    """Every range is read in a snapshot of its own; rows behind the known ids wait for the next version."""
    sqlite_company.customer("ALDER")
    for amount in (1, 2, 3):
        sqlite_company.invoice("ALDER", date(2026, 1, 1), date(2026, 2, 1), amount)
    write = iter((4, 5, 6))

    def reading_and_writing(engine):
        for amount in write:
            sqlite_company.invoice("ALDER", date(2026, 1, 1), date(2026, 2, 1), amount)
            break
        return reading(engine)

    monkeypatch.setattr(columnwise, "IDS_AT_ONCE", 1)
    monkeypatch.setattr(columnwise, "READERS", 1)
    monkeypatch.setattr(columnwise, "reading", reading_and_writing)
    loaded = books.load(sqlite_engine, bulk_from=0)
    assert loaded.columns.amount.tolist() == [100, 200, 300]
    assert books.follow(sqlite_engine, loaded).columns.amount.tolist() == [100, 200, 300, 400, 500, 600]


def test_a_writer_in_the_middle_of_a_write_keeps_nobody_waiting(sqlite_company, sqlite_engine):
    sqlite_company.customer("ALDER")
    sqlite_company.invoice("ALDER", date(2026, 1, 1), date(2026, 2, 1), 1)
    with sqlite_engine.execution_options(write=True).connect() as writer:
        writer.exec_driver_sql("UPDATE customer SET name = 'Half-written'")
        loaded = books.load(sqlite_engine, bulk_from=0)
        assert loaded.around.customers.names == ("Alder",)
        writer.rollback()
    assert len(loaded.columns.item_id) == 1
