"""Stores are born and brought up to date by the migrations alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine
from sqlalchemy import inspect
from sqlalchemy import text

from arcore.errors import Unavailable
from arcore.store.books import APPEND_ONLY
from arcore.store.engine import is_sqlite
from arcore.store.engine import open_engine
from arcore.store.migrate import head_of
from arcore.store.migrate import is_empty
from arcore.store.migrate import migrate
from arcore.store.tables import metadata


@pytest.fixture
def bare(bare_url: str):
    """Give a store without any table."""
    engine = open_engine(bare_url)
    yield engine
    engine.dispose()


def test_from_empty_to_every_table(bare: Engine) -> None:
    assert is_empty(bare)
    migrate(bare)
    assert not is_empty(bare)
    assert set(metadata.tables) <= set(inspect(bare).get_table_names())
    assert head_of(bare).audit_seq == 0


def test_a_second_time_changes_nothing(bare: Engine) -> None:
    migrate(bare)
    before = head_of(bare).store_id
    migrate(bare)
    assert head_of(bare).store_id == before


def test_each_store_has_an_id_of_its_own(engine: Engine, tmp_path) -> None:
    other = open_engine(f"sqlite:///{tmp_path / 'other.db'}")
    migrate(other)
    assert head_of(other).store_id != head_of(engine).store_id
    other.dispose()


def test_two_programs_that_start_at_once_migrate_once(bare_url: str) -> None:
    engines = [open_engine(bare_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(migrate, engines))
    assert len({head_of(engine).store_id for engine in engines}) == 1
    for engine in engines:
        engine.dispose()


def test_tables_and_models_say_the_same(bare: Engine) -> None:
    migrate(bare)
    with bare.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True, "render_as_batch": True}
        )
        assert compare_metadata(context, metadata) == []


def test_every_append_only_table_has_its_triggers(bare: Engine) -> None:
    migrate(bare)
    query = (
        "SELECT tbl_name AS owner, name FROM sqlite_master WHERE type = 'trigger'"
        if is_sqlite(bare)
        else "SELECT tgrelid::regclass::text AS owner, tgname AS name FROM pg_trigger WHERE NOT tgisinternal"
    )
    with bare.connect() as connection:
        found = {(row.owner, row.name.removeprefix(f"{row.owner}_")) for row in connection.execute(text(query))}
    kinds = ("no_update", "no_delete") if is_sqlite(bare) else ("append_only", "no_truncate")
    assert found == {(table, kind) for table in APPEND_ONLY for kind in kinds}


def test_a_migration_that_fails_leaves_nothing(bare: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_connection: object) -> None:
        raise RuntimeError("in the middle")

    monkeypatch.setattr("arcore.store.migrate.add_head", fail)
    with pytest.raises(RuntimeError, match="in the middle"):
        migrate(bare)
    assert inspect(bare).get_table_names() == []


def test_a_server_that_is_not_there_is_answered_with_a_sentence(free_port) -> None:
    engine = open_engine(f"postgresql://arcore@127.0.0.1:{free_port()}/books")
    with pytest.raises(Unavailable, match="does not answer"):
        migrate(engine)
    engine.dispose()


def test_tables_of_a_newer_program_are_named_and_left_alone(bare: Engine) -> None:
    migrate(bare)
    with bare.execution_options(write=True).connect() as connection, connection.begin():
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Unavailable, match="another version of the program"):
        migrate(bare)
    with bare.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"
