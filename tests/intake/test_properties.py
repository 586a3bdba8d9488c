"""Whatever is done to a small good file: it is understood, or refused with a sentence, and no row is lost."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from arcore.errors import BadInput
from arcore.intake.dates import read_date
from arcore.intake.numbers import read_amount
from arcore.intake.reading import understand
from arcore.intake.understood import Understood
from arcore.intake.understood import totals

GOOD = (
    "Apex Services\nA/R Aging Detail\nAs of 31 December 2025\n\n"
    "Num,Customer,Date,Due Date,Amount,Open Balance,Currency\n"
    '1041,"Alvarez, Dana",11/18/2025,12/18/2025,"1,284.50","1,284.50",USD\n'
    "1063,Saguaro Ridge,12/14/2025,01/13/2026,4180.75,2180.75,USD\n"
    "CM-1,Saguaro Ridge,12/14/2025,01/13/2026,-80.75,-80.75,USD\n"
    "Total,,,,5384.50,3384.50,\n"
)
CUSTOMERS = "Customer,Email,Terms,Credit limit\nAlder,ap@alder.example,30,1000\nBirch,,,\n"
PIECES = [
    '"',
    ",",
    ";",
    "\t",
    "\n",
    "\r",
    "\ufeff",
    "€",
    "-",
    "(",
    "..",
    "31/02/2026",
    "Total",
    "=",
    "😀",
    " ",
    "0",
    "9" * 30,
    "NaN",
]


@st.composite
def mutated(draw: st.DrawFn, good: str) -> bytes:
    """Insert, delete and repeat pieces of a good text, then encode it somehow."""
    text = good
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(text)))
        until = draw(st.integers(at, min(len(text), at + 40)))
        piece = draw(st.sampled_from(PIECES) | st.text(max_size=6))
        text = text[:at] + piece * draw(st.integers(0, 3)) + text[until:]
    data = text.encode(draw(st.sampled_from(["utf-8", "utf-16", "cp1252"])), errors="replace")
    if draw(st.booleans()):
        cut = draw(st.integers(0, len(data)))
        data = data[:cut] + draw(st.binary(max_size=8)) + data[cut:]
    return data


def accounted_for(data: bytes) -> None:
    """Check that a file is refused with one sentence, or that each of its rows went somewhere."""
    refusal = ""
    found: list[Understood] = []
    try:
        found = understand([("file.csv", data)], currency="USD")
    except BadInput as err:
        refusal = err.message
    assert found or (refusal and "\n" not in refusal)
    for one in found:
        assert one.rows_read == one.rows_used + sum(one.left_out.values()) + len(one.refused)
        assert len({row.key for row in one.rows}) == len(one.rows)
        assert all(row.amount >= 0 and row.amount.is_finite() for row in one.rows)
        assert all(row.document_date or row.due_date for row in one.rows if row.kind == "invoice")
        totals(one.rows)


@settings(max_examples=300, deadline=None)
@given(mutated(GOOD))
def test_no_mutation_of_a_report_breaks_reading(data: bytes) -> None:
    accounted_for(data)


@settings(max_examples=150, deadline=None)
@given(mutated(CUSTOMERS))
def test_no_mutation_of_a_customers_file_breaks_reading(data: bytes) -> None:
    accounted_for(data)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_at_all_break_reading(data: bytes) -> None:
    accounted_for(data)


@settings(deadline=None)
@given(st.decimals(-(10**12), 10**12, places=2), st.sampled_from([".", ","]))
def test_an_amount_written_either_way_comes_back(value: Decimal, mark: str) -> None:
    written = f"{value:,.2f}"
    if mark == ",":
        written = written.replace(",", "_").replace(".", ",").replace("_", ".")
    found = read_amount(written, mark)
    assert found is not None
    assert found.value == value


@given(st.dates(date(1980, 1, 1), date(2079, 12, 31)), st.booleans(), st.sampled_from("/-"))
def test_a_date_written_in_the_order_of_its_column_comes_back(day: date, day_first: bool, mark: str) -> None:
    first, second = (day.day, day.month) if day_first else (day.month, day.day)
    assert read_date(f"{first}{mark}{second}{mark}{day.year}", day_first=day_first) == day
    assert read_date(f"{first:02}{mark}{second:02}{mark}{day.year % 100:02}", day_first=day_first) == day


@given(st.text(max_size=30), st.booleans())
def test_no_text_breaks_the_reading_of_a_cell(text: str, day_first: bool) -> None:
    read_date(text, day_first=day_first)
    for mark in ".,":
        amount = read_amount(text, mark)
        assert amount is None or amount.value.is_finite()
