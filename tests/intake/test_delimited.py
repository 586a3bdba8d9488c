"""Delimited text: which delimiter, which line a row stands on, which quotes are refused."""

from __future__ import annotations

import pytest

from arcore.errors import BadInput
from arcore.intake.delimited import choose_delimiter
from arcore.intake.delimited import read_delimited


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a,b,c\n1,2,3\n", ","),
        ("a;b;c\n1,0;2,0;3,0\n", ";"),
        ("a\tb\n1,5\t2,5\n", "\t"),
        ("|a|b|\n|1|2|\n", "|"),
        ('A title, with a comma\n\na;b;c\n"x;y";2;3\n1;2;3\n', ";"),
        ("one column\nonly\n", ","),
    ],
)
def test_the_delimiter_is_the_one_that_gives_most_rows_of_one_width(text: str, delimiter: str) -> None:
    assert choose_delimiter(text) == delimiter


def test_a_row_stands_on_the_line_where_it_begins() -> None:
    found = read_delimited("x.csv", 'a,b\n"two\nlines",1\n\nlast,2\n')
    assert list(zip(found.lines, found.rows, strict=True)) == [
        (1, ["a", "b"]),
        (2, ["two\nlines", "1"]),
        (4, []),
        (5, ["last", "2"]),
    ]


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_all_line_ends_are_line_ends(ends: str) -> None:
    assert read_delimited("x.csv", f"a,b{ends}1,2{ends}").rows == [["a", "b"], ["1", "2"]]


def test_cells_are_trimmed_and_excel_text_is_unwrapped() -> None:
    assert read_delimited("x.csv", 'a,b\n" 1 ","=""0042"""\n').rows[1] == ["1", "0042"]


def test_a_quote_that_is_never_closed_is_refused_with_its_line() -> None:
    with pytest.raises(BadInput, match="line 2 is never closed"):
        read_delimited("x.csv", 'a,b\n"open,1\n' + "x,2\n" * 300)


def test_a_cell_longer_than_any_text_is_refused() -> None:
    with pytest.raises(BadInput, match="line 2"):
        read_delimited("x.csv", "a,b\n" + "x" * 200_000 + ",1\n")
