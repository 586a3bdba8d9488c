"""A copy is one moment of books in use; putting it back loses nothing that was there."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy import text

from arcore.errors import BadInput
from arcore.errors import Unavailable
from arcore.store.backup import backup
from arcore.store.backup import restore
from arcore.store.engine import is_sqlite
from arcore.store.engine import open_engine
from arcore.store.migrate import head_of
from arcore.store.unit import Actor
from arcore.store.unit import Facts
from arcore.store.unit import Unit
from arcore.store.unit import commit

Invoice = Callable[..., Callable[[Unit], Facts]]
NOW = datetime(2026, 3, 31, 9, 30, tzinfo=UTC)


@pytest.fixture
def post(engine: Engine, actor: Actor, invoice: Invoice) -> Callable[..., None]:
    """Return a function that posts invoices of 1.00, one write each."""

    def some(count: int = 1) -> None:
        for _ in range(count):
            commit(engine, invoice(), actor=actor, verb="post_invoice")

    return some


def test_what_was_copied_comes_back_and_what_was_there_is_kept(engine: Engine, post, tmp_path: Path) -> None:
    post(3)
    copy = backup(engine, tmp_path / "march.backup")
    assert copy.writes == 3
    assert copy.size == copy.path.stat().st_size > 0
    post(2)

    restored = restore(engine, copy.path, now=NOW)

    assert restored.writes == 3
    assert _books(engine) == (3, 300)
    assert restored.kept is not None
    assert restored.kept.writes == 5
    # The kept copy is as good as any: back to where we were.
    assert restore(engine, restored.kept.path, now=NOW.replace(hour=10)).writes == 5
    assert _books(engine) == (5, 500)


def test_the_books_go_on_where_the_copy_ended(engine: Engine, post, tmp_path: Path) -> None:
    post(2)
    copy = backup(engine, tmp_path / "copy")
    post(4)
    restore(engine, copy.path, now=NOW)
    post()
    assert head_of(engine).audit_seq == 3
    assert _books(engine) == (3, 300)


def test_restored_books_have_a_new_id_so_that_no_cache_takes_them_for_the_old(
    engine: Engine, post, tmp_path: Path
) -> None:
    post()
    before = head_of(engine).store_id
    restore(engine, backup(engine, tmp_path / "copy").path, now=NOW)
    assert head_of(engine).store_id != before


def test_a_copy_of_books_in_use_is_one_moment(engine: Engine, post, tmp_path: Path) -> None:
    stop = threading.Event()

    def write(_thread: int) -> None:
        while not stop.is_set():
            post()

    with ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(write, thread) for thread in range(4)]
        try:
            copies = [backup(engine, tmp_path / f"copy{number}") for number in range(4)]
        finally:
            stop.set()
        for writer in writers:
            writer.result()

    for copy in copies:
        assert restore(engine, copy.path, now=NOW.replace(second=copies.index(copy))).writes == copy.writes
        assert _books(engine) == (copy.writes, copy.writes * 100)


def test_who_has_the_books_open_sees_them_restored(engine: Engine, post, tmp_path: Path) -> None:
    """The app goes on running: its open connections must not write into a file that was moved away."""
    app = open_engine(engine.url.render_as_string(hide_password=False))
    try:
        post(2)
        copy = backup(engine, tmp_path / "copy")
        post(2)
        assert _books(app) == (4, 400)
        restore(engine, copy.path, now=NOW)
        assert _books(app) == (2, 200)
    finally:
        app.dispose()


def test_a_copy_goes_into_empty_books_without_keeping_anything(
    engine: Engine, post, tmp_path: Path, bare_url: str
) -> None:
    post(2)
    copy = backup(engine, tmp_path / "copy")
    bare = open_engine(bare_url)
    try:
        if is_sqlite(bare) is is_sqlite(engine):
            assert restore(bare, copy.path, now=NOW).kept is None
            assert _books(bare) == (2, 200)
        else:
            with pytest.raises(BadInput, match="engine it came from"):
                restore(bare, copy.path, now=NOW)
    finally:
        bare.dispose()


def test_a_file_that_is_there_is_only_replaced_on_demand(engine: Engine, post, tmp_path: Path) -> None:
    (tmp_path / "copy").write_text("last year's books")
    with pytest.raises(BadInput, match="already there"):
        backup(engine, tmp_path / "copy")
    assert (tmp_path / "copy").read_text() == "last year's books"
    post()
    assert backup(engine, tmp_path / "copy", replace=True).writes == 1
    assert restore(engine, tmp_path / "copy", now=NOW).writes == 1


def test_the_books_are_not_copied_over_themselves(sqlite_engine: Engine) -> None:
    with pytest.raises(BadInput, match="books themselves"):
        backup(sqlite_engine, Path(str(sqlite_engine.url.database)), replace=True)


def test_a_copy_needs_a_folder(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no folder"):
        backup(engine, tmp_path / "nowhere" / "copy")


def test_a_copy_that_fails_leaves_no_half_file(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()

    def fail(*_: object) -> int:
        raise Unavailable("power cut")

    monkeypatch.setattr("arcore.store.backup._copy_sqlite", fail)
    monkeypatch.setattr("arcore.store.backup._dump_postgres", fail)
    with pytest.raises(Unavailable):
        backup(engine, folder / "copy")
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    "content", [b"", b"Invoice;Amount\n1;2\n", b"SQLite format 3\x00" + b"x" * 4096, b"PGDMP" + b"x" * 400]
)
def test_what_is_no_copy_is_refused_and_nothing_changes(engine: Engine, post, tmp_path: Path, content: bytes) -> None:
    post(2)
    (tmp_path / "letter").write_bytes(content)
    with pytest.raises(BadInput):
        restore(engine, tmp_path / "letter", now=NOW)
    assert _books(engine) == (2, 200)


def test_a_copy_that_is_not_there_is_answered_with_a_sentence(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="can't be read"):
        restore(engine, tmp_path / "nothing", now=NOW)


def test_another_programs_database_is_refused(sqlite_engine: Engine, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "photos.db")) as other:
        other.execute("CREATE TABLE photo (id INTEGER)")
    with pytest.raises(BadInput, match="not a copy of arcore"):
        restore(sqlite_engine, tmp_path / "photos.db", now=NOW)


def test_a_copy_made_by_a_newer_program_is_refused(sqlite_engine: Engine, tmp_path: Path) -> None:
    copy = backup(sqlite_engine, tmp_path / "copy").path
    with closing(sqlite3.connect(copy)) as newer, newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(BadInput, match="newer arcore"):
        restore(sqlite_engine, copy, now=NOW)


def test_a_damaged_copy_is_refused(sqlite_engine: Engine, actor: Actor, invoice: Invoice, tmp_path: Path) -> None:
    for _ in range(50):
        commit(sqlite_engine, invoice(number="N" * 300), actor=actor, verb="post_invoice")
    copy = backup(sqlite_engine, tmp_path / "copy").path
    with copy.open("r+b") as file:
        file.seek(40_960)
        file.write(b"\xff" * 8_192)
    with pytest.raises(BadInput, match=r"damaged|not a copy"):
        restore(sqlite_engine, copy, now=NOW)


def test_a_plain_copy_of_a_file_in_use_is_refused(
    sqlite_engine: Engine, actor: Actor, invoice: Invoice, tmp_path: Path
) -> None:
    """Its last writes are still in the log beside it."""
    commit(sqlite_engine, invoice(), actor=actor, verb="post_invoice")
    books = Path(str(sqlite_engine.url.database))
    shutil.copyfile(books, tmp_path / "plain.db")
    shutil.copyfile(f"{books}-wal", tmp_path / "plain.db-wal")
    with pytest.raises(BadInput, match="store in use"):
        restore(sqlite_engine, tmp_path / "plain.db", now=NOW)


def _books(engine: Engine) -> tuple[int, int]:
    """Return how many documents there are and what they add up to; the writes agree with the head."""
    with engine.connect() as connection:
        events = connection.execute(text("SELECT count(*), coalesce(max(seq), 0) FROM audit_event")).one()
        assert tuple(events) == (head_of(engine).audit_seq,) * 2
        row = connection.execute(text("SELECT count(*), coalesce(sum(amount), 0) FROM document")).one()
    return int(row[0]), int(row[1])
