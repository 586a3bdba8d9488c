"""Items and applications as the store keeps them, read into the state that the journal works on."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_
from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.ledger.entry import ApplicationState
from arcore.ledger.entry import ItemState
from arcore.store.books import Application
from arcore.store.books import Document
from arcore.store.books import Item


def read_items(session: Session, item_ids: Sequence[int]) -> tuple[dict[int, ItemState], list[ApplicationState]]:
    """Read items with their own amount as first move, and every application that touches one, oldest first."""
    items = session.execute(
        select(Item, Document)
        .join(Document, col(Document.id) == col(Item.document_id))
        .where(col(Item.id).in_(item_ids))
    )
    applications = session.execute(
        select(Application)
        .where(or_(col(Application.from_item_id).in_(item_ids), col(Application.to_item_id).in_(item_ids)))
        .order_by(col(Application.id))
    ).scalars()
    loaded = {item.id: _state(item, document) for item, document in items}
    return loaded, [
        ApplicationState(a.id, a.from_item_id, a.to_item_id, a.amount, a.effective_on, a.reverses_id)
        for a in applications
    ]


def _state(item: Item, document: Document) -> ItemState:
    return ItemState(
        id=item.id,
        document_id=item.document_id,
        kind=document.kind,
        number=document.number,
        customer_id=item.customer_id,
        entity=document.entity,
        currency=document.currency,
        side=item.side,
        document_date=document.document_date,
        effective_on=item.effective_on,
        due_date=item.due_date,
        original_due_date=item.original_due_date,
        origin_item_id=item.origin_item_id,
        amount=item.amount,
        reverses_id=document.reverses_id,
    )
