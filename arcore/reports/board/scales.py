"""Scales of the charts on paper: round steps that hold every value."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil
from math import floor
from math import log10
from typing import NamedTuple

STEPS = (1, 2, 2.5, 5, 10)


class Scale(NamedTuple):
    """A span of values with the places of its grid lines, lowest first; both ends are lines."""

    low: float
    high: float
    ticks: tuple[float, ...]


def scale(values: Iterable[float | None], *, lines: int = 4, zero: bool = False) -> Scale:
    """Return a scale of at most `lines` steps that holds every value, and zero where asked for."""
    known = [value for value in values if value is not None]
    if zero or not known:
        known.append(0.0)
    low, high = min(known), max(known)
    if low == high:
        low, high = (low - 1, high + 1) if not zero else (min(low, 0.0), max(high, 1.0))
    step = _step((high - low) / lines)
    while ceil(high / step) - floor(low / step) > lines:
        step = _step(step * 1.01)
    first, last = floor(low / step), ceil(high / step)
    ticks = tuple(round(step * number, 10) for number in range(first, last + 1))
    return Scale(ticks[0], ticks[-1], ticks)


def _step(least: float) -> float:
    """Return the smallest round step that is not below a value."""
    power = 10.0 ** floor(log10(least))
    return float(next(size * power for size in STEPS if size * power >= least * (1 - 1e-12)))
