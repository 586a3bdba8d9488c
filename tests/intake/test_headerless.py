"""A file without a header is guessed from its content, and a person is asked."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from arcore.errors import BadInput
from arcore.intake.understood import OTHER
from arcore.intake.understood import Understood

ReadText = Callable[..., Understood]
ROWS = "Alder,1,2026-01-05,2026-02-04,100.00\nBirch,2,2026-01-06,2026-02-05,50.50\nCedar,3,2026-01-07,2026-02-06,7.00\n"


def test_a_name_a_number_two_dates_and_an_amount(read_text: ReadText) -> None:
    found = read_text(ROWS, currency="EUR")
    assert [question.id for question in found.questions] == ["no_header"]
    assert (found.header_row, found.rows_read) == (0, 3)
    assert [(row.customer_name, row.number, str(row.amount), row.line) for row in found.rows] == [
        ("Alder", "1", "100.00", 1),
        ("Birch", "2", "50.50", 2),
        ("Cedar", "3", "7.00", 3),
    ]
    assert {match.why.partition(";")[0] for match in found.columns if match.field} == {"guessed from its content"}


def test_a_number_with_letters_before_the_name_is_no_name(read_text: ReadText) -> None:
    rows = "INV-1,Alder Ltd,2026-10-01,2026-10-31,100.00\nINV-2,Birch plc,2026-10-05,2026-11-04,250.00\n"
    found = read_text(rows, currency="EUR")
    assert [(row.customer_name, row.number) for row in found.rows] == [("Alder Ltd", "INV-1"), ("Birch plc", "INV-2")]


def test_a_person_may_say_what_the_columns_are(read_text: ReadText) -> None:
    found = read_text(ROWS, currency="EUR", mapping={1: "customer_code", 0: "invoice_no"})
    assert [(row.customer_code, row.number) for row in found.rows] == [("1", "Alder"), ("2", "Birch"), ("3", "Cedar")]


def test_a_bank_statement_without_a_header_is_not_guessed_to_be_invoices(read_text: ReadText) -> None:
    found = read_text("11/01/2026,Deposit,500.00,500.00\n12/01/2026,Check,-100.00,400.00\n")
    assert (found.kind, found.rows) == (OTHER, ())
    assert "No row of it names columns" in found.reason


def test_words_are_no_table(read_text: ReadText) -> None:
    with pytest.raises(BadInput, match="holds no table"):
        read_text("Dear Sir\nwe owe you nothing\n")
