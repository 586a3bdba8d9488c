"""The total that a snapshot states of itself is kept with its import, and goes with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine

from arcore.company.queries import file_totals
from arcore.intake.understood import FileTotal
from arcore.intake.understood import Understood
from arcore.store.engine import reading

MARCH = date(2026, 3, 31)
TEXT = """Open items as of 31 March 2026
Customer,Number,Date,Due date,Amount,Open balance
Alder,INV-1,2026-03-01,2026-03-31,100.00,60.00
Birch,INV-2,2026-03-05,2026-04-04,50.00,50.00
Total,,,,150.00,{total}
"""


def kept(engine: Engine) -> list[tuple[Any, ...]]:
    """Return what files state of themselves."""
    with reading(engine) as session:
        return [(*place, one.amount, one.source) for place, one in file_totals(session).items()]


def test_the_total_of_what_is_open_is_kept_as_the_file_states_it(
    engine: Engine, read_text: Callable[..., Understood], office_of: Callable[..., Any]
) -> None:
    office, file = office_of(engine), read_text(TEXT.format(total="110.25"), name="march.csv")
    number = office.take(file, yes=True)
    assert kept(engine) == [(MARCH, "main", "EUR", 11_025, "own total of march.csv")]
    office.undo(number)
    assert kept(engine) == []


def stating(files: Any, *rows: Any, open_total: str = "", amount_total: str = "", **more: Any) -> Understood:
    """Return a snapshot of the end of March with its own totals."""
    totals = [
        FileTotal(name, 9, Decimal(stated), Decimal(stated), name)
        for name, stated in (("amount", amount_total), ("open_amount", open_total))
        if stated
    ]
    return files.snapshot("03-31", *rows, file_totals=tuple(totals), **more)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
class TestOfOnePlace:
    """What is compared with a balance has to be of one entity and currency, and whole."""

    def test_without_a_column_of_its_own_the_amounts_are_what_is_open(
        self, engine: Engine, files: Any, office_of: Callable[..., Any]
    ) -> None:
        office_of(engine).take(stating(files, files.document("1", "70", "03-01"), amount_total="70"))
        assert [row[3] for row in kept(engine)] == [7_000]

    def test_two_entities_have_no_total(self, engine: Engine, files: Any, office_of: Callable[..., Any]) -> None:
        rows = [files.document("1", "70", "03-01"), files.document("2", "30", "03-01", entity="north")]
        office_of(engine).take(stating(files, *rows, open_total="100"))
        assert kept(engine) == []

    def test_a_filtered_file_speaks_for_itself_alone(
        self, engine: Engine, files: Any, office_of: Callable[..., Any]
    ) -> None:
        office_of(engine).take(stating(files, files.document("1", "70", "03-01"), open_total="70"), scope="north only")
        assert kept(engine) == []

    def test_a_file_without_a_total_states_nothing(
        self, engine: Engine, files: Any, office_of: Callable[..., Any]
    ) -> None:
        office_of(engine).take(files.snapshot("03-31", files.document("1", "70", "03-01")))
        assert kept(engine) == []
