from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy import text

from arcore.company.service import save_profile
from arcore.customers.service import create_customer
from arcore.errors import RuleBroken
from arcore.ledger.verify import verify
from arcore.sample import cast
from arcore.sample import service
from arcore.sample.build import build
from arcore.sample.chance import EDITION
from arcore.store.engine import open_engine
from arcore.store.engine import reading
from arcore.store.migrate import head_of
from arcore.store.migrate import migrate


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Build little: what is tested here is the store, not the story."""
    monkeypatch.setattr(cast, "INVOICES", 150)
    monkeypatch.setattr(cast, "CUSTOMERS", 36)


@pytest.fixture
def url(tmp_path) -> str:
    """Return the address of a SQLite store whose file is not there yet."""
    return f"sqlite:///{tmp_path / 'new' / 'sample.db'}"


def look(url: str) -> service.Standing:
    engine = open_engine(url)
    try:
        return service.standing(engine)
    finally:
        engine.dispose()


def count(engine: Engine, table: str) -> Any:
    with reading(engine) as session:
        return session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()


def test_it_is_made_once_and_kept(url, today):
    first = service.make(url, today=today)
    second = service.make(url, today=today + timedelta(days=3))

    assert (first.built, first.day) == (True, today)
    assert (second.built, second.day) == (False, today)
    found = look(url)
    assert (found.sample, found.day, found.touched) == (True, today, False)


def test_with_force_it_is_made_again_under_the_eyes_of_a_reader(url, today):
    service.make(url, today=today)
    watching = open_engine(url)
    before = head_of(watching).store_id

    service.make(url, today=today + timedelta(days=3), force=True)

    assert head_of(watching).store_id != before
    assert look(url).day == today + timedelta(days=3)
    assert [check.name for check in verify(watching) if not check.ok] == []
    watching.dispose()


def test_on_both_engines_an_empty_store_is_filled_and_a_sample_replaced(store_url, engine, actor, today):
    assert service.make(store_url, today=today).built
    documents = count(engine, "document")

    again = service.make(store_url, today=today, force=True)

    assert again.built
    assert count(engine, "document") == documents > 100
    assert [check.name for check in verify(engine) if not check.ok] == []
    # Numbers start again, so the first customer is the first.
    with reading(engine) as session:
        assert session.execute(text("SELECT code FROM customer WHERE id = 1")).scalar_one() == "C1001"
    create_customer(engine, code="X1", name="New Ltd", actor=actor)
    assert service.standing(engine).touched


@pytest.mark.parametrize("force", [False, True])
def test_a_store_with_anything_else_in_it_is_refused_on_both_engines(store_url, engine, actor, today, force):
    create_customer(engine, code="C1", name="Alder Ltd", actor=actor)

    with pytest.raises(RuleBroken, match="not a sample"):
        service.make(store_url, today=today, force=force)

    assert count(engine, "customer") == 1
    assert count(engine, "document") == 0


def test_settings_alone_make_a_store_somebodys_own(store_url, engine, actor, today):
    save_profile(engine, name="Mine", actor=actor)

    with pytest.raises(RuleBroken):
        service.make(store_url, today=today, force=True)


def test_no_password_is_told(postgres_url, postgres_engine, today):
    address = postgres_url.replace("arcore@", "arcore:secret@")

    assert "secret" not in service.make(address, today=today).store


def test_the_app_gets_one_that_ends_today(tmp_path, today):
    path = tmp_path / "sample.db"

    address = service.ensure(path, today)
    assert address == f"sqlite:///{path}"
    assert look(address).day == today
    seen = look(address)

    service.ensure(address, today)
    assert look(address) == seen

    service.ensure(address, today + timedelta(days=1))
    assert look(address).day == today + timedelta(days=1)


def test_one_that_somebody_worked_in_stays(url, actor, today):
    service.ensure(url, today)
    engine = open_engine(url)
    create_customer(engine, code="MINE", name="Tried it out Ltd", actor=actor)

    service.ensure(url, today + timedelta(days=30))

    assert look(url).day == today
    assert look(url).touched
    with reading(engine) as session:
        assert session.execute(text("SELECT count(*) FROM customer WHERE code = 'MINE'")).scalar_one() == 1
    engine.dispose()


def test_one_of_an_older_program_is_made_again(url, today, monkeypatch):
    with monkeypatch.context() as older:
        older.setattr("arcore.sample.build.EDITION", "older")
        service.ensure(url, today)
    assert look(url).seed == "older"

    service.ensure(url, today)

    assert look(url).seed == EDITION


def test_one_left_half_built_is_made_again(url, today, monkeypatch):
    engine = open_engine(url)
    migrate(engine)
    with monkeypatch.context() as broken:

        def fail(*_args: object, **_more: object) -> None:
            raise KeyboardInterrupt

        broken.setattr("arcore.sample.build._close", fail)
        with pytest.raises(KeyboardInterrupt):
            build(engine, today=today)
    engine.dispose()
    assert look(url).sample
    assert look(url).day is None

    assert service.make(url, today=today).built
    assert look(url).day == today


def test_other_peoples_books_are_never_touched_by_the_app(sqlite_url, sqlite_engine, actor, today):
    create_customer(sqlite_engine, code="C1", name="Alder Ltd", actor=actor)

    with pytest.raises(RuleBroken):
        service.ensure(sqlite_url, today)

    assert count(sqlite_engine, "customer") == 1


def test_two_that_start_at_once_get_the_same_one(url, today):
    with ThreadPoolExecutor(max_workers=2) as pool:
        addresses = list(pool.map(lambda _: service.ensure(url, today), range(2)))

    assert addresses == [url, url]
    engine = open_engine(url)
    assert [check.name for check in verify(engine) if not check.ok] == []
    engine.dispose()


def test_a_write_that_comes_between_is_not_lost(url, today, actor, monkeypatch):
    engine = open_engine(url)
    migrate(engine)

    def slow(aside: Engine, *, today: date, scale: float) -> object:
        create_customer(engine, code="C1", name="Was quicker Ltd", actor=actor)
        return build(aside, today=today, scale=scale)

    monkeypatch.setattr(service, "build", slow)

    with pytest.raises(RuleBroken, match="not a sample"):
        service.make(url, today=today)

    assert count(engine, "customer") == 1
    engine.dispose()
