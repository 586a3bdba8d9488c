"""A plan in the making: files are heard one after the other, customers found, snapshots compared by their days."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import fields
from datetime import date
from operator import attrgetter

from sqlmodel import Session

from arcore.intake import questions as ask
from arcore.intake.balances import compare_balances
from arcore.intake.changes import BalanceDifference
from arcore.intake.changes import Change
from arcore.intake.changes import ChangeKind
from arcore.intake.changes import Covered
from arcore.intake.changes import NewWord
from arcore.intake.changes import PlannedFile
from arcore.intake.changes import SourceKey
from arcore.intake.changes import Step
from arcore.intake.coverage import covered_by
from arcore.intake.exchange import unreadable
from arcore.intake.exchange_in import plan_pair
from arcore.intake.holdings import other_entities
from arcore.intake.lastword import Memory
from arcore.intake.lastword import read_memory
from arcore.intake.lazily import Rows
from arcore.intake.owners import owners
from arcore.intake.parties import Directory
from arcore.intake.parties import take_rows
from arcore.intake.told import Listener
from arcore.intake.told import Told
from arcore.intake.told import Voice
from arcore.intake.told import voice_of
from arcore.intake.understood import BALANCES
from arcore.intake.understood import BOOKS
from arcore.intake.understood import CREDIT_NOTES
from arcore.intake.understood import CUSTOMERS
from arcore.intake.understood import DRAFT
from arcore.intake.understood import INVOICES
from arcore.intake.understood import LEDGER
from arcore.intake.understood import OPEN_ITEMS
from arcore.intake.understood import OTHER
from arcore.intake.understood import PAYMENTS
from arcore.intake.understood import REMITTANCE
from arcore.intake.understood import CustomerRow
from arcore.intake.understood import Question
from arcore.intake.understood import RefusedRow
from arcore.intake.understood import Row
from arcore.intake.understood import Understood

ORDER = (CUSTOMERS, BALANCES, INVOICES, OPEN_ITEMS, LEDGER, CREDIT_NOTES, PAYMENTS, REMITTANCE, BOOKS, OTHER)
"""In this order files are heard: customers before their invoices, invoices before what pays them."""
DOCUMENTS = (INVOICES, OPEN_ITEMS, LEDGER, CREDIT_NOTES, PAYMENTS, REMITTANCE)


@dataclass(frozen=True)
class Ask:
    """What the caller of a plan said."""

    as_of: date | None
    currency: str
    include_drafts: bool
    entity: str
    scope: str
    answers: frozenset[str]


@dataclass
class Draft:
    """A plan in the making."""

    directory: Directory
    listener: Listener
    today: date
    files: list[PlannedFile] = field(default_factory=list)
    changes: Rows[Change] = field(default_factory=Rows)
    questions: list[Question] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    balances: list[BalanceDifference] = field(default_factory=list)
    steps: Rows[Step] = field(default_factory=Rows)
    words: Rows[NewWord] = field(default_factory=Rows)
    covered: list[Covered] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)


def hear(session: Session, draft: Draft, understood: Sequence[Understood], asked: Ask) -> dict[tuple[str, str], Memory]:
    """Take every file, and return what each system said before."""
    memories: dict[tuple[str, str], Memory] = {}
    introduced: set[tuple[str, str]] = set()
    for one in sorted(understood, key=lambda u: ORDER.index(u.kind)):
        source = SourceKey(one.profile, asked.entity, asked.scope)
        if source[:2] not in memories:
            memories[source[:2]] = read_memory(session, draft.directory, source.system, source.entity)
        if source[:2] not in introduced and any(row.applies_to for row in one.rows):
            introduced.add(source[:2])
            elsewhere = other_entities(session, asked.entity)
            draft.listener.introduce(
                (w.number, w.customer, elsewhere.get(w.document_id or 0, asked.entity), w.currency)
                for w in memories[source[:2]].words.values()
                if w.number and w.amount > 0
            )
        named = {row.applies_to for row in one.rows if row.applies_to and row.kind == "payment"}
        draft.listener.introduce(owners(session, named))
        _hear_file(session, draft, one, source, asked, memories[source[:2]])
    books = [file for file in draft.files if file.understood.kind == BOOKS]
    for one in (file.understood for file in books if file.known):
        draft.refused += unreadable(one.part, one.path, one.content)
    pair = [file for file in books if not file.known]
    if pair:
        part = plan_pair(pair, draft.directory, memories[pair[0].source[:2]])
        draft.changes += part.changes
        draft.steps += part.steps
        draft.words += part.words
        draft.covered += part.covered
        draft.refused += part.refused
        draft.warnings += part.warnings
    return memories


def _hear_file(session: Session, draft: Draft, one: Understood, source: SourceKey, asked: Ask, memory: Memory) -> None:
    voice = voice_of(one, source=source, as_of=asked.as_of, currency=asked.currency, today=draft.today)
    digest = _digest(one, asked, voice)
    known = digest in memory.digests
    before = {ref for ref in map(draft.directory.find, *_names(one)) if ref is not None and ref > 0}
    newest = max((d for s, d in memory.newest.items() if s in ("", source.scope) or not source.scope), default=None)
    snapshot_of = voice.day if one.kind == OPEN_ITEMS else None
    draft.refused += one.refused
    if not known:
        late = snapshot_of is not None and newest is not None and snapshot_of < newest
        _take(session, draft, one, voice, asked, late=late)
    else:
        draft.changes += _unchanged(one, asked)
    draft.files.append(
        PlannedFile(
            one,
            source,
            voice.day,
            asked.currency if any(not row.currency for row in one.rows) else "",
            customers=len(one.customer_keys()),
            new_customers=max(0, len(one.customer_keys()) - len(before)) if one.kind != OTHER else 0,
            digest=digest,
            known=known,
            advances=not known and snapshot_of is not None and snapshot_of != newest,
        )
    )


def _take(session: Session, draft: Draft, one: Understood, voice: Voice, asked: Ask, *, late: bool) -> None:
    draft.questions += [q for q in one.questions if q.id != "as_of"]
    if one.kind == OPEN_ITEMS and voice.day is None:
        draft.questions.append(ask.AS_OF)
    if one.kind in DOCUMENTS:
        heard = draft.listener.heard.told
        start = len(heard)
        draft.listener.hear(one, voice)
        draft.told += heard[start:]
        draft.covered += covered_by(one.kind, heard[start:])
    if one.customers and one.kind != BALANCES:
        rows = _of_new_customers(draft.directory, one.customers) if late else one.customers
        draft.refused += take_rows(session, draft.directory, rows, asked.currency, draft.today)
    if one.kind == BALANCES:
        draft.balances += compare_balances(
            session, one, draft.directory, currency=asked.currency, as_of=voice.day or draft.today
        )


def _of_new_customers(directory: Directory, rows: Sequence[CustomerRow]) -> list[CustomerRow]:
    """Leave out customers that the books know: what newer files said of them wins over an older one."""
    return [row for row in rows if (directory.find(row.code, row.name) or -1) < 0]


def _names(one: Understood) -> tuple[list[str], list[str]]:
    pairs = dict.fromkeys(
        [
            *((r.customer_code, r.customer_name) for r in one.rows),
            *((c.code, c.name) for c in one.customers),
        ]
    )
    return [code for code, _ in pairs], [name for _, name in pairs]


def _unchanged(one: Understood, asked: Ask) -> Iterable[Change]:
    for row in one.rows:
        if row.status != DRAFT or asked.include_drafts:
            yield Change(
                ChangeKind.UNCHANGED,
                row.kind,
                row.number,
                row.customer_code or row.customer_name,
                row.customer_name,
                row.currency or asked.currency,
                0,
                None,
                None,
                "This very file was imported before",
                row.file,
                row.line,
            )


_ROW = attrgetter(*(name for name in Row._fields if name != "file"))
_CUSTOMER = attrgetter(*(one.name for one in fields(CustomerRow) if one.name != "file"))


def _digest(one: Understood, asked: Ask, voice: Voice) -> str:
    """Return a fingerprint of what was understood and asked; the file's name is no part of it."""
    made = hashlib.sha256()
    for part in (
        one.kind,
        one.part,
        voice.source,
        voice.day,
        asked.currency,
        asked.include_drafts,
    ):
        made.update(repr(part).encode())
    for told in (map(_ROW, one.rows), map(_CUSTOMER, one.customers)):
        for row in told:
            made.update(repr(row).encode())
    made.update(one.content)
    return made.hexdigest()
