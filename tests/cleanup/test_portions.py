"""More than one write should hold: portions that are whole or not at all, told as they come, stopped in between."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from arcore.cleanup import portions
from arcore.errors import NotFound
from arcore.errors import RuleBroken


def doubled(part: Sequence[int], key: str) -> list[int]:
    assert key.startswith("job-")
    return [2 * number for number in part]


def test_everything_is_done_portion_by_portion_each_under_a_key_of_its_own() -> None:
    keys: list[tuple[str, int]] = []

    def work(part: Sequence[int], key: str) -> list[int]:
        keys.append((key, len(part)))
        return [2 * number for number in part]

    now = portions.wait(portions.start(range(7), work, key="job-whole", portion=3), 10)
    assert (now.done, now.total, now.ended, now.stopped, now.error) == (7, 7, True, False, None)
    assert now.made == (0, 2, 4, 6, 8, 10, 12)
    assert keys == [("job-whole-0", 3), ("job-whole-3", 3), ("job-whole-6", 1)]


def test_a_second_click_is_the_same_work() -> None:
    portions.start(range(4), doubled, key="job-twice", portion=3)
    again = portions.start(range(4), doubled, key="job-twice", portion=3)
    assert portions.wait(again, 10).made == (0, 2, 4, 6)


def test_it_stops_between_two_portions_and_says_what_is_done() -> None:
    reached, go_on = threading.Event(), threading.Event()

    def work(part: Sequence[int], key: str) -> list[int]:
        reached.set()
        assert go_on.wait(10)
        return list(part)

    job = portions.start(range(9), work, key="job-stop", portion=3)
    assert reached.wait(10)
    portions.stop(job)
    assert portions.status(job).stopped
    go_on.set()
    now = portions.wait(job, 10)
    assert (now.done, now.made, now.ended, now.error) == (3, (0, 1, 2), True, None)


def test_a_portion_that_is_refused_ends_it_and_those_before_it_stay() -> None:
    def work(part: Sequence[int], key: str) -> list[int]:
        if 4 in part:
            msg = "4 was replaced before"
            raise RuleBroken(msg)
        return list(part)

    now = portions.wait(portions.start(range(9), work, key="job-refused", portion=3), 10)
    assert (now.done, now.made, now.ended) == (3, (0, 1, 2), True)
    assert now.error is not None
    assert now.error.message == "4 was replaced before"


def test_work_that_nobody_knows_is_not_found() -> None:
    with pytest.raises(NotFound, match="not known here"):
        portions.status("job-unknown")
