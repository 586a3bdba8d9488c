"""The clock: the best of several runs, everybody's alike."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic
from typing import TypeVar

T = TypeVar("T")


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


@dataclass(frozen=True)
class Pace:
    """How long to measure: at least so many runs, and for what is quick, so many seconds of runs."""

    runs: int
    seconds: float


def best(act: Callable[[], T], *, runs: int = 3, at_least: float = 0.0) -> Timed[T]:
    """Run it `runs` times, and go on until `at_least` seconds were spent; the first run is the warm-up.

    The collector of garbage rests meanwhile, for everybody.
    """
    act()
    taken: list[float] = []
    gc.collect()
    gc.disable()
    try:
        while len(taken) < runs or sum(taken) < at_least:
            start = time.perf_counter()
            result = act()
            taken.append(time.perf_counter() - start)
    finally:
        gc.enable()
    return Timed(min(taken), sorted(taken)[len(taken) // 2], len(taken), result)


def once(act: Callable[[], T]) -> Timed[T]:
    """Run it a single time, for what cannot be repeated."""
    gc.collect()
    start = time.perf_counter()
    result = act()
    seconds = time.perf_counter() - start
    return Timed(seconds, seconds, 1, result)
