"""Taking many documents back: the plain ones in bulk, the others by the ledger's own void."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Iterable

from sqlalchemy import select
from sqlmodel import col

from arcore.intake.holdings import chunks
from arcore.ledger import reversal
from arcore.ledger.checks import PAIRED
from arcore.ledger.checks import is_closing
from arcore.ledger.entry import ApplicationState
from arcore.ledger.entry import Entry
from arcore.ledger.entry import ItemState
from arcore.ledger.entry import Part
from arcore.ledger.journal import Journal
from arcore.ledger.timeline import balance_on
from arcore.store.books import Document
from arcore.store.books import Item


class Taker:
    """Voids documents, from their own days on, as corrections; `import_id` marks the rows that do it.

    What hangs on a document alone (a write-off, a discount, an inferred settlement) goes with it in `finish`.

    Attributes:
        taken: the documents that were voided.
        mirrors: the items of their voids.
    """

    def __init__(self, journal: Journal, import_id: int | None = None) -> None:
        """Start with nothing read."""
        self.journal = journal
        self.import_id = import_id
        self.taken: set[int] = set()
        self.mirrors: list[int] = []
        self._documents: dict[int, Document] = {}
        self._items: dict[int, list[int]] = {}
        self._gone: set[int] = set()
        self._hanging: dict[int, int] = {}

    def load(self, document_ids: Collection[int]) -> None:
        """Read documents with their items and applications in few queries."""
        session = self.journal.unit.session
        for ids in chunks(document_ids):
            rows = session.execute(select(Document).where(col(Document.id).in_(ids))).scalars()
            self._documents |= {row.id: row for row in rows}
            gone = session.execute(
                select(col(Document.reverses_id)).where(col(Document.reverses_id).in_(ids))
            ).scalars()
            self._gone |= {number for number in gone if number is not None}
            items = session.execute(
                select(col(Item.document_id), col(Item.id)).where(col(Item.document_id).in_(ids)).order_by(col(Item.id))
            )
            for document_id, item_id in items:
                self._items.setdefault(document_id, []).append(item_id)
        self.journal.load(number for ids in self._items.values() for number in ids)
        self.journal.load(list(self._other_ends()))

    def take(self, document_id: int) -> None:
        """Void a document unless it was taken back before. Raises RuleBroken when its balance was moved elsewhere."""
        if document_id in self._gone or document_id in self.taken:
            return
        self.taken.add(document_id)
        items = [self.journal.item(number) for number in self._items[document_id]]
        document = self._documents[document_id]
        if not self._is_plain(document, items):
            self.taken |= self._void(document_id)
            return
        for item in items:
            for applied in reversed(self.journal.applications_of(item)):
                if applied.in_force:
                    self._release(item, applied)
        self._mirror(document, items)

    def finish(self) -> None:
        """Void what hung on the documents alone and has nothing applied any more."""
        for item_id, document_id in self._hanging.items():
            item = self.journal.item(item_id)
            whole = balance_on(item.moves) == item.amount
            if whole and document_id not in self.taken:
                self.taken |= self._void(document_id)

    def _void(self, document_id: int) -> set[int]:
        mirrors = set(reversal.void(self.journal, document_id, import_id=self.import_id))
        self.mirrors += [item.id for mirror in sorted(mirrors) for item in self.journal.items_of(mirror)]
        rows = self.journal.staged_documents()
        return {row["reverses_id"] for row in rows if row["id"] in mirrors}

    def _is_plain(self, document: Document, items: Iterable[ItemState]) -> bool:
        """Tell whether nothing but matches still in force ever touched the document."""
        if document.kind in PAIRED or document.linked_id is not None:
            return False
        for item in items:
            if item.origin_item_id is not None:
                return False
            rest = dict(item.moves)
            for applied in self.journal.applications_of(item):
                other = self._other(item, applied)
                if is_closing(other) or other.document_id == item.document_id:
                    return False
                if applied.in_force:
                    sign = 1 if applied.from_item_id == item.id else -1
                    rest[applied.effective_on] = rest.get(applied.effective_on, 0) - sign * applied.amount
            if any(amount for day, amount in rest.items() if day != item.effective_on):
                return False
        return True

    def _release(self, item: ItemState, applied: ApplicationState) -> None:
        staged = self.journal.reverse_application(applied)
        other = self._other(item, applied)
        self.journal.return_to_origin(other, applied.amount, staged.effective_on)
        if other.kind in reversal.DEPENDENT:
            self._hanging[other.id] = other.document_id

    def _mirror(self, document: Document, items: Iterable[ItemState]) -> None:
        owned = [item for item in items if item.amount]
        first = next(iter(items))
        posted = self.journal.post(
            Entry(
                kind=document.kind,
                customer_id=document.customer_id,
                document_date=document.document_date,
                currency=document.currency,
                parts=[Part(abs(i.amount), i.due_date, i.original_due_date) for i in owned]
                or [Part(0, document.document_date)],
                number=document.number,
                entity=document.entity,
                effective_on=document.effective_on,
                side=-first.side,
                tax_amount=None if document.tax_amount is None else abs(document.tax_amount),
                reason=document.reason,
                import_id=self.import_id,
                reverses_id=document.id,
            )
        )
        self.mirrors += posted.item_ids
        for item, number in zip(owned, posted.item_ids, strict=False):
            self.journal.carry(item, self.journal.item(number), abs(item.amount), item.effective_on)

    def _other(self, item: ItemState, applied: ApplicationState) -> ItemState:
        return self.journal.item(applied.to_item_id if applied.from_item_id == item.id else applied.from_item_id)

    def _other_ends(self) -> set[int]:
        return {
            number
            for numbers in self._items.values()
            for item_id in numbers
            for applied in self.journal.applications_of(self.journal.item(item_id))
            for number in (applied.from_item_id, applied.to_item_id)
        }
