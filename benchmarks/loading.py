"""Loading the books safely from a store in use, against ADBC on a file that nobody else has open.

While we load, somebody is in the middle of a write. We read through the connections that everybody uses, join and
lay the columns out; ADBC only has to hand over the same columns as Arrow tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine
from sqlalchemy import text

from arcore.reports.book import Book
from arcore.reports.book import load
from benchmarks import stored
from benchmarks.results import Result
from benchmarks.results import compared
from benchmarks.results import equal
from benchmarks.results import within
from benchmarks.stored import Stored
from benchmarks.timing import Pace
from benchmarks.timing import race


def compare(engine: Engine, closed: Path, pace: Pace) -> tuple[list[Result], Book, Stored]:
    """Race ADBC on a closed copy; also return what both loaded, for the comparisons that follow."""
    with somebody_writing(engine):
        mine, theirs = race(lambda: load(engine, bulk_from=1), lambda: stored.read(closed), pace)
    checked = equal(_here(mine.result), _there(theirs.result), "loaded columns")
    found = compared(
        "load a store in use",
        theirs.result.rows,
        mine,
        "ADBC, closed file to Arrow",
        theirs,
        target=within(2),
        checked=checked,
        note="ours includes customers and settings, the join and the columns; the peer stops at Arrow tables",
    )
    return [found], mine.result, theirs.result


@contextmanager
def somebody_writing(engine: Engine) -> Iterator[None]:
    """Hold a write open: rows written and not committed; they are taken back in the end."""
    with engine.execution_options(write=True).connect() as connection:
        connection.execute(text("INSERT INTO company_setting (name, value) VALUES ('benchmark', 'null')"))
        yield
        connection.rollback()


def _here(book: Book) -> NDArray[np.int64]:
    columns = book.columns
    return np.concatenate(
        [
            columns.item_id,
            columns.amount,
            columns.side,
            columns.due,
            columns.effective,
            columns.app_id,
            columns.app_amount,
            columns.app_day,
        ]
    ).astype(np.int64)


def _there(found: Stored) -> NDArray[np.int64]:
    items, applications = found.items, found.applications
    return np.concatenate(
        [
            items["id"].to_numpy(),
            items["amount"].to_numpy(),
            items["side"].to_numpy(),
            stored.day_numbers(items["due_date"]),
            stored.day_numbers(items["effective_on"]),
            applications["id"].to_numpy(),
            applications["amount"].to_numpy(),
            stored.day_numbers(applications["effective_on"]),
        ]
    ).astype(np.int64)
