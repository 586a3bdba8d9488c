"""Settlements that nobody explained: debts that left the files, and we do not know how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import date

import numpy as np
from sqlalchemy import Engine

from arcore.analytics.columns import NO_REASON
from arcore.analytics.columns import REASON_CODES
from arcore.analytics.columns import Columns
from arcore.analytics.columns import Ints
from arcore.analytics.figures import Figure
from arcore.dates import from_day
from arcore.dates import month_end
from arcore.dates import month_start
from arcore.dates import to_day
from arcore.ledger.classify import KIND_OF
from arcore.ledger.classify import Explanation
from arcore.ledger.kinds import CODES
from arcore.ledger.kinds import FACTORED
from arcore.ledger.kinds import KINDS
from arcore.ledger.kinds import LISTED
from arcore.ledger.kinds import SNAPSHOT
from arcore.ledger.kinds import KindClass
from arcore.reports.filters import Filters
from arcore.reports.kpis import Lenses
from arcore.reports.kpis import find
from arcore.reports.memo import Carried
from arcore.reports.memo import Memo
from arcore.reports.tidy.listing import Listing
from arcore.reports.tidy.listing import within
from arcore.reports.view import View
from arcore.reports.view import view

SETTLEMENT = CODES["settlement"]
_IS_CASH = np.array([kind.kind_class is KindClass.CASH for kind in KINDS])
SHOWN = ("dso.period_end", "cei.cash", "days_to_pay.weighted")
"""The measures that an explanation is shown with."""
MOST_MONTHS = 6


@dataclass(frozen=True)
class MonthEffect:
    """What an explanation does to the measures of one month.

    Attributes:
        day: the last day of the month, or the as-of day where that comes first.
        amount: what is explained in it, minor units of `currency`, the reporting one.
        cash_before, cash_after: cash booked in the month up to that day, less refunds and reversals; complete or not.
        before, after: the measures of SHOWN.
    """

    day: date
    amount: int
    currency: str
    cash_before: int
    cash_after: int
    before: tuple[Figure, ...]
    after: tuple[Figure, ...]


def unexplained(engine: Engine, filters: Filters) -> Listing:
    """Return settlements that count on the as-of day and that nothing explains yet, the largest first.

    The amount is what each closes, positive. One whose debt was opened again since is left out.
    """
    seen = view(engine, filters)
    found: Listing = seen.book.remembered(("unexplained", filters.key()), lambda: _unexplained(seen))
    return found


def effect(
    engine: Engine, filters: Filters, item_ids: Sequence[int], explanation: Explanation, reason: str = ""
) -> tuple[MonthEffect, ...]:
    """Return what explaining settlements would do to the measures, for the latest months touched, newest first.

    The very measures of all pages, over the same columns with only the kind of these rows changed.
    """
    seen = view(engine, filters)
    rows = seen.columns.rows_of(np.array(sorted(item_ids), np.int64))
    as_if = _as_if(seen, rows, explanation, reason)
    ends = np.array([month_end(from_day(day)).toordinal() for day in seen.columns.effective[rows].tolist()], np.int64)
    worth = seen.in_currency(-seen.columns.amount[rows], rows, seen.reporting).units
    before, after = Lenses.of(engine, filters), Lenses(as_if, "none", engine)
    chosen = [find([name])[0] for name in SHOWN]
    touched = sorted({int(end) for end in ends}, reverse=True)[:MOST_MONTHS]
    effects = []
    for end in touched:
        day = min(date.fromordinal(end), filters.as_of)
        effects.append(
            MonthEffect(
                day,
                int(worth[ends == end].sum()),
                seen.reporting,
                _cash(seen, day),
                _cash(as_if, day),
                tuple(before.whole(kpi, day) for kpi in chosen),
                tuple(after.whole(kpi, day) for kpi in chosen),
            )
        )
    return tuple(effects)


def _cash(seen: View, day: date) -> int:
    """Return the cash booked in a month up to a day, in the reporting currency at the as-of rate."""
    columns = seen.columns
    booked = (columns.effective >= to_day(month_start(day))) & (columns.effective <= to_day(day))
    rows = np.flatnonzero(booked & _IS_CASH[columns.kind])
    rows = rows[within(seen, rows)]
    return int(seen.in_currency(-columns.amount[rows], rows, seen.reporting).units.sum())


def _unexplained(seen: View) -> Listing:
    columns = seen.columns
    reasons = [seen.book.reasons.index(name) for name in (LISTED, SNAPSHOT) if name in seen.book.reasons]
    rows = np.flatnonzero((columns.kind == SETTLEMENT) & (columns.side < 0) & (columns.amount < 0))
    rows = rows[np.isin(columns.reason[rows], reasons) & (columns.effective[rows] <= seen.as_of)]
    rows = rows[within(seen, rows)]
    closed = _closed(columns, rows)
    whole = closed == -columns.amount[rows]
    return Listing.of(seen, rows[whole], closed[whole]).ordered("largest")


def _closed(columns: Columns, rows: Ints) -> Ints:
    """Return how much of each settlement closes a debt, now: neither voided, nor ended by an opposite."""
    if len(rows) == 0:
        return np.empty(0, np.int64)
    mine = np.zeros(len(columns.item_id), np.bool_)
    mine[rows] = True
    applied = np.flatnonzero(mine[columns.app_from] & (columns.kind[columns.app_to] != SETTLEMENT))
    total = np.zeros(len(rows), np.int64)
    np.add.at(total, np.searchsorted(rows, columns.app_from[applied]), columns.app_amount[applied])
    return total


def _as_if(seen: View, rows: Ints, explanation: Explanation, reason: str) -> View:
    """Look at books in which these rows are what they are said to be; nothing of it is kept."""
    kind, reasons = seen.columns.kind.copy(), seen.columns.reason.copy()
    kind[rows] = CODES[KIND_OF[explanation]]
    said = {"write_off": reason, "factored": FACTORED}.get(explanation, "")
    reasons[rows] = REASON_CODES.get(said, NO_REASON)
    columns = replace(seen.columns, kind=kind, reason=reasons)
    book = replace(seen.book, columns=columns, memo=Memo(), carried=Carried())
    return replace(seen, book=book, columns=columns)
