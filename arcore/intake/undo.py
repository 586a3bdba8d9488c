"""Undo an import: take back what hangs on its documents, then the documents; restore what it had taken back.

Corrections count from the rows' own days, so the books stand on every day as if the import had never come; what was
known then stays known. Customers it created stay: their voided documents name them, and the next import finds them.
A payment that bounced since stays beside its bounce, for nothing is reversed twice: together they come to nothing, and
between the two days the money that came shows as unapplied.
"""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Engine
from sqlalchemy import and_
from sqlalchemy import or_
from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.errors import AlreadyReversed
from arcore.errors import NotFound
from arcore.errors import RuleBroken
from arcore.intake.again import post_again
from arcore.intake.consequences import Watch
from arcore.intake.holdings import chunks
from arcore.intake.mend import Reach
from arcore.intake.mend import mend
from arcore.intake.record import Record
from arcore.intake.record import read_record
from arcore.intake.successors import posted_alike
from arcore.intake.takeback import Taker
from arcore.intake.voids import match_voids
from arcore.intake.voids import stand_again
from arcore.intake.withdraw import point_words
from arcore.intake.withdraw import withdraw
from arcore.ledger.entry import ApplicationState
from arcore.ledger.entry import ItemState
from arcore.ledger.journal import Journal
from arcore.store.books import Application
from arcore.store.books import AuditEvent
from arcore.store.books import Document
from arcore.store.books import Item
from arcore.store.sources import Import
from arcore.store.unit import Actor
from arcore.store.unit import Facts
from arcore.store.unit import Unit
from arcore.store.unit import commit as commit_unit
from arcore.store.unit import refuse_reader

_IS_BOUNCE = col(Document.kind) == "payment_reversal"


class Span(NamedTuple):
    """The ids that one write handed out: from `first` to `last`, both inclusive."""

    first: int
    last: int


def undo(engine: Engine, import_id: int, *, actor: Actor, key: str | None = None, dry_run: bool = False) -> Facts:
    """Undo an import and say what that did: its plan, which goes backwards, and by how much the balance changes.

    A dry run keeps nothing and tells each balance before and after under `effects`, and under `consequences` what it
    would take along.
    Raises NotFound, AlreadyReversed when it was undone before, RuleBroken when a later import of the same source
    stands (it is named) or a document was moved since, NotAllowed, Unavailable; nothing is written then.
    """
    refuse_reader(actor, "may look at the books but not undo an import")

    def body(unit: Unit) -> Facts:
        return _Undo(unit, import_id, preview=dry_run).run()

    return commit_unit(
        engine, body, actor=actor, verb="undo_import", key=key, content={"import": import_id}, dry_run=dry_run
    )


