"""What each source said last of each document: the word that a new file is compared with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from typing import NamedTuple

from sqlalchemy import func
from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.intake.changes import Ref
from arcore.intake.parties import Directory
from arcore.intake.positions import Order
from arcore.intake.positions import Spoken
from arcore.intake.positions import in_order
from arcore.intake.record import read_record
from arcore.intake.retold import POINTER
from arcore.intake.retold import expected
from arcore.intake.retold import last
from arcore.intake.understood import OPEN_ITEMS
from arcore.intake.word import Word as Word  # noqa: PLC0414  told again, to who asks for the last one
from arcore.store.chunks import chunks
from arcore.store.sources import Import
from arcore.store.sources import Source
from arcore.store.sources import SourceWord


@dataclass
class Memory:
    """All that a system said for one entity, whatever was filtered.

    Attributes:
        newest: per scope the day of its newest snapshot.
        digests: what was understood of files that stand, with the import's id.
        order: the imports that stand, by their place.
    """

    words: dict[str, Word] = field(default_factory=dict)
    newest: dict[str, date] = field(default_factory=dict)
    digests: dict[str, int] = field(default_factory=dict)
    order: Order = field(default_factory=lambda: in_order(()))
    _by_number: dict[tuple[str, Ref, str], list[Word]] = field(default_factory=lambda: defaultdict(list))
    _unnumbered: dict[tuple[str, Ref, date | None, int], list[Word]] = field(default_factory=lambda: defaultdict(list))

    def add(self, word: Word) -> None:
        """Keep a word as the last one of its key."""
        self.words[word.key] = word
        if word.number:
            self._by_number[word.kind, word.customer, word.number.casefold()].append(word)
        else:
            self._unnumbered[word.kind, word.customer, word.document_date, word.amount].append(word)

    def find(self, kind: str, customer: Ref, number: str, day: date, amount: int) -> Sequence[Word]:
        """Return the words on documents that may be the same, however their keys were formed; the best first.

        With a number, day or amount has to agree too; without one, both.
        """
        if not number:
            return self._unnumbered.get((kind, customer, day, amount), ())
        same = [
            (-(word.document_date == day) - (word.amount == amount), word)
            for word in self._by_number.get((kind, customer, number.casefold()), ())
        ]
        return [word for agrees, word in sorted(same, key=lambda pair: pair[0]) if agrees]

    def before(self, day: date, scope: str) -> date | None:
        """Return the day of the newest snapshot before `day` that speaks for the scope."""
        return max((d for s, d in self.newest.items() if d < day and s in ("", scope)), default=None)

    def expected(self, scope: str, day: date) -> list[Word]:
        """Return the words on documents that a snapshot of `day` would list if they were still open."""
        return [word for word in self.words.values() if expected(word, scope, day)]

    def is_late(self, day: date | None, scope: str) -> bool:
        """Tell whether a snapshot of the day is older than the newest that may list the same."""
        newest = self.order.newest(scope)
        return day is not None and newest is not None and day < newest


class Past(NamedTuple):
    """All that a system said for one entity, import by import.

    Attributes:
        words: by key, what each import said itself.
        documents: by key, what stands for it in the books now.
    """

    order: Order
    words: dict[str, dict[int, Word]]
    documents: dict[str, int]

    def at(self, order: Order) -> Iterator[Word]:
        """Return the last words of imports alone, each with the document that stands now."""
        told = {one.import_id for one in order.spoken}
        for key, words in self.words.items():
            said = {number: word for number, word in words.items() if number in told}
            word = last(said, order) if said else None
            if word is not None:
                yield word._replace(document_id=self.documents.get(key, word.document_id))


def read_memory(session: Session, directory: Directory, system: str, entity: str) -> Memory:
    """Read the last words of every standing import of a system and entity, in the order in which they were said.

    Customers that were merged appear as those they live on in.
    """
    memory = Memory()
    sources = _scopes(session, system, entity)
    if not sources:
        return memory
    _read_imports(session, memory, system, entity)
    if len(memory.order.line(memory.order.tip)) < len(memory.order.spoken):
        for word in read_past(session, directory, system, entity, memory.order).at(memory.order):
            memory.add(word)
        return memory
    newest = (
        select(func.max(col(SourceWord.id)))
        .join(Import, col(Import.id) == col(SourceWord.import_id))
        .where(col(SourceWord.source_id).in_(sources), col(Import.undone_at).is_(None))
        .group_by(col(SourceWord.key))
    )
    query = select(*_WORD).where(col(SourceWord.id).in_(newest)).order_by(col(SourceWord.id))
    for row in session.execute(query):
        memory.add(_word(row, sources, directory))
    return memory


def read_past(session: Session, directory: Directory, system: str, entity: str, order: Order) -> Past:
    """Read every word of every standing import of a system and entity."""
    sources = _scopes(session, system, entity)
    past = Past(order, {}, {})
    query = (
        select(*_WORD, col(SourceWord.import_id))
        .join(Import, col(Import.id) == col(SourceWord.import_id))
        .where(col(SourceWord.source_id).in_(sources), col(Import.undone_at).is_(None))
        .order_by(col(SourceWord.id))
    )
    for *row, import_id in session.execute(query):
        word = _word(row, sources, directory)
        if word.status != POINTER:
            past.words.setdefault(word.key, {})[import_id] = word
        if word.document_id is not None:
            past.documents[word.key] = word.document_id
    return past


def standing_documents(memories: Iterable[Memory]) -> set[int]:
    """Return the documents that the sources know."""
    return {w.document_id for memory in memories for w in memory.words.values() if w.document_id is not None}


def told_dues(session: Session, keys: Collection[str]) -> dict[str, frozenset[date]]:
    """Return every due date that standing imports told of documents, by key."""
    found: dict[str, set[date]] = {}
    sources = list(session.execute(select(col(Source.id))).scalars()) if keys else []
    for part in chunks(sorted(keys)):
        query = (
            select(col(SourceWord.key), col(SourceWord.due_date))
            .join(Import, col(Import.id) == col(SourceWord.import_id))
            .where(col(SourceWord.source_id).in_(sources), col(SourceWord.key).in_(part))
            .where(col(Import.undone_at).is_(None))
        )
        for key, due_on in session.execute(query):
            if due_on is not None:
                found.setdefault(key, set()).add(due_on)
    return {key: frozenset(days) for key, days in found.items()}


_WORD = (
    col(SourceWord.key),
    col(SourceWord.kind),
    col(SourceWord.number),
    col(SourceWord.customer_id),
    col(SourceWord.document_id),
    col(SourceWord.currency),
    col(SourceWord.document_date),
    col(SourceWord.due_date),
    col(SourceWord.amount),
    col(SourceWord.open_amount),
    col(SourceWord.status),
    col(SourceWord.present),
    col(SourceWord.source_id),
)


def _word(row: Sequence[object], scopes: Mapping[int, str], directory: Directory) -> Word:
    *said, source_id = row
    word = Word._make((*said, scopes[source_id]))  # type: ignore[index]
    return word._replace(customer=directory.survivor(word.customer))


def _scopes(session: Session, system: str, entity: str) -> dict[int, str]:
    rows = session.execute(
        select(col(Source.id), col(Source.scope)).where(col(Source.system) == system, col(Source.entity) == entity)
    )
    return {number: scope for number, scope in rows if number is not None}


def _read_imports(session: Session, memory: Memory, system: str, entity: str) -> None:
    rows = session.execute(
        select(col(Import.id), col(Import.plan)).where(col(Import.undone_at).is_(None)).order_by(col(Import.id))
    )
    spoken = []
    for number, text in rows:
        files = [f for f in read_record(text).files if (f.system, f.entity) == (system, entity)]
        snapshots = [file for file in files if file.kind == OPEN_ITEMS and file.as_of is not None]
        for file in files:
            if file.digest:
                memory.digests.setdefault(file.digest, number)
        for file in snapshots:
            if file.as_of is not None:
                memory.newest[file.scope] = max(file.as_of, memory.newest.get(file.scope, file.as_of))
        if files:
            spoken.append(Spoken(number, snapshots[0].as_of if snapshots else None, files[0].scope))
    memory.order = in_order(spoken)
