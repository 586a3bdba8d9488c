"""Amounts as they stand in files: what is read, what is refused, how the decimal mark is decided."""

from __future__ import annotations

from decimal import Decimal

import pytest

from arcore.intake.numbers import Amount
from arcore.intake.numbers import decide_mark
from arcore.intake.numbers import read_amount

POINT = [
    ("1284.5", "1284.5"),
    ("1,284.50", "1284.50"),
    ("1,234,567.89", "1234567.89"),
    ("1 234.56", "1234.56"),
    ("1\u00a0234.56", "1234.56"),
    ("11'373.94", "11373.94"),
    ("11’373.94", "11373.94"),
    ("1,00,000.00", "100000.00"),
    ("$.23", "0.23"),
    ("+1092.00", "1092.00"),
    ("- $21.59", "-21.59"),
    ("($85.00)", "-85.00"),
    ("$-142.85", "-142.85"),
    ("-$142.85", "-142.85"),
    ("1,234.56-", "-1234.56"),
    ("-119.00 €", "-119.00"),
    ("USD 9,126.07", "9126.07"),
    ("'579.68 USD", "579.68"),
    ("$13.50 ", "13.50"),
    (" 000000000001437.12", "1437.12"),
    ("−5.00", "-5.00"),
    ("CHF1'000.50", "1000.50"),
    ("0", "0"),
]
COMMA = [
    ("1.234,56", "1234.56"),
    ("1 234,56", "1234.56"),
    ("1.234,56-", "-1234.56"),
    ("(1.234,56)", "-1234.56"),
    ("USD 9.126,07", "9126.07"),
    ("000000000001437,12", "1437.12"),
    ("1.000", "1000"),
    ("-119,00 €", "-119.00"),
]


@pytest.mark.parametrize(("text", "value"), POINT)
def test_an_amount_with_a_decimal_point_is_read(text: str, value: str) -> None:
    found = read_amount(text, ".")
    assert found is not None
    assert found.value == Decimal(value)


@pytest.mark.parametrize(("text", "value"), COMMA)
def test_an_amount_with_a_decimal_comma_is_read(text: str, value: str) -> None:
    found = read_amount(text, ",")
    assert found is not None
    assert found.value == Decimal(value)


@pytest.mark.parametrize(
    "text",
    """12..34|not-a-date|1,23,4|--5|(-5)|-5-|5e3|1E+20|EUR|$|1,2345|2025-01-01|31.12.2025|12 34|12/3|12,3x|NaN|Infinity
    |1,234,56|$5$|(5|5)|1234567890123456789""".replace("\n    ", "").split("|"),
)
def test_what_is_no_amount_is_never_repaired(text: str) -> None:
    assert read_amount(text, ".") is None


@pytest.mark.parametrize("text", ["12..34", "1.2.3", "1,5,5", "1.23", "1,234.56", ""])
def test_the_other_mark_in_the_wrong_place_is_no_amount(text: str) -> None:
    assert read_amount(text, ",") is None


def test_the_currency_beside_the_digits_is_kept() -> None:
    assert read_amount("USD 9,126.07", ".") == Amount(Decimal("9126.07"), "USD")
    assert read_amount("9,126.07 EUR", ".") == Amount(Decimal("9126.07"), "EUR")
    assert read_amount("£5", ".") == Amount(Decimal(5), "GBP", sign_only=True)


@pytest.mark.parametrize(
    ("text", "flag"), [("119.00 S", "D"), ("5.00 H", "C"), ("5.00 CR", "C"), ("5.00 Dr", "D"), ("5.00", "")]
)
def test_a_letter_behind_the_amount_is_debit_or_credit(text: str, flag: str) -> None:
    found = read_amount(text, ".")
    assert found is not None
    assert found.flag == flag


def test_typed_numbers_lose_only_the_noise_of_binary_fractions() -> None:
    assert read_amount(2309.7899999999995, ".") == Amount(Decimal("2309.79"))
    assert read_amount("2309.7899999999995", ".") == Amount(Decimal("2309.79"))
    assert read_amount(100.0, ".") == Amount(Decimal(100))
    assert read_amount(float("nan"), ".") is None
    assert read_amount(float("inf"), ".") is None
    assert read_amount(True, ".") is None


@pytest.mark.parametrize(
    ("cells", "mark"),
    [
        (["1.234,56"], ","),
        (["1,234.56"], "."),
        (["5.5", "1.000"], "."),
        (["2,50", "1.000"], ","),
        (["1.234.567"], ","),
        (["1,234,567"], "."),
        (["0.125"], "."),
        (["100", "200"], None),
        ([100.5, 3], None),
        (["12..34", "31.12.2025", "5,10"], ","),
        (["1,00", "2,00", "3.00"], ","),
    ],
)
def test_the_decimal_mark_is_decided_by_what_proves_it(cells: list[object], mark: str | None) -> None:
    assert decide_mark(cells).mark == mark


def test_a_mark_before_three_digits_makes_thousands_unless_the_currency_has_three() -> None:
    assert decide_mark(["1.000", "2.500"]).mark == ","
    assert decide_mark(["1,000"]).mark == "."
    assert decide_mark(["1.000", "2.500"], three_digits=True).mark == "."


def test_the_evidence_names_an_amount_that_shows_it() -> None:
    assert "1.284,50" in decide_mark(["100", "1.284,50"]).why
    assert decide_mark(["7"], prefers_comma=True).mark == ","
