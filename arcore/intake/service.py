"""The verbs on imports: commit a plan in one transaction."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from contextlib import ExitStack
from contextlib import suppress
from datetime import date
from typing import Any
from typing import NamedTuple

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
from arcore.intake.people import People
from arcore.intake.record import record_of
from arcore.intake.record import write_record
from arcore.intake.totals import own_totals
from arcore.intake.understood import BALANCES
from arcore.intake.understood import OTHER
from arcore.intake.withdraw import point_words as point_words  # noqa: PLC0414  told again, to who asks the service
from arcore.ledger.journal import Journal
from arcore.ledger.service import READ_ONLY_ROLES
from arcore.ledger.staged import Staged
from arcore.resting import collector_resting
from arcore.store.bulk import AT_ONCE
from arcore.store.bulk import Shelf
from arcore.store.bulk import insert_rows
from arcore.store.engine import reading
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
from arcore.store.unit import drafted

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

    def tick(done: float, phase: str) -> None:
        if cancelled is not None and cancelled():
            msg = "Cancelled: nothing was booked"
            raise Cancelled(msg)
        tell(done, phase)

    with collector_resting():
        packed = _pack(plan)
        ready = _prepared(engine, plan, actor, tick)

        def body(unit: Unit) -> Facts:
            return _write(unit, plan, packed, ready, tick)

        content = {"plan": plan.digest}
        try:
            facts = commit_unit(engine, body, actor=actor, verb="import", key=key, content=content)
        finally:
            if ready is not None:
                ready.close()
    with suppress(ArcoreError):  # the import stands; papers without a document are tried again with the next one
        papers.try_again(engine, actor=actor)
    tell(1.0, "Done")
    return int(facts["import"])


def _silent(done: float, phase: str) -> None:
    del done, phase


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


class _Ready(NamedTuple):
    """What was worked out ahead of the write lock, while others could go on writing."""

    draft: Unit
    import_id: int
    staged: Staged
    words: Shelf
    booking: Booking

    def close(self) -> None:
        """Let go what was laid aside."""
        self.staged.shelf.close()
        self.words.close()


def _prepared(engine: Engine, plan: Plan, actor: Actor, tick: Progress) -> _Ready | None:
    """Take the steps of a plan on the books as they are; None when they are not those it was made on."""
    with reading(engine) as session:
        draft = drafted(session, actor)
        if draft.audit_seq != plan.audit_seq + 1:
            return None
        import_id = (session.execute(select(func.max(col(Import.id)))).scalar() or 0) + 1
        journal = Journal(draft)
        journal.merging.update(plan.merging)
        booking = Booking(journal, import_id)
        most = max(1, len(plan.steps))
        booking.take(plan.steps, lambda number: tick(0.05 + 0.5 * number / most, "Documents"))
        staged = journal.staged()
        staged.shelve()
        plan.counts()  # of every change: the lock need not wait for it either
        with ExitStack() as failed:
            failed.callback(staged.shelf.close)
            words = _words(plan, booking)
            failed.pop_all()
        return _Ready(draft, import_id, staged, words, booking)


def _write(unit: Unit, plan: Plan, packed: list[dict[str, Any]], ready: _Ready | None, tick: Progress) -> Facts:
    if ready is None or unit.audit_seq != plan.audit_seq + 1:
        msg = "The books changed since this plan was made; look at the plan again"
        raise BooksMoved(msg, planned=plan.audit_seq, now=unit.audit_seq - 1)
    unit.follow(ready.draft)
    session, import_id, booking = unit.session, ready.import_id, ready.booking
    tick(0.6, "Customers")
    people = People(unit, plan, import_id)
    people.write()
    tick(0.65, "Writing")
    ready.staged.insert(unit, people.ids)
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
    _keep_words(session, ready.words, plan, people.ids, sources, import_id)
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


WORD_COLUMNS = (
    "source_id",
    "customer_id",
    "document_id",
    "key",
    "kind",
    "number",
    "currency",
    "document_date",
    "due_date",
    "amount",
    "open_amount",
    "status",
    "present",
    "file",
    "line",
)


def _words(plan: Plan, booking: Booking) -> Shelf:
    """Lay the words of a plan aside; their sources are numbered as the plan has them, new customers likewise."""
    shelf, places = Shelf(), {source: place for place, source in enumerate(_source_keys(plan))}
    for start in range(0, len(plan.words), AT_ONCE):
        shelf.put(
            [
                (
                    places[word.source],
                    word.customer,
                    None if word.document is None else booking.document_id(word.document),
                    word.key,
                    word.kind,
                    word.number,
                    word.currency,
                    word.document_date,
                    word.due_date,
                    word.amount,
                    word.open_amount,
                    word.status,
                    word.present,
                    word.file,
                    word.line,
                )
                for word in plan.words[start : start + AT_ONCE]
            ]
        )
    return shelf


def _keep_words(
    session: Session,
    words: Shelf,
    plan: Plan,
    customers: Mapping[Ref, int],
    sources: Mapping[SourceKey, int],
    import_id: int,
) -> None:
    numbers = {place: sources[source] for place, source in enumerate(_source_keys(plan))}
    instead = {"source_id": numbers, "customer_id": customers}
    table = SourceWord.__table__  # type: ignore[attr-defined]
    for (rows,) in words.taken():
        insert_rows(session, table, WORD_COLUMNS, rows, same={"import_id": import_id}, instead=instead)


def _source_keys(plan: Plan) -> list[SourceKey]:
    return list(dict.fromkeys(file.source for file in plan.files))


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
