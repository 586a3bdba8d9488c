"""The program is killed while it sends, or runs twice: nobody gets two, nobody is forgotten without a trace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from arcore.dunning import service as dunning
from arcore.store.unit import Actor

TODAY = date(2026, 11, 20)
DAILY = Actor("daily")
Setter = Callable[..., None]


def test_three_kills_by_mail(engine: Engine, post_office, batch, fault_run, sound, surroundings: Setter) -> None:
    ids = batch(engine, 30)
    tally = fault_run(engine, post_office, ids, kills=3, seed=1)
    assert (tally.kills, tally.doubles, tally.forgotten) == (3, 0, 0)
    assert tally.sent + tally.unknown == 30
    assert tally.unknown <= 3
    assert sound(engine) == []
    _nothing_more_today(engine, surroundings, post_office)
    _each_the_next_step_later(engine, surroundings, post_office, ids)


def test_three_kills_as_files(sqlite_engine: Engine, outbox, batch, fault_run, sound) -> None:
    """A file is there or it is not, so in the end nothing is unknown: what was not written is written."""
    ids = batch(sqlite_engine, 30)
    tally = fault_run(sqlite_engine, outbox, ids, kills=3, seed=2)
    assert (tally.kills, tally.doubles, tally.forgotten, tally.unknown, tally.sent) == (3, 0, 0, 0, 30)
    assert Counter(address for address, _, _ in outbox.taken()) == dict.fromkeys(ids, 1)
    assert sound(sqlite_engine) == []


def test_two_programs_at_once_send_each_once(engine: Engine, post_office, batch, two_at_once) -> None:
    ids = batch(engine, 15)
    two_at_once(engine)
    assert Counter(address for address, _, _ in post_office.taken()) == dict.fromkeys(ids, 1)


@pytest.mark.fault
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("way", ["post_office", "outbox"])
def test_fifty_kills(
    engine: Engine, way: str, request, batch, fault_run, sound, capsys: pytest.CaptureFixture[str]
) -> None:
    office = request.getfixturevalue(way)
    ids = batch(engine, 200)
    tally = fault_run(engine, office, ids, kills=50, seed=3)
    with capsys.disabled():
        print(f"\n{engine.dialect.name}, {way}: {tally}")
    assert (tally.kills, tally.doubles, tally.forgotten) == (50, 0, 0)
    assert tally.sent + tally.unknown == 200
    assert sound(engine) == []


def _nothing_more_today(engine: Engine, surroundings: Setter, post_office) -> None:
    """What is unknown is not sent again by itself, neither today nor within the gap."""
    before = len(post_office.taken())
    for days in (0, 6):
        day = TODAY + timedelta(days=days)
        surroundings(today=day)
        assert dunning.send_due(engine, as_of=day, actor=DAILY).message_ids == ()
    assert len(post_office.taken()) == before


def _each_the_next_step_later(engine: Engine, surroundings: Setter, post_office, ids: dict[str, int]) -> None:
    """An unknown message is no dead end: the next step finds every customer, once."""
    before, day = len(post_office.taken()), TODAY + timedelta(days=10)
    surroundings(today=day)
    run = dunning.send_due(engine, as_of=day, actor=DAILY)
    assert len(run.in_state("sent")) == len(ids)
    assert Counter(address for address, _, _ in post_office.taken()[before:]) == dict.fromkeys(ids, 1)
