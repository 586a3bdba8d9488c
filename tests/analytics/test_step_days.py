"""Five invoices of day 0, due on day 30, each with a way of its own to its cash."""

from __future__ import annotations

import numpy as np
import pytest

from arcore.analytics.firsts import NEVER
from arcore.analytics.step_days import STEPS
from arcore.analytics.step_days import Paths
from arcore.analytics.step_days import step_days


def path(end: int, contact: int = NEVER, promise: int = NEVER, promised: int = NEVER, delivered: int = NEVER) -> Paths:
    one = [np.array([day], np.int64) for day in (0, 30, contact, promise, promised, end, delivered)]
    return Paths(*one)


@pytest.mark.parametrize(
    ("way", "steps"),
    [
        (path(25), {"terms": 30, "early": -5}),
        (path(30), {"terms": 30, "early": 0}),
        (path(50), {"terms": 30, "unattended": 20}),
        (path(50, contact=40), {"terms": 30, "contact": 10, "after_contact": 10}),
        (
            path(60, contact=35, promise=40, promised=52),
            {"terms": 30, "contact": 5, "promise": 5, "promised": 12, "kept": 8},
        ),
        # Money before the promised day, and a reminder before the due date, lead back.
        (path(45, promise=33, promised=50), {"terms": 30, "contact": 3, "promise": 0, "promised": 17, "kept": -5}),
        (path(50, contact=27), {"terms": 30, "contact": -3, "after_contact": 23}),
        # Delivered four days before the invoice, or two days after it: money asked in advance.
        (path(50, delivered=-4), {"billing": 4, "terms": 30, "unattended": 20}),
        (path(25, delivered=2), {"billing": -2, "terms": 30, "early": -5}),
        # What happens after the cash does not count.
        (path(50, contact=51, promise=55, promised=60), {"terms": 30, "unattended": 20}),
        (path(50, contact=40, promise=51, promised=60), {"terms": 30, "contact": 10, "after_contact": 10}),
    ],
)
def test_the_steps_of_a_way_add_up_to_its_days(way, steps):
    found = step_days(way)

    assert {step: int(found.of(step)[0][0]) for step in STEPS if found.of(step)[1][0]} == steps
    assert found.days.sum() == way.end[0] - way.start[0]
