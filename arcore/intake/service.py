"""The verbs on imports: commit a plan in one transaction."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from sqlalchemy import Engine
from sqlalchemy import func
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import update
from sqlmodel import Session
from sqlmodel import col

from arcore.errors import ArcoreError
from arcore.errors import BooksMoved
from arcore.errors import Cancelled
from arcore.errors import NeedsAnswer
from arcore.errors import NotAllowed
from arcore.errors import Refused
from arcore.intake import papers
from arcore.intake.booking import Booking
from arcore.intake.changes import Plan
from arcore.intake.changes import PlannedFile
from arcore.intake.changes import Ref
from arcore.intake.changes import SourceKey
from arcore.intake.columns import BY_HAND
from arcore.intake.delivered import keep_deliveries
from arcore.intake.parties import BEGINNING
from arcore.intake.record import record_of
from arcore.intake.record import write_record
from arcore.intake.totals import own_totals
from arcore.intake.understood import BALANCES
from arcore.intake.understood import OTHER
from arcore.intake.withdraw import point_words as point_words  # noqa: PLC0414  told again, to who asks the service
from arcore.ledger.journal import Journal
from arcore.ledger.service import READ_ONLY_ROLES
from arcore.store.bulk import insert_rows
from arcore.store.customers import Contact
from arcore.store.customers import Customer
from arcore.store.customers import CustomerFact
from arcore.store.sources import Coverage
from arcore.store.sources import FileTotal
from arcore.store.sources import Import
from arcore.store.sources import ImportFile
from arcore.store.sources import Source
from arcore.store.sources import SourceWord
from arcore.store.unit import Actor
from arcore.store.unit import Facts
from arcore.store.unit import Unit
from arcore.store.unit import commit as commit_unit

Progress = Callable[[float, str], None]
"""Told how much is done (0 to 1) and what is being done."""


def check(plan: Plan) -> None:
    """Raise NeedsAnswer when questions stand, Refused when there is nothing that could be booked."""
    if plan.unanswered:
        first = plan.unanswered[0]
        raise NeedsAnswer(first.text, questions=[{"id": q.id, "text": q.text} for q in plan.unanswered])
    kinds = {file.understood.kind for file in plan.files}
    if kinds <= {OTHER, BALANCES} and kinds:
        reasons = [file.understood.reason for file in plan.files if file.understood.reason]
        raise Refused(reasons[0] if reasons else "Nothing in it can be booked", reasons=reasons)


def commit(
    engine: Engine,
    plan: Plan,
    *,
    actor: Actor,
    key: str | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> int | None:
    """Book a plan in one transaction and return the import's id; None when it would change nothing.

    The same key and plan happen once. Raises NeedsAnswer for open questions, BooksMoved when anything was written
    since the plan was made (make it again), Cancelled when `cancelled` says so, Refused for files with nothing to
    book, NotAllowed, Unavailable. In every such case nothing is written.
    """
    if actor.role in READ_ONLY_ROLES:
        msg = f"{actor.name} may look at the books but not import"
        raise NotAllowed(msg, actor=actor.name)
    check(plan)
    if plan.is_empty:
        return None
    tell = progress or _silent
    tell(0.0, "Preparing")
    packed = _pack(plan)

    def body(unit: Unit) -> Facts:
        return _write(unit, plan, packed, tell, cancelled or _never)

    content = {"plan": plan.digest}
    facts = commit_unit(engine, body, actor=actor, verb="import", key=key, content=content)
    with suppress(ArcoreError):  # the import stands; papers without a document are tried again with the next one
        papers.try_again(engine, actor=actor)
    tell(1.0, "Done")
    return int(facts["import"])


def _silent(done: float, phase: str) -> None:
    del done, phase


def _never() -> bool:
    return False


def _pack(plan: Plan) -> list[dict[str, Any]]:
    """Compress the files before the transaction begins."""
    return [
        {
            "name": path,
            "sha256": hashlib.sha256(content).hexdigest(),
            "size": len(content),
            "content": zlib.compress(content, 6),
        }
        for path, content in plan.contents.items()
    ]


def _write(
    unit: Unit, plan: Plan, packed: list[dict[str, Any]], progress: Progress, cancelled: Callable[[], bool]
) -> Facts:
    if unit.audit_seq != plan.audit_seq + 1:
        msg = "The books changed since this plan was made; look at the plan again"
        raise BooksMoved(msg, planned=plan.audit_seq, now=unit.audit_seq - 1)
    session = unit.session

    def tick(done: float, phase: str) -> None:
        if cancelled():
            msg = "Cancelled: nothing was booked"
            raise Cancelled(msg)
        progress(done, phase)

    tick(0.02, "Customers")
    import_id = (session.execute(select(func.max(col(Import.id)))).scalar() or 0) + 1
    people = _People(unit, plan, import_id)
    people.write()
    journal = Journal(unit)
    booking = Booking(journal, people.ids, import_id)
    most = max(1, len(plan.steps))
    booking.take(plan.steps, lambda number: tick(0.05 + 0.55 * number / most, "Documents"))
    tick(0.65, "Writing")
    journal.flush()
    sources = _sources(session, plan)
    record = record_of(plan, new_customers=people.created, customers_before=people.before, contacts=people.contacts)
    session.execute(
        insert(Import).values(
            id=import_id,
            source_id=sources[plan.source],
            kind=plan.files[0].understood.kind,
            as_of=plan.as_of,
            at=unit.recorded_at,
            by=unit.actor.name,
            plan=write_record(record),
            audit_seq=unit.audit_seq,
            undone_by="",
        )
    )
    if totals := own_totals(plan.files):
        session.execute(insert(FileTotal), [{"import_id": import_id, **one._asdict()} for one in totals])
    if packed:
        session.execute(insert(ImportFile), [{"import_id": import_id, **row} for row in packed])
    tick(0.8, "What the source said")
    _words(session, plan, booking, sources, import_id)
    keep_deliveries(unit, plan, booking.document_id, sources, import_id)
    _cover(session, plan, import_id)
    _remember(session, plan, sources)
    tick(0.95, "Committing")
    unit.subject = f"import:{import_id}"
    unit.changed.update(
        files=[row["name"] for row in packed] or [file.understood.path for file in plan.files],
        counts=plan.counts(),
        customers=len(people.created),
        answers=sorted(plan.answers),
    )
    return {"import": import_id}


# --- customers --------------------------------------------------------------------------------------------------------


class _People:
    """Writes the customers of a plan and remembers what was there before, for undo."""

    def __init__(self, unit: Unit, plan: Plan, import_id: int) -> None:
        self.unit = unit
        self.plan = plan
        self.import_id = import_id
        self.ids: dict[Ref, int] = {}
        self.created: list[int] = []
        self.before: dict[int, dict[str, Any]] = {}
        self.contacts: list[int] = []

    def write(self) -> None:
        session = self.unit.session
        new = {p.ref: self._new(p.code, p.name, p.fields) for p in self.plan.parties if p.is_new}
        session.add_all(new.values())
        session.flush()
        for ref, customer in new.items():
            self.ids[ref] = customer.id or 0
            self.created.append(self.ids[ref])
        contacts = []
        for party in self.plan.parties:
            number = self.ids.get(party.ref, party.ref)
            self._change(number, {} if party.is_new else party.fields, party.parent)
            self._facts(number, party.facts, is_new=party.is_new)
            contacts += [
                Contact(customer_id=number, role=c.role, name=c.name, email=c.email, phone=c.phone, language=c.language)
                for c in party.contacts
            ]
        session.add_all(contacts)
        session.flush()
        self.contacts = [contact.id for contact in contacts if contact.id is not None]

    def _new(self, code: str, name: str, fields: Mapping[str, str]) -> Customer:
        customer = Customer(code=code, name=name, import_id=self.import_id)
        for field, value in fields.items():
            setattr(customer, field, value)
        return customer

    def _change(self, number: int, fields: Mapping[str, str], parent: Ref | None) -> None:
        told: dict[str, Any] = dict(fields)
        if parent is not None:
            told["parent_id"] = self.ids.get(parent, parent)
        if not told:
            return
        customer = self.unit.session.get_one(Customer, number)
        if number not in self.created:
            self.before[number] = {name: getattr(customer, name) for name in told}
        for name, value in told.items():
            setattr(customer, name, value)

    def _facts(self, number: int, facts: Mapping[str, str], *, is_new: bool) -> None:
        """Let facts hold from the day of the import; the first word on one from the beginning."""
        if not facts:
            return
        session = self.unit.session
        known: set[str] = set()
        if not is_new:
            rows = session.execute(select(col(CustomerFact.name)).where(col(CustomerFact.customer_id) == number))
            known = set(rows.scalars())
        session.add_all(
            CustomerFact(
                customer_id=number,
                name=name,
                value=value,
                valid_from=self.plan.today if name in known else BEGINNING,
                audit_seq=self.unit.audit_seq,
            )
            for name, value in facts.items()
        )


# --- beside the books -------------------------------------------------------------------------------------------------


def _sources(session: Session, plan: Plan) -> dict[SourceKey, int]:
    """Return the ids of the plan's sources, made where they are new."""
    found: dict[SourceKey, int] = {}
    for file in plan.files:
        if file.source not in found:
            row = session.execute(
                select(Source).where(
                    col(Source.system) == file.source.system,
                    col(Source.entity) == file.source.entity,
                    col(Source.scope) == file.source.scope,
                )
            ).scalar_one_or_none()
            if row is None:
                row = Source(system=file.source.system, entity=file.source.entity, scope=file.source.scope)
                session.add(row)
                session.flush()
            found[file.source] = row.id or 0
    return found


