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

    Others are not numbered one by one (dates, customer numbers inside), so nothing is missing in them.
    """
    order = np.lexsort((number, series))
    group, value = series[order], number[order]
    fresh = np.concatenate(([True], (group[1:] != group[:-1]) | (value[1:] != value[:-1]))) if len(group) else group > 0
    order, group, value = order[fresh], group[fresh], value[fresh]
    count = np.bincount(group, minlength=n_series)
    low, high = np.full(n_series, np.iinfo(np.int64).max), np.full(n_series, -1, np.int64)
    np.minimum.at(low, group, value)
    np.maximum.at(high, group, value)
    counts_on = (count >= FEWEST) & (high - low + 1 - count <= count)
    jump = np.flatnonzero((group[1:] == group[:-1]) & (value[1:] - value[:-1] > 1) & counts_on[group[1:]])
    return (
        Runs(group[jump], value[jump] + 1, value[jump + 1] - 1, order[jump], order[jump + 1]),
        counts_on,
    )
