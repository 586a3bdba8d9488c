"""Loading in bulk keeps its hands off the store's own file."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from arcore.reports import book as books
from arcore.reports import bulk

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

HOLDER = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("PRAGMA locking_mode=EXCLUSIVE")
held.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


def test_rows_committed_after_a_bulk_load_survive_a_kill(sqlite_company, sqlite_engine):
    """Two SQLite libraries on one file: closing the second deletes the log under the first, and 20 rows are gone."""
    sqlite_company.customer("ALDER")
    url = sqlite_engine.url.render_as_string()
    done = subprocess.run([sys.executable, "-c", WRITER, url], capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, "written\n"), done.stderr
    assert len(books.load(sqlite_engine).columns.item_id) == 21


def test_adbc_never_opens_the_live_file(sqlite_company, sqlite_engine, monkeypatch):
    from adbc_driver_sqlite import dbapi

    sqlite_company.customer("ALDER")
    sqlite_company.invoice("ALDER", date(2026, 1, 1), date(2026, 2, 1), 1)
    opened = []
    connect = dbapi.connect

    def watched(address, *args, **kwargs):
        opened.append(Path(url2pathname(urlsplit(address).path)))
        return connect(address, *args, **kwargs)

    monkeypatch.setattr(dbapi, "connect", watched)
    books.load(sqlite_engine, bulk_from=0)
    live = Path(sqlite_engine.url.database).resolve()
    assert opened
    assert live not in {path.resolve() for path in opened}
    assert not any(path.exists() for path in opened), "the copies are gone again"


def test_without_a_ram_disk_the_copy_goes_elsewhere(sqlite_company, sqlite_engine, monkeypatch, tmp_path):
    sqlite_company.customer("ALDER")
    sqlite_company.invoice("ALDER", date(2026, 1, 1), date(2026, 2, 1), 1)
    monkeypatch.setattr(bulk, "RAM_DISK", tmp_path / "none")
    assert len(books.load(sqlite_engine, bulk_from=0).columns.item_id) == 1


def test_a_writer_may_write_while_the_store_is_copied(sqlite_company, sqlite_engine, tmp_path):
    """The copy is one snapshot: what is written after it began is followed, not lost."""
    sqlite_company.customer("ALDER")
    sqlite_company.invoice("ALDER", date(2026, 1, 1), date(2026, 2, 1), 1)
    bulk.back_up(sqlite_engine, str(tmp_path / "copy.db"))
    sqlite_company.invoice("ALDER", date(2026, 1, 1), date(2026, 2, 1), 2)
    with sqlite3.connect(tmp_path / "copy.db") as copy:
        assert copy.execute("SELECT count(*) FROM item").fetchone() == (1,)
    copy.close()
    assert len(books.load(sqlite_engine, bulk_from=0).columns.item_id) == 2


def test_connections_to_the_copy_do_not_lock_each_other_out(sqlite_company, sqlite_engine, monkeypatch):
    """Closing the last connection to a file with a log locks it for a moment: one of three then failed now and then."""
    sqlite_company.customer("ALDER")
    sqlite_company.invoice("ALDER", date(2026, 1, 1), date(2026, 2, 1), 1)
    back_up, holders = bulk.back_up, []

    def copied_and_locked(engine, path):
        back_up(engine, path)
        holder = subprocess.Popen(
            [sys.executable, "-c", HOLDER, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        holders.append(holder)
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"

    monkeypatch.setattr(bulk, "back_up", copied_and_locked)
    try:
        assert len(books.load(sqlite_engine, bulk_from=0).columns.item_id) == 1
    finally:
        holders[0].communicate("", timeout=30)
