"""Whose an invoice is that a payment of another system names: what the books know of its number."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.intake.understood import SALES_KINDS
from arcore.store.books import Document

AT_ONCE = 500


class Owner(NamedTuple):
    """The one customer whose invoices have a number, with our company and the currency of the newest."""

    number: str
    customer: int
    entity: str
    currency: str


def owners(session: Session, numbers: Collection[str]) -> Iterator[Owner]:
    """Yield the owner of each number that invoices of one customer have; a number of several tells nothing."""
    listed = sorted(filter(None, numbers))
    for start in range(0, len(listed), AT_ONCE):
        found: dict[str, Owner | None] = {}
        rows = session.execute(
            select(col(Document.number), col(Document.customer_id), col(Document.entity), col(Document.currency))
            .where(col(Document.number).in_(listed[start : start + AT_ONCE]), col(Document.kind).in_(SALES_KINDS))
            .order_by(col(Document.id))
        )
        for row in rows:
            one = Owner(*row)
            before = found.get(one.number, one)
            found[one.number] = one if before is not None and before.customer == one.customer else None
        yield from (owner for owner in found.values() if owner is not None)