def _words(session: Session, plan: Plan, booking: Booking, sources: Mapping[SourceKey, int], import_id: int) -> None:
    rows = [
        {
            "source_id": sources[word.source],
            "import_id": import_id,
            "key": word.key,
            "kind": word.kind,
            "number": word.number,
            "customer_id": booking.customer_id(word.customer),
            "document_id": None if word.document is None else booking.document_id(word.document),
            "currency": word.currency,
            "document_date": word.document_date,
            "due_date": word.due_date,
            "amount": word.amount,
            "open_amount": word.open_amount,
            "status": word.status,
            "present": word.present,
            "file": word.file,
            "line": word.line,
        }
        for word in plan.words
    ]
    insert_rows(session, SourceWord.__table__, rows)  # type: ignore[attr-defined]


def _cover(session: Session, plan: Plan, import_id: int) -> None:
    rows = [{**one._asdict(), "import_id": import_id, "withdrawn": False} for one in plan.coverage]
    if rows:
        session.execute(insert(Coverage), rows)


def _remember(session: Session, plan: Plan, sources: Mapping[SourceKey, int]) -> None:
    """Keep, per header, how its files were read, so that the next one is read the same way."""
    for source, files in _by_source(plan.files):
        before = json.loads(session.get_one(Source, sources[source]).mapping)
        told = {
            header: _mapping(file, before.get(header, {}), plan.today)
            for file in files
            if (header := file.understood.header_fingerprint)
        }
        if told:
            text = json.dumps({**before, **told}, ensure_ascii=False, sort_keys=True)
            session.execute(update(Source).where(col(Source.id) == sources[source]).values(mapping=text))


