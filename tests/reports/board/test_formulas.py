"""Formulas over cells: the same arithmetic, or none."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from arcore.analytics.figures import Figure
from arcore.reports.board.formulas import over_cells
from arcore.reports.board.formulas import value_of

DSO = Figure(
    "dso", "period_end", "days", "ar_end ÷ credit_sales × days",
    {"ar_end": Decimal(500), "credit_sales": Decimal(1000), "days": 92}, exact=Decimal(46),
)  # fmt: skip
CELLS = {"ar_end": "C2", "credit_sales": "C3", "days": "C4"}


def test_names_become_cells():
    assert over_cells(DSO, CELLS) == "=C2/C3*C4"


def test_brackets_and_minus_stay():
    figure = replace(DSO, formula="(ar_end − credit_sales) ÷ (days + 2) × 100", exact=Decimal(-500) / 94 * 100)
    assert over_cells(figure, CELLS) == "=(C2-C3)/(C4+2)*100"


def test_a_formula_that_does_not_give_the_value_is_none():
    assert over_cells(replace(DSO, exact=Decimal("46.1")), CELLS) is None


def test_words_and_missing_inputs_are_no_formula():
    assert over_cells(replace(DSO, formula="90th percentile of balance ÷ limit"), CELLS) is None
    assert over_cells(DSO, {"ar_end": "C2"}) is None
    assert over_cells(replace(DSO, exact=None), CELLS) is None


def test_nothing_but_arithmetic_is_worked_out():
    assert value_of("ar_end ÷ none", {"ar_end": 1, "none": 0}) is None
    assert value_of("open('x')", {"open": 1}) is None
    assert value_of("ar_end ** 2", {"ar_end": 2}) is None
    assert value_of("periods + 1", {"periods": ((1, 2),)}) is None
