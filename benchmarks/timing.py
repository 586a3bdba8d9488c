"""The clock: both sides take turns, and the best run of each counts."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic
from typing import TypeVar

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True)
class Timed(Generic[T]):
    """What a run gave, and how long the best of all runs took in seconds.

    Attributes:
        typical: the median of the runs; far above the best, the machine was busy with other things.
    """

    seconds: float
    typical: float
    runs: int
    result: T

    @classmethod
    def of(cls, taken: list[float], result: T) -> Timed[T]:
        """Return the best and the median of the times taken."""
        return cls(min(taken), sorted(taken)[len(taken) // 2], len(taken), result)


@dataclass(frozen=True)
class Pace:
    """How long to measure: how many turns each side gets, and how many seconds of runs are in a turn at least."""

    turns: int
    seconds: float


def race(ours: Callable[[], T], theirs: Callable[[], U], pace: Pace) -> tuple[Timed[T], Timed[U]]:
    """Let both sides run in turns after a warm-up of each, so that whatever else the machine does hits both alike."""
    result, answer = ours(), theirs()
    mine: list[float] = []
    others: list[float] = []
    with no_collector():
        for _ in range(pace.turns):
            result = _turn(ours, mine, pace.seconds)
            answer = _turn(theirs, others, pace.seconds)
    return Timed.of(mine, result), Timed.of(others, answer)


def clocked(act: Callable[[], T], taken: list[float]) -> T:
    """Run it once and write down the seconds."""
    start = time.perf_counter()
    result = act()
    taken.append(time.perf_counter() - start)
    return result


@contextmanager
def no_collector() -> Iterator[None]:
    """Let Python's collector of garbage rest while the clock runs, for both sides."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _turn(act: Callable[[], T], taken: list[float], seconds: float) -> T:
    gc.collect()
    begin = len(taken)
    result = clocked(act, taken)
    while sum(taken[begin:]) < seconds:
        result = clocked(act, taken)
    return result
