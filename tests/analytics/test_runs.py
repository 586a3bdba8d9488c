"""Missing numbers, against counting them one by one."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from arcore.analytics.runs import FEWEST
from arcore.analytics.runs import missing


def runs_of(*series: list[int]) -> list[tuple[int, int, int]]:
    """Return (series, first, last) of what is missing."""
    of = np.repeat(np.arange(len(series)), [len(one) for one in series])
    number = np.array([value for one in series for value in sorted(one)], np.int64)
    found, _ = missing(of, number, n_series=len(series))
    return list(zip(found.series.tolist(), found.first.tolist(), found.last.tolist(), strict=True))


def test_a_run_is_told_once_with_its_ends():
    assert runs_of([1, 2, 3, 6, 7, 9]) == [(0, 4, 5), (0, 8, 8)]


def test_the_same_number_twice_is_no_gap():
    assert runs_of([1, 2, 2, 3, 4, 5]) == []


def test_few_numbers_and_numbers_far_apart_are_no_series():
    assert runs_of([1, 3, 5, 7]) == []
    assert runs_of([20260101, 20260215, 20260333, 20260404, 20260505]) == []


def test_one_series_says_nothing_of_the_next():
    assert runs_of([1, 2, 3, 4, 5], [7, 8, 9, 10, 12]) == [(1, 11, 11)]


def test_nothing_is_missing_in_nothing():
    assert runs_of([]) == []


@given(st.lists(st.lists(st.integers(1, 30), max_size=25), min_size=1, max_size=4))
def test_runs_are_what_is_not_there_between_the_first_and_the_last(series):
    expected = set()
    for place, numbers in enumerate(series):
        there = set(numbers)
        gone = set(range(min(there), max(there) + 1)) - there if there else set()
        if len(there) >= FEWEST and len(gone) <= len(there):
            expected |= {(place, number) for number in gone}
    found = [(place, number) for place, first, last in runs_of(*series) for number in range(first, last + 1)]
    assert sorted(expected) == found
    assert len(runs_of(*series)) == sum((place, number - 1) not in expected for place, number in expected)
