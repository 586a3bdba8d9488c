"""The balance of one item over time, from the days on which it moves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import pairwise


def balance_on(moves: Mapping[date, int], day: date | None = None) -> int:
    """Return the balance at the end of `day` (inclusive), or after every move when no day is given."""
    if day is None:
        return sum(moves.values())
    return sum(amount for on, amount in moves.items() if on <= day)


def crosses_zero(moves: Mapping[date, int], side: int) -> date | None:
    """Return the first day on whose end the balance has the wrong sign for `side`, else None."""
    running = 0
    for day in sorted(moves):
        running += moves[day]
        if running * side < 0:
            return day
    return None


def first_day_to_carry(moves: Mapping[date, int], side: int, amount: int, start: date) -> date | None:
    """Return the first day from `start` on from which the item can give up `amount` on every later day.

    `amount` is positive: it moves the balance towards zero. None when even the last balance is too small.
    """
    running = balance_on(moves) * side
    if running < amount:
        return None
    earliest = start
    for day in sorted(moves, reverse=True):
        if day <= start:
            break
        running -= moves[day] * side
        if running < amount:
            earliest = day
            break
    return earliest


def least_from(moves: Mapping[date, int], side: int, start: date) -> int:
    """Return the smallest balance (positive, in the sense of `side`) on `start` and every later day."""
    running = balance_on(moves, start) * side
    least = running
    for day in sorted(day for day in moves if day > start):
        running += moves[day] * side
        least = min(least, running)
    return least


def comes_free(moves: Mapping[date, int], side: int, start: date) -> dict[date, int]:
    """Return what an item can give up for good, by the day from which it can: all that is left of it from `start` on.

    The first is `start` itself (0 when later moves need everything); each other is a day on which more came back than
    any later move takes, as a bounce that is known already. Amounts are positive, in the sense of `side`.
    """
    days = [start, *sorted(day for day in moves if day > start)]
    free = {day: least_from(moves, side, day) for day in days}
    given = {start: free[start]}
    for before, day in pairwise(days):
        if free[day] > free[before]:
            given[day] = free[day] - free[before]
    return given
