"""Which two numbers are taken for one."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from arcore.reports.tidy.doubles import REASONS
from arcore.reports.tidy.doubles import alike
from arcore.reports.tidy.doubles import keys_of


def why(one: str, other: str, *, same_day: bool = True) -> str:
    """Return why two numbers are taken for one, "" where they are not."""
    keys = keys_of(pa.array([one, other]))
    [found] = alike(keys, np.array([0]), np.array([1]), np.array([same_day])).tolist()
    return REASONS[found] if found >= 0 else ""


@pytest.mark.parametrize(
    ("one", "other", "says"),
    [
        ("INV-001", "INV-001", "The same number twice"),
        ("INV-001", "inv 1", "The same number, written differently"),
        ("2026/0012", "2026-12", "The same number, written differently"),
        ("INV-001", "001", "The same but for letters"),
        ("RE 4711", "4711", "The same but for letters"),
        ("2026-4711", "4711", "The same ending, one has more in front"),
        ("INV-1234", "INV-1243", "One keystroke apart, same day"),
        ("INV-1234", "INV-12344", "One keystroke apart, same day"),
        ("", "", "No number, same day"),
    ],
)
def test_numbers_that_look_alike(one, other, says):
    assert why(one, other) == why(other, one) == says


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("INV-101", "INV-102"),
        ("INV-9", "INV-10"),
        ("A-100", "B-100"),
        ("INV-2025-001", "INV-2026-002"),
        ("", "INV-1"),
        ("ABC", "DEF"),
    ],
)
def test_numbers_that_do_not(one, other):
    assert why(one, other) == ""


def test_a_keystroke_or_no_number_counts_on_the_same_day_only():
    assert why("INV-1234", "INV-1243", same_day=False) == why("", "", same_day=False) == ""