def _by_source(files: Iterable[PlannedFile]) -> Iterable[tuple[SourceKey, list[PlannedFile]]]:
    found: dict[SourceKey, list[PlannedFile]] = {}
    for file in files:
        found.setdefault(file.source, []).append(file)
    return found.items()


def _mapping(file: PlannedFile, before: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Say how a file was read; corrections that were made before keep the day on which they were."""
    one = file.understood
    by_hand = [column.position for column in one.columns if column.why.startswith(BY_HAND)]
    columns = {str(column.position): column.field for column in one.columns}
    same = by_hand == before.get("by_hand") and all(before["columns"][str(p)] == columns[str(p)] for p in by_hand)
    return {
        "kind": one.kind,
        "by_hand": by_hand,
        "corrected_on": before["corrected_on"] if same else today.isoformat() if by_hand else "",
        "currency": file.currency or _said_currency(file),
        "columns": columns,
        "headers": {str(column.position): column.column for column in one.columns},
        "day_first": one.day_first,
    }


def _said_currency(file: PlannedFile) -> str:
    """Return the one currency of a file that has no column for it, "" for any other."""
    codes = {row.currency for row in file.understood.rows}
    named = any(column.field == "currency" for column in file.understood.columns)
    return "" if named or len(codes) != 1 else codes.pop()
