"""Text in the encodings that exports come in; and how it is split into columns."""

from __future__ import annotations

import pytest

from arcore.errors import BadInput
from arcore.intake.delimited import choose_delimiter
from arcore.intake.delimited import read_delimited
from arcore.intake.encoding import decode

GERMAN = "Kunde;Straße;Betrag\nMüller GmbH;Köln-Süd;1,00\nGroß & Söhne;München;2,00\n"


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("cp1252", "cp1252"),
    ],
)
def test_each_encoding_gives_the_same_text(encoding: str, named: str) -> None:
    found = decode(GERMAN.encode(encoding))
    assert found is not None
    assert found.text == GERMAN
    assert found.encoding == named


def test_central_european_letters_are_told_from_western_ones() -> None:
    text = "Odběratel;Částka\nŽluťoučký kůň s.r.o.;1,00\nPříliš žluťoučký;2,00\nŘepa a syn, Plzeň;3,00\n"
    found = decode(text.encode("cp1250"))
    assert found is not None
    assert found.text == text


@pytest.mark.parametrize("encoding", ["cp1252", "cp850"])
def test_one_word_with_an_umlaut_is_enough(encoding: str) -> None:
    text = "Konto;Gegenkonto (ohne BU-Schlüssel);Text\n10000;8400;Gebühr für Müller, größere Beträge\n"
    found = decode(text.encode(encoding))
    assert found is not None
    assert found.text == text


@pytest.mark.parametrize("data", [b"a\x00b", bytes(range(1, 32)) * 20, b"\xff\xfea"])
def test_bytes_that_are_no_text_are_none(data: bytes) -> None:
    assert decode(data) is None


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
