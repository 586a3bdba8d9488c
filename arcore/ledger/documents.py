"""What a transaction knows of documents: read once, in bulk where asked; those that it staged included."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_
from sqlalchemy import select
from sqlmodel import col

from arcore.errors import NotFound
from arcore.ledger.staged import DocumentRow
from arcore.store.books import Document
from arcore.store.books import Item
from arcore.store.chunks import chunks
from arcore.store.unit import Unit


class Documents:
    """Documents by id, the ids of their items, and which documents take them back or recover them."""

    def __init__(self, unit: Unit) -> None:
        """Start with nothing read in a transaction."""
        self._session = unit.session
        self._recorded: dict[str, Any] = {"recorded_at": unit.recorded_at, "recorded_by": unit.actor.name}
        self._read: dict[int, Document] = {}
        self._staged: dict[int, DocumentRow] = {}
        self._items: dict[int, list[int]] = {}
        self._waiting: dict[int, list[int]] = {}
        self._taken_back: set[int] = set()
        self._recoveries: dict[int, list[int]] = {}

    def load(self, document_ids: Iterable[int]) -> None:
        """Read documents in few queries; call it before working on many."""
        for missing in chunks(number for number in document_ids if number not in self._items):
            self._load_chunk(missing)

    def get(self, document_id: int) -> Document:
        """Return a document. Raises NotFound."""
        self.load([document_id])
        if document_id in self._staged:
            self._read.setdefault(document_id, Document(**self._staged[document_id]._asdict(), **self._recorded))
        if document_id not in self._read:
            msg = f"There is no document {document_id}"
            raise NotFound(msg, document=document_id)
        return self._read[document_id]

    def items(self, document_id: int) -> Sequence[int]:
        """Return the ids of a document's items, those born by re-dating included, oldest first."""
        self.load([document_id])
        return self._items[document_id]

    def taken_back(self, document_id: int) -> bool:
        """Tell whether another document voids it or lets it bounce."""
        self.load([document_id])
        return document_id in self._taken_back

    def recoveries(self, document_id: int) -> list[Document]:
        """Return the recoveries of a write-off that were not taken back themselves, oldest first."""
        self.load([document_id])
        found = self._recoveries.get(document_id, [])
        self.load(found)
        return [self.get(number) for number in found if number not in self._taken_back]

    def add(self, row: DocumentRow) -> None:
        """Take note of a staged document."""
        self._staged[row.id] = row
        self._items[row.id] = []
        self._note(row.id, row.kind, row.reverses_id, row.linked_id)

    def add_item(self, document_id: int, item_id: int) -> None:
        """Take note of a staged item, of a staged document or of one that may be read later."""
        known = self._items if document_id in self._items else self._waiting
        known.setdefault(document_id, []).append(item_id)

    def _load_chunk(self, ids: Sequence[int]) -> None:
        number, reverses, linked = col(Document.id), col(Document.reverses_id), col(Document.linked_id)
        self._read |= {row.id: row for row in self._session.execute(select(Document).where(number.in_(ids))).scalars()}
        self._items |= {document_id: [] for document_id in ids}
        items = select(col(Item.document_id), col(Item.id)).where(col(Item.document_id).in_(ids))
        for document_id, item_id in self._session.execute(items.order_by(col(Item.id))):
            self._items[document_id].append(item_id)
        for document_id in ids:
            found = self._items[document_id]
            found += [item_id for item_id in self._waiting.pop(document_id, []) if item_id not in found]
        naming = select(number, col(Document.kind), reverses, linked).where(or_(reverses.in_(ids), linked.in_(ids)))
        for row in self._session.execute(naming.order_by(number)):
            self._note(*row)

    def _note(self, document_id: int, kind: str, reverses_id: int | None, linked_id: int | None) -> None:
        if reverses_id is not None:
            self._taken_back.add(reverses_id)
        if linked_id is not None and kind == "write_off":
            found = self._recoveries.setdefault(linked_id, [])
            if document_id not in found:
                found.append(document_id)
