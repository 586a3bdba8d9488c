"""Dates as they stand in files: what is read, what does not exist, how day and month are told apart."""

from __future__ import annotations

from datetime import date
from datetime import datetime

import pytest

from arcore.intake.dates import BadDate
from arcore.intake.dates import as_of_in
from arcore.intake.dates import decide_order
from arcore.intake.dates import is_date
from arcore.intake.dates import read_date

EITHER_WAY = [
    ("2025-01-31", "2025-01-31"),
    ("2025/1/31", "2025-01-31"),
    ("2019.04.19.", "2019-04-19"),
    ("20091224120000[0:GMT]", "2009-12-24"),
    ("20260901", "2026-09-01"),
    ("Jan 28 2021", "2021-01-28"),
    ("10 Feb 18", "2018-02-10"),
    ("10-Nov-2009", "2009-11-10"),
    ("10-NOV-09", "2009-11-10"),
    ("December 31, 2025", "2025-12-31"),
    ("31 de diciembre de 2025", "2025-12-31"),
    ("1er janvier 2026", "2026-01-01"),
    ("3. März 2026", "2026-03-03"),
    ("Monday, January 5, 2026", "2026-01-05"),
    ("2017-05-27 8:56:10", "2017-05-27"),
    ("2020-04-15 12:25:01.718750000", "2020-04-15"),
    ("2019-10-14T12:00:00Z", "2019-10-14"),
    ("31.12.2025", "2025-12-31"),
    ("1.2.25", "2025-02-01"),
    ("31/12/1999", "1999-12-31"),
]


@pytest.mark.parametrize(("text", "value"), EITHER_WAY)
def test_a_date_that_can_be_read_in_one_way_is_read(text: str, value: str) -> None:
    assert read_date(text, day_first=True) == date.fromisoformat(value)
    assert is_date(text)


def test_the_order_of_the_column_reads_the_others() -> None:
    assert read_date("1/2/2025", day_first=True) == date(2025, 2, 1)
    assert read_date("1/2/2025", day_first=False) == date(2025, 1, 2)
    assert read_date("01-02-25", day_first=False) == date(2025, 1, 2)


@pytest.mark.parametrize("text", ["31/02/2026", "29/02/2025", "2025-02-30", "13/13/2025", "31 April 2025"])
def test_a_day_that_does_not_exist_is_said_to(text: str) -> None:
    assert read_date(text, day_first=True) == BadDate("does not exist")


def test_the_month_thirteen_does_not_exist_either() -> None:
    assert read_date("02/31/2026", day_first=False) == BadDate("does not exist")
    assert read_date("12/31/2025", day_first=True) == BadDate("does not exist")


@pytest.mark.parametrize("text", ["not-a-date", "13/2025", "2025", "12.5", "1,2", "10 Foo 2025", "x" * 80])
def test_what_is_no_date_is_said_to_be_none(text: str) -> None:
    assert read_date(text, day_first=True) == BadDate("is not a date")
    assert not is_date(text)


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31", "1.1.1900"])
def test_a_year_far_away_is_refused(text: str) -> None:
    assert isinstance(read_date(text, day_first=True), BadDate)


def test_typed_cells_are_dates_and_numbers_are_excel_days() -> None:
    assert read_date(datetime(2026, 3, 1, 12, 30), day_first=True) == date(2026, 3, 1)  # noqa: DTZ001 - cells have no zone
    assert read_date(date(2026, 3, 1), day_first=True) == date(2026, 3, 1)
    assert read_date(46082.0, day_first=True) == date(2026, 3, 1)
    assert isinstance(read_date(12.0, day_first=True), BadDate)
    assert isinstance(read_date(True, day_first=True), BadDate)


def test_one_day_above_twelve_proves_the_order_of_a_column() -> None:
    american = decide_order(["02/01/2025", "01/15/2025"], default=True, default_why="")
    assert (american.day_first, american.proved) == (False, True)
    assert "01/15/2025" in american.why
    british = decide_order(["02/01/2025", "15/01/2025"], default=False, default_why="")
    assert (british.day_first, british.proved) == (True, True)


def test_without_proof_the_default_is_taken_and_named() -> None:
    order = decide_order(["02/01/2025", "03/01/2025"], default=False, default_why="amounts are in USD")
    assert (order.day_first, order.proved) == (False, False)
    assert "month first: amounts are in USD" in order.why


def test_dates_that_read_the_same_either_way_need_no_order() -> None:
    assert decide_order(["05/05/2025", "2025-01-31"], default=True, default_why="").day_first is None


@pytest.mark.parametrize(
    ("title", "day"),
    [
        ("As of December 31, 2025", "2025-12-31"),
        ("As of 31 December 2025", "2025-12-31"),
        ("A/R Aging Detail as at 31/12/2025", "2025-12-31"),
        ("Stand: 31.12.2025", "2025-12-31"),
        ("OP-Liste zum 31.12.2025", "2025-12-31"),
        ("Balance âgée au 31/12/2025", "2025-12-31"),
    ],
)
def test_the_day_of_a_snapshot_stands_in_its_title(title: str, day: str) -> None:
    assert as_of_in(["Apex Ltd", title], day_first=True) == date.fromisoformat(day)


@pytest.mark.parametrize(
    "title", ["January 1 - December 31, 2025", "Apex Ltd", "As of late", "From 1/1/2025 to 31/12/2025"]
)
def test_a_period_is_no_day(title: str) -> None:
    assert as_of_in([title], day_first=True) is None
