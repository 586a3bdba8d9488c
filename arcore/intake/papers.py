"""Papers of documents: PDFs of invoices, proofs of delivery and orders; matched by number, kept, shown."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any
from typing import NamedTuple

from sqlalchemy import Engine
from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import aliased
from sqlmodel import Session
from sqlmodel import col

from arcore.errors import BadInput
from arcore.errors import NotFound
from arcore.intake.paper_text import MOST_WORDS
from arcore.intake.paper_text import Kind
from arcore.intake.paper_text import kind_of
from arcore.intake.paper_text import numbers_in
from arcore.intake.paper_text import read_pdf
from arcore.intake.paper_text import words_of
from arcore.store.books import Document
from arcore.store.chunks import chunks
from arcore.store.customers import Customer
from arcore.store.engine import reading
from arcore.store.papers import Attachment
from arcore.store.unit import Actor
from arcore.store.unit import Facts
from arcore.store.unit import Unit
from arcore.store.unit import commit
from arcore.store.unit import refuse_reader

LABELS: dict[str, str] = {"invoice": "Invoice", "pod": "Proof of delivery", "po": "Purchase order"}
MOST_BYTES = 20 * 2**20
MOST_FILES = 200
"""In one go."""
MOVABLE = ("document_id", "matched_by", "note", "kind")
"""What giving a paper to a document changes."""
TAKEN = "Taken from its document"
"""The note of a paper that somebody took away: it is not matched again by itself."""
NUMBERED = ("invoice", "debit_note", "late_charge", "credit_note")


class Kept(NamedTuple):
    """A paper in the store; `number` and `customer` are of its document, empty when nobody knows it yet."""

    id: int
    name: str
    kind: str
    size: int
    pages: int | None
    document_id: int | None
    number: str
    customer: str
    matched_by: str
    note: str


# --- keeping ----------------------------------------------------------------------------------------------------------


def add(engine: Engine, *, files: Sequence[tuple[str, bytes]], actor: Actor, key: str | None = None) -> Facts:
    """Keep papers, matched by the number in their name, else in their text; the same content is kept once.

    Returns how many were `added`, `matched`, and were there `known` before, and the `ids` of the new ones. Raises
    BadInput for what is no PDF or too large, NotAllowed, Unavailable; then nothing is kept.
    """
    _may_write(actor)
    _check(files)
    read = [(name, content, hashlib.sha256(content).hexdigest(), read_pdf(content)) for name, content in files]

    def body(unit: Unit) -> Facts:
        known = _known(unit.session, {digest for _, _, digest, _ in read})
        rows: list[Attachment] = []
        for name, content, digest, paper in read:
            if digest in known:
                continue
            known.add(digest)
            words = numbers_in(paper)
            document_id, by, note = match(unit.session, name, words, paper.note)
            row = Attachment(
                sha256=digest, name=name[-200:], kind=kind_of(name, paper.text), size=len(content),
                pages=paper.pages, content=zlib.compress(content, 6), document_id=document_id, matched_by=by,
                note=note, words=" ".join(words), added_at=unit.recorded_at, added_by=unit.actor.name,
            )  # fmt: skip
            rows.append(row)
        unit.session.add_all(rows)
        unit.session.flush()
        matched = sum(row.document_id is not None for row in rows)
        unit.changed.update(added=len(rows), matched=matched)
        ids = [row.id for row in rows]
        return {"added": len(rows), "matched": matched, "known": len(read) - len(rows), "ids": ids}

    return commit(engine, body, actor=actor, verb="add_papers", key=key, content={"files": [r[2] for r in read]})


def match(session: Session, name: str, words: Collection[str], note: str = "") -> tuple[int | None, str, str]:
    """Return the one document that a name, else the words of a text name, by what it was found, and why none was.

    `note` says why there is no text.
    """
    for known, by in ((words_of(name.rpartition(".")[0]), "name"), (words, "text")):
        found = _numbered(session, known)
        if len(found) == 1:
            return found.pop(), by, ""
        if found:
            return None, "", f"Its {by} names {len(found)} documents: say which it belongs to"
    return None, "", note or "No number of a document stands in its name or text"


def try_again(engine: Engine, *, actor: Actor) -> int:
    """Match papers that nobody could place, as an import may have brought their documents; return how many found one.

    What somebody took from its document stays where it is. Raises Unavailable.
    """
    lost = (col(Attachment.document_id).is_(None), col(Attachment.removed_at).is_(None), col(Attachment.note) != TAKEN)
    with reading(engine) as session:
        rows = session.execute(select(col(Attachment.id), col(Attachment.words)).where(*lost)).all()
    if not rows:
        return 0
    unread = [number for number, words in rows if words is None][:MOST_FILES]
    looked = {number: " ".join(numbers_in(read_pdf(content_of(engine, number)))) for number in unread}

    def body(unit: Unit) -> Facts:
        placed = 0
        what = (col(Attachment.id), col(Attachment.name), col(Attachment.note), col(Attachment.words))
        for number, name, why, words in unit.session.execute(select(*what).where(*lost).order_by(what[0])).all():
            known = looked.get(int(number or 0), words)
            document_id, by, note = match(unit.session, name, (known or "").split(), "" if " names " in why else why)
            placed += document_id is not None
            after = {"words": known, "document_id": document_id, "matched_by": by, "note": note}
            unit.session.execute(update(Attachment).where(what[0] == number).values(**after))
        unit.changed.update(matched=placed)
        if not placed and not looked:
            raise _NothingFound
        return {"matched": placed}

    try:
        return int(commit(engine, body, actor=actor, verb="match_papers")["matched"])
    except _NothingFound:
        return 0


class _NothingFound(Exception):
    """Ends the transaction: nothing is written when no paper found its document."""


def assign(
    engine: Engine, *, attachment_id: int, document_id: int | None, actor: Actor, kind: Kind | None = None,
    key: str | None = None,
) -> Facts:  # fmt: skip
    """Say which document a paper belongs to (None: to none), and what kind it is. Raises NotFound, NotAllowed.

    Returns what it was `before`, for `put_back`.
    """
    note = "" if document_id is not None else TAKEN
    after = {"document_id": document_id, "matched_by": actor.name if document_id is not None else "", "note": note}
    return _move(engine, attachment_id, after | ({"kind": kind} if kind else {}), actor=actor, key=key)


def put_back(
    engine: Engine, *, attachment_id: int, before: Mapping[str, Any], actor: Actor, key: str | None = None
) -> Facts:
    """Let a paper be what it was `before` it was given to a document or taken from one. Raises NotFound, NotAllowed."""
    return _move(engine, attachment_id, {name: before[name] for name in MOVABLE}, actor=actor, key=key)


def _move(engine: Engine, attachment_id: int, after: Facts, *, actor: Actor, key: str | None) -> Facts:
    _may_write(actor)

    def body(unit: Unit) -> Facts:
        row = _standing(unit.session, attachment_id)
        document_id = after["document_id"]
        if document_id is not None and unit.session.get(Document, document_id) is None:
            raise NotFound(f"There is no document {document_id}", document=document_id)
        before = {name: getattr(row, name) for name in MOVABLE}
        unit.changed.update(before=row.document_id, document=document_id)
        for name, value in after.items():
            setattr(row, name, value)
        unit.session.add(row)
        return {"document": document_id, "before": before}

    subject = f"attachment:{attachment_id}"
    return commit(engine, body, actor=actor, verb="assign_paper", subject=subject, key=key, content=after)


def remove(
    engine: Engine, *, attachment_ids: Sequence[int], back: bool = False, actor: Actor, key: str | None = None
) -> Facts:
    """Take papers out of the lists, or `back` into them; their bytes stay. Raises NotFound, NotAllowed."""
    _may_write(actor)

    def body(unit: Unit) -> Facts:
        for number in attachment_ids:
            row = unit.session.get(Attachment, number) if back else _standing(unit.session, number)
            if row is None:
                raise NotFound(f"There is no paper {number}", attachment=number)
            row.removed_at, row.removed_by = (None, "") if back else (unit.recorded_at, unit.actor.name)
            unit.session.add(row)
        unit.changed.update(papers=len(attachment_ids))
        return {"attachments": list(attachment_ids)}

    subject = f"attachment:{attachment_ids[0]}" if len(attachment_ids) == 1 else "attachments"
    content = {"back": back, "attachments": list(attachment_ids)}
    return commit(engine, body, actor=actor, verb="remove_paper", subject=subject, key=key, content=content)


# --- reading ----------------------------------------------------------------------------------------------------------


def papers(
    engine: Engine, *, document_id: int | None = None, unmatched: bool | None = None, find: str = "",
    most: int | None = None,
) -> list[Kept]:  # fmt: skip
    """Return papers, the newest first: of one document (revised versions of it too), those of none, or all.

    `unmatched` False leaves those of none out; `find` is looked for in names, numbers and customers.
    """
    query = (
        select(
            col(Attachment.id), col(Attachment.name), col(Attachment.kind), col(Attachment.size), col(Attachment.pages),
            col(Attachment.document_id), func.coalesce(col(Document.number), ""), func.coalesce(col(Customer.name), ""),
            col(Attachment.matched_by), col(Attachment.note),
        )
        .outerjoin(Document, col(Document.id) == col(Attachment.document_id))
        .outerjoin(Customer, col(Customer.id) == col(Document.customer_id))
        .where(col(Attachment.removed_at).is_(None))
        .order_by(col(Attachment.id).desc())
    )  # fmt: skip
    if unmatched is not None:
        none = col(Attachment.document_id).is_(None)
        query = query.where(none if unmatched else ~none)
    for word in find.replace("%", "").replace("_", "").split():
        places = (col(Attachment.name), col(Document.number), col(Customer.name))
        query = query.where(or_(*(place.ilike(f"%{word}%") for place in places)))
    if most is not None:
        query = query.limit(most)
    with reading(engine) as session:
        if document_id is not None:
            mine = session.get(Document, document_id)
            same = col(Document.id) == document_id
            if mine is not None and mine.number:
                twin = (col(Document.number) == mine.number) & (col(Document.customer_id) == mine.customer_id)
                same = or_(same, twin & (col(Document.kind) == mine.kind))
            query = query.where(same)
        return [Kept(*row) for row in session.execute(query)]


def count(engine: Engine) -> tuple[int, int]:
    """Return how many papers are kept, and how many of them have no document."""
    with reading(engine) as session:
        query = select(func.count(), func.count(col(Attachment.document_id))).where(
            col(Attachment.removed_at).is_(None)
        )
        kept, matched = session.execute(query).one()
        return kept, kept - matched


def content_of(engine: Engine, attachment_id: int) -> bytes:
    """Return a paper as it came. Raises NotFound."""
    with reading(engine) as session:
        packed = session.execute(select(col(Attachment.content)).where(col(Attachment.id) == attachment_id)).scalar()
    if packed is None:
        raise NotFound(f"There is no paper {attachment_id}", attachment=attachment_id)
    return zlib.decompress(packed)


def find_documents(engine: Engine, text: str, most: int = 20) -> list[tuple[int, str]]:
    """Return standing documents whose number or customer contains a text: id, and what to call it."""
    back = aliased(Document)
    like = f"%{text.strip().replace('%', '').replace('_', '')}%"
    query = (
        select(col(Document.id), col(Document.number), col(Customer.name))
        .join(Customer, col(Customer.id) == col(Document.customer_id))
        .outerjoin(back, col(back.reverses_id) == col(Document.id))
        .where(col(Document.kind).in_(NUMBERED), col(back.id).is_(None), col(Document.reverses_id).is_(None))
        .where(col(Document.number) != "", or_(col(Document.number).ilike(like), col(Customer.name).ilike(like)))
        .order_by(col(Document.id).desc())
        .limit(most)
    )
    with reading(engine) as session:
        return [(number, f"{name} · {customer}") for number, name, customer in session.execute(query)]


def _numbered(session: Session, words: Collection[str]) -> set[int]:
    """Return the standing documents whose number is one of the words."""
    back = aliased(Document)
    found = set[int]()
    for part in chunks(sorted(words)[:MOST_WORDS]):
        query = (
            select(col(Document.id))
            .outerjoin(back, col(back.reverses_id) == col(Document.id))
            .where(col(Document.kind).in_(NUMBERED), col(back.id).is_(None), col(Document.reverses_id).is_(None))
            .where(func.lower(col(Document.number)).in_(part))
        )
        found.update(session.execute(query).scalars())
    return found


def _known(session: Session, digests: Collection[str]) -> set[str]:
    query = select(col(Attachment.sha256)).where(
        col(Attachment.sha256).in_(sorted(digests)), col(Attachment.removed_at).is_(None)
    )
    return set(session.execute(query).scalars())


def _standing(session: Session, attachment_id: int) -> Attachment:
    row = session.get(Attachment, attachment_id)
    if row is None or row.removed_at is not None:
        raise NotFound(f"There is no paper {attachment_id}", attachment=attachment_id)
    return row


def _check(files: Sequence[tuple[str, bytes]]) -> None:
    if not files or len(files) > MOST_FILES:
        raise BadInput(f"Between 1 and {MOST_FILES} papers can be given at once", count=len(files))
    for name, content in files:
        if not content.startswith(b"%PDF-"):
            raise BadInput(f"{name} is no PDF", file=name)
        if len(content) > MOST_BYTES:
            raise BadInput(f"{name} is larger than {MOST_BYTES // 2**20} MB", file=name)


def _may_write(actor: Actor) -> None:
    refuse_reader(actor, "may look at papers but not keep or move them")
