"""The verbs on imports: commit a plan in one transaction."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import closing
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
from arcore.errors import Refused
from arcore.intake import papers
from arcore.intake.booking import Booking
from arcore.intake.changes import Plan
from arcore.intake.changes import PlannedFile
from arcore.intake.changes import SourceKey
from arcore.intake.columns import BY_HAND
from arcore.intake.delivered import deliveries_of
from arcore.intake.people import People
from arcore.intake.record import record_of
from arcore.intake.record import write_record
from arcore.intake.totals import own_totals
from arcore.intake.understood import BALANCES
from arcore.intake.understood import GUESSED
from arcore.intake.understood import OTHER
from arcore.intake.withdraw import point_words as point_words  # noqa: PLC0414  told again, to who asks the service
from arcore.ledger.delivered import TOLD
from arcore.ledger.journal import Journal
from arcore.resting import collector_resting
from arcore.store.bulk import AT_ONCE
from arcore.store.bulk import Shelf
from arcore.store.bulk import next_ids
from arcore.store.delivery import Delivery
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
from arcore.store.unit import refuse_reader

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
    refuse_reader(actor, "may look at the books but not import")
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

    with collector_resting(), closing(Shelf(engine)) as shelf:
        packed = _pack(plan)
        ready = _prepared(plan, shelf, actor, tick)

        def body(unit: Unit) -> Facts:
            return _write(unit, plan, packed, ready, tick)

        content = {"plan": plan.digest}
        facts = commit_unit(
            engine, body, actor=actor, verb="import", key=key, content=content, connection=shelf.connection
        )
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
    """What was worked out ahead of the write lock, while others could go on writing.

    `sources` are the ids of the plan's sources, `first_told` those of them that are new.
    """

    draft: Unit
    import_id: int
    people: People
    sources: Mapping[SourceKey, int]
    first_told: Sequence[SourceKey]
    record: str
    totals: Sequence[Mapping[str, Any]]
    shelf: Shelf


def _prepared(plan: Plan, shelf: Shelf, actor: Actor, tick: Progress) -> _Ready | None:
    """Take the steps of a plan on the books as they are; None when they are not those it was made on."""
    with reading(shelf.engine) as session:
        draft = drafted(session, actor)
        if draft.audit_seq != plan.audit_seq + 1:
            return None
        import_id = (session.execute(select(func.max(col(Import.id)))).scalar() or 0) + 1
        people = People(session, plan, import_id)
        journal = Journal(draft)
        journal.merging.update(plan.merging)
        booking = Booking(journal, import_id)
        most = max(1, len(plan.steps))
        booking.take(plan.steps, lambda number: tick(0.05 + 0.35 * number / most, "Documents"))
        journal.staged().shelve(shelf, people.ids)
        tick(0.5, "What the source said")
        sources, first_told = _sources(session, plan)
        _words(session, plan, shelf, booking, people, sources)
        days = deliveries_of(session, plan, booking.document_id, sources)
        shelf.put(Delivery.__table__, TOLD, days)  # type: ignore[attr-defined]
        record = record_of(plan, new_customers=people.created, customers_before=people.before, contacts=people.contacts)
        totals = [{"import_id": import_id, **one._asdict()} for one in own_totals(plan.files)]
        return _Ready(draft, import_id, people, sources, first_told, write_record(record), totals, shelf)


def _write(unit: Unit, plan: Plan, packed: list[dict[str, Any]], ready: _Ready | None, tick: Progress) -> Facts:
    if ready is None or unit.audit_seq != plan.audit_seq + 1:
        msg = "The books changed since this plan was made; look at the plan again"
        raise BooksMoved(msg, planned=plan.audit_seq, now=unit.audit_seq - 1)
    unit.follow(ready.draft)
    session, import_id, sources = unit.session, ready.import_id, ready.sources
    tick(0.6, "Customers")
    ready.people.write(unit)
    tick(0.65, "Writing")
    for one in ready.first_told:
        session.execute(insert(Source).values(id=sources[one], **one._asdict()))
    session.execute(
        insert(Import).values(
            id=import_id,
            source_id=sources[plan.source],
            kind=plan.files[0].understood.kind,
            as_of=plan.as_of,
            at=unit.recorded_at,
            by=unit.actor.name,
            plan=ready.record,
            audit_seq=unit.audit_seq,
            undone_by="",
        )
    )
    if ready.totals:
        session.execute(insert(FileTotal), ready.totals)
    if packed:
        session.execute(insert(ImportFile), [{"import_id": import_id, **row} for row in packed])
    ready.shelf.insert(
        session,
        {
            "import_id": import_id,
            "audit_seq": unit.audit_seq,
            "recorded_at": unit.recorded_at,
            "recorded_by": unit.actor.name,
        },
    )
    _cover(session, plan, import_id)
    _remember(session, plan, sources)
    tick(0.95, "Committing")
    unit.subject = f"import:{import_id}"
    unit.changed.update(
        files=[row["name"] for row in packed] or [file.understood.path for file in plan.files],
        counts=plan.counts(),
        customers=len(ready.people.created),
        answers=sorted(plan.answers),
    )
    return {"import": import_id}


# --- beside the books -------------------------------------------------------------------------------------------------


def _sources(session: Session, plan: Plan) -> tuple[dict[SourceKey, int], list[SourceKey]]:
    """Return the ids of the plan's sources, those of new ones included, and which are new."""
    found: dict[SourceKey, int] = {}
    wanted = list(dict.fromkeys(file.source for file in plan.files))
    for one in wanted:
        known = select(col(Source.id)).where(
            col(Source.system) == one.system, col(Source.entity) == one.entity, col(Source.scope) == one.scope
        )
        if (number := session.execute(known).scalar_one_or_none()) is not None:
            found[one] = number
    new = [one for one in wanted if one not in found]
    numbers = next_ids(session, Source.__table__, len(new))  # type: ignore[attr-defined]
    return found | dict(zip(new, numbers, strict=True)), new


WORD_COLUMNS = (
    "id",
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


def _words(
    session: Session,
    plan: Plan,
    shelf: Shelf,
    booking: Booking,
    people: People,
    sources: Mapping[SourceKey, int],
) -> None:
    """Lay the words of a plan aside."""
    table = SourceWord.__table__  # type: ignore[attr-defined]
    numbers = next_ids(session, table, len(plan.words))
    for start in range(0, len(plan.words), AT_ONCE):
        words = plan.words[start : start + AT_ONCE]
        rows = [
            (
                number,
                sources[word.source],
                people.ids.get(word.customer, word.customer),
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
            for number, word in zip(numbers[start : start + AT_ONCE], words, strict=True)
        ]
        shelf.put(table, WORD_COLUMNS, rows)


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
    if one.header_row and any(column.why.startswith(GUESSED) for column in one.columns):
        # What was guessed under a header and confirmed is known from then on, and what is not needed, too.
        by_hand = [column.position for column in one.columns]
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
