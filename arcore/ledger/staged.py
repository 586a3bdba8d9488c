"""Rows that were staged and wait to be inserted: plain tuples, for an import may stage a million of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from typing import Any
from typing import NamedTuple

from arcore.store.books import Application
from arcore.store.books import Document
from arcore.store.books import Item
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


@dataclass(slots=True)
class Staged:
    """The rows of one transaction, each kind in the order of its ids."""

    documents: list[DocumentRow] = field(default_factory=list)
    items: list[ItemRow] = field(default_factory=list)
    applications: list[ApplicationRow] = field(default_factory=list)

    def insert(self, unit: Unit, customers: Mapping[int, int]) -> None:
        """Insert everything through a transaction and forget it.

        `customers` gives the ids of those that had none yet when their rows were staged.
        """
        recorded = {"recorded_at": unit.recorded_at, "recorded_by": unit.actor.name}
        kinds: tuple[tuple[Any, tuple[str, ...], list[Any]], ...] = (
            (Document, DocumentRow._fields, self.documents),
            (Item, ItemRow._fields, self.items),
            (Application, ApplicationRow._fields, self.applications),
        )
        for kind, names, rows in kinds:
            insert_rows(unit.session, kind.__table__, names, rows, same=recorded, instead={"customer_id": customers})
            rows.clear()
