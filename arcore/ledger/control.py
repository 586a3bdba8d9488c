"""The control total: the books summed by another road, SQL over documents alone."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import func
from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.store.books import Document


def control_totals(
    session: Session, as_of: date, *, up_to_document: int | None = None, after_document: int = 0
) -> dict[str, int]:
    """Return what all documents effective on or before `as_of` add up to, by currency, in minor units.

    Applications move amounts between items and sum to zero, so this must equal the open balance.
    `up_to_document` is the last document id known at an earlier version of the ledger; `after_document` leaves out
    what was added up before.
    """
    query = (
        select(col(Document.currency), func.sum(col(Document.amount)))
        .where(col(Document.effective_on) <= as_of, col(Document.id) > after_document)
        .group_by(col(Document.currency))
    )
    if up_to_document is not None:
        query = query.where(col(Document.id) <= up_to_document)
    return {currency: int(total) for currency, total in session.execute(query)}


class DayTotal(NamedTuple):
    """What the documents effective on one day add up to in one currency; minor units."""

    day: date
    currency: str
    amount: int


def daily_totals(session: Session, *, up_to_document: int, after_document: int = 0) -> list[DayTotal]:
    """Return what documents add up to by the day they count from, oldest first: every control total in one reading.

    `up_to_document` and `after_document` are as in `control_totals`.
    """
    query = (
        select(col(Document.effective_on), col(Document.currency), func.sum(col(Document.amount)))
        .where(col(Document.id) > after_document, col(Document.id) <= up_to_document)
        .group_by(col(Document.effective_on), col(Document.currency))
        .order_by(col(Document.effective_on))
    )
    return [DayTotal(day, currency, int(amount)) for day, currency, amount in session.execute(query)]
