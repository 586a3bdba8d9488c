"""How good the data of a file are, on rows one can count."""

from __future__ import annotations

from collections.abc import Callable

from arcore.intake.quality import Quality
from arcore.intake.quality import flawed
from arcore.intake.quality import quality_of
from arcore.intake.understood import Understood

ReadText = Callable[..., Understood]
FILE = """Invoice No,Customer,Invoice Date,Due Date,Amount,Currency
A-1,Alder,2026-01-05,2026-02-04,100.00,EUR
A-2,Alder,2026-01-05,,100.00,EUR
A-3,Alder,2026-01-05,2026-01-01,100.00,EUR
A-4,Alder,2026-01-05,2027-01-05,100.00,
A-5,Alder,2026-01-05,2026-02-04,abc,EUR
A-6,Alder,2026-01-05,2026-02-04,100.00,EUR
A-6,Alder,2026-01-05,2026-02-04,100.00,EUR
"""


def test_rows_without_a_flaw_are_counted(read_text: ReadText) -> None:
    found = quality_of(read_text(FILE))
    assert found.flaws == {"refused": 1, "duplicate": 1, "no_due_date": 1, "odd_terms": 2, "no_currency": 1}
    assert (found.rows, found.clean) == (7, 2)  # once; A-4 has two flaws
    assert found.score == 28


def test_the_rows_with_a_flaw_are_named_in_the_order_of_the_file(read_text: ReadText) -> None:
    found = flawed(read_text(FILE))
    assert [(row.line, row.number, row.flaws) for row in found] == [
        (3, "A-2", ("no_due_date",)), (4, "A-3", ("odd_terms",)), (5, "A-4", ("no_currency", "odd_terms")),
        (6, "A-5", ("refused",)),
    ]  # fmt: skip
    assert "abc" in found[-1].reason


def test_customers_need_an_address(read_text: ReadText) -> None:
    found = quality_of(read_text("Customer No,Customer Name,E-mail\n1,Alder,a@alder.example\n2,Birch,\n3,Cedar,\n"))
    assert (found.rows, found.score, found.flaws) == (3, 33, {"no_email": 2})


def test_all_clean_is_a_hundred_and_nothing_is_no_score() -> None:
    assert Quality(7, 7).score == 100
    assert Quality(1000, 999).score == 99
    assert Quality(0, 0).score is None
    assert Quality(1, 0, {"refused": 1}) + Quality(3, 3) == Quality(4, 3, {"refused": 1})


def test_the_history_keeps_it(office, read_text: ReadText) -> None:
    from arcore.intake import queries

    office.take(read_text(FILE), yes=True)
    [row] = queries.history(office.engine)
    assert row.quality is not None
    assert (row.quality.score, row.quality.flaws["odd_terms"]) == (28, 2)
