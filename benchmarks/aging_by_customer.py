"""Aging by customer as of one day: ours by the compiled loop, DuckDB's by one query on its own table."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from arcore.analytics.aging import Aging
from arcore.analytics.aging import aging
from arcore.dates import to_day
from arcore.reports.book import Book
from benchmarks.book import LAST_DAY
from benchmarks.history_by_month import COLUMNS
from benchmarks.peers import customers_duckdb
from benchmarks.peers.tables import Tables
from benchmarks.results import Result
from benchmarks.results import at_least
from benchmarks.results import compared
from benchmarks.results import equal
from benchmarks.timing import Pace
from benchmarks.timing import race


def compare(book: Book, tables: Tables, pace: Pace) -> list[Result]:
    """Race the query; every customer's cell has to be the same."""
    mine, theirs = race(lambda: ours(book), lambda: customers_duckdb.aging(tables.duck, LAST_DAY), pace)
    there = _cells(theirs.result, book)
    checked = equal(mine.result.columns, there, "customers of DuckDB")
    note = f"{len(book.around.customers.ids):,} customers as of one day"
    return [
        compared(
            "aging by customer",
            tables.rows,
            mine,
            "DuckDB, one query",
            theirs,
            target=at_least(5),
            checked=checked,
            note=note,
        )
    ]


def ours(book: Book) -> Aging:
    """Age every customer, in each currency, at the end of the last day."""
    return aging(
        book.columns,
        to_day(LAST_DAY),
        groups=book.columns.customer,
        n_groups=len(book.around.customers.ids),
        n_currencies=len(book.currencies),
    )


def _cells(found: dict[str, NDArray[Any]], book: Book) -> NDArray[np.int64]:
    cells = np.zeros((len(book.around.customers.ids), len(book.currencies), COLUMNS), np.int64)
    customer = book.around.customers.positions(np.asarray(found["customer_id"], np.int64))
    names = {currency: code for code, currency in enumerate(book.currencies)}
    currency = np.array([names[str(name)] for name in found["currency"]], np.int64)
    cells[customer, currency, found["bucket"]] = found["open"]
    return cells
