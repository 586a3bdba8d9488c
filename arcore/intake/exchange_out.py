"""Write the books as the exchange pair: what is so, without the history of corrections."""

from __future__ import annotations

import csv
import gzip
import io
from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import date

from sqlalchemy import Engine
from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.intake.exchange import APPLICATION_COLUMNS
from arcore.intake.exchange import APPLICATIONS
from arcore.intake.exchange import DOCUMENT_COLUMNS
from arcore.intake.exchange import DOCUMENTS
from arcore.ledger.delivered import standing
from arcore.ledger.kinds import BY_NAME
from arcore.ledger.kinds import RECOVERY
from arcore.ledger.rows import APPLICATION
from arcore.money import plain
from arcore.store.books import Application
from arcore.store.books import Document
from arcore.store.books import Item
from arcore.store.customers import Customer
from arcore.store.engine import reading


@dataclass(slots=True)
class _Item:
    id: int
    document_id: int
    side: int
    effective_on: date
    due_date: date
    original_due_date: date
    origin_item_id: int | None
    amount: int


@dataclass(slots=True)
class _Move:
    """An application with what was taken back of it: negative when it takes back."""

    id: int
    source: int
    target: int
    amount: int
    day: date


@dataclass
class _Books:
    """Everything that counts, read in one state of the store."""

    documents: dict[int, Document] = field(default_factory=dict)
    items: dict[int, _Item] = field(default_factory=dict)
    of: dict[int, list[_Item]] = field(default_factory=lambda: defaultdict(list))
    moves: list[_Move] = field(default_factory=list)
    customers: dict[int, tuple[str, str]] = field(default_factory=dict)
    delivered: dict[int, date] = field(default_factory=dict)


def write_books(engine: Engine, *, compress: bool = False) -> dict[str, bytes]:
    """Return the exchange pair by file name: documents.csv and applications.csv, or both as .csv.gz.

    What was voided is left out. A match that ended on a later day is a row of its own, from the debit back to the
    credit; an agreed due date is a pair of transfers that stays with its customer.
    """
    with reading(engine) as session:
        books = _read(session)
    documents, applications = rows_of(books)
    found = {
        f"{DOCUMENTS}.csv": _as_csv(DOCUMENT_COLUMNS, documents),
        f"{APPLICATIONS}.csv": _as_csv(APPLICATION_COLUMNS, applications),
    }
    return {f"{name}.gz": gzip.compress(data, mtime=0) for name, data in found.items()} if compress else found


