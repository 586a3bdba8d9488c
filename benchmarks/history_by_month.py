"""Our daily history of every bucket against peers that ask for 36 month-ends, one after the other, the ordinary way.

We give every day from the first to the last in one pass; they give 36 days of these.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from arcore.analytics.daily import Balances
from arcore.analytics.daily import daily_balances
from arcore.dates import month_ends
from arcore.dates import to_day
from arcore.reports.book import Book
from benchmarks.book import FIRST_DAY
from benchmarks.book import LAST_DAY
from benchmarks.book import MONTHS
from benchmarks.peers import asof_duckdb
from benchmarks.peers import asof_pandas
from benchmarks.peers import asof_polars
from benchmarks.peers.tables import Tables
from benchmarks.results import Result
from benchmarks.results import at_least
from benchmarks.results import compared
from benchmarks.results import equal
from benchmarks.timing import Pace
from benchmarks.timing import race

Answer = list[tuple[str, int, int]]
COLUMNS = 6
TURNS = 3
"""Enough: each is 36 queries."""


def ours(book: Book) -> Balances:
    """Return every bucket by currency on every day."""
    return daily_balances(book.columns, first=to_day(FIRST_DAY), last=to_day(LAST_DAY))


def compare(book: Book, tables: Tables, pace: Pace) -> list[Result]:
    """Race each peer; every one of its figures has to be ours of that day."""
    days = month_ends(LAST_DAY, MONTHS)
    asked: dict[str, Callable[[date], Answer]] = {
        "DuckDB": lambda day: asof_duckdb.aging(tables.duck, day),
        "Polars": lambda day: asof_polars.aging(tables.polars_items, tables.polars_applications, day),
        "pandas": lambda day: asof_pandas.aging(tables.pandas_items, tables.pandas_applications, day),
    }
    return [_against(peer, ask, book, tables.rows, days, pace) for peer, ask in asked.items()]


def _against(
    peer: str,
    ask: Callable[[date], Answer],
    book: Book,
    rows: int,
    days: list[date],
    pace: Pace,
) -> Result:
    few = replace(pace, turns=min(pace.turns, TURNS))
    mine, theirs = race(lambda: ours(book), lambda: [ask(day) for day in days], few)
    here = np.stack([mine.result.values[0, :, :, mine.result.index(to_day(day))] for day in days])
    there = np.stack([as_cells(answer, book.currencies) for answer in theirs.result])
    return compared(
        "daily history",
        rows,
        mine,
        f"{peer}, {len(days)} as-of queries",
        theirs,
        target=at_least(30),
        checked=equal(here, there, f"month-ends of {peer}"),
        note=f"every bucket on {len(mine.result.days):,} days, against {len(days)} of them",
    )


def as_cells(answer: Answer, currencies: tuple[str, ...]) -> NDArray[np.int64]:
    """Return [currency, column] of a list of cells; what is not in the list is 0."""
    cells = np.zeros((len(currencies), COLUMNS), np.int64)
    for currency, column, units in answer:
        cells[currencies.index(currency), column] = units
    return cells
