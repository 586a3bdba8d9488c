"""Columns read at once come to what cell by cell comes to."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import example
from hypothesis import given
from hypothesis import strategies as st

from arcore.intake import cells
from arcore.intake import lines
from arcore.intake.cells import amounts
from arcore.intake.cells import days
from arcore.intake.cells import texts
from arcore.intake.dates import DateOrder
from arcore.intake.dates import read_date
from arcore.intake.numbers import read_amount
from arcore.intake.reading import understand

REGULAR = st.from_regex(r"\A-?[0-9]{1,4}(,[0-9]{3}|\.[0-9]{3})?([.,][0-9]{1,2})?\Z")
ODD = st.sampled_from(
    ["", "12..34", "€ 5", "(7.00)", "1 234,56", "x", "1\n2", "\u0663", "5 C", "9" * 19, "-", "1.234.567"]
)
NUMBERS = st.one_of(st.floats(), st.integers(), st.booleans(), st.just(date(2026, 1, 5)), st.just(2309.7899999999995))


@given(
    column=st.one_of(
        st.lists(REGULAR), st.lists(st.one_of(REGULAR, ODD)), st.lists(st.one_of(NUMBERS, st.just(""), ODD))
    ),
    mark=st.sampled_from([".", ","]),
)
@example(column=["1.00", "", "1.00"], mark=".")
@example(column=["1", "2\n", "3"], mark=".")
@example(column=[1.5, "", 1e300], mark=",")
@example(column=[0.1, 1e-7, 1e17], mark=",")
@example(column=[], mark=".")
def test_a_column_of_amounts_is_its_cells(column: list[Any], mark: str) -> None:
    found = amounts(column, mark)
    alone = [None if cell == "" else read_amount(cell, mark) for cell in column]
    assert repr([found.at(index) for index in range(len(column))]) == repr(alone)
    assert repr(list(found.values)) == repr([one.value if one else None for one in alone])


def test_regular_columns_are_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "read_amount", None)
    assert list(map(str, amounts(["1,234.50", "-7", "0.00"], ".").values)) == ["1234.50", "-7", "0.00"]
    assert list(map(str, amounts([1234.5, "", -7.0], ".").values)) == ["1234.5", "None", "-7.0"]


@given(column=st.lists(st.sampled_from(["", "2026-01-05", "05/06/2026", "00.00.0000", "31.02.2026", "x", 46027, True])))
@pytest.mark.parametrize("first", [True, False])
def test_a_column_of_days_is_its_cells(column: list[Any], first: bool) -> None:
    found = days(column, DateOrder(first, proved=True, why=""))
    nothing = {"", "00.00.0000"}
    assert found == [None if cell in nothing else read_date(cell, day_first=first) for cell in column]


def test_ids_written_as_decimals_lose_them_only_together() -> None:
    assert texts(["12.0", "", "7.00"], ids=True) == ["12", "", "7"]
    assert texts(["12.0", "A7"], ids=True) == ["12.0", "A7"]
    assert texts([12.0, 7, True]) == ["12", "7", "True"]


HEADER = "Invoice No,Customer,E-Mail,Date,Due Date,Amount,Tax,Open,Paid,Status,Currency,Type,Quantity,Unit Price"
CELLS = (
    st.sampled_from(["R-1", "R-2", "R-3", ""]),
    st.sampled_from(["Alder", "Birch (deleted)", ""]),
    st.sampled_from(["a@b.example", ""]),
    st.sampled_from(["2026-01-05", "2026-02-30", ""]),
    st.sampled_from(["2026-02-05", "soon", ""]),
    st.sampled_from(["100.00", "-20.00", "7", "", "abc"]),
    st.sampled_from(["19.00", "", "x"]),
    st.sampled_from(["50.00", "0.00", ""]),
    st.sampled_from(["50.00", ""]),
    st.sampled_from(["open", "paid", "void", "strange", ""]),
    st.sampled_from(["EUR", "USD", "", "XQZ"]),
    st.sampled_from(["Invoice", "Credit Note", "Payment", "Bill", ""]),
    st.sampled_from(["2", ""]),
    st.sampled_from(["50", ""]),
)


@given(rows=st.lists(st.tuples(*CELLS), min_size=1, max_size=8), net=st.booleans())
def test_rows_put_together_by_columns_are_those_put_together_one_by_one(rows: list[tuple[str, ...]], net: bool) -> None:
    header = HEADER.replace("Amount", "Net Amount") if net else HEADER
    data = "\n".join([header, *(",".join(row) for row in rows)]).encode()
    with pytest.MonkeyPatch.context() as patched:
        fast = understand([("x.csv", data)])
        patched.setattr(lines._Maker, "by_columns", one_by_one)
        assert understand([("x.csv", data)]) == fast


def one_by_one(make: Any, numbers: list[int], kinds: list[str], states: list[str]) -> list[lines.Line]:
    told = zip(numbers, kinds, states, strict=True)
    return [make.line(index, *one) for index, one in enumerate(told)]
