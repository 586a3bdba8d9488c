"""Our daily history against the least that anybody could do: numpy adds up the amounts and dates that we read.

`numpy.sum` of integers uses no BLAS, so settings of OpenBLAS play no part here.
"""

from __future__ import annotations

import numpy as np

from arcore.reports.book import Book
from benchmarks.history_by_month import ours
from benchmarks.results import Result
from benchmarks.results import compared
from benchmarks.results import equal
from benchmarks.results import within
from benchmarks.timing import Pace
from benchmarks.timing import race


def plain(book: Book) -> tuple[int, ...]:
    """Add up each column of amounts and dates once."""
    columns = book.columns
    read = (columns.amount, columns.effective, columns.original_due, columns.app_amount, columns.app_day)
    return tuple(int(values.sum()) for values in read)


def compare(book: Book, pace: Pace) -> list[Result]:
    """Race the sums; the last day's history has to add up to what the amounts do."""
    mine, theirs = race(lambda: ours(book), lambda: plain(book), pace)
    last = mine.result.values[..., -1].sum()
    checked = equal(np.array([last]), np.array([theirs.result[0]]), "sum of all amounts")
    return [
        compared(
            "daily history",
            len(book.columns.item_id) + len(book.columns.app_id),
            mine,
            "numpy, plain sums",
            theirs,
            target=within(20),
            checked=checked,
            note="the peer adds up each column of amounts and dates once",
        )
    ]
