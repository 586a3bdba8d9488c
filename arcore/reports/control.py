"""The second road: what documents alone add up to, beside what the open items add up to."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Hashable
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import accumulate
from itertools import chain

import numpy as np
from sqlalchemy import Engine
from sqlmodel import Session

from arcore.analytics.columns import Bools
from arcore.ledger.control import DayTotal
from arcore.ledger.control import daily_totals
from arcore.ledger.control import new_totals
from arcore.reports.view import View
from arcore.reports.view import customers_within
from arcore.reports.view import group_counts
from arcore.store.chunks import chunks
from arcore.store.engine import reading

CHUNK = 500
"""The documents of so many customers are read in one go."""


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
    customers, filters = seen.book.around.customers, seen.filters
    chosen = customers_within(seen.book, filters, filters.as_of, seen.known_seq)
    counted = chosen & group_counts(customers, filters)
    apart = chosen & ~counted if filters.intercompany == "out" else np.zeros(len(chosen), np.bool_)
    mine, ours = (_totals_of(session, seen, part).on(filters.as_of, filters.entity) for part in (counted, apart))
    return mine, ours


Series = tuple[str, str]
"""Entity and currency."""


@dataclass(frozen=True, eq=False)
class _Totals:
    """Documents of some customers added up by the day they count from.

    Attributes:
        document: the last id that is included.
        by_day: what each day adds, by entity and currency.
    """

    document: int
    by_day: Mapping[Series, Mapping[date, int]]

    @cached_property
    def _running(self) -> dict[Series, tuple[list[date], list[int]]]:
        ordered = {series: sorted(days.items()) for series, days in self.by_day.items()}
        return {
            series: ([day for day, _ in days], list(accumulate(amount for _, amount in days)))
            for series, days in ordered.items()
        }

    def on(self, as_of: date, of_entity: str | None) -> dict[str, int]:
        """Return what documents effective on or before a day add up to, by currency, where there are any."""
        found: dict[str, int] = {}
        for (entity, currency), (days, sums) in self._running.items():
            place = bisect_right(days, as_of)
            if place and of_entity in (None, entity):
                found[currency] = found.get(currency, 0) + sums[place - 1]
        return found

    def plus(self, document: int, more: Iterable[DayTotal], sign: int = 1) -> _Totals:
        """Return these totals with more, or less, documents."""
        by_day = {series: dict(days) for series, days in self.by_day.items()}
        for day, entity, currency, amount in more:
            days = by_day.setdefault((entity, currency), {})
            days[day] = days.get(day, 0) + sign * amount
        return _Totals(document, by_day)


def _totals_of(session: Session, seen: View, chosen: Bools) -> _Totals:
    """Sum the documents of some customers; they never change, so each is read once for all days and all versions."""
    if not chosen.any():
        return _Totals(seen.reach.document, {})
    who = None if chosen.all() else chosen
    if seen.filters.known_at is not None:
        return _read(session, seen, who)
    name = ("document_totals", None if who is None else who.tobytes())
    return seen.book.remembered(name, lambda: _carried(session, seen, who, name))


def _carried(session: Session, seen: View, who: Bools | None, name: Hashable) -> _Totals:
    """Read the documents behind those that were added up for an earlier version."""
    upto = seen.reach.document
    known: _Totals | None = seen.book.carried.last(name)
    if known is None or known.document > upto:
        found = _read(session, seen, who)
    elif known.document == upto:
        return known
    elif who is None:
        found = known.plus(upto, daily_totals(session, up_to_document=upto, after_document=known.document))
    else:
        mine = set(seen.book.around.customers.ids[who].tolist())
        more = new_totals(session, up_to_document=upto, after_document=known.document)
        found = known.plus(upto, (total for customer, total in more if customer in mine))
    seen.book.carried.keep(name, found)
    return found


def _read(session: Session, seen: View, who: Bools | None) -> _Totals:
    """Read the documents of all customers, or of whoever is fewer: those chosen, or those to be taken off all."""
    upto, ids = seen.reach.document, seen.book.around.customers.ids
    if who is None:
        return _Totals(0, {}).plus(upto, daily_totals(session, up_to_document=upto))
    most = 2 * int(who.sum()) > len(who)
    few = ids[~who if most else who].tolist()
    totals = chain.from_iterable(
        daily_totals(session, up_to_document=upto, customer_ids=part) for part in chunks(few, CHUNK)
    )
    every = _totals_of(session, seen, np.ones(len(who), np.bool_)) if most else _Totals(0, {})
    return every.plus(upto, totals, -1 if most else 1)
