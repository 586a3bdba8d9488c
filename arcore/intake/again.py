"""Posting a document again as it was, with its agreed due dates."""

from __future__ import annotations

from collections.abc import Sequence

from arcore.ledger.entry import Entry
from arcore.ledger.entry import ItemState
from arcore.ledger.entry import Part
from arcore.ledger.journal import Journal
from arcore.store.books import Document


def post_again(journal: Journal, document: Document, states: Sequence[ItemState], items: dict[int, int]) -> int:
    """Post a document again as it was and return its new id; `items` learns old item → new item.

    `states` are the items of it that are wanted, the oldest first; nothing is applied to the new ones yet.
    """
    first = [state for state in states if state.amount or state.origin_item_id is None]
    posted = journal.post(
        Entry(
            kind=document.kind,
            customer_id=document.customer_id,
            document_date=document.document_date,
            currency=document.currency,
            parts=[Part(abs(i.amount), i.due_date, i.original_due_date, i.origin_item_id) for i in first],
            number=document.number,
            entity=document.entity,
            effective_on=document.effective_on,
            side=states[0].side,
            tax_amount=None if document.tax_amount is None else abs(document.tax_amount),
            reason=document.reason,
            po_number=document.po_number,
            reference=document.reference,
            rate=document.rate,
            import_id=document.import_id,
            linked_id=document.linked_id,
        )
    )
    items |= {state.id: number for state, number in zip(first, posted.item_ids, strict=True)}
    for state in states:
        if state.id not in items and state.origin_item_id is not None:
            origin = journal.item(items[state.origin_item_id])
            part = Part(0, state.due_date, state.original_due_date, origin.id)
            items[state.id] = journal.add_item(origin, part, effective_on=state.effective_on).id
    return posted.document_id
