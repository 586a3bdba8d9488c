"""Arrays that grow at the end and share what is already there."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from arcore.analytics.growing import Growing


def numbers(*values: int) -> dict[str, np.ndarray]:
    return {"a": np.array(values, np.int64)}


def test_the_newest_holder_appends_in_place():
    store = Growing(numbers(1, 2))
    assert store.appended(2, numbers(3)) is store
    assert store.views(3)["a"].tolist() == [1, 2, 3]


def test_an_older_holder_copies():
    store = Growing(numbers(1, 2))
    store.appended(2, numbers(3))
    other = store.appended(2, numbers(4))
    assert other is not store
    assert other.views(3)["a"].tolist() == [1, 2, 4]
    assert store.views(3)["a"].tolist() == [1, 2, 3]


def test_it_moves_when_the_room_is_used_up():
    store = Growing(numbers(1))
    much = numbers(*range(5_000))
    other = store.appended(1, much)
    assert other is not store
    assert other.views(5_001)["a"].tolist() == [1, *range(5_000)]


def test_of_many_that_append_to_the_same_end_each_gets_its_own_rows():
    store = Growing(numbers(0))
    with ThreadPoolExecutor(8) as pool:
        ends = list(pool.map(lambda value: store.appended(1, numbers(value)).views(2)["a"], range(1, 50)))
    assert sorted(int(end[1]) for end in ends) == list(range(1, 50))
