"""Keys stay unique and stable; repeated totals are taken once and lines are added up."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from arcore.intake.folding import keys
from arcore.intake.understood import Totals
from arcore.intake.understood import Understood
from arcore.intake.understood import totals

ReadText = Callable[..., Understood]
HEAD = "Customer,Invoice No,Date,Due date,"


def test_a_shared_key_gets_its_details_and_then_a_count() -> None:
    assert keys(["a", "b", "b", "b"], ["1", "2", "3", "3"].__getitem__) == ["a", "b|2", "b|3", "b|3#2"]
    assert keys(["p", "p"], ["", ""].__getitem__) == ["p", "p#2"]


@pytest.mark.parametrize(
    ("columns", "lines", "amount", "owed"),
    [
        ("Total,Item", ["9.00,a", "9.00,b"], "9.00", "None"),
        ("Amount,Memo", ["4.00,a", "5.00,b"], "9.00", "None"),
        ("Amount,Open balance,Memo", ["4.50,9.00,a", "4.50,9.00,b"], "9.00", "9.00"),
        ("Amount,Open balance,Memo", ["4.00,3.00,a", "5.00,3.00,b"], "9.00", "3.00"),
        ("Amount,Memo", ["4.50,a", "4.50,b"], "9.00", "None"),
        ("Amount,Quantity,Unit price", ["9.00,2,3", "9.00,1,3"], "9.00", "None"),
        ("Total,Quantity,Unit price", [",2,3.00", ",1,3.00"], "9.00", "None"),
        ("Total,Amount due", ["9.00,1.00", ",1.00"], "9.00", "1.00"),
        ("Line total", ["4.00", "5.00"], "9.00", "None"),
    ],
)
def test_two_lines_of_one_invoice(read_text: ReadText, columns: str, lines: list[str], amount: str, owed: str) -> None:
    rows = "".join(f"Alder,7,2026-01-05,2026-02-04,{line}\n" for line in lines)
    found = read_text(f"{HEAD}{columns}\n{rows}", currency="EUR")
    assert [(str(row.amount), str(row.open_amount), row.lines) for row in found.rows] == [(amount, owed, 2)]


def test_a_line_that_repeats_another_in_every_cell_is_a_duplicate(read_text: ReadText) -> None:
    found = read_text(f"{HEAD}Total\n" + "Alder,7,2026-01-05,2026-02-04,9.00\n" * 3, currency="EUR")
    assert len(found.rows) == 1
    assert found.left_out == {"duplicate": 2}


def test_totals_are_by_currency_and_leave_void_ones_out(read_text: ReadText) -> None:
    found = read_text(
        f"{HEAD}Type,Total,Balance,Status,Currency\n"
        "Alder,1,2026-01-05,2026-02-04,Invoice,9.00,9.00,Open,EUR\n"
        "Alder,2,2026-01-05,2026-02-04,Credit note,2.00,1.00,Open,EUR\n"
        "Alder,3,2026-01-05,2026-02-04,Payment,4.00,0.00,,USD\n"
        "Alder,4,2026-01-05,2026-02-04,Invoice,5.00,5.00,Void,EUR\n"
    )
    euro, dollar = totals(found.rows)["EUR"], totals(found.rows)["USD"]
    assert (euro.invoices.count, euro.invoices.sum, euro.credit_notes.sum, euro.open) == (1, 9, 2, 8)
    assert (dollar.payments.count, dollar.payments.sum, dollar.open) == (1, 4, 0)
    assert totals([]) == {}
    assert Totals().open is None
    assert isinstance(euro.open, Decimal)
