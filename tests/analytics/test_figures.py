"""Figures explain themselves."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from arcore.analytics.dso import period_end
from arcore.analytics.figures import exact


def test_the_formula_is_filled_with_the_figures():
    figure = period_end(ar_end=25_000, credit_sales=15_000, days=30)
    assert figure.formula == "ar_end ÷ credit_sales × days"
    assert figure.filled(lambda number: f"{number:,}") == "25,000 ÷ 15,000 × 30"
    assert figure.value == 50.0


def test_without_inputs_the_formula_stands_as_it_is():
    bare = period_end(ar_end=1, credit_sales=1, days=1).because("a reason")
    assert (bare.value, bare.exact, bare.undefined) == (None, None, "a reason")
    assert bare.worth(Decimal(2), "flag").flags == ("flag",)


def test_numbers_stay_exact():
    assert exact(0.1) == Decimal("0.1")
    assert exact(Decimal("1.10")) == Decimal("1.10")
    assert exact(np.int64(2**62 + 1)) == Decimal(2**62 + 1)
    assert exact(np.float64(2.5)) == Decimal("2.5")
