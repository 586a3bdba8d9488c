"""The documents behind a line of what happened since the last working day; they add up to it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Engine

from arcore.errors import NotFound
from arcore.reports.bridges import behind
from arcore.reports.explain import DocumentsBehind
from arcore.reports.filters import Filters
from arcore.reports.news import Kind
from arcore.reports.news import in_currency
from arcore.reports.news import rows_behind
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
