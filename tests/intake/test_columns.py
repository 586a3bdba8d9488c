"""Columns by name, by likeness and by content."""

from __future__ import annotations

import pytest

from arcore.errors import BadInput
from arcore.intake.columns import candidates_of
from arcore.intake.columns import match_columns
from arcore.intake.synonyms import BY_NAME
from arcore.intake.synonyms import PLACES
from arcore.intake.synonyms import header_currency
from arcore.intake.synonyms import squash


def fields(header: list[str], *rows: list[str]) -> dict[str, str]:
    """Return column → field for a header and some rows."""
    samples: list[list[str]] = [[cell for cell in column if cell] for column in zip(*rows, strict=True)]
    found = match_columns(header, samples or [[] for _ in header])
    return {match.column: match.field for match in found.matches if match.field}


@pytest.mark.parametrize(
    ("header", "same"),
    [("*InvoiceNumber", "invoice_number"), ("P. O. #", "po"), ("Fälligkeit", "Faelligkeit"), ("Échéance", "echeance")],
)
def test_headers_are_compared_by_their_letters(header: str, same: str) -> None:
    assert squash(header) == squash(same)


@pytest.mark.parametrize(
    ("header", "name", "currency"),
    [
        ("Betrag (EUR)", "Betrag", "EUR"),
        ("converted_usd", "converted", "USD"),
        ("Amount in USD", "Amount in", "USD"),
        ("Total (€)", "Total", "EUR"),
        ("Due Date", "Due Date", ""),
        ("TOTAL ALL", "TOTAL ALL", ""),
    ],
)
def test_a_currency_in_a_header_is_taken_out_of_it(header: str, name: str, currency: str) -> None:
    assert header_currency(header) == (name, currency)


def test_one_word_is_a_code_in_france_and_a_name_elsewhere() -> None:
    assert fields(["Client", "Compte client : nom 1"], ["1004000001", "ACME"])["Client"] == "customer_code"
    assert fields(["Client", "Email"], ["Ludwig Krajcik", "l@x.example"])["Client"] == "customer_name"


def test_content_tells_a_paid_flag_from_a_paid_amount() -> None:
    assert fields(["Paid"], ["12.50"])["Paid"] == "paid_amount"
    assert fields(["Paid"], ["Yes"])["Paid"] == "status"


def test_content_tells_a_payment_from_its_number() -> None:
    beside = ["Customer", "Payment date"]
    assert fields([*beside, "Payment"], ["Alder", "2026-01-05", "1,100.00"])["Payment"] == "paid_amount"
    assert fields([*beside, "Payment"], ["Alder", "2026-01-05", "€ 90"])["Payment"] == "paid_amount"
    assert fields([*beside, "Payment", "Amount"], ["Alder", "2026-01-05", "P-17", "5.00"])["Payment"] == "payment_no"
    assert fields([*beside, "Payment", "Amount"], ["Alder", "2026-01-05", "1017", "5.00"])["Payment"] == "payment_no"
    # Whole numbers alone may be either: money where nothing else is, unless the heading says number.
    assert fields([*beside, "Payment"], ["Alder", "2026-01-05", "500"])["Payment"] == "paid_amount"
    assert fields([*beside, "Payment #"], ["Alder", "2026-01-05", "500"])["Payment #"] == "payment_no"


def test_the_filled_one_of_two_columns_is_taken() -> None:
    found = match_columns(["Total", "Amount"], [[], ["5.00"]])
    assert found.at["amount"] == 1


def test_a_misspelt_header_is_still_known_and_says_so() -> None:
    (candidate, *_) = candidates_of("Invioce Date")
    assert candidate.field == "issue_date"
    assert candidate.why == "name like “invoicedate”"


@pytest.mark.parametrize(
    "header",
    ["AccountCode", "Discount Amount", "LateFee Amount", "customer_memo", "invoice_line_index", "SubTotal", "Tax Rate"],
)
def test_a_header_that_only_looks_alike_is_left_alone(header: str) -> None:
    assert not any(candidate.field in {"amount", "customer_code", "invoice_no"} for candidate in candidates_of(header))


def test_corrections_must_name_a_field_and_a_column() -> None:
    with pytest.raises(BadInput, match="no field"):
        match_columns(["a"], [[]], {0: "colour"})
    with pytest.raises(BadInput, match="no column 3"):
        match_columns(["a"], [[]], {2: "amount"})


def test_every_name_leads_to_a_field() -> None:
    assert all(field in BY_NAME for places in PLACES.values() for field, _ in places)
    assert all(name and " " not in name for name in PLACES)
