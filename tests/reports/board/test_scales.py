"""Scales have round steps and hold every value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcore.reports.board.scales import STEPS
from arcore.reports.board.scales import scale


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ([41.0, 59.8], (40, 45, 50, 55, 60)),
        ([10.2e6, 15e6], (10e6, 12e6, 14e6, 16e6)),
        ([83.0, None, 72.0], (70, 75, 80, 85)),
        ([None, None], (-1, 0, 1)),
        ([5.0, 5.0], (4, 5, 6)),
    ],
)
def test_round_steps(values, ticks):
    found = scale(values).ticks
    assert (found[0], found[-1]) == (ticks[0], ticks[-1])
    assert set(ticks) <= set(found) or found == ticks


def test_bars_begin_at_zero():
    assert scale([6.4e6, 9.7e6], zero=True).ticks == (0, 2.5e6, 5e6, 7.5e6, 10e6)


@given(st.lists(st.floats(-1e9, 1e9).filter(lambda v: v == 0 or abs(v) > 1e-3), min_size=1, max_size=20))
def test_every_value_is_inside(values):
    found = scale(values)
    assert found.low <= min(values) + 1e-6 * abs(min(values))
    assert found.high >= max(values) - 1e-6 * abs(max(values))
    assert 1 < len(found.ticks) <= 6
    assert STEPS
