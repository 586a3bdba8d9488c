from __future__ import annotations

from sqlalchemy import Engine

from arcore.store.migrate import head_of


def test_a_fresh_store_has_written_nothing(engine: Engine) -> None:
    assert head_of(engine).audit_seq == 0
