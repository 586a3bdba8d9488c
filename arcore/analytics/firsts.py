"""The first day on which something happened to each of many: the first reminder of an invoice, the first call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from arcore.analytics.columns import Ints
from arcore.dates import FOREVER

NEVER = FOREVER
"""Stands for the day of what did not happen; later than every other."""
NOWHERE = -1
_SPAN = 2**32
"""More than there are day numbers, so that key and day become one number that sorts like the pair."""


@dataclass(frozen=True, eq=False)
class Firsts:
    """What happened, by what it happened to and by day.

    Attributes:
        key: ascending.
        given: where each stood in what was given.
        day_given: the days as they were given.
    """

    key: Ints
    given: Ints
    day_given: Ints
    _code: Ints

    @classmethod
    def of(cls, keys: ArrayLike | Sequence[int], days: ArrayLike | Sequence[int]) -> Firsts:
        """Sort what happened: `keys` are numbers of things (0 or more), `days` day numbers."""
        key, day = np.asarray(keys, np.int64), np.asarray(days, np.int64)
        code = key * _SPAN + day
        order = np.argsort(code, kind="stable")
        return cls(key[order], order, day, code[order])

    def __len__(self) -> int:
        return len(self.key)

    def first(self, keys: Ints) -> Ints:
        """Return where in what was given the first for each key stands, NOWHERE for none."""
        return self._found(keys, np.searchsorted(self._code, keys * _SPAN - 2**31))

    def after(self, keys: Ints, days: Ints) -> Ints:
        """Return the same for the first on a later day than `days`."""
        return self._found(keys, np.searchsorted(self._code, keys * _SPAN + days, side="right"))

    def _found(self, keys: Ints, place: Ints) -> Ints:
        if len(self.key) == 0:
            return np.full(len(keys), NOWHERE, np.int64)
        inside = np.minimum(place, len(self.key) - 1)
        return np.where((place < len(self.key)) & (self.key[inside] == keys), self.given[inside], NOWHERE)


def days_at(days: Ints, places: Ints) -> Ints:
    """Return the days at these places, NEVER at NOWHERE."""
    if len(days) == 0:
        return np.full(len(places), NEVER, np.int64)
    return np.where(places >= 0, days[np.maximum(places, 0)], NEVER)
