"""Papers that go with a reminder: the invoices themselves, proofs of delivery, orders, of the documents it asks for."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Engine
from sqlalchemy import Select
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import Session
from sqlmodel import col

from arcore.dunning.debts import Place
from arcore.errors import RuleBroken
from arcore.store.books import Document
from arcore.store.chunks import chunks
from arcore.store.engine import reading
from arcore.store.papers import Attachment
from arcore.store.unit import Facts

MOST_BYTES = 15 * 2**20
"""All papers of one message: most servers take 20 to 25 MB, and a mail is a third larger than its files."""


INVOICE = "invoice"


class Enclosed(NamedTuple):
    """A paper of a document that is asked for; `kind` is invoice, pod (proof of delivery) or po (purchase order)."""

    id: int
    name: str
    kind: str
    number: str
    size: int
    sha256: str

    def as_facts(self) -> Facts:
        """Return what the proof of a message keeps of it."""
        return self._asdict()


def offered(engine: Engine, document_ids: Collection[int]) -> tuple[Enclosed, ...]:
    """Return the papers of documents, those of older versions of them too; by document, the invoice first."""
    with reading(engine) as session:
        return tuple(sorted(set(_of(session, document_ids)), key=lambda one: (one.number, one.kind, one.id)))


class ForAll(NamedTuple):
    """The papers that go with each of many reminders: all that fit, and how many of each do not."""

    of: dict[Place, tuple[Enclosed, ...]]
    too_much: dict[Place, int]


def for_all(engine: Engine, wanted: Mapping[Place, Collection[int]]) -> ForAll:
    """Return the papers of the documents that each reminder asks for, the invoices first, as far as a mail holds them.

    `wanted` leads from customer and entity to documents. One look at the books, however many there are.
    """
    found: dict[int, list[Enclosed]] = defaultdict(list)
    with reading(engine) as session:
        for ids in chunks({number for asked in wanted.values() for number in asked}):
            for row in session.execute(_query(ids)):
                found[row[-1]].append(Enclosed(*row[:-1]))
    fitting: dict[Place, tuple[Enclosed, ...]] = {}
    too_much: dict[Place, int] = {}
    for place, asked in wanted.items():
        papers = {one for number in asked for one in found.get(number, ())}
        kept = _as_fit(sorted(papers, key=lambda one: (one.kind != INVOICE, one.number, one.kind, one.id)))
        if kept:
            fitting[place] = kept
        if len(kept) < len(papers):
            too_much[place] = len(papers) - len(kept)
    return ForAll(fitting, too_much)


def _as_fit(papers: Iterable[Enclosed]) -> tuple[Enclosed, ...]:
    """Return papers in their order, but for those that would make the mail too large."""
    kept: list[Enclosed] = []
    total = 0
    for one in papers:
        if total + one.size <= MOST_BYTES:
            kept.append(one)
            total += one.size
    return tuple(kept)


def enclosed_in(
    session: Session, attachment_ids: Collection[int], document_ids: Collection[int]
) -> list[tuple[Enclosed, bytes]]:
    """Return chosen papers with their bytes, in the order they were chosen.

    Raises RuleBroken for one that was removed or belongs to nothing that the message asks for, and for too much.
    """
    chosen = list(dict.fromkeys(attachment_ids))
    if not chosen:
        return []
    known = {one.id: one for one in _of(session, document_ids)}
    for number in chosen:
        if number not in known:
            raise RuleBroken(
                "A paper that was chosen belongs to nothing this reminder asks for any more: choose again",
                attachment=number,
            )
    if sum(known[number].size for number in chosen) > MOST_BYTES:
        most = MOST_BYTES // 2**20
        raise RuleBroken(f"The papers are more than {most} MB together; most servers take no such mail", most=most)
    query = select(col(Attachment.id), col(Attachment.content)).where(col(Attachment.id).in_(chosen))
    packed = dict(session.execute(query).all())
    return [(known[number], zlib.decompress(packed[number])) for number in chosen]


def _of(session: Session, document_ids: Collection[int]) -> Iterator[Enclosed]:
    for ids in chunks(document_ids):
        for row in session.execute(_query(ids)):
            yield Enclosed(*row[:-1])


def _query(document_ids: Collection[int]) -> Select[int | None, str, str, str, int, str, int | None]:
    """Select the papers that stand, of documents or of others with the same number, customer and kind; whose last."""
    asked = aliased(Document)
    twin = (
        (col(asked.number) == col(Document.number))
        & (col(asked.number) != "")
        & (col(asked.customer_id) == col(Document.customer_id))
        & (col(asked.kind) == col(Document.kind))
    )
    return (
        select(
            col(Attachment.id), col(Attachment.name), col(Attachment.kind), col(asked.number), col(Attachment.size),
            col(Attachment.sha256), col(asked.id),
        )
        .select_from(Attachment)
        .join(Document, col(Document.id) == col(Attachment.document_id))
        .join(asked, or_(col(asked.id) == col(Document.id), twin))
        .where(col(asked.id).in_(document_ids), col(Attachment.removed_at).is_(None))
    )  # fmt: skip
