"""The control total: the books summed by another road, SQL over documents alone."""

from __future__ import annotations

from collections.abc import Sequence
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
    """What the documents of an entity effective on one day add up to in one currency; minor units."""

    day: date
    entity: str
    currency: str
    amount: int


def daily_totals(
    session: Session, *, up_to_document: int, after_document: int = 0, customer_ids: Sequence[int] | None = None
) -> list[DayTotal]:
    """Return what documents add up to by the day they count from, oldest first: every control total in one reading.

    `up_to_document` and `after_document` are as in `control_totals`; `customer_ids` reads those of some customers only.
    """
    document, place = col(Document.id), (col(Document.effective_on), col(Document.entity), col(Document.currency))
    query = select(*place, func.sum(col(Document.amount))).group_by(*place).order_by(*place)
    if customer_ids is None:
        query = query.where(document > after_document, document <= up_to_document)
    else:  # a sum rather than the id: then the index of customers is used
        query = query.where(col(Document.customer_id).in_(customer_ids))
        query = query.where(document + 0 > after_document, document + 0 <= up_to_document)
    return [DayTotal(day, entity, currency, int(amount)) for day, entity, currency, amount in session.execute(query)]


def new_totals(session: Session, *, up_to_document: int, after_document: int) -> list[tuple[int, DayTotal]]:
    """Return the same by customer id, of the documents behind one."""
    who, document = col(Document.customer_id), col(Document.id)
    place = (who, col(Document.effective_on), col(Document.entity), col(Document.currency))
    query = (
        select(*place, func.sum(col(Document.amount)))
        .where(document > after_document, document <= up_to_document)
        .group_by(*place)
        .order_by(*place)
    )
    return [
        (customer_id, DayTotal(day, entity, currency, int(amount)))
        for customer_id, day, entity, currency, amount in session.execute(query)
    ]
