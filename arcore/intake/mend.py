"""After an undo: where a match had ended, the past is told again as it stood before the import.

What ended can not be taken back alone: the match stays in the past of both documents. Where their days are others than
before the import, all documents of the chain are voided and posted again with every match of then. What anybody else
booked for a customer since is never touched: then the days stay as they are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from typing import NamedTuple
from typing import TypeAlias

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import Session
from sqlmodel import col

from arcore.intake.again import post_again
from arcore.intake.takeback import Taker
from arcore.intake.voids import match_voids
from arcore.ledger.entry import ApplicationState
from arcore.ledger.journal import Journal
from arcore.store.books import Application
from arcore.store.books import AuditEvent
from arcore.store.books import Document
from arcore.store.books import Item
from arcore.store.chunks import chunks
from arcore.store.sources import Import
from arcore.store.unit import Unit

MENDABLE = frozenset({"invoice", "credit_note", "debit_note", "late_charge", "settlement"})
"""Kinds that an import may post again; money, and what was moved elsewhere, stays what it is."""

Place: TypeAlias = tuple[int, str, str]
"""Customer, entity, currency."""


class Reach(NamedTuple):
    """How far the books reach: the last ids."""

    document: int
    item: int
    application: int


class Mended(NamedTuple):
    """What was posted again: old document → new; every document voided for it and every one posted; places left."""

    words: Mapping[int, int]
    voided: frozenset[int]
    posted: frozenset[int]
    left: frozenset[Place]


class _Row(NamedTuple):
    id: int
    source: int
    target: int
    amount: int
    on: date
    reverses: int | None


@dataclass
class _Books:
    """The documents of some customers with all that stands on them."""

    documents: dict[int, Document] = field(default_factory=dict)
    items: dict[int, Item] = field(default_factory=dict)
    rows: dict[int, _Row] = field(default_factory=dict)
    gone: dict[int, int] = field(default_factory=dict)

    def home(self, item_id: int) -> Document:
        return self.documents[self.items[item_id].document_id]

    def standing(self, reach: int) -> list[Document]:
        """Return what stood when the last document had this id."""
        return [
            d
            for d in self.documents.values()
            if d.id <= reach and d.reverses_id is None and self.gone.get(d.id, reach + 1) > reach
        ]


def mend(unit: Unit, row: Import, before: Reach, start: Reach) -> Mended:
    """Tell again the past that an undo could not give back; the undo's rows have to be written.

    `before` is how far the books reached before the import, `start` before the undo.
    """
    session = unit.session
    customers = _lapsed(session, _touched(session, start))
    if not customers:
        return Mended({}, frozenset(), frozenset(), frozenset())
    books = _read(session, customers)
    wrong = _wrong(books, before)
    foreign = _foreign(session, row, books, unit.audit_seq)
    left = {place for place in wrong if place[0] in foreign}
    words: dict[int, int] = {}
    voided: set[int] = set()
    posted: set[int] = set()
    journal = Journal(unit)
    for place, numbers in sorted(wrong.items()):
        if place in left:
            continue
        chain = _chain(books, place, numbers, before)
        now, then = (
            [d for d in books.standing(reach) if place_of(d) == place and name_of(d) in chain]
            for reach in (max(books.documents), before.document)
        )
        if any(d.kind not in MENDABLE or d.import_id is None for d in (*now, *then)):
            left.add(place)
            continue
        new = _again(journal, books, now, then, before)
        posted |= set(new.values())
        voided |= {d.id for d in now}
        words |= _heirs(now, [(books.documents[old], number) for old, number in sorted(new.items())])
    if voided:
        journal.flush()
    return Mended(words, frozenset(voided), frozenset(posted), frozenset(left))


def place_of(document: Document) -> Place:
    """Return whose books a document belongs to."""
    return document.customer_id, document.entity, document.currency


def name_of(document: Document) -> str:
    """Return what a document and its void go by: the number, or the kind where it has none."""
    return document.number or document.kind


# --- reading ----------------------------------------------------------------------------------------------------------


def _touched(session: Session, start: Reach) -> set[int]:
    items = select(col(Item.customer_id)).where(col(Item.id) > start.item).distinct()
    rows = select(col(Application.customer_id)).where(col(Application.id) > start.application).distinct()
    return {*session.execute(items).scalars(), *session.execute(rows).scalars()}


def _lapsed(session: Session, customers: Collection[int]) -> list[int]:
    """Return those customers for whom a match ever ended later than it began."""
    end, one = aliased(Application), aliased(Application)
    found: set[int] = set()
    for ids in chunks(sorted(customers)):
        query = (
            select(col(one.customer_id))
            .join(end, col(end.reverses_id) == col(one.id))
            .where(col(one.customer_id).in_(ids), col(end.effective_on) > col(one.effective_on))
            .distinct()
        )
        found.update(session.execute(query).scalars())
    return sorted(found)


def _read(session: Session, customers: Sequence[int]) -> _Books:
    books = _Books()
    for ids in chunks(customers):
        documents = select(Document).where(col(Document.customer_id).in_(ids)).order_by(col(Document.id))
        books.documents |= {d.id: d for d in session.execute(documents).scalars()}
        items = select(Item).where(col(Item.customer_id).in_(ids)).order_by(col(Item.id))
        books.items |= {i.id: i for i in session.execute(items).scalars()}
        columns = [getattr(Application, name) for name in _COLUMNS]
        rows = select(*map(col, columns)).where(col(Application.customer_id).in_(ids)).order_by(col(Application.id))
        books.rows |= {one[0]: _Row(*one) for one in session.execute(rows)}
    books.gone = {d.reverses_id: d.id for d in books.documents.values() if d.reverses_id is not None}
    return books


_COLUMNS = ("id", "from_item_id", "to_item_id", "amount", "effective_on", "reverses_id")


def _foreign(session: Session, row: Import, books: _Books, until: int) -> set[int]:
    """Return the customers for whom something else was booked since the import than imports that were undone."""
    undone = select(Import).where(col(Import.id) > row.id, col(Import.undone_at).is_not(None))
    later = {one.id: one.audit_seq for one in session.execute(undone).scalars()}
    ours = {f"import:{number}" for number in later}
    query = (
        select(AuditEvent)
        .where(col(AuditEvent.seq) >= row.audit_seq, col(AuditEvent.seq) < until)
        .order_by(col(AuditEvent.seq))
    )
    spans: list[tuple[Reach, Reach]] = []
    last: Reach | None = None
    for event in session.execute(query).scalars():
        reach = Reach(event.document_id, event.item_id, event.application_id)
        own = event.seq in later.values() or (event.verb == "undo_import" and event.subject in ours)
        if last is not None and reach != last and not own:
            spans.append((last, reach))
        last = reach
    found: set[int] = set()
    for first, reach in spans:
        found |= {d.customer_id for n, d in books.documents.items() if first.document < n <= reach.document}
        found |= {i.customer_id for n, i in books.items.items() if first.item < n <= reach.item}
        rows = (r for n, r in books.rows.items() if first.application < n <= reach.application)
        found |= {books.items[r.target].customer_id for r in rows}
    return found


# --- comparing --------------------------------------------------------------------------------------------------------


def _wrong(books: _Books, before: Reach) -> dict[Place, set[str]]:
    """Return the documents, by what they go by, of which other days are open than before the import."""
    moved: dict[tuple[Place, str, date, date], int] = defaultdict(int)

    def count(item_id: int, on: date, amount: int, *, then: bool) -> None:
        item = books.items[item_id]
        home = books.home(item_id)
        moved[place_of(home), name_of(home), item.due_date, on] += amount * (0 if then else 1)

    for number, item in books.items.items():
        count(number, item.effective_on, item.amount, then=number <= before.item)
    for number, one in books.rows.items():
        then = number <= before.application
        count(one.source, one.on, one.amount, then=then)
        count(one.target, one.on, -one.amount, then=then)
    found: dict[Place, set[str]] = defaultdict(set)
    for (place, name, _, _), amount in moved.items():
        if amount:
            found[place].add(name)
    return found


def _chain(books: _Books, place: Place, numbers: Iterable[str], before: Reach) -> set[str]:
    """Return documents with all that is matched with them, was for a while, or was before the import."""
    now = {d.id for d in books.standing(max(books.documents))}
    then = {d.id for d in books.standing(before.document)}
    ends = {one.reverses: one.on for one in books.rows.values() if one.reverses is not None}
    ties: dict[str, set[str]] = defaultdict(set)
    for one in books.rows.values():
        pair = books.home(one.source), books.home(one.target)
        if place_of(pair[0]) != place or one.reverses is not None or ends.get(one.id) == one.on:
            continue
        if {d.id for d in pair} <= now or (one.id <= before.application and {d.id for d in pair} <= then):
            names = [name_of(d) for d in pair]
            ties[names[0]].add(names[1])
            ties[names[1]].add(names[0])
    chain: set[str] = set()
    waiting = set(numbers)
    while waiting:
        chain |= waiting
        waiting = {other for name in waiting for other in ties[name]} - chain
    return chain


# --- booking ----------------------------------------------------------------------------------------------------------


def _again(
    journal: Journal, books: _Books, now: Sequence[Document], then: Sequence[Document], before: Reach
) -> dict[int, int]:
    """Void what stands and post what stood, with every match of then; return old document → new."""
    taker = Taker(journal)
    taker.load([d.id for d in now])
    for document in reversed(now):
        taker.take(document.id)
    items: dict[int, int] = {}
    new: dict[int, int] = {}
    journal.load_documents([d.id for d in then])
    for document in then:
        states = [state for state in journal.items_of(document.id) if state.id <= before.item]
        new[document.id] = post_again(journal, document, states, items)
    stood = [one for n, one in sorted(books.rows.items()) if n <= before.application and one.source in items]
    ends = {one.reverses: one.on for one in stood if one.reverses is not None}
    again: dict[int, ApplicationState] = {}
    for one in stood:
        if one.target not in items or ends.get(one.reverses or one.id) == books.rows[one.reverses or one.id].on:
            continue
        if one.reverses is not None:
            journal.reverse_application(again[one.reverses], one.on)
        else:
            source, target = (journal.item(items[number]) for number in (one.source, one.target))
            again[one.id] = journal.stage_application(source, target, one.amount, one.on)
    match_voids(journal, taker.mirrors)
    return new


def _heirs(now: Sequence[Document], posted: Sequence[tuple[Document, int]]) -> dict[int, int]:
    """Return which new document stands for one that stood, as far as the source tells of it."""
    by_name = {(d.kind, d.number): number for d, number in posted if d.kind != "settlement"}
    heirs = {d.id: by_name[d.kind, d.number] for d in now if (d.kind, d.number) in by_name}
    return heirs | {d.id: number for d, number in posted}
