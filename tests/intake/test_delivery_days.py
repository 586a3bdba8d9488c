"""The day of delivery in files: recognised by name in several languages, believed by its content, never in the way."""

from __future__ import annotations

from datetime import date

import pytest

from arcore.intake.columns import candidates_of
from arcore.intake.delivery_days import believed


@pytest.mark.parametrize(
    "header",
    ["Delivery date", "Ship Date", "Date of service", "Lieferdatum", "Leistungsdatum", "Liefer-/Leistungsdatum",
     "Date de livraison", "Fecha de entrega", "Data consegna", "Leverdatum", "Actual delivery date (local)"],
)  # fmt: skip
def test_its_names_are_known(header: str) -> None:
    assert candidates_of(header)[0].field == "delivery_date"


@pytest.mark.parametrize("header", ["Expected delivery date", "Requested ship date", "Due date", "Ship to", "Date"])
def test_other_days_are_not_taken_for_it(header: str) -> None:
    assert "delivery_date" not in [found.field for found in candidates_of(header)]


def days(*numbers: int) -> list[date | None]:
    return [date(2026, 3, number) if number else None for number in numbers]


def test_days_at_or_before_the_invoice_are_believed() -> None:
    assert believed(days(1, 5, 0, 9), days(2, 5, 6, 8), "Shipped") == (days(1, 5, 0, 9), "")


def test_days_mostly_after_the_invoice_are_not() -> None:
    found, why = believed(days(9, 9, 9, 1), days(2, 5, 6, 8), "Ship date")
    assert found == []
    assert why.startswith("“Ship date” is after the document date in 3 of 4 rows")


def test_two_rows_prove_nothing() -> None:
    assert believed(days(9, 9), days(2, 5), "Ship date") == (days(9, 9), "")
