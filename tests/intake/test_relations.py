"""Content beside names: what columns say of each other raises and lowers scores, and weak ones are asked about."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from arcore.intake.understood import ColumnMatch
from arcore.intake.understood import Understood

Read = Callable[..., Understood]
HEADER = "Customer,Invoice No,Invoice Date,Due Date,Amount,Paid,Open Amount\n"


def of(found: Understood, field: str) -> ColumnMatch:
    """Return the column that was taken for a field."""
    return next(column for column in found.columns if column.field == field)


def rows(*parts: str, count: int = 10) -> str:
    """Return rows of which `{n}` counts from 10."""
    return "".join(",".join(parts).format(n=n) + "\n" for n in range(10, 10 + count))


GOOD = HEADER + rows("Acme", "R-{n}", "2026-01-{n}", "2026-02-{n}", "100.00", "40.00", "60.00")


def test_what_agrees_raises_the_score_and_says_so(read_text: Read) -> None:
    found = read_text(GOOD)
    lonely = read_text(GOOD.replace(",40.00,60.00", ",,").replace(",Paid,Open Amount", ",,"))
    assert "paid and open together in 10 of 10" in of(found, "amount").why
    assert of(found, "amount").score > of(lonely, "amount").score
    assert "at most the amount in 10 of 10" in of(found, "open_amount").why
    assert "not before the date in 10 of 10" in of(found, "due_date").why
    assert "10 different in 10 rows" in of(found, "invoice_no").why
    assert not found.questions


def test_a_date_column_of_numbers_is_asked_about(read_text: Read) -> None:
    found = read_text(HEADER + rows("Acme", "R-{n}", "{n}", "2026-02-{n}", "100.00", "40.00", "60.00"))
    assert (of(found, "issue_date").score, of(found, "issue_date").why.startswith("name; only 0 of 10 are dates")) == (
        0.2,
        True,
    )
    (asked,) = found.questions
    assert asked.id == "columns"
    assert "“Invoice Date” (name; only 0 of 10 are dates" in asked.text
    assert len(found.refused) == 10, "and nothing of it is booked as if the numbers were days"


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (
            ("Acme", "R-{n}", "2026-01-{n}", "2026-02-{n}", "60.00", "", "100.00"),
            "Open Amount",
            "at most the amount in 0",
        ),
        (
            ("Acme", "R-{n}", "2026-02-{n}", "2026-01-{n}", "100.00", "", "100.00"),
            "Due Date",
            "not before the date in 0",
        ),
        (
            ("Acme", "R-1", "2026-01-{n}", "2026-02-{n}", "100.00", "", "100.00"),
            "Invoice No",
            "the same in all 10 rows",
        ),
    ],
    ids=["more open than the amount", "due before it is issued", "one number"],
)
def test_what_contradicts_lowers_the_score_until_somebody_is_asked(
    read_text: Read, row: tuple[str, ...], column: str, words: str
) -> None:
    found = read_text(HEADER + rows(*row))
    weak = next(one for one in found.columns if one.column == column)
    assert words in weak.why
    assert weak.score < 0.5
    assert [question.id for question in found.questions] == ["columns"]
    assert f"“{column}”" in found.questions[0].text


def test_a_column_that_a_person_chose_is_not_asked_about(read_text: Read) -> None:
    text = HEADER + rows("Acme", "R-{n}", "2026-01-{n}", "2026-02-{n}", "60.00", "", "100.00")
    found = read_text(text, mapping={6: "open_amount"})
    assert not found.questions
    assert of(found, "open_amount").score == 1.0


def test_a_few_rows_prove_nothing(read_text: Read) -> None:
    found = read_text(HEADER + rows("Acme", "R-{n}", "2026-02-{n}", "2026-01-{n}", "60.00", "", "100.00", count=3))
    assert not found.questions
