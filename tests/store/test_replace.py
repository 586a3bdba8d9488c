from __future__ import annotations

import pytest
from sqlalchemy import Engine
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from arcore.customers.service import create_customer
from arcore.ledger.verify import verify
from arcore.store.backup import backup
from arcore.store.engine import reading
from arcore.store.migrate import head_of
from arcore.store.replace import empty
from arcore.store.replace import fill
from arcore.store.tables import metadata


def filled(engine: Engine) -> dict[str, int]:
    """Return how many rows each table has that has any."""
    with reading(engine) as session:
        counts = {
            t.name: session.execute(text(f'SELECT count(*) FROM "{t.name}"')).scalar_one()
            for t in metadata.sorted_tables
        }
    return {name: count for name, count in counts.items() if count}


def test_an_emptied_store_is_like_a_new_one_and_still_append_only(engine, actor):
    create_customer(engine, code="C1", name="Alder Ltd", actor=actor)
    before = head_of(engine)

    assert empty(engine, seen=before.audit_seq)

    assert filled(engine) == {"ledger_head": 1}
    after = head_of(engine)
    assert (after.audit_seq, after.document_id) == (0, 0)
    assert after.store_id != before.store_id
    create_customer(engine, code="C2", name="Birch Ltd", actor=actor)
    with pytest.raises(DatabaseError, match="append-only"), engine.begin() as connection:
        connection.execute(text("DELETE FROM audit_event"))
    assert [check.name for check in verify(engine) if not check.ok] == []


def test_nothing_is_deleted_when_somebody_wrote_meanwhile(engine, actor):
    create_customer(engine, code="C1", name="Alder Ltd", actor=actor)

    assert not empty(engine, seen=0)

    assert head_of(engine).audit_seq == 1
    assert filled(engine)["customer"] == 1


def test_a_store_takes_over_everything_from_another_file(sqlite_engine, sqlite_template, tmp_path, actor):
    create_customer(sqlite_engine, code="C1", name="Alder Ltd", actor=actor)
    whole, head = filled(sqlite_engine), head_of(sqlite_engine)
    backup(sqlite_engine, tmp_path / "copy.db")
    create_customer(sqlite_engine, code="C2", name="Birch Ltd", actor=actor)

    assert not fill(sqlite_engine, tmp_path / "copy.db", seen=1)
    assert fill(sqlite_engine, tmp_path / "copy.db", seen=2)

    assert filled(sqlite_engine) == whole
    assert head_of(sqlite_engine).store_id == head.store_id
    assert [check.name for check in verify(sqlite_engine) if not check.ok] == []
