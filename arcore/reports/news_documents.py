"""The documents behind a line of what happened since the last working day; they add up to it, and what moved it."""

from __future__ import annotations

from datetime import date

import numpy as np
from sqlalchemy import Engine

from arcore.errors import NotFound
from arcore.money import digits
from arcore.reports.bridges import behind
from arcore.reports.explain import DocumentsBehind
from arcore.reports.filters import Filters
from arcore.reports.news import Kind
from arcore.reports.news import in_currency
from arcore.reports.news import rows_behind
from arcore.reports.news import working_day_before
from arcore.reports.totals import Entry
from arcore.reports.totals import Total
from arcore.reports.view import view

WITH_DOCUMENTS: tuple[Kind, ...] = (
    "cash_in", "turned_overdue", "invoiced", "credited", "refunded", "written_off", "settled", "transferred",
    "closed_period", "dispute_opened",
)  # fmt: skip
"""Lines made of documents; the others are promises, messages and files, which have pages of their own."""


def news_documents(engine: Engine, filters: Filters, first: date, kind: Kind) -> DocumentsBehind:
    """Return the documents behind a line that counts from `first` to the as-of day, largest first.

    Raises NotFound for a line that is not made of documents, or where a rate is missing.
    """
    if kind not in WITH_DOCUMENTS:
        raise NotFound(f"{kind} has no documents behind it", line=kind)
    plain = view(engine, filters)
    seen = view(engine, filters.in_currency(plain.reporting))

    def made() -> DocumentsBehind:
        rows, amounts, days = rows_behind(engine, seen, first, kind)
        units = in_currency(seen, rows, amounts, days)
        if units is None:
            raise NotFound(f"A rate is missing to add this up in {plain.reporting}", currency=plain.reporting)
        return behind(engine, seen, kind, plain.reporting, int(units.sum()), rows, amounts, units)

    found: DocumentsBehind = seen.book.remembered(("news documents", seen.filters.key(), first, kind), made)
    return found


def news_before(engine: Engine, filters: Filters, first: date, kind: Kind) -> tuple[Total, Total]:
    """Return a line by customer as it was a working day before, and as it is; an entry is what one customer adds.

    The earlier one ends on `first` and begins on the working day before that. Raises NotFound as news_documents does.
    """
    days = ((filters.on(first), working_day_before(first)), (filters, first))
    before, now = (_by_customer(news_documents(engine, each, begin, kind)) for each, begin in days)
    return before, now


def _by_customer(found: DocumentsBehind) -> Total:
    """Add a line up by customer, largest first; in minor units, each document converted already."""
    seen, rows = found.seen, found.behind.rows
    customers = seen.book.around.customers
    who, place = np.unique(customers.survivor[seen.columns.customer[rows]], return_inverse=True)
    sums = np.zeros(len(who), np.int64)
    np.add.at(sums, place, np.rint(np.asarray(found.amounts, np.float64) * 10 ** digits(found.currency)).astype(int))
    order = np.lexsort((who, -np.abs(sums))).tolist()
    names = [(customers.codes[at], customers.names[at]) for at in who[order].tolist()]
    worths = sums[order].tolist()
    entries = tuple(
        Entry(code, code, name, "", None, worth, found.currency)
        for (code, name), worth in zip(names, worths, strict=True)
    )
    return Total(entries, tuple(worths), found.currency, seen.filters.as_of, dated=True)