def rows_of(books: _Books) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Return the rows of documents.csv and applications.csv."""
    return _Writer(books).rows()


class _Writer:
    """Names documents and instalments, and writes moves between them."""

    def __init__(self, books: _Books) -> None:
        self.books = books
        self._names: dict[int, str] = {}
        self._taken: set[str] = set()
        self._agreed: dict[int, _Move] = {}
        self._documents: list[dict[str, str]] = []
        self._applications: list[dict[str, str]] = []

    def rows(self) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
        carried = {item.id for item in self.books.items.values() if self._is_agreed(item)}
        born = self._births(carried)
        for document in self.books.documents.values():
            self._document(document, [item for item in self.books.of[document.id] if item.id not in carried])
        for item_id in sorted(carried):
            if item_id in born:
                self._agree(self.books.items[item_id], born[item_id])
        births = {move.id for move in born.values()}
        for move in sorted(self.books.moves, key=lambda m: (m.day, m.id)):
            if move.id in births:
                self._applications.append(self._birth(move))
            elif move.amount:
                self._applications.append(self._move(move))
        return self._documents, self._applications

    # --- documents ----------------------------------------------------------------------------------------------------

    def _document(self, document: Document, items: Sequence[_Item]) -> None:
        """Write one row, or one for each instalment when they were not paid in the order of their due dates."""
        name = self._name(document)
        if len(items) == 1 or self._in_order(items):
            for item in items:
                self._names[item.id] = name
            self._documents.append(self._row(document, name, items))
            return
        for number, item in enumerate(sorted(items, key=lambda i: (i.due_date, i.id)), start=1):
            self._names[item.id] = f"{name}/{number}"
            self._documents.append(self._row(document, f"{name}/{number}", [item]))

    def _row(self, document: Document, name: str, items: Sequence[_Item]) -> dict[str, str]:
        code, who = self.books.customers[document.customer_id]
        ordered = sorted(items, key=lambda i: (i.due_date, i.id))
        amount = sum(abs(item.amount) for item in items)
        last = ordered[-1]
        agreed = last.original_due_date if last.original_due_date != last.due_date else None
        parts = ";".join(f"{i.due_date}:{plain(abs(i.amount), document.currency)}" for i in ordered)
        says_side = BY_NAME[document.kind].side == 0 or document.reason == RECOVERY
        linked = self.books.documents.get(document.linked_id or 0)
        back = self.books.documents.get(document.reverses_id or 0)
        whole = len(items) == len(self.books.of[document.id])
        tax = document.tax_amount
        against = back or (linked if document.kind == "write_off" else None)
        return {
            "id": name,
            "type": document.kind,
            "customer": code,
            "customer_name": "" if who == code else who,
            "date": str(document.document_date),
            "due_date": str(last.due_date),
            "amount": plain(amount, document.currency),
            "currency": document.currency,
            "number": document.number,
            "original_due_date": "" if agreed is None else str(agreed),
            "effective_on": "" if document.effective_on == document.document_date else str(document.effective_on),
            "instalments": parts if len(items) > 1 else "",
            "against": "" if against is None else self._name(against),
            "side": ("debit" if items[0].side > 0 else "credit") if says_side else "",
            "linked_id": self._name(linked) if linked is not None and document.kind != "write_off" else "",
            "entity": document.entity,
            "tax_amount": "" if tax is None or not whole else plain(abs(tax), document.currency),
            "reason": document.reason,
            "rate": document.rate or "",
            "po_number": document.po_number,
            "reference": document.reference,
            "delivered_on": "" if (day := self.books.delivered.get(document.id)) is None else str(day),
        }

    def _name(self, document: Document) -> str:
        """Return the id of a document: its own, so that any two exports agree."""
        return f"D{document.id}"

    def _in_order(self, items: Sequence[_Item]) -> bool:
        """Tell whether paying the oldest due first gives what is booked: then one row can carry all instalments."""
        ordered = sorted(items, key=lambda i: (i.due_date, i.id))
        numbers = {item.id for item in ordered}
        if any(item.original_due_date != item.due_date for item in ordered):
            return False
        left = {item.id: abs(item.amount) for item in ordered}
        for move in sorted(self.books.moves, key=lambda m: (m.day, m.id)):
            ours = [number for number in (move.source, move.target) if number in numbers]
            if not ours or not move.amount:
                continue
            if len(ours) > 1 or move.amount < 0:
                return False
            first = next((number for number, amount in left.items() if amount), None)
            if ours[0] != first or move.amount > left[ours[0]]:
                return False
            left[ours[0]] -= move.amount
        return True

    # --- agreed due dates ---------------------------------------------------------------------------------------------

    def _is_agreed(self, item: _Item) -> bool:
        origin = self.books.items.get(item.origin_item_id or 0)
        return origin is not None and origin.document_id == item.document_id

    def _births(self, carried: Iterable[int]) -> dict[int, _Move]:
        """Return, for each item with an agreed due date, the move by which it took the balance over."""
        wanted = set(carried)
        found: dict[int, _Move] = {}
        for move in sorted(self.books.moves, key=lambda m: m.id):
            for item_id, other in ((move.source, move.target), (move.target, move.source)):
                if item_id in wanted and self.books.items[item_id].origin_item_id == other and move.amount > 0:
                    found.setdefault(item_id, move)
        return found

    def _agree(self, item: _Item, move: _Move) -> None:
        """Write an agreed due date as a pair of transfers of one customer: one closes, one carries on."""
        document = self.books.documents[item.document_id]
        origin = self.books.items[item.origin_item_id or 0]
        code, who = self.books.customers[document.customer_id]
        closing, carrying = f"A{item.id}-", f"A{item.id}"
        self._names[item.id] = carrying
        shared = {
            "type": "transfer",
            "customer": code,
            "customer_name": "" if who == code else who,
            "amount": plain(move.amount, document.currency),
            "currency": document.currency,
            "number": document.number,
            "original_due_date": str(item.original_due_date),
            "entity": document.entity,
        }
        for name, other, side, day, due in (
            (closing, carrying, -item.side, move.day, origin.due_date),
            (carrying, closing, item.side, document.document_date, item.due_date),
        ):
            row = dict.fromkeys(DOCUMENT_COLUMNS, "") | shared
            row |= {"id": name, "linked_id": other, "side": "debit" if side > 0 else "credit"}
            row |= {"date": str(day), "due_date": str(due)}
            row["effective_on"] = "" if day == move.day else str(move.day)
            self._documents.append(row)

    def _birth(self, move: _Move) -> dict[str, str]:
        agreed = self.books.items[max(move.source, move.target)]
        origin = self.books.items[agreed.origin_item_id or 0]
        closing = f"A{agreed.id}-"
        source, target = (closing, self._names[origin.id]) if agreed.side > 0 else (self._names[origin.id], closing)
        return self._application(source, target, move)

    # --- applications -------------------------------------------------------------------------------------------------

    def _move(self, move: _Move) -> dict[str, str]:
        source, target = self._names[move.source], self._names[move.target]
        return self._application(source, target, move) if move.amount > 0 else self._application(target, source, move)

    def _application(self, source: str, target: str, move: _Move) -> dict[str, str]:
        currency = self.books.documents[self.books.items[move.source].document_id].currency
        return {"from_id": source, "to_id": target, "date": str(move.day), "amount": plain(abs(move.amount), currency)}


# --- reading ----------------------------------------------------------------------------------------------------------


def _read(session: Session) -> _Books:
    """Read what counts: no document that was voided, no void, no match that was taken back from its own day."""
    books = _Books()
    rows = session.execute(select(Document).order_by(col(Document.id))).scalars().all()
    voids = {row.id: row.reverses_id for row in rows if row.reverses_id is not None and _is_void(row)}
    gone = set(voids) | {number for number in voids.values() if number is not None}
    books.documents = {row.id: row for row in rows if row.id not in gone}
    for item in _items(session):
        if item.document_id not in gone:
            books.items[item.id] = item
            books.of[item.document_id].append(item)
    books.moves = list(_moves(session, books.items))
    books.customers = {
        number: (code, name)
        for number, code, name in session.execute(select(col(Customer.id), col(Customer.code), col(Customer.name)))
        if number is not None
    }
    books.delivered = standing(session)
    return books


def _is_void(row: Document) -> bool:
    return row.kind != "payment_reversal"


def _items(session: Session) -> Iterator[_Item]:
    columns = (
        Item.id,
        Item.document_id,
        Item.side,
        Item.effective_on,
        Item.due_date,
        Item.original_due_date,
        Item.origin_item_id,
        Item.amount,
    )
    for row in session.execute(select(*(col(name) for name in columns)).order_by(col(Item.id))):
        yield _Item(*row)


def _moves(session: Session, items: Mapping[int, _Item]) -> Iterator[_Move]:
    rows = session.execute(select(*APPLICATION).order_by(col(Application.id))).all()
    days = {row[0]: row[4] for row in rows}
    cancelled = {row[5] for row in rows if row[5] is not None and days[row[5]] == row[4]}
    for number, source, target, amount, day, reverses in rows:
        corrected = number in cancelled or (reverses is not None and days[reverses] == day)
        if not corrected and source in items and target in items:
            yield _Move(number, source, target, amount, day)


# --- writing ----------------------------------------------------------------------------------------------------------


def _as_csv(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