class _Undo:
    """One undo, inside its transaction."""

    def __init__(self, unit: Unit, import_id: int, *, preview: bool) -> None:
        self.unit = unit
        self.preview = preview
        self.session = unit.session
        self.row = _standing(self.session, import_id)
        self.record: Record = read_record(self.row.plan)
        self.documents, self.items, self.applications = _spans(self.session, self.row.audit_seq)
        self.journal = Journal(unit)
        self._from: dict[int, int] = {}
        self._undone: list[Span] | None = None
        self._successors: dict[int, int] = {}

    def run(self) -> Facts:
        watch = Watch(self.unit, self.row.id) if self.preview else None
        start = Reach(*(self.unit.reached()[name] for name in ("document_id", "item_id", "application_id")))
        posted = self._posted()
        old = {mirror: original for mirror, original in posted if original is not None}
        taker = Taker(self.journal)
        taker.load([number for number, original in posted if original is None])
        for number, original in reversed(posted):
            if original is None:
                taker.take(number)
        own = [number for number, original in posted if original is None]
        bounced = self._bounced(own)
        restored = self._restore(old)
        self._reverse_rows(set(old) | set(old.values()))
        taker.finish()
        match_voids(self.journal, taker.mirrors)
        effects = [row for row in self.journal.effects() if row["before"] != row["after"]]
        change = _by_currency(effects)
        self.journal.flush()
        point_words(self.session, restored)
        mended = mend(self.unit, self.row, self._before(), start)
        point_words(self.session, mended.words)
        withdraw(self.unit, self.row, self.record)
        self.unit.subject = f"import:{self.row.id}"
        self.unit.changed.update(counts=dict(self.record.counts), restored=len(restored))
        facts = {
            "import": self.row.id,
            "plan": dict(self.record.counts),
            "documents": len(posted) - len(old) - bounced,
            "bounced_kept": bounced,
            "restored": len(restored),
            "customers_kept": len(self.record.new_customers),
            "change": change,
            "effects": effects if self.preview else [],
        }
        if watch is not None:
            facts["consequences"] = watch.consequences(
                own=own, effects=effects, new_customers=self.record.new_customers, mended=mended
            )
        return facts

    # --- the books ----------------------------------------------------------------------------------------------------

    def _before(self) -> Reach:
        return Reach(*(span.first - 1 for span in (self.documents, self.items, self.applications)))

    def _posted(self) -> list[tuple[int, int | None]]:
        """Return the documents that the import posted, each with the older one that it takes back.

        Those that a later undo had to post again for it count too; they carry its number.
        """
        rows = self.session.execute(
            select(col(Document.id), col(Document.reverses_id))
            .where(
                or_(
                    col(Document.id).between(self.documents.first, self.documents.last),
                    and_(col(Document.import_id) == self.row.id, col(Document.reverses_id).is_(None)),
                )
            )
            .order_by(col(Document.id))
        )
        return [(number, original) for number, original in rows]

    def _bounced(self, documents: Sequence[int]) -> int:
        """Count the documents that bounced since, by somebody's hand."""
        reverses = col(Document.reverses_id)
        return sum(
            len(self.session.execute(select(reverses).where(reverses.in_(ids), _IS_BOUNCE)).all())
            for ids in chunks(documents)
        )

    def _restore(self, old: Mapping[int, int]) -> dict[int, int]:
        """Post again what the import had taken back, with what stood on it; return old document → new document."""
        items: dict[int, int] = {}
        states = self._items_of(old.values())
        originals = {
            row.id: row
            for ids in chunks(old.values())
            for row in self.session.execute(select(Document).where(col(Document.id).in_(ids))).scalars()
        }
        documents = {n: post_again(self.journal, originals[n], states[n], items) for _, n in sorted(old.items())}
        inside = [self.journal.applications_of(state) for found in states.values() for state in found]
        stood: dict[int, ApplicationState] = {a.id: a for a in self._reversed_rows()}
        for found in inside:
            stood |= {a.id: a for a in found if a.in_force and {a.from_item_id, a.to_item_id} <= items.keys()}
        ended = self._ended(inside, items)
        stood |= {one.id: one for one, _ in ended.values()}
        self._succeed(number for one in stood.values() for number in (one.from_item_id, one.to_item_id))
        for _, one in sorted(stood.items()):
            ends = (one.from_item_id, one.to_item_id)
            homes = {self.journal.item(number).document_id for number in ends}
            if homes & documents.keys() and not homes & old.keys():
                source, target = (self._now(items.get(number, number)) for number in ends)
                if source.document_id == target.document_id or one.id in ended:
                    again = self.journal.stage_application(source, target, one.amount, one.effective_on)
                    if one.id in ended:
                        self.journal.reverse_application(again, ended[one.id][1])
                else:
                    stand_again(self.journal, source, target, one.amount, one.effective_on)
        return documents

    def _ended(
        self, inside: Sequence[Sequence[ApplicationState]], items: Collection[int]
    ) -> dict[int, tuple[ApplicationState, date]]:
        """Return what stood between documents of both ends for a while, and had ended before the import, and when."""
        found: dict[int, tuple[ApplicationState, date]] = {}
        for rows in inside:
            by_id = {one.id: one for one in rows}
            for end in rows:
                one = by_id.get(end.reverses_id or 0)
                if one is None or end.id >= self.applications.first or end.effective_on <= one.effective_on:
                    continue
                if {one.from_item_id, one.to_item_id} <= set(items):
                    found[one.id] = (one, end.effective_on)
        return found

    def _succeed(self, items: Iterable[int]) -> None:
        """Find what stands now for documents that a later import posted again and whose undo posted again too."""
        homes = {self.journal.item(number).document_id for number in items}
        gone = [number for number in homes if number not in self._successors and self._is_void(number)]
        self._successors |= posted_alike(self.session, gone)
        self.journal.load_documents(sorted(self._successors.values()))

    def _is_void(self, document_id: int) -> bool:
        return document_id < self.documents.first and self.journal.documents.taken_back(document_id)

    def _now(self, item_id: int) -> ItemState:
        """Return an item, or the one that stands for it since its document was posted again."""
        item = self.journal.item(item_id)
        later = self._successors.get(item.document_id)
        if later is None:
            return item
        found = self.journal.items_of(later)
        born = item.origin_item_id is None
        return next((i for i in found if i.due_date == item.due_date and (i.origin_item_id is None) == born), found[0])

    def _items_of(self, documents: Collection[int]) -> dict[int, list[ItemState]]:
        found: dict[int, list[ItemState]] = {}
        for ids in chunks(documents):
            numbers = list(self.session.execute(select(col(Item.id)).where(col(Item.document_id).in_(ids))).scalars())
            self.journal.load(numbers)
            for number in sorted(numbers):
                item = self.journal.item(number)
                found.setdefault(item.document_id, []).append(item)
        return found

    def _reverse_rows(self, handled: Collection[int]) -> None:
        """Take back what the import did between documents that are older than it.

        What it took back and what it applied again on the same day are one: only their difference is booked.
        """
        nets: dict[tuple[int, int], dict[date, int]] = {}
        rows = self._rows()
        self._succeed(item for one in map(self._state, rows) for item in (one.from_item_id, one.to_item_id))
        for number in reversed(rows):
            one = self._state(number)
            homes = {self.journal.item(end).document_id for end in (one.from_item_id, one.to_item_id)}
            source, target = self._now(one.from_item_id), self._now(one.to_item_id)
            if homes & set(handled) or any(home >= self.documents.first for home in homes):
                continue
            if source.document_id == target.document_id and one.reverses_id is None:
                self._end_agreed(source if source.id > target.id else target)
            elif one.reverses_id is not None or one.in_force or self._ended_by_undone(one):
                on = nets.setdefault((source.id, target.id), {})
                on[one.effective_on] = on.get(one.effective_on, 0) - one.amount
        wanted = [
            (self.journal.item(source_id), self.journal.item(target_id), day, amount)
            for (source_id, target_id), on in nets.items()
            for day, amount in sorted(on.items())
        ]
        # What goes makes room for what stands again.
        for source, target, day, amount in wanted:
            if amount < 0:
                self._take_off(source, target, -amount, day)
        for source, target, day, amount in wanted:
            if amount > 0:
                stand_again(self.journal, source, target, amount, day)

    def _ended_by_undone(self, applied: ApplicationState) -> bool:
        """Tell whether what ended an application was itself undone since, and so stands again by another row."""
        item = self.journal.item(applied.from_item_id)
        ends = next((a.id for a in self.journal.applications_of(item) if a.reverses_id == applied.id), None)
        return ends is not None and any(span.first <= ends <= span.last for span in self._undone_spans())

    def _undone_spans(self) -> list[Span]:
        if self._undone is None:
            seqs = self.session.execute(
                select(col(Import.audit_seq)).where(col(Import.id) > self.row.id, col(Import.undone_at).is_not(None))
            ).scalars()
            self._undone = [_spans(self.session, seq)[2] for seq in seqs]
        return self._undone

    def _take_off(self, source: ItemState, target: ItemState, amount: int, day: date) -> None:
        """Take back so much of what is applied between two items, what counts from `day` first, then the newest."""
        between = [a for a in self.journal.applications_of(source) if a.in_force and a.to_item_id == target.id]
        for one in sorted(between, key=lambda a: (a.effective_on == day, a.id), reverse=True):
            part = min(amount, one.amount)
            if part > 0:
                staged = self.journal.unapply(one.id)
                if part < one.amount:
                    self.journal.stage_application(source, target, one.amount - part, staged.effective_on)
                amount -= part

    def _end_agreed(self, agreed: ItemState) -> None:
        """End an agreed due date: on every day the item it was made from holds what stands on it.

        Matches stay where they are; what returns to the item later is moved back by the ledger itself.
        """
        origin = self.journal.item(agreed.origin_item_id or 0)
        for day, amount in sorted(agreed.moves.items()):
            moved = amount * agreed.side
            if moved > 0:
                self.journal.carry(agreed, origin, moved, day)
            elif moved < 0:
                self.journal.carry(origin, agreed, -moved, day)

    def _rows(self) -> list[int]:
        """Return the applications that the import made, oldest first; reads their items."""
        rows = self.session.execute(
            select(col(Application.id), col(Application.from_item_id), col(Application.to_item_id))
            .where(col(Application.id).between(self.applications.first, self.applications.last))
            .order_by(col(Application.id))
        ).all()
        self._from = {number: source for number, source, _ in rows}
        self.journal.load(item_id for _, *ends in rows for item_id in ends)
        return [number for number, _, _ in rows]

    def _state(self, application_id: int) -> ApplicationState:
        item = self.journal.item(self._from[application_id])
        return next(a for a in self.journal.applications_of(item) if a.id == application_id)

    def _reversed_rows(self) -> list[ApplicationState]:
        """Return older applications that the import took back, oldest first."""
        found = []
        for number in self._rows():
            reverses = self._state(number).reverses_id
            if reverses is not None and reverses < self.applications.first:
                item = self.journal.item(self._from[number])
                found.append(next(a for a in self.journal.applications_of(item) if a.id == reverses))
        return sorted(found, key=lambda a: a.id)


