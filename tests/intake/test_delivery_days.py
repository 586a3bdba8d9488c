"""The day of delivery in files: recognised by name in several languages, believed by its content, never in the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from arcore.intake.columns import candidates_of
from arcore.intake.delivery_days import believed
from arcore.intake.exchange_out import write_books
from arcore.intake.reading import understand
from arcore.ledger.delivered import standing
from arcore.store.engine import reading


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


HEADER = "Invoice No,Customer,Invoice Date,Due Date,{},Amount,Open\n"
ROWS = (
    "INV-1,Alder,2026-03-10,2026-04-09,2026-03-03,100.00,100.00\n"
    "INV-2,Alder,2026-03-12,2026-04-11,2026-03-12,200.00,200.00\n"
    "INV-3,Birch,2026-03-20,2026-04-19,soon,300.00,300.00\n"
)


def told(office: Any) -> dict[str, date]:
    """Return the days of delivery that count, by the number of the document."""
    with reading(office.engine) as session:
        days = standing(session)
        numbers = session.execute(text("SELECT id, number FROM document")).all()
    return {number: days[key] for key, number in numbers if key in days}


def take(office: Any, files: list[tuple[str, bytes]]) -> int | None:
    number: int | None = office.take(*understand(files), yes=True, contents=dict(files))
    return number


def test_a_file_tells_the_days_and_an_odd_one_refuses_nothing(office: Any) -> None:
    take(office, [("a.csv", (HEADER.format("Lieferdatum") + ROWS).encode())])
    assert told(office) == {"INV-1": date(2026, 3, 3), "INV-2": date(2026, 3, 12)}


def test_a_later_file_tells_known_invoices_anew_and_its_undo_takes_that_back(office: Any) -> None:
    take(office, [("a.csv", (HEADER.format("Delivery date") + ROWS).encode())])
    again = ROWS.replace("2026-03-03", "2026-03-05").replace("soon", "2026-03-19")
    again += "INV-4,Birch,2026-03-25,2026-04-24,,400.00,400.00\n"
    number = take(office, [("b.csv", (HEADER.format("Delivery date") + again).encode())])
    assert told(office) == {"INV-1": date(2026, 3, 5), "INV-2": date(2026, 3, 12), "INV-3": date(2026, 3, 19)}
    office.undo(number)
    assert told(office) == {"INV-1": date(2026, 3, 3), "INV-2": date(2026, 3, 12)}


def test_a_file_that_tells_nothing_but_days_is_booked_once(office: Any) -> None:
    without = (HEADER.format("Note") + ROWS).encode()
    take(office, [("a.csv", without)])
    assert told(office) == {}
    more = [("b.csv", (HEADER.format("Delivery date") + ROWS).encode())]
    plan = office.plan(*understand(more), yes=True, contents=dict(more))
    assert (plan.deliveries, plan.is_empty) == (2, False)
    assert "Of 2 documents that are booked already the day of delivery is told anew" in plan.warnings
    take(office, more)
    assert told(office) == {"INV-1": date(2026, 3, 3), "INV-2": date(2026, 3, 12)}
    again = office.plan(*understand(more), yes=True, contents=dict(more))
    assert again.deliveries == 0


def test_the_exchange_pair_carries_them(office: Any, other: Any) -> None:
    take(office, [("a.csv", (HEADER.format("Delivery date") + ROWS).encode())])
    written = write_books(office.engine)
    take(other, list(written.items()))
    assert told(other) == told(office) == {"INV-1": date(2026, 3, 3), "INV-2": date(2026, 3, 12)}
    assert write_books(other.engine)["documents.csv"].count(b"2026-03-03") == 1


def test_a_day_that_a_later_file_of_another_source_repeated_outlives_the_undo_of_the_first(office: Any) -> None:
    without = [("a.csv", (HEADER.format("Note") + ROWS).encode())]
    take(office, without)
    days = [("days.csv", (HEADER.format("Delivery date") + ROWS).encode())]
    (shipped,) = understand(days)
    first = office.take(replace(shipped, profile="Warehouse"), yes=True, contents=dict(days))
    assert told(office) == {"INV-1": date(2026, 3, 3), "INV-2": date(2026, 3, 12)}
    more = ROWS + "INV-4,Birch,2026-03-25,2026-04-24,2026-03-24,400.00,400.00\n"
    take(office, [("b.csv", (HEADER.format("Delivery date") + more).encode())])
    again = more.replace("400.00,400.00", "400.00,350.00")
    take(office, [("c.csv", (HEADER.format("Delivery date") + again).encode())])
    rows = office.rows("SELECT import_id, count(*) AS told FROM delivery GROUP BY import_id ORDER BY import_id")
    assert [row["told"] for row in rows] == [2, 3], "the same source tells nothing again"
    office.undo(first)
    assert told(office) == {"INV-1": date(2026, 3, 3), "INV-2": date(2026, 3, 12), "INV-4": date(2026, 3, 24)}
