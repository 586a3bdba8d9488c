"""Documents of one home and amount, days close together."""

from __future__ import annotations

import numpy as np

from arcore.analytics.twins import twins


def pairs(*documents: tuple[int, int, int], days: int = 31) -> set[tuple[int, int]]:
    """Return the pairs of (home, amount, day), by their places."""
    home, amount, day = (np.array(column, np.int64) for column in zip(*documents, strict=True))
    one, other = twins(home, amount, day, days=days)
    return set(zip(one.tolist(), other.tolist(), strict=True))


def test_same_home_and_amount_within_the_days_are_a_pair_earlier_first():
    assert pairs((1, 100, 20), (1, 100, 10)) == {(1, 0)}
    assert pairs((1, 100, 10), (1, 100, 41)) == {(0, 1)}
    assert pairs((1, 100, 10), (1, 100, 42)) == set()


def test_another_home_or_amount_is_no_twin():
    assert pairs((1, 100, 10), (2, 100, 10), (1, 101, 10)) == set()


def test_each_of_three_is_compared_with_each():
    assert pairs((1, 100, 1), (1, 100, 2), (1, 100, 3)) == {(0, 1), (0, 2), (1, 2)}
