"""`backup` and `restore` for scripts and people."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from arcore.store.engine import open_engine
from arcore.store.unit import Actor
from arcore.store.unit import commit

Arcore = Callable[..., Any]


@pytest.fixture
def used_url(own_store_url: str, actor: Actor) -> str:
    """Return the address of books that hold one write."""
    engine = open_engine(own_store_url)
    commit(engine, lambda _unit: {}, actor=actor, verb="start")
    engine.dispose()
    return own_store_url


def test_there_and_back(arcore: Arcore, used_url: str, tmp_path: Path) -> None:
    file = tmp_path / "copy"
    copied = arcore("--store", used_url, "backup", file, "--json")
    assert copied.code == 0
    assert copied.document == {"file": str(file), "bytes": file.stat().st_size, "writes": 1}
    restored = arcore("--store", used_url, "restore", file, "--yes", "--json")
    assert restored.code == 0
    assert restored.document["writes"] == 1
    assert Path(restored.document["kept"]).exists()


def test_a_restore_asks_before_it_replaces_anything(arcore: Arcore, used_url: str, tmp_path: Path) -> None:
    arcore("--store", used_url, "backup", tmp_path / "copy")
    answer = arcore("--store", used_url, "restore", tmp_path / "copy", "--json")
    assert answer.code == 2
    assert answer.document["error"]["code"] == "needs_answer"


def test_a_restore_into_new_books_asks_nothing(arcore: Arcore, sqlite_url: str, actor: Actor, tmp_path: Path) -> None:
    engine = open_engine(sqlite_url)
    commit(engine, lambda _unit: {}, actor=actor, verb="start")
    engine.dispose()
    arcore("--store", sqlite_url, "backup", tmp_path / "copy")
    answer = arcore("--store", f"sqlite:///{tmp_path}/new.db", "restore", tmp_path / "copy", "--json")
    assert answer.document == {"file": str(tmp_path / "copy"), "writes": 1, "kept": None}


def test_books_that_are_not_there_are_not_copied(arcore: Arcore, tmp_path: Path) -> None:
    answer = arcore("--store", f"sqlite:///{tmp_path}/none.db", "backup", tmp_path / "copy", "--json")
    assert answer.code == 2
    assert answer.document["error"]["code"] == "not_found"
    assert list(tmp_path.iterdir()) == []
