from __future__ import annotations

import numpy as np

from arcore.analytics.firsts import NEVER
from arcore.analytics.firsts import NOWHERE
from arcore.analytics.firsts import Firsts
from arcore.analytics.firsts import days_at


def ints(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


def test_the_first_of_each_thing_is_found_where_it_was_given():
    told = Firsts.of([7, 3, 7, 3], [40, 20, 30, 25])

    assert told.first(ints(3, 7, 5)).tolist() == [1, 2, NOWHERE]
    assert days_at(told.day_given, told.first(ints(3, 7, 5))).tolist() == [20, 30, NEVER]


def test_after_a_day_means_on_a_later_one():
    told = Firsts.of([7, 7, 8], [30, 40, 50])

    assert days_at(told.day_given, told.after(ints(7, 7, 7, 8), ints(29, 30, 40, 0))).tolist() == [30, 40, NEVER, 50]


def test_days_before_1970_and_no_things_at_all():
    told = Firsts.of([2, 2], [-10, 5])

    assert days_at(told.day_given, told.first(ints(2))).tolist() == [-10]
    assert Firsts.of([], []).first(ints(1, 2)).tolist() == [NOWHERE, NOWHERE]
    assert days_at(ints(), ints(NOWHERE)).tolist() == [NEVER]
