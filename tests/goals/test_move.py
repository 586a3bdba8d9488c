"""Targets that stood among the settings of an older store become targets of their own."""

from __future__ import annotations

import json
from decimal import Decimal

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection
from sqlalchemy import Engine
from sqlalchemy import insert
from sqlalchemy import select
from sqlmodel import col

from arcore.goals import queries
from arcore.store.company import CompanySetting
from arcore.store.engine import open_engine
from arcore.store.engine import reading
from arcore.store.migrate import SCRIPTS
from arcore.store.migrate import migrate


def upgrade(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def test_old_targets_move_and_leave_the_settings(bare_url: str) -> None:
    engine: Engine = open_engine(bare_url)
    old = {"targets": {"dso": 42, "cei": 85.5, "overdue": 4_000_000.0}, "currency": "GBP", "name": "Ours"}
    with engine.execution_options(write=True).begin() as connection:
        upgrade(connection, "0005")
        rows = [{"name": name, "value": json.dumps(value)} for name, value in old.items()]
        connection.execute(insert(CompanySetting), rows)
    migrate(engine)
    assert [(goal.name, goal.value, goal.currency, goal.valid_from) for goal in queries.goals(engine)] == [
        ("dso.period_end", Decimal(42), "", None),
        ("cei.period", Decimal("85.5"), "", None),
        ("overdue.gross_debits", Decimal(4_000_000), "GBP", None),
    ]
    with reading(engine) as session:
        names = set(session.execute(select(col(CompanySetting.name))).scalars())
    assert names == {"currency", "name"}
    engine.dispose()
