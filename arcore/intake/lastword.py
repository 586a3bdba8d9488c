"""What each source said last of each document: the word that a new file is compared with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
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
from arcore.intake.record import read_record
from arcore.intake.understood import OPEN_ITEMS
from arcore.store.sources import Import
from arcore.store.sources import Source
from arcore.store.sources import SourceWord


class Word(NamedTuple):
    """What a source said of one document; amounts signed, minor units. `scope` is the filter it was said under."""

    key: str
    kind: str
    number: str
    customer: int
    document_id: int | None
    currency: str
    document_date: date | None
    due_date: date | None
    amount: int
    open_amount: int | None
    status: str
    present: bool
    scope: str

    @property
    def open_or_amount(self) -> int:
        """Return what it said is open; all of it when it never said."""
        return self.amount if self.open_amount is None else self.open_amount


@dataclass
class Memory:
    """All that a system said for one entity, whatever was filtered.

    Attributes:
        newest: per scope the day of its newest snapshot.
        digests: what was understood of files that stand, with the import's id.
    """

    words: dict[str, Word] = field(default_factory=dict)
    newest: dict[str, date] = field(default_factory=dict)
    digests: dict[str, int] = field(default_factory=dict)
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
        """Return the words on documents that a snapshot of `day` would list if they were still open.

        A snapshot of everything speaks for every scope; a filtered one only for what was told under its filter.
        A credit of which nobody ever said that it is open is not expected: it may be applied.
        """
        return [
            word
            for word in self.words.values()
            if word.present
            and scope in ("", word.scope)
            and (word.open_amount or (word.open_amount is None and word.amount > 0))
            and (word.document_date is None or word.document_date <= day)
        ]


def read_memory(session: Session, directory: Directory, system: str, entity: str) -> Memory:
    """Read the last words of every standing import of a system and entity, in the order in which they were said.

    Customers that were merged appear as those they live on in.
    """
    memory = Memory()
    sources = {
        number: scope
        for number, scope in session.execute(
            select(col(Source.id), col(Source.scope)).where(col(Source.system) == system, col(Source.entity) == entity)
        )
        if number is not None
    }
    if not sources:
        return memory
    _read_imports(session, memory, system, entity)
    last = (
        select(func.max(col(SourceWord.id)))
        .join(Import, col(Import.id) == col(SourceWord.import_id))
        .where(col(SourceWord.source_id).in_(sources), col(Import.undone_at).is_(None))
        .group_by(col(SourceWord.key))
    )
    rows = session.execute(
        select(
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
        .where(col(SourceWord.id).in_(last))
        .order_by(col(SourceWord.id))
    )
    for row in rows:
        word = Word._make((*row[:-1], sources[row[-1]]))
        memory.add(word._replace(customer=directory.survivor(word.customer)))
    return memory


def standing_documents(memories: Iterable[Memory]) -> set[int]:
    """Return the documents that the sources know."""
    return {w.document_id for memory in memories for w in memory.words.values() if w.document_id is not None}


def _read_imports(session: Session, memory: Memory, system: str, entity: str) -> None:
    rows = session.execute(
        select(col(Import.id), col(Import.plan)).where(col(Import.undone_at).is_(None)).order_by(col(Import.id))
    )
    for number, text in rows:
        for file in read_record(text).files:
            if (file.system, file.entity) != (system, entity):
                continue
            if file.digest:
                memory.digests.setdefault(file.digest, number)
            if file.kind == OPEN_ITEMS and file.as_of is not None:
                memory.newest[file.scope] = max(file.as_of, memory.newest.get(file.scope, file.as_of))
