"""Promises that were decided: kept or broken, as they stand on the as-of day of the filters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Engine

from arcore.analytics.columns import Bools
from arcore.analytics.columns import Ints
from arcore.analytics.growing import frozen
from arcore.analytics.history import Point
from arcore.arrangements.queries import PromiseRow
from arcore.arrangements.queries import promises_in
from arcore.dates import FOREVER
from arcore.dates import to_day
from arcore.reports.happened import Happened
from arcore.reports.view import View
from arcore.store.engine import reading


@dataclass(frozen=True, eq=False)
class Decided:
    """Promises made by customers with items, one entry each.

    Attributes:
        made: an item of the customer, and the day it was said.
        on: the day number on which it was fulfilled, or the first on which it could not be any more.
        kept: whether it was kept in full and in time.
        amount, received: minor units of `currency`, a code of the columns; received at most the amount.
        rows: the promises themselves.
    """

    made: Happened
    on: Ints
    kept: Bools
    amount: Ints
    received: Ints
    currency: Ints
    rows: tuple[PromiseRow, ...]

    def sums(self, point: Point) -> dict[str, Any]:
        """Return how many of those made in the window and decided by its last day were kept, and of what amounts.

        One kept in part counts as broken; its value counts in part.
        """
        chosen = self.made.within(point) & (self.on <= to_day(point.window.last))
        kept = int(np.count_nonzero(self.kept[chosen]))
        found: dict[str, Any] = {"kept": kept, "broken": int(np.count_nonzero(chosen)) - kept}
        for name, amounts in (("promised", self.amount), ("received", self.received)):
            sums = np.zeros(point.history.scope.n_currencies, np.int64)
            if chosen.any():
                np.add.at(sums, self.currency[chosen], amounts[chosen])
            found[name] = sums
        return found


def decided(engine: Engine, seen: View) -> Decided:
    """Return the promises made by the as-of day that are decided on it. Raises Unavailable."""
    filters = seen.filters
    return seen.book.remembered(("decided", filters.as_of, filters.known_at), lambda: _read(engine, seen))


def _read(engine: Engine, seen: View) -> Decided:
    filters = seen.filters
    with reading(engine) as session:
        rows = promises_in(session, filters.as_of)
    known = [row for row in rows if filters.known_at is None or row.recorded_at <= filters.known_at]
    accounts = _accounts(seen, known)
    rows = tuple(row for row in known if _account(seen, row) in accounts)
    day = [row.kept_on or row.broken_on for row in rows]
    return Decided(
        made=Happened(
            row=_ints([accounts[_account(seen, row)] for row in rows]), day=_ints([to_day(row.made_on) for row in rows])
        ),
        on=_ints([FOREVER if on is None else to_day(on) for on in day]),
        kept=frozen(np.array([row.state == "kept" for row in rows], np.bool_)),
        amount=_ints([row.amount for row in rows]),
        received=_ints([min(row.received, row.amount) for row in rows]),
        currency=_ints([seen.currencies.index(row.currency) for row in rows]),
        rows=rows,
    )


def _account(seen: View, row: PromiseRow) -> tuple[int, str, str]:
    customers = seen.book.around.customers
    return int(np.searchsorted(customers.ids, row.customer_id)), row.entity, row.currency


def _accounts(seen: View, rows: Sequence[PromiseRow]) -> dict[tuple[int, str, str], int]:
    """Return an item row for every account that promised something and has items."""
    columns, book = seen.columns, seen.book
    if not rows:
        return {}
    places = {_account(seen, row)[0] for row in rows}
    who = book.around.customers.survivor[columns.customer]
    found: dict[tuple[int, str, str], int] = {}
    for row in np.flatnonzero(np.isin(who, list(places))).tolist():
        entity, currency = book.entities[columns.entity[row]], seen.currencies[columns.currency[row]]
        found.setdefault((int(who[row]), entity, currency), row)
    return found


def _ints(values: Sequence[int]) -> Ints:
    return np.array(values, np.int64)
