"""Rows that wait for their transaction: seen by nobody, whole and in order when it comes, gone when it does not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from datetime import date
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy import inspect
from sqlalchemy import text
from sqlmodel import Session

from arcore.store import bulk
from arcore.store.base import metadata
from arcore.store.bulk import Shelf
from arcore.store.bulk import next_ids
from arcore.store.customers import Customer
from arcore.store.delivery import Delivery
from arcore.store.engine import is_sqlite
from arcore.store.engine import reading
from arcore.store.unit import Actor
from arcore.store.unit import Facts
from arcore.store.unit import Unit
from arcore.store.unit import commit

ANNA, DAY = Actor("anna"), date(2026, 3, 31)
CUSTOMER, FACT, DELIVERY = (metadata.tables[name] for name in ("customer", "customer_fact", "delivery"))
FACTS = ("customer_id", "name", "value", "valid_from")


def shelf_of(engine: Engine, customers: int) -> Shelf:
    """Lay customers aside, and two facts of each in two portions; customer −n is the n-th of them."""
    shelf = Shelf(engine)
    shelf.put(CUSTOMER, ("id", "code", "name"), [(n, f"C{n}", f"Customer {n}") for n in range(1, customers + 1)])
    instead = {"customer_id": {-n: n for n in range(1, customers + 1)}}
    for name in ("owner", "segment"):
        shelf.put(FACT, FACTS, [(-n, name, f"{name} {n}", DAY) for n in range(1, customers + 1)], instead)
    return shelf


def insert_of(shelf: Shelf) -> Facts:
    """Insert what is laid aside, as one write."""

    def body(unit: Unit) -> Facts:
        shelf.insert(unit.session, {"audit_seq": unit.audit_seq, "import_id": 7})
        return {}

    return commit(shelf.engine, body, actor=ANNA, verb="test", connection=shelf.connection)


def rows(engine: Engine, query: str) -> list[Sequence[object]]:
    """Return what a query finds."""
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


@pytest.mark.parametrize("few", [2000, 3, 0])
def test_rows_are_the_same_wherever_they_waited(engine: Engine, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "FEW", few)
    shelf = shelf_of(engine, 4)
    assert (shelf.connection is None) == (few > 3)
    assert rows(engine, "SELECT * FROM customer") == []
    insert_of(shelf)
    shelf.close()
    told = rows(engine, "SELECT id, code, import_id, region FROM customer ORDER BY id")
    assert told == [(n, f"C{n}", 7, "") for n in range(1, 5)]
    facts = rows(engine, "SELECT customer_id, value, audit_seq FROM customer_fact ORDER BY id")
    assert facts == [(n, f"{name} {n}", 1) for name in ("owner", "segment") for n in range(1, 5)]
    kind = type(rows(engine, "SELECT valid_from FROM customer_fact")[0][0])
    assert kind is (str if is_sqlite(engine) else date)  # as the table has it, not as the waiting room might


def test_moments_wait_for_the_transaction(engine: Engine, invoice, monkeypatch: pytest.MonkeyPatch) -> None:
    """A moment is known under the lock only; it comes to the rows laid aside as to any other."""
    monkeypatch.setattr(bulk, "FEW", 0)
    commit(engine, invoice(), actor=ANNA, verb="post")
    at = datetime(2026, 4, 1, 12, 30, tzinfo=UTC)
    shelf = Shelf(engine)
    shelf.put(DELIVERY, ("document_id", "delivered_on"), [(1, DAY)])

    def body(unit: Unit) -> Facts:
        same = {"audit_seq": unit.audit_seq, "recorded_at": at, "recorded_by": "anna", "import_id": None}
        shelf.insert(unit.session, same)
        return {}

    commit(engine, body, actor=ANNA, verb="test", connection=shelf.connection)
    shelf.close()
    with Session(engine) as session:
        kept = session.get_one(Delivery, 1)
        assert (kept.delivered_on, kept.import_id, kept.recorded_at, kept.recorded_by) == (DAY, None, at, "anna")


def test_what_waits_is_gone_with_the_shelf_and_the_engine_goes_on(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "FEW", 0)
    before = inspect(engine).get_table_names()
    for _ in range(3):
        shelf = shelf_of(engine, 3)
        with pytest.raises(ZeroDivisionError):
            commit(engine, lambda _: 1 / 0, actor=ANNA, verb="test", connection=shelf.connection)  # type: ignore[arg-type,return-value]
        shelf.close()
        assert rows(engine, "SELECT * FROM customer") == []
        assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    assert inspect(engine).get_table_names() == before
    shelf = shelf_of(engine, 1)
    insert_of(shelf)
    shelf.close()
    assert rows(engine, "SELECT code FROM customer") == [("C1",)]


def test_log_of_much_is_carried_over_after_the_lock(sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written with the lock held is only the log; afterwards the file itself holds the rows."""
    monkeypatch.setattr(bulk, "FEW", 0)
    file = Path(sqlite_engine.url.database or "")
    shelf = Shelf(sqlite_engine)
    shelf.put(CUSTOMER, ("id", "code", "name"), [(n, f"C{n}", "x" * 2_000) for n in range(1, 4_001)])
    before = file.stat().st_size
    insert_of(shelf)
    assert file.stat().st_size == before
    shelf.close()
    assert file.stat().st_size > before + 8_000_000
    assert rows(sqlite_engine, "PRAGMA wal_autocheckpoint") == [(1000,)]


def test_ids_to_come_are_those_that_rows_get(engine: Engine) -> None:
    with reading(engine) as session:
        told = list(next_ids(session, CUSTOMER, 3))
        assert (told, list(next_ids(session, CUSTOMER, 0))) == ([1, 2, 3], [])
    shelf = Shelf(engine)
    shelf.put(CUSTOMER, ("id", "code", "name"), [(number, f"C{number}", "") for number in told])
    insert_of(shelf)
    with Session(engine.execution_options(write=True)) as session:
        session.add(Customer(code="C4", name="by itself"))
        session.commit()
    assert rows(engine, "SELECT id FROM customer ORDER BY id") == [(1,), (2,), (3,), (4,)]
