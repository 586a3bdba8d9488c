"""Taking the steps of a plan on the journal of an open transaction."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any
from typing import cast

from sqlalchemy import select
from sqlmodel import col

from arcore.intake import reopening
from arcore.intake.changes import Agreed
from arcore.intake.changes import Applied
from arcore.intake.changes import GiveBack
from arcore.intake.changes import Match
from arcore.intake.changes import OpenAgain
from arcore.intake.changes import Post
from arcore.intake.changes import PostPair
from arcore.intake.changes import Redate
from arcore.intake.changes import Ref
from arcore.intake.changes import Reopen
from arcore.intake.changes import Replace
from arcore.intake.changes import Settle
from arcore.intake.changes import Step
from arcore.intake.changes import TakeBack
from arcore.intake.changes import Void
from arcore.intake.lazily import Made
from arcore.intake.lazily import parts_of
from arcore.intake.referred import items_of
from arcore.intake.referred import legs_of
from arcore.intake.referred import named_by
from arcore.intake.takeback import Taker
from arcore.intake.voids import match_voids
from arcore.ledger import moves
from arcore.ledger import reversal
from arcore.ledger.entry import ApplicationState
from arcore.ledger.entry import Entry
from arcore.ledger.entry import ItemState
from arcore.ledger.entry import Part
from arcore.ledger.journal import Journal
from arcore.ledger.staged import Apart
from arcore.ledger.staged import Closing
from arcore.ledger.staged import item_state
from arcore.ledger.timeline import balance_on
from arcore.ledger.timeline import least_from
from arcore.store.books import Application
from arcore.store.books import Document

EVERY = 500
"""Steps between two looks at whether somebody cancelled."""


class Booking:
    """Takes steps in order; remembers which document stands for each number of the plan.

    Customers that the plan makes keep their numbers of the plan (below zero) until its rows are inserted.
    """

    def __init__(self, journal: Journal, import_id: int) -> None:
        """Start on an open journal."""
        self.journal = journal
        self.import_id = import_id
        self._items: dict[Ref, list[int]] = {}
        self._documents: dict[Ref, int] = {}
        self._apart: list[Apart] = []
        self._new = array("q")
        """Documents by the numbers that the plan gave to rows of files, counted from −1 down: many, so no dict."""
        self._taker = Taker(journal, import_id)
        self._voided: list[int] = []

    def take(self, steps: Sequence[Step], tick: Callable[[int], None]) -> None:
        """Take every step; `tick` is told how many are done and may raise to stop."""
        kept = [step for part in parts_of(steps) if not isinstance(part, Made) for step in part]
        named = named_by(kept)
        self._load(kept, {ref for ref in named if ref > 0})
        verbs, done = self._verbs(), 0
        for part in parts_of(steps):
            if isinstance(part, Made) and part and isinstance(part[0], Settle):
                self._close_many(part, partial(_later, tick, done))
            elif isinstance(part, Made):
                self._post_many(part, named, partial(_later, tick, done))
            else:
                for number, step in enumerate(part, done):
                    if number % EVERY == 0:
                        tick(number)
                    verbs[type(step)](step)
            done += len(part)
        # A settlement that ran against one taken back stands for nothing any more.
        self._taker.finish()
        if self._voided:
            match_voids(self.journal, [*self._taker.mirrors, *self._voided])
        tick(len(steps))

    def document_id(self, ref: Ref) -> int:
        """Return the document that stands for a reference of the plan."""
        number = ref if ref > 0 else self._documents.get(ref) or self._new[-1 - ref]
        if not number:
            raise KeyError(ref)
        return number

    def _verbs(self) -> Mapping[type[Any], Callable[[Any], None]]:
        """Return what is done for each kind of step."""
        return {
            Post: lambda step: self._post(step.ref, self._entry(step)),
            PostPair: self._post_pair,
            Match: self._match,
            Settle: self._settle,
            TakeBack: lambda step: self._taker.take(step.document_id),
            Void: lambda step: self._void(step.document_id),
            Replace: self._replace,
            GiveBack: lambda step: self._give_back(self._application(step.application_id), step.amount, step.on),
            Reopen: self._reopen,
            OpenAgain: self._open_again,
            Redate: self._redate,
            Agreed: self._agree,
            Applied: self._apply_raw,
        }

    def _void(self, document_id: int) -> None:
        for void in reversal.void(self.journal, document_id, import_id=self.import_id):
            self._voided += self.journal.documents.items(void)

    # --- posting and matching -----------------------------------------------------------------------------------------

    def _entry(self, post: Post) -> Entry:
        linked = post.entry.linked_id
        return post.entry._replace(
            customer_id=post.customer,
            import_id=self.import_id,
            linked_id=None if linked is None else self.document_id(linked),
        )

    def _post(self, ref: Ref, entry: Entry) -> None:
        posted = self.journal.post(entry)
        self._documents[ref] = posted.document_id
        self._items[ref] = list(posted.item_ids)

    def _post_many(self, posts: Made[Step], named: Collection[Ref], tick: Callable[[int], None]) -> None:
        """Post new documents; only those that a later step names are kept at hand."""
        refs = [cast("Post", post).ref for post in posts]
        self._new.extend([0] * (max(map(abs, refs), default=0) - len(self._new)))
        touched = {place: ref for place, ref in enumerate(refs) if ref in named}
        entries = Made(posts, self._entry)
        document_id, item_id = self.journal.post_many(entries, touched, tick)
        self._apart.append(Apart(entries, document_id, item_id, touched))
        for place, ref in enumerate(refs):
            self._new[-1 - ref] = document_id + place
        self._items |= {ref: [item_id + place] for place, ref in touched.items()}

    def _close_many(self, steps: Made[Step], tick: Callable[[int], None]) -> None:
        """Close new documents, each by the one document that its row implies."""
        alone = array("q")
        for place, step in enumerate(cast("Made[Settle]", steps)):
            if step.ref in self._items:
                self._settle(step)
            else:
                alone.append(place)
        self.journal.close_many(Made(alone, lambda place: self._closing(cast("Settle", steps[place]))), tick)

    def _closing(self, step: Settle) -> Closing:
        document_id = self.document_id(step.ref)
        apart = next(one for one in reversed(self._apart) if one.document_id <= document_id)
        document, item = apart.row(document_id - apart.document_id)
        amount = min(step.amount, abs(item.amount))
        return Closing(self._inferred(item_state(document, item), step, amount), item, amount, step.on)

    def _match(self, step: Match) -> None:
        left = step.amount
        for source in self._open(step.credit):
            for target in self._open(step.debit):
                if self.journal.survivor(source.customer_id) != self.journal.survivor(target.customer_id):
                    continue
                part = min(left, abs(balance_on(source.moves)), balance_on(target.moves))
                if part > 0:
                    self.journal.apply(source.id, target.id, part, step.on)
                    left -= part

    def _settle(self, step: Settle) -> None:
        """Close an amount by one inferred document per customer that holds a part of it."""
        left = step.amount
        parts: dict[int, list[tuple[ItemState, int]]] = {}
        for item in self._open(step.ref):
            part = min(left, abs(balance_on(item.moves)))
            if part:
                parts.setdefault(item.customer_id, []).append((item, part))
                left -= part
        for closed in parts.values():
            self._infer(closed, step)

    def _infer(self, closed: Sequence[tuple[ItemState, int]], step: Settle) -> None:
        like = closed[0][0]
        posted = self.journal.post(self._inferred(like, step, sum(part for _, part in closed)))
        ours = posted.item_ids[0]
        for item, part in closed:
            pair = (ours, item.id) if like.side > 0 else (item.id, ours)
            self.journal.apply(*pair, part, step.on)

    def _inferred(self, like: ItemState, step: Settle, amount: int) -> Entry:
        """Return the document that closes an amount of an item, and of others of its customer."""
        return Entry(
            step.kind,
            like.customer_id,
            step.on,
            like.currency,
            (_inferred_part(step, like, amount),),
            like.number,
            like.entity,
            side=-like.side,
            reason=step.reason,
            reference=step.reference,
            import_id=self.import_id,
        )

    def _open(self, ref: Ref) -> list[ItemState]:
        """Return the items of a document that have something open, the oldest due first."""
        items = [self.journal.item(number) for number in self._items[ref]]
        return sorted((i for i in items if balance_on(i.moves)), key=lambda i: (i.due_date, i.id))

    # --- taking back --------------------------------------------------------------------------------------------------

    def _give_back(self, applied: ApplicationState, amount: int, on: date | None) -> None:
        reopening.give_back(self.journal, applied, amount, on)

    def _reopen(self, step: Reopen) -> None:
        applied = self._application(step.application_id)
        reopening.reopen(self.journal, applied, step.amount, step.on, step.inferred_id, import_id=self.import_id)

    def _open_again(self, step: OpenAgain) -> None:
        items = [self.journal.item(number) for number in self._items[step.ref]]
        closed = reopening.Closed(self.document_id(step.other) if step.other else 0, step.since)
        reopening.open_again(self.journal, items, step.amount, step.on, closed, import_id=self.import_id)

    def _application(self, application_id: int) -> ApplicationState:
        item_id = self.journal.unit.session.execute(
            select(col(Application.from_item_id)).where(col(Application.id) == application_id)
        ).scalar_one()
        item = self.journal.item(item_id)
        return next(a for a in self.journal.applications_of(item) if a.id == application_id)

    # --- changing -----------------------------------------------------------------------------------------------------

    def _replace(self, step: Replace) -> None:
        """Void a document and post it again; what was applied to it, and agreed due dates, are carried over."""
        old = self.journal.items_of(step.document_id)
        agreed = [
            (i.due_date, abs(balance_on(i.moves)), i.effective_on)
            for i in old
            if i.origin_item_id is not None and balance_on(i.moves) and i.due_date not in step.told
        ]
        stood = self._standing_on(old) if step.carry else []
        dependents = {a: self._copy(other) for a, other, _, _ in stood if other.kind in CARRIED_COPIES}
        self._void(step.document_id)
        self._post(step.post.ref, self._entry(step.post))
        for application_id, other, amount, day in stood:
            item_id = other.id
            if application_id in dependents:
                item_id = self.journal.post(dependents[application_id]).item_ids[0]
            self._apply_again(step.post.ref, item_id, amount, day)
        for due_date, amount, on in agreed:
            for item in self._open(step.post.ref):
                part = min(amount, least_from(item.moves, item.side, max(on, item.effective_on)))
                if part > 0 and item.origin_item_id is None:
                    new = moves.redate(self.journal, item.id, due_date, on=on, amount=part)
                    self._items[step.post.ref].append(new.id)

    def _standing_on(self, items: Sequence[ItemState]) -> list[tuple[int, ItemState, int, date]]:
        """Return what is applied to a document or from it: application, other item, amount, day."""
        own = {item.id for item in items}
        found = {a.id: a for item in items for a in self.journal.applications_of(item) if a.in_force and a.amount}
        stood = []
        for number in sorted(found):
            one = found[number]
            other = one.to_item_id if one.from_item_id in own else one.from_item_id
            if other not in own:
                stood.append((number, self.journal.item(other), one.amount, one.effective_on))
        return stood

    def _copy(self, item: ItemState) -> Entry:
        """Return a write-off or discount as it was, to be posted again for the document that replaces its own."""
        document = self.journal.unit.session.get_one(Document, item.document_id)
        return Entry(
            kind=item.kind,
            customer_id=item.customer_id,
            document_date=item.document_date,
            currency=item.currency,
            parts=(Part(abs(item.amount), item.due_date, item.original_due_date),),
            number=item.number,
            entity=item.entity,
            effective_on=item.effective_on,
            side=item.side,
            tax_amount=None if document.tax_amount is None else abs(document.tax_amount),
            reason=document.reason,
            reference=document.reference,
            import_id=document.import_id,
        )

    def _apply_again(self, ref: Ref, other_id: int, amount: int, day: date) -> None:
        other = self.journal.item(other_id)
        for item in self._open(ref):
            part = min(amount, abs(balance_on(item.moves)), abs(balance_on(other.moves)))
            if part > 0:
                pair = (other_id, item.id) if item.side > 0 else (item.id, other_id)
                self.journal.apply(*pair, part, day)
                amount -= part

    def _redate(self, step: Redate) -> None:
        left = step.amount
        for item in self._open(step.document_id):
            free = least_from(item.moves, item.side, max(step.on, item.effective_on))
            moved = free if left is None else min(free, left)
            if item.due_date == step.old_due and moved > 0:
                new = moves.redate(self.journal, item.id, step.due, on=step.on, amount=moved)
                self._items[step.document_id].append(new.id)
                left = None if left is None else left - moved

    # --- the exchange pair --------------------------------------------------------------------------------------------

    def _post_pair(self, step: PostPair) -> None:
        """Post two legs that name each other; the carrying one goes on from an item of the origin."""
        first = self.journal.unit.reached()["document_id"] + 1
        closing, carrying = self._entry(step.closing), self._entry(step.carrying)
        due = closing.parts[0].due_date
        items = [self.journal.item(number) for number in self._items[step.origin]]
        origin = next((item for item in items if item.due_date == due), items[0])
        parts = tuple(Part(part.amount, part.due_date, origin.original_due_date, origin.id) for part in carrying.parts)
        self._post(step.closing.ref, closing._replace(linked_id=first + 1))
        self._post(step.carrying.ref, carrying._replace(linked_id=first, parts=parts))

    def _agree(self, step: Agreed) -> None:
        """Carry an amount over to a new item of the same document with the agreed due date."""
        items = [self.journal.item(number) for number in self._items[step.origin]]
        fitting = [item for item in items if item.due_date == step.old_due] or items
        old = next((i for i in fitting if abs(balance_on(i.moves, step.on)) >= step.amount), fitting[0])
        new = self.journal.add_item(old, Part(0, step.due, old.original_due_date, old.id), effective_on=step.on)
        self.journal.carry(old, new, step.amount, step.on)
        self._items[step.ref] = [new.id]

    def _apply_raw(self, step: Applied) -> None:
        """Take an application as an exchange file tells it; documents with instalments take the oldest due first."""
        sources = [self.journal.item(number) for number in self._items[step.source]]
        targets = [self.journal.item(number) for number in self._items[step.target]]
        if sources[0].side == targets[0].side:
            source, target = self._one_document(sources, targets)
            self.journal.stage_application(source, target, step.amount, step.on)
        elif sources[0].side > 0:
            self._take_back_matched(targets, sources, step)
        else:
            self._match(Match(step.source, step.target, step.amount, step.on))

    def _one_document(self, sources: Sequence[ItemState], targets: Sequence[ItemState]) -> tuple[ItemState, ItemState]:
        """Return the two items between which an agreed due date is cancelled or made."""
        for source in sources:
            for target in targets:
                root = self.journal.root_of(source if source.origin_item_id is not None else target)
                if root.id in (source.id, target.id):
                    return source, target
        return sources[0], targets[0]

    def _take_back_matched(self, paying: Sequence[ItemState], debits: Sequence[ItemState], step: Applied) -> None:
        """End an application as an event of its day, the newest first."""
        own, left = {item.id for item in paying}, step.amount
        applied = {a.id: a for item in debits for a in self.journal.applications_of(item) if a.from_item_id in own}
        for number in sorted(applied, reverse=True):
            one = applied[number]
            if left and one.in_force and one.amount > 0:
                part = min(left, one.amount)
                self._give_back(one, part, step.on)
                left -= part

    # --- reading ahead ------------------------------------------------------------------------------------------------

    def _load(self, steps: Sequence[Step], documents: Collection[int]) -> None:
        """Read the items of every standing document that a step names, in few queries."""
        session = self.journal.unit.session
        for document_id, item_id in items_of(session, documents):
            self._items.setdefault(document_id, []).append(item_id)
        for document_id, item_id in legs_of(session, self._items):
            self._items[document_id].append(item_id)
        self.journal.load(number for numbers in self._items.values() for number in numbers)
        self._taker.load({step.document_id for step in steps if isinstance(step, TakeBack)})


def _later(tick: Callable[[int], None], before: int, number: int) -> None:
    tick(before + number)


def _inferred_part(step: Settle, closed: ItemState, amount: int) -> Part:
    """Return the one amount of an inferred document; a settlement falls due when what it closes does."""
    if step.kind == "settlement":
        return Part(amount, closed.due_date, closed.original_due_date)
    return Part(amount, step.on)


CARRIED_COPIES = ("write_off", "discount")
"""Voided with the document they stand on, so a replaced document gets them again."""
