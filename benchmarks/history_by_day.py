"""Our daily history against the best single SQL for the same output: every bucket of every currency on every day."""

from __future__ import annotations

from arcore.reports.book import Book
from benchmarks.book import FIRST_DAY
from benchmarks.book import LAST_DAY
from benchmarks.history_by_month import ours
from benchmarks.peers import daily_duckdb
from benchmarks.peers.tables import Tables
from benchmarks.results import Result
from benchmarks.results import at_least
from benchmarks.results import compared
from benchmarks.results import equal
from benchmarks.timing import Pace
from benchmarks.timing import race


def compare(book: Book, tables: Tables, pace: Pace) -> list[Result]:
    """Race the SQL; every figure of every day has to be the same."""
    mine, theirs = race(lambda: ours(book), lambda: daily_duckdb.daily(tables.duck, FIRST_DAY, LAST_DAY), pace)
    there = daily_duckdb.as_cells(theirs.result, len(book.currencies))
    order = sorted(range(len(book.currencies)), key=lambda code: book.currencies[code])
    checked = equal(mine.result.values[0, order], there, "daily history of DuckDB")
    return [
        compared(
            "daily history",
            tables.rows,
            mine,
            "DuckDB, the same in one SQL",
            theirs,
            target=at_least(1),
            checked=checked,
            note=f"every bucket on {len(mine.result.days):,} days",
        )
    ]
