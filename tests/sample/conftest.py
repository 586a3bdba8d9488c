"""The sample company, built once for all tests that only read it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import Engine

from arcore.sample.build import build
from arcore.store.engine import open_engine
from arcore.store.migrate import migrate

TODAY = date(2026, 10, 30)


class Whole(NamedTuple):
    """The sample company in full size, and the seconds of work that it took."""

    engine: Engine
    seconds: float


@pytest.fixture(scope="session")
def today() -> date:
    """Return the last day of the sample's calendar in these tests."""
    return TODAY


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    """Give the sample company in full size on SQLite; read it only."""
    path: Path = tmp_path_factory.mktemp("sample") / "whole.db"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    started = time.process_time()
    build(engine, today=TODAY)
    yield Whole(engine, time.process_time() - started)
    engine.dispose()
