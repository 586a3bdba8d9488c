"""How customers and documents are called in a list."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.ledger.kinds import BY_NAME
from arcore.store.books import Document
from arcore.store.chunks import chunks
from arcore.store.customers import Customer


def customer_names(session: Session, customer_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Return code and name by customer."""
    found: dict[int, tuple[str, str]] = {}
    for ids in chunks(customer_ids):
        rows = session.execute(
            select(col(Customer.id), col(Customer.code), col(Customer.name)).where(col(Customer.id).in_(ids))
        )
        found |= {number: (code, name) for number, code, name in rows}
    return found


def document_names(session: Session, document_ids: Iterable[int]) -> dict[int, str]:
    """Return the number of each document, its kind and id where it has none."""
    found: dict[int, str] = {}
    for ids in chunks(document_ids):
        rows = session.execute(
            select(col(Document.id), col(Document.number), col(Document.kind)).where(col(Document.id).in_(ids))
        )
        found |= {row.id: row.number or f"{BY_NAME[row.kind].label} {row.id}" for row in rows}
    return found
