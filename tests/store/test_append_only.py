"""The books are only ever added to; the database itself refuses the rest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import Engine
from sqlalchemy import insert
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from arcore.store.books import APPEND_ONLY
from arcore.store.books import Application
from arcore.store.delivery import Delivery
from arcore.store.unit import Actor
from arcore.store.unit import Facts
from arcore.store.unit import Unit
from arcore.store.unit import commit

COLUMN = {
    "document": "number", "item": "due_date", "application": "effective_on", "audit_event": "actor",
    "delivery": "delivered_on",
}  # fmt: skip


@pytest.fixture
def fill(actor: Actor, invoice: Callable[..., Callable[[Unit], Facts]]) -> Callable[[Engine], Engine]:
    """Return a function that puts at least one row into each append-only table."""

    def body(unit: Unit) -> Facts:
        facts = invoice(parts=2)(unit)
        application = {"id": unit.take("application_id"), "customer_id": 1, "from_item_id": 1, "to_item_id": 2}
        who = {"recorded_at": unit.recorded_at, "recorded_by": unit.actor.name}
        unit.session.execute(
            insert(Application).values(**application, amount=100, effective_on=date(2026, 3, 31), **who)
        )
        told = {"document_id": 1, "delivered_on": date(2026, 3, 31), "audit_seq": unit.audit_seq}
        unit.session.execute(insert(Delivery).values(**told, **who))
        return facts

    def filled(engine: Engine) -> Engine:
        commit(engine, body, actor=actor, verb="post_invoice")
        return engine

    return filled


def test_the_tables_of_this_test_are_all_append_only_tables() -> None:
    assert set(COLUMN) == set(APPEND_ONLY)


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("statement", ["UPDATE {table} SET {column} = {column}", "DELETE FROM {table}"])
def test_rows_are_neither_changed_nor_deleted(
    engine: Engine, fill: Callable[[Engine], Engine], table: str, statement: str
) -> None:
    before = _rows(fill(engine), table)
    with pytest.raises(IntegrityError, match="append-only"), engine.execution_options(write=True).begin() as connection:
        connection.execute(text(statement.format(table=table, column=COLUMN[table])))
    assert _rows(engine, table) == before
    assert before


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_no_row_is_replaced_on_sqlite(sqlite_engine: Engine, fill: Callable[[Engine], Engine], table: str) -> None:
    fill(sqlite_engine)
    with (
        pytest.raises(IntegrityError, match="append-only"),
        sqlite_engine.execution_options(write=True).begin() as connection,
    ):
        connection.execute(text(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"))


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_no_table_is_truncated_on_postgresql(postgres_engine: Engine, table: str) -> None:
    with pytest.raises(IntegrityError, match="append-only"), postgres_engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {table} CASCADE"))


def _rows(engine: Engine, table: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(f"SELECT * FROM {table}"))]
