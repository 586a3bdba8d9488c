"""A change is split into causes that add up, whatever order they are thought in."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import permutations

import pytest

from arcore.analytics.bridge import split_change
from arcore.errors import BadInput


def dso(inputs: Mapping[str, Fraction]) -> Fraction:
    """Return receivables over sales, times 30 days."""
    return inputs["balance"] / inputs["sales"] * 30


def test_dso_from_30_to_45_days_is_six_and_three_quarters_of_balance_and_the_rest_of_sales() -> None:
    parts = split_change({"balance": 100, "sales": 100}, {"balance": 120, "sales": 80}, dso)
    assert parts == {"balance": Decimal("6.75"), "sales": Decimal("8.25")}


def test_the_split_is_the_mean_over_every_order() -> None:
    def measure(x: Mapping[str, Fraction]) -> Fraction:
        return x["a"] * x["b"] / (x["c"] + x["a"])

    before, after = {"a": 2, "b": 3, "c": 5}, {"a": 7, "b": 1, "c": 4}
    sums = dict.fromkeys(before, Fraction(0))
    orders = list(permutations(before))
    for order in orders:
        state = {name: Fraction(value) for name, value in before.items()}
        for name in order:
            was = measure(state)
            state[name] = Fraction(after[name])
            sums[name] += measure(state) - was
    parts = split_change(before, after, measure)
    for name, total in sums.items():
        assert float(parts[name]) == pytest.approx(float(total / len(orders)))


def test_what_did_not_change_causes_nothing() -> None:
    parts = split_change({"balance": 100, "sales": 50}, {"balance": 100, "sales": 25}, dso)
    assert parts == {"balance": Decimal(0), "sales": Decimal(60)}


def test_inputs_that_do_not_pair_are_refused() -> None:
    with pytest.raises(BadInput):
        split_change({"balance": 1}, {"sales": 1}, dso)
