"""The second road: what documents alone add up to, beside what the open items add up to."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import accumulate
from typing import Any

import numpy as np
from sqlalchemy import Engine
from sqlalchemy import func
from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.ledger.control import DayTotal
from arcore.ledger.control import control_totals
from arcore.ledger.control import daily_totals
from arcore.reports.book import Book
from arcore.reports.view import View
from arcore.reports.view import customers_within
from arcore.reports.view import group_counts
from arcore.store.books import Document
from arcore.store.engine import reading

FEW = 500
"""So many companies of our own group are read by themselves."""


@dataclass(frozen=True)
class Control:
    """The open balance of a currency by another road; minor units.

    Attributes:
        total: the sum of documents.
        difference: that sum less the sum of open items; 0 or something is wrong.
        agrees: whether an independent figure for the day is equal; None when there is none to compare with.
        compared_with, independent: what that figure is and how much.
    """

    currency: str
    total: int
    difference: int
    agrees: bool | None = None
    compared_with: str = ""
    independent: int | None = None


def controls(engine: Engine, seen: View, edges: Sequence[int]) -> tuple[Control, ...]:
    """Compare the open items within the filters with the documents of the same customers.

    Companies of our own group are compared apart: they are not in `total`, but what they are off is in `difference`.
    """
    with reading(engine) as session:
        documents, ours = _document_totals(session, seen)
    opened = _open_totals(seen, edges)
    off = {currency: ours.get(currency, 0) - units for currency, units in _open_totals(seen, edges, ours=True).items()}
    given = independent_figures(seen)
    found = []
    for currency in sorted({*documents, *opened, *off}):
        total = documents.get(currency, 0)
        difference = total - opened.get(currency, 0) + off.get(currency, 0)
        name, figure = given.get(currency, ("", None))
        if total or opened.get(currency) or difference or name:
            agrees = None if figure is None else figure == total
            found.append(Control(currency, total, difference, agrees, name, figure))
    return tuple(found)


def independent_figures(seen: View) -> dict[str, tuple[str, int]]:
    """Return what somebody else says is open on the as-of day, by currency: the general ledger, else files themselves.

    Only where every entity of a currency has such a figure, and nothing but whole entities is looked at.
    """
    if _parted(seen):
        return {}
    entities: dict[str, list[str]] = defaultdict(list)
    for entity, currency in seen.places:
        entities[currency].append(entity)
    found = {}
    for currency, names in entities.items():
        stated = [seen.book.around.stated.balance((seen.filters.as_of, name, currency)) for name in names]
        known = [one for one in stated if one is not None]
        if len(known) == len(names):
            sources = " and ".join(dict.fromkeys(one.source for one in known))
            found[currency] = (sources, sum(one.amount for one in known))
    return found


def _parted(seen: View) -> bool:
    """Tell whether something else is looked at than all customers but those of our own group."""
    ours = seen.filters.intercompany != "out" and bool(seen.book.around.customers.intercompany.any())
    return seen.filters.some_customers or ours


def _narrowed(seen: View) -> bool:
    filters = seen.filters
    return filters.some_customers or filters.entity is not None or filters.intercompany == "only"


def _open_totals(seen: View, edges: Sequence[int], *, ours: bool = False) -> dict[str, int]:
    """Sum the open items in the currency they were booked in."""
    if ours and not seen.has_group_companies:
        return {}
    items = seen.open_items(edges, ours=ours)
    sums = np.zeros(max(1, len(seen.currencies)), np.int64)
    np.add.at(sums, seen.columns.currency[items.row], items.open)
    return {currency: int(units) for currency, units in zip(seen.currencies, sums, strict=False)}


def _document_totals(session: Session, seen: View) -> tuple[dict[str, int], dict[str, int]]:
    """Sum documents by currency: those within the filters, and those of companies of our own group."""
    as_of, upto = seen.filters.as_of, seen.reach.document
    if not _narrowed(seen) and not seen.has_group_companies:
        return _carried_totals(session, seen), {}
    query = (
        select(col(Document.customer_id), col(Document.entity), col(Document.currency), func.sum(col(Document.amount)))
        .where(col(Document.effective_on) <= as_of, col(Document.id) <= upto)
        .group_by(col(Document.customer_id), col(Document.entity), col(Document.currency))
    )
    if not _narrowed(seen) and seen.book.around.customers.intercompany.sum() <= FEW:
        return _without_our_own(session, seen, query)
    customers, filters = seen.book.around.customers, seen.filters
    chosen = customers_within(seen.book, filters, filters.as_of, seen.known_seq)
    counted = chosen & group_counts(customers, filters)
    within = dict(zip(customers.ids.tolist(), counted.tolist(), strict=True))
    apart = chosen & ~counted if filters.intercompany == "out" else np.zeros(len(chosen), np.bool_)
    ours = dict(zip(customers.ids.tolist(), apart.tolist(), strict=True))
    totals: tuple[dict[str, int], dict[str, int]] = (defaultdict(int), defaultdict(int))
    for customer_id, entity, currency, amount in session.execute(query):
        if (within[customer_id] or ours[customer_id]) and filters.entity in (None, entity):
            totals[ours[customer_id]][currency] += int(amount)
    return totals


def _without_our_own(session: Session, seen: View, query: Any) -> tuple[dict[str, int], dict[str, int]]:
    """Take what companies of our own group owe, few as they are, off the sum of all: no other document is read."""
    customers = seen.book.around.customers
    ids = customers.ids[customers.intercompany].tolist()
    ours: dict[str, int] = defaultdict(int)
    for _, _, currency, amount in session.execute(query.where(col(Document.customer_id).in_(ids))):
        ours[currency] += int(amount)
    every = _carried_totals(session, seen)
    return {currency: every.get(currency, 0) - ours.get(currency, 0) for currency in {*every, *ours}}, ours


def _carried_totals(session: Session, seen: View) -> dict[str, int]:
    """Sum all documents up to the day; they never change, so each is read once for all days and all versions."""
    as_of, upto = seen.filters.as_of, seen.reach.document
    if seen.filters.known_at is not None:
        return control_totals(session, as_of, up_to_document=upto)
    return seen.book.remembered("document_totals", lambda: _totals(session, seen.book, upto)).on(as_of)


@dataclass(frozen=True, eq=False)
class _Totals:
    """Documents added up by the day they count from.

    Attributes:
        document: the last id that is included.
        by_day: what each day adds, by currency.
    """

    document: int
    by_day: dict[str, dict[date, int]]

    @cached_property
    def _running(self) -> dict[str, tuple[list[date], list[int]]]:
        ordered = {currency: sorted(days.items()) for currency, days in self.by_day.items()}
        return {
            currency: ([day for day, _ in days], list(accumulate(amount for _, amount in days)))
            for currency, days in ordered.items()
        }

    def on(self, as_of: date) -> dict[str, int]:
        """Return what documents effective on or before a day add up to, by currency, where there are any."""
        found = {}
        for currency, (days, sums) in self._running.items():
            place = bisect_right(days, as_of)
            if place:
                found[currency] = sums[place - 1]
        return found

    def plus(self, document: int, more: Sequence[DayTotal]) -> _Totals:
        """Return these totals with those of later documents."""
        by_day = {currency: dict(days) for currency, days in self.by_day.items()}
        for day, currency, amount in more:
            days = by_day.setdefault(currency, {})
            days[day] = days.get(day, 0) + amount
        return _Totals(document, by_day)


def _totals(session: Session, current: Book, upto: int) -> _Totals:
    """Read the documents behind those that were added up for an earlier version."""
    known: _Totals = current.carried.last("document_totals") or _Totals(0, {})
    if known.document > upto:
        known = _Totals(0, {})
    found = known
    if known.document < upto:
        found = known.plus(upto, daily_totals(session, up_to_document=upto, after_document=known.document))
    current.carried.keep("document_totals", found)
    return found
