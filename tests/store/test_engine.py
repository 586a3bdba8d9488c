"""Stores open with the settings that the books rely on, and say in a sentence why they can't."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import closing
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy import text

from arcore.errors import BadInput
from arcore.errors import Unavailable
from arcore.store.books import Document
from arcore.store.engine import is_sqlite
from arcore.store.engine import open_engine
from arcore.store.engine import reading
from arcore.store.migrate import migrate
from arcore.store.unit import Actor
from arcore.store.unit import Facts
from arcore.store.unit import Unit
from arcore.store.unit import commit

Invoice = Callable[..., Callable[[Unit], Facts]]
NOBODY = 65534


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("foreign_keys", 1),
        ("synchronous", 2),
        ("busy_timeout", 30_000),
        ("recursive_triggers", 1),
    ],
)
def test_every_sqlite_connection_has_the_settings_of_books(sqlite_engine: Engine, pragma: str, value: object) -> None:
    with sqlite_engine.connect() as one, sqlite_engine.connect() as two:
        assert one.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value
        assert two.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value


def test_a_reader_sees_one_state_throughout(engine: Engine, actor: Actor, invoice: Invoice) -> None:
    count = select(func.count()).select_from(Document)
    commit(engine, invoice(), actor=actor, verb="post_invoice")
    with reading(engine) as session:
        assert session.execute(count).scalar() == 1
        commit(engine, invoice(), actor=actor, verb="post_invoice")
        assert session.execute(count).scalar() == 1
    with reading(engine) as session:
        assert session.execute(count).scalar() == 2


def test_the_folder_of_a_sqlite_store_is_made(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/not/there/yet/books.db")
    migrate(engine)
    engine.dispose()
    assert (tmp_path / "not/there/yet/books.db").exists()


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("books", "is not a store address"),
        ("mysql://host/books", "not in mysql"),
        ("sqlite://", "must be a file"),
        ("sqlite:///:memory:", "must be a file"),
    ],
)
def test_an_address_that_will_not_do_is_refused(address: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        open_engine(address)


def test_a_file_that_is_no_store_is_answered_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "letter.db").write_text("Dear Sir or Madam, " * 400)
    engine = open_engine(f"sqlite:///{tmp_path}/letter.db")
    with pytest.raises(Unavailable, match="not a store of arcore"):
        migrate(engine)
    engine.dispose()
    assert (tmp_path / "letter.db").read_text().startswith("Dear Sir")


def test_a_folder_that_cannot_be_made_is_answered_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match="can't be made"):
        open_engine(f"sqlite:///{tmp_path}/file/books.db")


def test_a_store_that_is_gone_is_answered_with_a_sentence(
    engine: Engine, actor: Actor, invoice: Invoice, request: pytest.FixtureRequest
) -> None:
    commit(engine, invoice(), actor=actor, verb="post_invoice")
    engine.dispose()
    if is_sqlite(engine):
        shutil.rmtree(Path(str(engine.url.database)).parent)
    else:
        request.getfixturevalue("postgres_server").drop(engine.url.database)

    for attempt in (_read, lambda gone: commit(gone, invoice(), actor=actor, verb="post_invoice")):
        with pytest.raises(Unavailable) as caught:
            attempt(engine)
        assert "Traceback" not in caught.value.message
        assert "\n" not in caught.value.message


def test_a_file_deleted_before_it_was_opened_is_answered_with_a_sentence(sqlite_engine: Engine) -> None:
    sqlite_engine.dispose()
    Path(str(sqlite_engine.url.database)).unlink()
    with pytest.raises(Unavailable, match="empty or older"):
        _read(sqlite_engine)


def test_a_file_deleted_while_it_is_open_takes_no_more_writes(
    sqlite_engine: Engine, actor: Actor, invoice: Invoice
) -> None:
    """The system keeps a deleted file alive for who has it open: a write would be answered, and lost."""
    assert _read(sqlite_engine) == 0
    Path(str(sqlite_engine.url.database)).unlink()
    for attempt in (_read, lambda gone: commit(gone, invoice(), actor=actor, verb="post_invoice")):
        with pytest.raises(Unavailable, match="is gone"):
            attempt(sqlite_engine)
    assert not Path(str(sqlite_engine.url.database)).exists()


def test_a_file_that_was_replaced_while_it_was_open_is_read_anew(
    sqlite_engine: Engine, sqlite_template: Path, actor: Actor, invoice: Invoice, tmp_path: Path
) -> None:
    commit(sqlite_engine, invoice(), actor=actor, verb="post_invoice")
    assert _read(sqlite_engine) == 1
    shutil.copyfile(sqlite_template, tmp_path / "other.db")
    (tmp_path / "other.db").replace(str(sqlite_engine.url.database))
    for ending in ("-wal", "-shm"):
        Path(f"{sqlite_engine.url.database}{ending}").unlink(missing_ok=True)
    assert _read(sqlite_engine) == 0


def test_a_read_only_file_can_be_read_and_refuses_writes(actor: Actor, invoice: Invoice, sqlite_template: Path) -> None:
    with _read_only_copy(sqlite_template) as engine, _not_root():
        assert _read(engine) == 0
        with pytest.raises(Unavailable, match="read-only"):
            commit(engine, invoice(), actor=actor, verb="post_invoice")
        engine.dispose()


def test_a_read_only_server_refuses_writes(postgres_url: str, actor: Actor, invoice: Invoice) -> None:
    engine = open_engine(postgres_url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f'ALTER DATABASE "{engine.url.database}" SET default_transaction_read_only = on'))
    engine.dispose()
    assert _read(engine) == 0
    with pytest.raises(Unavailable, match="read-only"):
        commit(engine, invoice(), actor=actor, verb="post_invoice")
    engine.dispose()


def test_a_full_disk_is_answered_with_a_sentence(sqlite_engine: Engine, actor: Actor, invoice: Invoice) -> None:
    def body(unit: Unit) -> Facts:
        connection = unit.session.connection()
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        for number in range(400):
            invoice(number="N" * 200 + str(number))(unit)
        return {}

    with pytest.raises(Unavailable, match="disk is full"):
        commit(sqlite_engine, body, actor=actor, verb="import")
    assert _read(sqlite_engine) == 0


def _read(engine: Engine) -> int:
    with reading(engine) as session:
        return int(session.execute(select(func.count()).select_from(Document)).scalar_one())


@contextmanager
def _read_only_copy(template: Path) -> Iterator[Engine]:
    """Give a store in a folder that everybody may read and nobody may write, as on a mounted archive."""
    folder = Path(tempfile.mkdtemp(prefix="arcore-"))
    file = folder / "books.db"
    shutil.copyfile(template, file)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    engine = open_engine(f"sqlite:///{file}")
    file.chmod(0o444)
    folder.chmod(0o555)
    try:
        yield engine
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


@contextmanager
def _not_root() -> Iterator[None]:
    """Be somebody to whom file modes apply."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