def _standing(session: Session, import_id: int) -> Import:
    """Return an import that can be undone."""
    row = session.get(Import, import_id)
    if row is None:
        msg = f"There is no import {import_id}"
        raise NotFound(msg, import_id=import_id)
    if row.undone_at is not None:
        msg = f"Import {import_id} was undone before"
        raise AlreadyReversed(msg, import_id=import_id)
    sources = {(file.system, file.entity) for file in read_record(row.plan).files}
    later = session.execute(
        select(Import).where(col(Import.id) > import_id, col(Import.undone_at).is_(None)).order_by(col(Import.id))
    ).scalars()
    standing = [one.id for one in later if sources & {(f.system, f.entity) for f in read_record(one.plan).files}]
    if standing:
        msg = f"Import {standing[-1]} came later from the same source: undo it first"
        raise RuleBroken(msg, import_id=import_id, later=standing)
    return row


def _by_currency(effects: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Return by how much the open balance changes, by currency."""
    found: dict[str, Decimal] = {}
    for row in effects:
        moved = Decimal(row["after"]) - Decimal(row["before"])
        found[row["currency"]] = found.get(row["currency"], Decimal(0)) + moved
    return {currency: format(amount, "f") for currency, amount in sorted(found.items())}


def _spans(session: Session, seq: int) -> tuple[Span, Span, Span]:
    """Return the documents, items and applications that the write with this audit number made."""
    columns = (col(AuditEvent.document_id), col(AuditEvent.item_id), col(AuditEvent.application_id))
    before = session.execute(select(*columns).where(col(AuditEvent.seq) == seq - 1)).first() or (0, 0, 0)
    reached = session.execute(select(*columns).where(col(AuditEvent.seq) == seq)).one()
    documents, items, applications = (Span(b + 1, r) for b, r in zip(before, reached, strict=True))
    return documents, items, applications
