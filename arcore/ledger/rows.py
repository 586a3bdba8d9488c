"""Items and applications as the store keeps them, read into the state that the journal works on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_
from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.ledger.entry import ApplicationState
from arcore.ledger.entry import ItemState
from arcore.store.books import Application
from arcore.store.books import Document
from arcore.store.books import Item

_ITEM: tuple[Any, ...] = (
    col(Item.id),
    col(Item.document_id),
    col(Document.kind),
    col(Document.number),
    col(Item.customer_id),
    col(Document.entity),
    col(Document.currency),
    col(Item.side),
    col(Document.document_date),
    col(Item.effective_on),
    col(Item.due_date),
    col(Item.original_due_date),
    col(Item.origin_item_id),
    col(Item.amount),
    col(Document.reverses_id),
)
"""What an ItemState is made of, in its order: columns rather than objects, which take three times as long to read."""
APPLICATION: tuple[Any, ...] = (
    col(Application.id),
    col(Application.from_item_id),
    col(Application.to_item_id),
    col(Application.amount),
    col(Application.effective_on),
    col(Application.reverses_id),
)
"""The same for an ApplicationState; who follows many matches reads them as tuples."""


def read_items(session: Session, item_ids: Sequence[int]) -> tuple[dict[int, ItemState], list[ApplicationState]]:
    """Read items with their own amount as first move, and every application that touches one, oldest first."""
    items = session.execute(
        select(*_ITEM).join(Document, col(Document.id) == col(Item.document_id)).where(col(Item.id).in_(item_ids))
    )
    applications = session.execute(
        select(*APPLICATION)
        .where(or_(col(Application.from_item_id).in_(item_ids), col(Application.to_item_id).in_(item_ids)))
        .order_by(col(Application.id))
    )
    return {row[0]: ItemState(*row) for row in items}, [ApplicationState(*row) for row in applications]
