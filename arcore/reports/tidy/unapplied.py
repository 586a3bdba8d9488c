"""Cash and credits that lie unapplied, and which of the oldest open items they would pay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
from sqlalchemy import Engine

from arcore.analytics.columns import Ints
from arcore.cleanup.queries import decisions
from arcore.ledger.checks import LAST_YEAR
from arcore.reports.filters import DOCUMENT
from arcore.reports.filters import Filters
from arcore.reports.pauses import pauses
from arcore.reports.tidy.listing import Listing
from arcore.reports.view import View
from arcore.reports.view import view

LAST_DAY = date(LAST_YEAR, 12, 31)
"""The books as they are now, whatever day is looked at."""


class Pair(NamedTuple):
    """So much of a credit would be applied to a debit; rows of the columns, positive minor units."""

    source: int
    target: int
    amount: int


def unapplied(engine: Engine, filters: Filters, days: int, *, left: bool = False) -> Listing:
    """Return credits that are open at the end of the as-of day and older than so many days, the largest first.

    `extra["age"]` is their age in days. `left` gives those that somebody decided to leave instead of the others.
    """
    seen = view(engine, filters)
    items = seen.open_items()
    credit = items.bucket == len(items.names) - 1
    rows, amount = items.row[credit], items.open[credit]
    age = seen.as_of - seen.columns.effective[rows].astype(np.int64)
    decided = np.isin(seen.columns.item_id[rows], [int(subject) for subject in decisions(engine, "unapplied")])
    chosen = (age > days) & (decided if left else ~decided)
    found = Listing(seen, rows[chosen], amount[chosen], np.zeros(int(chosen.sum()), np.int64), extra={
        "age": age[chosen]})  # fmt: skip
    return found.ordered("largest")


def proposed(engine: Engine, filters: Filters, item_ids: Sequence[int]) -> tuple[View, tuple[Pair, ...]]:
    """Return what credits would pay if applied to the oldest items open now, and the books that this was read from.

    An item pays only for its own customer, entity and currency; what is disputed is left alone.
    """
    seen = view(engine, Filters(as_of=LAST_DAY, currency=DOCUMENT, intercompany="in", entity=filters.entity))
    columns = seen.columns
    items = seen.open_items()
    balance = np.zeros(len(columns.item_id), np.int64)
    balance[items.row] = items.open
    wanted = columns.rows_of(np.array(item_ids, np.int64))
    credits_ = wanted[(columns.side[wanted] < 0) & (balance[wanted] < 0)]
    credits_ = credits_[np.lexsort((credits_, columns.effective[credits_]))]
    return seen, tuple(_spread(seen, credits_, balance, _owed(engine, seen, credits_, items.row)))


def _owed(engine: Engine, seen: View, credits_: Ints, rows: Ints) -> dict[tuple[int, int, int], list[list[int]]]:
    """Return the open debits of the customers concerned, [row, free amount], the oldest due first."""
    columns, who = seen.columns, seen.book.around.customers.survivor
    debits = rows[(columns.side[rows] > 0) & np.isin(who[columns.customer[rows]], who[columns.customer[credits_]])]
    debits = debits[np.lexsort((debits, columns.original_due[debits]))]
    opened = seen.open_items()
    place = np.searchsorted(opened.row, debits)
    free = opened.open[place] - pauses(engine, seen).disputed_of(debits)
    found: dict[tuple[int, int, int], list[list[int]]] = defaultdict(list)
    for row, amount in zip(debits.tolist(), free.tolist(), strict=True):
        if amount > 0:
            found[_home(seen, row)].append([row, amount])
    return found


def _spread(
    seen: View, credits_: Ints, balance: Ints, owed: dict[tuple[int, int, int], list[list[int]]]
) -> Iterator[Pair]:
    """Give each credit, the oldest first, to what is owed, the oldest due first."""
    for source in credits_.tolist():
        left = -int(balance[source])
        for debit in owed.get(_home(seen, source), ()):
            part = min(left, debit[1])
            if part > 0:
                yield Pair(source, debit[0], part)
                debit[1] -= part
                left -= part


def _home(seen: View, row: int) -> tuple[int, int, int]:
    columns = seen.columns
    who = int(seen.book.around.customers.survivor[columns.customer[row]])
    return who, int(columns.entity[row]), int(columns.currency[row])
