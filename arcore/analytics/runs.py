"""Runs of numbers that are missing in a series."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from arcore.analytics.columns import Bools
from arcore.analytics.columns import Ints

FEWEST = 5
"""A series has at least so many numbers."""


class Runs(NamedTuple):
    """Missing numbers, one entry for each unbroken run.

    Attributes:
        series: which series.
        first, last: the run, both missing.
        before, after: places of the documents that stand right before and right after it.
    """

    series: Ints
    first: Ints
    last: Ints
    before: Ints
    after: Ints


def missing(series: Ints, number: Ints, *, n_series: int) -> tuple[Runs, Bools]:
    """Return the runs, and which series count on: at least FEWEST numbers, no more missing than there.

    The numbers stand in order of series and number; the same one may stand there twice. Other series are not numbered
    one by one (dates, customer numbers inside), so nothing is missing in them.
    """
    if len(number) == 0:
        nothing = np.empty(0, np.int64)
        return Runs(nothing, nothing, nothing, nothing, nothing), np.zeros(n_series, np.bool_)
    fresh = np.concatenate(([True], (series[1:] != series[:-1]) | (number[1:] != number[:-1])))
    place = np.flatnonzero(fresh)
    group, value = series[place], number[place]
    starts = np.flatnonzero(np.concatenate(([True], group[1:] != group[:-1])))
    ends = np.concatenate((starts[1:], [len(group)])) - 1
    count = ends - starts + 1
    counts_on = np.zeros(n_series, np.bool_)
    counts_on[group[starts]] = (count >= FEWEST) & (value[ends] - value[starts] + 1 - count <= count)
    jump = np.flatnonzero((group[1:] == group[:-1]) & (value[1:] - value[:-1] > 1) & counts_on[group[1:]])
    runs = Runs(group[jump], value[jump] + 1, value[jump + 1] - 1, place[jump], place[jump + 1])
    return runs, counts_on
