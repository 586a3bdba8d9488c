"""Sending on a thread of its own: one run at a time, told how far it is, stopped between two messages."""

from __future__ import annotations

import threading
from datetime import date

import pytest

from arcore.dunning import queries
from arcore.dunning import sending
from arcore.dunning import worker
from arcore.errors import NotFound
from arcore.errors import RuleBroken
from arcore.store.unit import Actor

ANNA = Actor("anna")


@pytest.fixture
def three(desk):
    """Three customers who are due a reminder, live."""
    for code in ("C1", "C2", "C3"):
        desk.customer(code)
        desk.invoice("100", "02-01", to=code)
    desk.on("02-20").live()
    return desk


def start(desk, key: str | None = None) -> str:
    places = [row.place for row in queries.reminders(desk.engine, desk.today).due]
    return worker.start(desk.engine, store_id=str(desk.engine.url), as_of=desk.today, only=places, actor=ANNA, key=key)


def test_a_run_sends_and_says_what_it_did(three) -> None:
    job = start(three)
    done = worker.wait(job, 60)
    assert (done.ended, done.done, done.of, done.error) == (True, 3, 3, None)
    assert done.result is not None
    assert len(done.result.in_state("sent")) == 3
    assert worker.running(str(three.engine.url)) is None


def test_while_one_sends_another_is_not_begun(three, monkeypatch: pytest.MonkeyPatch) -> None:
    gate, entered, began = threading.Event(), threading.Event(), []

    def slow(*args, **kwargs):
        began.append(1)
        entered.set()
        gate.wait(30)
        return sending.send_due(*args, **kwargs)

    monkeypatch.setattr(worker, "send_due", slow)
    first = start(three, "a")
    entered.wait(30)
    assert start(three, "b") == first
    gate.set()
    worker.wait(first, 60)
    assert start(three, "a") == first  # the same key again: it is done
    assert began == [1]


def test_a_run_is_stopped_between_two_messages(three, monkeypatch: pytest.MonkeyPatch) -> None:
    gate, entered = threading.Event(), threading.Event()

    def held(*args, **kwargs):
        entered.set()
        gate.wait(30)
        return sending.send_due(*args, **kwargs)

    monkeypatch.setattr(worker, "send_due", held)
    job = start(three)
    entered.wait(30)
    worker.stop(job)
    gate.set()
    done = worker.wait(job, 60)
    assert done.result is not None
    assert (done.result.stopped, len(done.result.outcomes), done.result.of) == (sending.STOPPED, 1, 3)
    assert len(queries.outbox(three.engine)) == 1


def test_what_keeps_a_run_from_beginning_is_said(three) -> None:
    three.today = date(2026, 2, 19)
    done = worker.wait(start(three), 60)
    assert done.error is not None
    assert "on the day itself" in done.error.message


def test_what_breaks_a_run_off_is_in_the_log_and_said(three, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args, **_kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr(worker, "send_due", broken)
    done = worker.wait(start(three), 60)
    assert done.error is not None
    assert "Sending broke off after 0 of 3; the log tells why under" in done.error.message
    assert not isinstance(done.error, RuleBroken)


def test_an_unknown_run_is_refused() -> None:
    with pytest.raises(NotFound):
        worker.status("nothing")
