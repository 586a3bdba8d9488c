"""What the steps of an import name: documents of the books and of the plan, and the items behind them."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.intake.changes import Agreed
from arcore.intake.changes import Applied
from arcore.intake.changes import Match
from arcore.intake.changes import OpenAgain
from arcore.intake.changes import PostPair
from arcore.intake.changes import Redate
from arcore.intake.changes import Ref
from arcore.intake.changes import Settle
from arcore.intake.changes import Step
from arcore.intake.holdings import chunks
from arcore.store.books import Document
from arcore.store.books import Item


def named_by(steps: Iterable[Step]) -> set[Ref]:
    """Return the documents that steps work on, old ones and those that the same steps post."""
    found: set[Ref] = set()
    for step in steps:
        match step:
            case Match():
                found |= {step.credit, step.debit}
            case Applied():
                found |= {step.source, step.target}
            case PostPair() | Agreed():
                found.add(step.origin)
            case Settle() | OpenAgain():
                found.add(step.ref)
            case Redate():
                found.add(step.document_id)
            case _:
                pass
    return found


def items_of(session: Session, document_ids: Collection[int]) -> Iterable[tuple[int, int]]:
    """Return documents with the ids of their items."""
    for ids in chunks(document_ids):
        query = select(col(Item.document_id), col(Item.id)).where(col(Item.document_id).in_(ids)).order_by(col(Item.id))
        yield from ((document_id, item_id) for document_id, item_id in session.execute(query))


def legs_of(session: Session, items: Mapping[Ref, Sequence[int]]) -> list[tuple[int, int]]:
    """Return the items by which transfers carry documents on, as far as they lead."""
    if session.execute(select(col(Document.id)).where(col(Document.kind) == "transfer").limit(1)).first() is None:
        return []
    found: list[tuple[int, int]] = []
    frontier = {item_id: ref for ref, numbers in items.items() for item_id in numbers}
    while frontier:
        further = {}
        for ids in chunks(frontier):
            query = (
                select(col(Item.id), col(Item.origin_item_id))
                .join(Document, col(Document.id) == col(Item.document_id))
                .where(col(Item.origin_item_id).in_(ids), col(Document.kind) == "transfer")
                .order_by(col(Item.id))
            )
            for item_id, origin in session.execute(query):
                if origin is not None:
                    further[item_id] = frontier[origin]
        found += [(ref, item_id) for item_id, ref in further.items()]
        frontier = further
    return found
