"""The second road: what documents alone add up to, beside what the open items add up to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
from sqlalchemy import Engine
from sqlalchemy import func
from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.ledger.control import control_totals
from arcore.money import to_minor
from arcore.reports.view import View
from arcore.reports.view import customers_within
from arcore.store.books import Document
from arcore.store.engine import reading


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
    """Compare the open items within the filters, companies of our own group included, with the documents."""
    opened = _open_totals(seen, edges)
    with reading(engine) as session:
        totals = _document_totals(session, seen)
    given = {} if _narrowed(seen) else independent_figures(seen.book.around.settings, seen.filters.as_of)
    found = []
    for currency in sorted({*totals, *opened}):
        total = totals.get(currency, 0)
        if total == 0 and opened.get(currency, 0) == 0:
            continue
        name, figure = given.get(currency, ("", None))
        agrees = None if figure is None else figure == total
        found.append(Control(currency, total, total - opened.get(currency, 0), agrees, name, figure))
    return tuple(found)


def independent_figures(settings: Any, as_of: date) -> dict[str, tuple[str, int]]:
    """Return what somebody else says is open on a day, by currency: the general ledger's balances as entered.

    They are kept in the setting `ledger_balances`, a list of {as_of, currency, amount, source}.
    """
    found = {}
    for row in settings.get("ledger_balances") or ():
        if row["as_of"] == as_of.isoformat():
            amount = to_minor(Decimal(str(row["amount"])), row["currency"])
            found[row["currency"]] = (row.get("source") or "general ledger", amount)
    return found


def _narrowed(seen: View) -> bool:
    filters = seen.filters
    return bool(filters.segments or filters.owners or filters.entity)


def _open_totals(seen: View, edges: Sequence[int]) -> dict[str, int]:
    """Sum the open items in the currency they were booked in."""
    totals: dict[str, int] = defaultdict(int)
    for ours in (False, True) if seen.has_group_companies else (False,):
        items = seen.open_items(edges, ours=ours)
        currency = seen.columns.currency[items.row]
        for code in np.unique(currency):
            totals[seen.currencies[code]] += int(items.open[currency == code].sum())
    return totals


def _document_totals(session: Session, seen: View) -> dict[str, int]:
    as_of, upto = seen.filters.as_of, seen.reach.document
    if not _narrowed(seen):
        return control_totals(session, as_of, up_to_document=upto)
    query = (
        select(col(Document.customer_id), col(Document.entity), col(Document.currency), func.sum(col(Document.amount)))
        .where(col(Document.effective_on) <= as_of, col(Document.id) <= upto)
        .group_by(col(Document.customer_id), col(Document.entity), col(Document.currency))
    )
    return _within(session.execute(query), seen)


def _within(rows: Iterable[Any], seen: View) -> dict[str, int]:
    customers, filters = seen.book.around.customers, seen.filters
    chosen = customers_within(seen.book, filters, filters.as_of, seen.known_seq)
    within = {int(number) for number, fits in zip(customers.ids, chosen, strict=True) if fits}
    totals: dict[str, int] = defaultdict(int)
    for customer_id, entity, currency, amount in rows:
        if customer_id in within and filters.entity in (None, entity):
            totals[currency] += int(amount)
    return totals
