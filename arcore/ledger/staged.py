"""Rows that were staged and wait to be inserted: plain tuples, for an import may stage a million of them."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from typing import Any
from typing import NamedTuple

from arcore.errors import RuleBroken
from arcore.ledger.checks import side_of
from arcore.ledger.entry import Entry
from arcore.ledger.entry import ItemState
from arcore.ledger.entry import Part
from arcore.store.books import Application
from arcore.store.books import Document
from arcore.store.books import Item
from arcore.store.bulk import AT_ONCE
from arcore.store.bulk import Shelf
from arcore.store.bulk import insert_rows
from arcore.store.unit import Unit


class DocumentRow(NamedTuple):
    """A document but for who recorded it and when; see `Document`."""

    id: int
    kind: str
    number: str
    customer_id: int
    entity: str
    document_date: date
    effective_on: date
    currency: str
    amount: int
    tax_amount: int | None
    reason: str
    po_number: str
    reference: str
    rate: str | None
    import_id: int | None
    reverses_id: int | None
    linked_id: int | None

    @property
    def document_id(self) -> int:
        """Return its id, as items call it."""
        return self.id


class ItemRow(NamedTuple):
    """An item but for who recorded it and when; see `Item`."""

    id: int
    document_id: int
    customer_id: int
    side: int
    effective_on: date
    due_date: date
    original_due_date: date
    origin_item_id: int | None
    amount: int


class ApplicationRow(NamedTuple):
    """An application but for who recorded it and when; see `Application`."""

    id: int
    customer_id: int
    from_item_id: int
    to_item_id: int
    amount: int
    effective_on: date
    reverses_id: int | None


def document_row(entry: Entry, side: int, document_id: int, customer_id: int) -> DocumentRow:
    """Return the row of a document that is posted for a customer."""
    return DocumentRow(
        document_id,
        entry.kind,
        entry.number,
        customer_id,
        entry.entity,
        entry.document_date,
        entry.effective_on or entry.document_date,
        entry.currency,
        side * sum(part.amount for part in entry.parts),
        None if entry.tax_amount is None else side * entry.tax_amount,
        entry.reason,
        entry.po_number,
        entry.reference,
        entry.rate,
        entry.import_id,
        entry.reverses_id,
        entry.linked_id,
    )


def item_row(like: DocumentRow | ItemState, side: int, part: Part, effective_on: date, item_id: int) -> ItemRow:
    """Return the row of one part of a document."""
    return ItemRow(
        item_id,
        like.document_id,
        like.customer_id,
        side,
        effective_on,
        part.due_date,
        part.original_due_date or part.due_date,
        part.origin_item_id,
        side * part.amount,
    )


def item_state(like: DocumentRow | ItemState, row: ItemRow) -> ItemState:
    """Return an item as the transaction that stages it works with it."""
    return ItemState(
        id=row.id,
        document_id=row.document_id,
        kind=like.kind,
        number=like.number,
        customer_id=row.customer_id,
        entity=like.entity,
        currency=like.currency,
        side=row.side,
        document_date=like.document_date,
        effective_on=row.effective_on,
        due_date=row.due_date,
        original_due_date=row.original_due_date,
        origin_item_id=row.origin_item_id,
        amount=row.amount,
        reverses_id=like.reverses_id,
    )


@dataclass(frozen=True, slots=True)
class Apart:
    """Documents of an import that nothing else in the transaction touches: checked, their rows made when inserted.

    Attributes:
        entries: of one part each, made when they are read; the ids follow each other from `document_id` and `item_id`.
        but: places of documents that were staged one by one instead.
    """

    entries: Sequence[Entry]
    document_id: int
    item_id: int
    but: Collection[int]

    def rows(self, start: int, stop: int) -> tuple[list[DocumentRow], list[ItemRow]]:
        """Make the rows of some documents."""
        documents, items = [], []
        for place, entry in enumerate(self.entries[start:stop], start):
            if place not in self.but:
                document, item = self._row(place, entry)
                documents.append(document)
                items.append(item)
        return documents, items

    def row(self, place: int) -> tuple[DocumentRow, ItemRow]:
        """Make the rows of one document."""
        return self._row(place, self.entries[place])

    def _row(self, place: int, entry: Entry) -> tuple[DocumentRow, ItemRow]:
        side = side_of(entry)
        row = document_row(entry, side, self.document_id + place, entry.customer_id)
        return row, item_row(row, side, entry.parts[0], row.effective_on, self.item_id + place)


class Closing(NamedTuple):
    """A document that closes `amount` (positive) of a new item, as nothing else does, from `on`."""

    entry: Entry
    item: ItemRow
    amount: int
    on: date


@dataclass(frozen=True, slots=True)
class Closed:
    """Documents of an import that close others of it: checked, their rows made when they are inserted.

    The ids of documents, items and applications follow each other.
    """

    closings: Sequence[Closing]
    document_id: int
    item_id: int
    application_id: int

    def rows(self, start: int, stop: int) -> tuple[list[DocumentRow], list[ItemRow], list[ApplicationRow]]:
        """Make the rows of some of them."""
        documents, items, applications = [], [], []
        for place, (entry, closed, amount, on) in enumerate(self.closings[start:stop], start):
            side = side_of(entry)
            row = document_row(entry, side, self.document_id + place, entry.customer_id)
            item = item_row(row, side, entry.parts[0], row.effective_on, self.item_id + place)
            source, target = (item, closed) if side < 0 else (closed, item)
            day = max(item.effective_on, closed.effective_on, on)
            documents.append(row)
            items.append(item)
            applications.append(
                ApplicationRow(self.application_id + place, target.customer_id, source.id, target.id, amount, day, None)
            )
        return documents, items, applications


def check_closing(closing: Closing) -> None:
    """Refuse to close more than an item holds, or on its own side. Raises RuleBroken."""
    side, item = side_of(closing.entry), closing.item
    amounts = (closing.amount, sum(part.amount for part in closing.entry.parts))
    if side != -item.side or not all(0 < amount <= abs(item.amount) for amount in amounts) or amounts[0] > amounts[1]:
        msg = f"Document {item.document_id} would be closed by more than it holds"
        raise RuleBroken(msg, item=item.id)


Rows = tuple[Sequence[Sequence[Any]], Sequence[Sequence[Any]], Sequence[Sequence[Any]]]
"""Of documents, of items, of applications."""

KINDS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (Document, DocumentRow._fields),
    (Item, ItemRow._fields),
    (Application, ApplicationRow._fields),
)
"""In the order of `Rows`: the table, its columns but for who recorded it and when."""


@dataclass(slots=True)
class Staged:
    """The rows of one transaction, each kind in the order of its ids; those made when they are inserted go first."""

    apart: list[Apart] = field(default_factory=list)
    closed: list[Closed] = field(default_factory=list)
    documents: list[DocumentRow] = field(default_factory=list)
    items: list[ItemRow] = field(default_factory=list)
    applications: list[ApplicationRow] = field(default_factory=list)

    def shelve(self, shelf: Shelf, customers: Mapping[int, int]) -> None:
        """Make the rows that wait and lay all of them aside: the transaction need not take the time, nor the room.

        `customers` gives the ids of those that had none yet when their rows were staged. Raises Unavailable when there
        is no room.
        """
        for rows in self._rows():
            for (kind, names), each in zip(KINDS, rows, strict=True):
                shelf.put(kind.__table__, names, each, {"customer_id": customers})

    def insert(self, unit: Unit) -> None:
        """Insert everything through a transaction and forget it."""
        recorded = {"recorded_at": unit.recorded_at, "recorded_by": unit.actor.name}
        for rows in self._rows():
            for (kind, names), each in zip(KINDS, rows, strict=True):
                insert_rows(unit.session, kind.__table__, names, each, same=recorded)
        for kept in (self.apart, self.closed, self.documents, self.items, self.applications):
            kept.clear()

    def _rows(self) -> Iterator[Rows]:
        """Give all rows, some at a time."""
        for apart in self.apart:
            for start in range(0, len(apart.entries), AT_ONCE):
                yield *apart.rows(start, start + AT_ONCE), []
        for closed in self.closed:
            for start in range(0, len(closed.closings), AT_ONCE):
                yield closed.rows(start, start + AT_ONCE)
        yield self.documents, self.items, self.applications
