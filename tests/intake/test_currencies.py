"""In which currency an amount is, when nobody names it."""

from __future__ import annotations

from collections.abc import Callable

from arcore.intake.understood import Understood

ReadText = Callable[..., Understood]
HEAD = "Invoice No,Customer,Date,Due Date,Amount"


def currencies(found: Understood) -> list[str]:
    """Return the currency of each row."""
    return [row.currency for row in found.rows]


def test_a_dollar_sign_is_the_dollar_of_the_caller(read_text: ReadText) -> None:
    text = f"{HEAD}\n1,Alder,2026-01-05,2026-02-04,$5.00\n"
    assert currencies(read_text(text)) == ["USD"]
    assert "“$” is read as USD." in read_text(text).warnings
    assert currencies(read_text(text, currency="CAD")) == ["CAD"]
    assert currencies(read_text(text, currency="EUR")) == ["USD"]


def test_the_header_may_name_it(read_text: ReadText) -> None:
    found = read_text(f"{HEAD} (CHF)\n1,Alder,2026-01-05,2026-02-04,5.00\n", currency="EUR")
    assert currencies(found) == ["CHF"]


def test_the_name_of_the_customer_may_end_with_it(read_text: ReadText) -> None:
    found = read_text(f'{HEAD}\n1,"Smith, John - USD",2026-01-05,2026-02-04,5.00\n', currency="IDR")
    assert currencies(found) == ["USD"]


def test_lower_case_codes_and_signs_in_a_column(read_text: ReadText) -> None:
    found = read_text(f"{HEAD},Currency\n1,A,2026-01-05,2026-02-04,5,eur\n2,A,2026-01-05,2026-02-04,5,£\n")
    assert currencies(found) == ["EUR", "GBP"]
    assert found.questions == ()


def test_an_unknown_code_is_refused_and_a_blank_one_taken_from_the_caller(read_text: ReadText) -> None:
    found = read_text(
        f"{HEAD},Currency\n1,A,2026-01-05,2026-02-04,5,EUR\n2,A,2026-01-05,2026-02-04,5,XQZ\n3,A,2026-01-05,2026-02-04,5,\n",
        currency="EUR",
    )
    assert currencies(found) == ["EUR", "EUR"]
    assert [(row.line, row.reason) for row in found.refused] == [(3, "Currency XQZ is not known")]
    assert "1 of 3 rows name no currency; EUR is taken." in found.warnings
