"""Runs of several people take turns, as long as they are short."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from threading import Thread

import pytest

from pages.ui.turns import Turns

AGES = 30.0
"""Seconds that no test takes."""


def beside(work: Callable[[], None]) -> Thread:
    thread = Thread(target=work, daemon=True)
    thread.start()
    return thread


def test_the_second_begins_when_the_first_has_ended() -> None:
    turns, told = Turns(longest=AGES), list[str]()
    waits = Event()

    def second() -> None:
        waits.set()
        with turns.taken() as came:
            told.append(f"second {came}")

    with turns.taken() as came:
        thread = beside(second)
        assert waits.wait(AGES)
        thread.join(0.05)
        told.append(f"first {came}")
    thread.join(AGES)
    assert told == ["first True", "second True"]


def test_nobody_waits_for_long_work() -> None:
    turns, began, goes_on = Turns(longest=0.01), Event(), Event()

    def long() -> None:
        with turns.taken():
            began.set()
            goes_on.wait(AGES)

    thread = beside(long)
    assert began.wait(AGES)
    with turns.taken() as came:
        assert not came  # beside it, without the turn
    with turns.taken() as came:
        assert not came
    goes_on.set()
    thread.join(AGES)
    with turns.taken() as came:
        assert came


def test_a_run_that_breaks_off_gives_its_turn_on() -> None:
    turns = Turns(longest=AGES)
    with pytest.raises(ZeroDivisionError), turns.taken():
        raise ZeroDivisionError
    with turns.taken() as came:
        assert came
