"""The one writer of the books: stages documents, items and applications, checks them, inserts them in bulk."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from arcore.errors import AlreadyReversed
from arcore.errors import NotFound
from arcore.errors import RuleBroken
from arcore.ledger.checks import check_days
from arcore.ledger.checks import check_entry
from arcore.ledger.checks import check_item
from arcore.ledger.checks import check_pair
from arcore.ledger.checks import check_unapply
from arcore.ledger.checks import name_of
from arcore.ledger.checks import side_of
from arcore.ledger.documents import Documents
from arcore.ledger.entry import ApplicationState
from arcore.ledger.entry import Entry
from arcore.ledger.entry import ItemState
from arcore.ledger.entry import Part
from arcore.ledger.entry import Posted
from arcore.ledger.kinds import DEBIT
from arcore.ledger.rows import read_items
from arcore.ledger.staged import Apart
from arcore.ledger.staged import ApplicationRow
from arcore.ledger.staged import Closed
from arcore.ledger.staged import Closing
from arcore.ledger.staged import DocumentRow
from arcore.ledger.staged import Staged
from arcore.ledger.staged import check_closing
from arcore.ledger.staged import document_row
from arcore.ledger.staged import item_row
from arcore.ledger.staged import item_state
from arcore.ledger.timeline import balance_on
from arcore.ledger.timeline import first_day_to_carry
from arcore.money import plain
from arcore.store.books import Application
from arcore.store.chunks import chunks
from arcore.store.customers import Customer
from arcore.store.unit import Unit

EVERY = 500  # documents between two looks at whether somebody cancelled


class Journal:
    """The books inside one transaction.

    Stage rows with the verbs, then `flush()`: it checks every touched item on every day and inserts.
    Verbs raise RuleBroken, AlreadyReversed, NotFound or BadInput; the transaction is then to be given up.
    """

    def __init__(self, unit: Unit) -> None:
        """Open the journal of a transaction."""
        self.unit = unit
        self._items: dict[int, ItemState] = {}
        self._applications: dict[int, ApplicationState] = {}
        self._touched: set[int] = set()
        self._staged = Staged()
        self._survivors: dict[int, int] | None = None
        self.merging: dict[int, int] = {}
        """Customers that the same transaction merges: merged → survivor, to be told before the first survivor is."""
        self.documents = Documents(unit)

    # --- reading -------------------------------------------------------------------------------------------------

    def item(self, item_id: int) -> ItemState:
        """Return an item with all its moves. Raises NotFound."""
        if item_id not in self._items:
            self.load([item_id])
        if item_id not in self._items:
            msg = f"There is no item {item_id}"
            raise NotFound(msg, item=item_id)
        return self._items[item_id]

    def load(self, item_ids: Iterable[int]) -> None:
        """Read items and their applications in few queries; call it before many verbs on old items."""
        for missing in chunks(item_id for item_id in item_ids if item_id not in self._items):
            self._load_chunk(missing)

    def items_of(self, document_id: int) -> list[ItemState]:
        """Return the items of a document, those born by re-dating included, oldest first."""
        numbers = self.documents.items(document_id)
        self.load(numbers)
        return [self._items[number] for number in numbers]

    def load_documents(self, document_ids: Sequence[int]) -> None:
        """Read documents, their items and whatever was applied to those in few queries."""
        self.documents.load(document_ids)
        numbers = [number for document_id in document_ids for number in self.documents.items(document_id)]
        self.load(numbers)
        ends = [self._applications[a] for number in numbers for a in self._items[number].application_ids]
        self.load(end for applied in ends for end in (applied.from_item_id, applied.to_item_id))

    def open_of(self, item_id: int, on: date | None = None) -> int:
        """Return the signed open balance of an item at the end of `on`, or after every move."""
        return balance_on(self.item(item_id).moves, on)

    def applications_of(self, item: ItemState) -> list[ApplicationState]:
        """Return every application that touches an item, oldest first."""
        return [self._applications[number] for number in sorted(item.application_ids)]

    def survivor(self, customer_id: int) -> int:
        """Return the customer that a merged one lives on in, else the customer itself."""
        if self._survivors is None:
            rows = self.unit.session.execute(
                select(col(Customer.id), col(Customer.merged_into_id)).where(col(Customer.merged_into_id).is_not(None))
            )
            self._survivors = {merged: survivor for merged, survivor in rows if merged and survivor} | self.merging
        while customer_id in self._survivors:
            customer_id = self._survivors[customer_id]
        return customer_id

    # --- staging -------------------------------------------------------------------------------------------------

    def post(self, entry: Entry) -> Posted:
        """Stage a document with one item per part. New documents of a merged customer go to its survivor.

        Those of an import stay with the customer that the file names, so that a merge can be split again.
        """
        side = side_of(entry)
        check_entry(entry)
        return self._stage(entry, side, self.unit.take("document_id"), None)

    def post_many(
        self, entries: Sequence[Entry], touched: Collection[int], tick: Callable[[int], None]
    ) -> tuple[int, int]:
        """Check documents of an import, each of one part, and return the ids of the first and of its item.

        The other ids follow. Only those at the places `touched` can be worked with in this transaction; the rows of
        all others are made when they are inserted. `tick` is told how many are done.
        """
        document_id = self.unit.take("document_id", len(entries))
        item_id = self.unit.take("item_id", len(entries))
        for place, entry in enumerate(entries):
            if place % EVERY == 0:
                tick(place)
            side = side_of(entry)
            check_entry(entry)
            if place in touched:
                self._stage(entry, side, document_id + place, item_id + place)
        self._staged.apart.append(Apart(entries, document_id, item_id, touched))
        return document_id, item_id

    def close_many(self, closings: Sequence[Closing], tick: Callable[[int], None]) -> None:
        """Check documents that close what `post_many` posted, each all that anything closes of it."""
        for place, closing in enumerate(closings):
            if place % EVERY == 0:
                tick(place)
            check_entry(closing.entry)
            check_closing(closing)
        ids = [self.unit.take(counter, len(closings)) for counter in ("document_id", "item_id", "application_id")]
        self._staged.closed.append(Closed(closings, *ids))

    def _stage(self, entry: Entry, side: int, document_id: int, item_id: int | None) -> Posted:
        stays = entry.reverses_id or entry.linked_id or entry.import_id
        row = document_row(entry, side, document_id, entry.customer_id if stays else self.survivor(entry.customer_id))
        self._staged.documents.append(row)
        self.documents.add(row)
        items = [self._add_item(row, side, part, row.effective_on, item_id) for part in entry.parts]
        return Posted(document_id, tuple(item.id for item in items))

    def add_item(self, like: ItemState, part: Part, *, effective_on: date | None = None) -> ItemState:
        """Stage one more item of the document that `like` belongs to."""
        return self._add_item(like, like.side, part, effective_on or like.effective_on)

    def _add_item(
        self, like: DocumentRow | ItemState, side: int, part: Part, effective_on: date, item_id: int | None = None
    ) -> ItemState:
        row = item_row(like, side, part, effective_on, item_id or self.unit.take("item_id"))
        item = item_state(like, row)
        self._items[item.id] = item
        self._touched.add(item.id)
        self.documents.add_item(item.document_id, item.id)
        self._staged.items.append(row)
        return item

    def apply(self, from_item_id: int, to_item_id: int, amount: int, on: date | None = None) -> ApplicationState:
        """Apply `amount` (positive minor units) of a credit item to a debit item.

        It counts from the first day, not before `on` and not before either item, from which both can carry it
        on every later day. Raises RuleBroken when they never can or belong to different books.
        """
        source, target = self.item(from_item_id), self.item(to_item_id)
        check_pair(source, target, amount)
        if source.customer_id != target.customer_id:
            source = self._bring_over(source, target, amount, on)
        start = max(source.effective_on, target.effective_on, on or source.effective_on)
        days = [self._first_day(item, amount, start) for item in (source, target)]
        return self.stage_application(source, target, amount, max(days))

    def apply_oldest(
        self, from_item_id: int, to_item_ids: Sequence[int], amount: int, on: date | None = None
    ) -> list[ApplicationState]:
        """Apply up to `amount` to the items oldest due first; what they can't take stays unapplied."""
        staged = []
        for target in sorted((self.item(number) for number in to_item_ids), key=lambda i: (i.due_date, i.id)):
            part = min(amount, max(0, balance_on(target.moves)))
            if part > 0:
                staged.append(self.apply(from_item_id, target.id, part, on))
                amount -= part
        return staged

    def unapply(self, application_id: int, on: date | None = None) -> ApplicationState:
        """Stage the reversal of an application.

        Without `on` it is a correction and counts from the application's own day; with it an event of that day.
        What returns to an item of a cancelled plan is moved back to where it came from.
        """
        applied = self._application(application_id)
        if applied.reverses_id is not None:
            msg = "This row itself takes back an application; apply the amount again instead"
            raise RuleBroken(msg, application=application_id)
        check_unapply(self.item(applied.from_item_id), self.item(applied.to_item_id))
        staged = self.reverse_application(applied, on)
        for item in self._gets_back(applied):
            self.return_to_origin(item, applied.amount, staged.effective_on)
        return staged

    def reverse_application(self, applied: ApplicationState, on: date | None = None) -> ApplicationState:
        """Stage the negative row alone, without looking after cancelled plans."""
        if applied.reversed:
            msg = "This application was taken back before"
            raise AlreadyReversed(msg, application=applied.id)
        day = max(applied.effective_on, on or applied.effective_on)
        applied.reversed = True
        source, target = self.item(applied.from_item_id), self.item(applied.to_item_id)
        return self.stage_application(source, target, -applied.amount, day, reverses_id=applied.id)

    def return_to_origin(self, item: ItemState, amount: int, day: date) -> None:
        """Move an amount that came back to an item of a cancelled plan on to the item the plan was made from."""
        back = self.moves_back(item)
        if back:
            self.carry(item, self.root_of(item), amount, max(day, min(a.effective_on for a in back)))

    def moves_back(self, item: ItemState) -> list[ApplicationState]:
        """Return the rows in force that moved an item's balance back to the item its plan was made from."""
        root = self.root_of(item)
        return [a for a in self.applications_of(item) if a.in_force and _carries(a, item, root)]

    def root_of(self, item: ItemState) -> ItemState:
        """Return the first item of the chain of re-datings that an item belongs to, within its document."""
        while item.origin_item_id is not None:
            origin = self.item(item.origin_item_id)
            if origin.document_id != item.document_id:
                break
            item = origin
        return item

    def carry(self, old: ItemState, new: ItemState, amount: int, day: date) -> ApplicationState:
        """Stage the row by which `new` takes `amount` of the balance over from `old`; both have one side."""
        if old.side == DEBIT:
            return self.stage_application(new, old, amount, day)
        return self.stage_application(old, new, amount, day)

    def stage_application(
        self, source: ItemState, target: ItemState, amount: int, day: date, *, reverses_id: int | None = None
    ) -> ApplicationState:
        """Stage one row without choosing the day; `flush` still checks both items. Raises BadInput for an odd year."""
        check_days(day)
        applied = ApplicationState(
            self.unit.take("application_id"), source.id, target.id, amount, day, reverses_id, reversed=False
        )
        self._applications[applied.id] = applied
        for item, delta in ((source, amount), (target, -amount)):
            item.move(day, delta, applied.id)
            self._touched.add(item.id)
        self._staged.applications.append(
            ApplicationRow(applied.id, target.customer_id, source.id, target.id, amount, day, reverses_id)
        )
        return applied

    def first_day_to_carry(self, item: ItemState, amount: int, start: date) -> date:
        """Return the first day from `start` on from which the item can give up `amount`. Raises RuleBroken."""
        return self._first_day(item, amount, max(start, item.effective_on))

    # --- writing -------------------------------------------------------------------------------------------------

    def first_customer(self) -> int:
        """Return the customer of the oldest item that was touched: whom the audit event is about."""
        return self._items[min(self._touched)].customer_id

    def effects(self) -> list[dict[str, Any]]:
        """Return what the staged rows do to each item's last balance: signed amounts with the currency's digits."""
        rows = []
        for item in sorted((self._items[number] for number in self._touched), key=lambda i: i.id):
            after = balance_on(item.moves)
            rows.append(
                {
                    "item": item.id,
                    "document": item.document_id,
                    "number": item.number,
                    "kind": item.kind,
                    "currency": item.currency,
                    "before": plain(item.before, item.currency),
                    "after": plain(after, item.currency),
                }
            )
        return rows

    def flush(self) -> None:
        """Check every touched item on every day, then insert what was staged. Raises RuleBroken."""
        self.check()
        # Rows that a caller added through the session (new customers) go first: these rows point to them.
        self.unit.session.flush()
        self._staged.insert(self.unit)

    def check(self) -> None:
        """Check every item that was touched since the last check, on every day. Raises RuleBroken."""
        for item_id in self._touched:
            check_item(self._items[item_id])
        self._touched.clear()

    def staged(self) -> Staged:
        """Check what was staged and hand it over, to be inserted by a transaction on the same version of the books."""
        self.check()
        staged, self._staged = self._staged, Staged()
        self._items.clear()
        self._applications.clear()
        self.documents = Documents(self.unit)
        return staged

    # --- inside --------------------------------------------------------------------------------------------------

    def _first_day(self, item: ItemState, amount: int, start: date) -> date:
        day = first_day_to_carry(item.moves, item.side, amount, start)
        if day is None:
            left = balance_on(item.moves) * item.side
            raise RuleBroken(
                f"{name_of(item)} has {plain(left, item.currency)} {item.currency} open; "
                f"{plain(amount, item.currency)} is more than that",
                item=item.id,
                open=plain(left, item.currency),
                amount=plain(amount, item.currency),
            )
        return day

    def _bring_over(self, source: ItemState, target: ItemState, amount: int, on: date | None) -> ItemState:
        """Transfer the amount between the books of two customers that were merged; refuse other pairs."""
        if self.survivor(source.customer_id) != self.survivor(target.customer_id):
            raise RuleBroken(
                f"{name_of(source)} and {name_of(target)} belong to different customers: "
                "transfer the amount to the other customer first",
                from_item=source.id,
                to_item=target.id,
            )
        from arcore.ledger.moves import transfer  # noqa: PLC0415  moves stands on the journal, not under it

        moved = transfer(self, source.id, amount, to_customer_id=target.customer_id, on=on or target.effective_on)
        return self.item(moved.item_ids[0])

    def _gets_back(self, applied: ApplicationState) -> list[ItemState]:
        """Return the items whose balance grows again once an application is gone, less a plan brought back to life."""
        source, target = self.item(applied.from_item_id), self.item(applied.to_item_id)
        if source.side != target.side:
            return [source, target]
        old, new = (target, source) if source.side == DEBIT else (source, target)
        return [] if new is self.root_of(old) else [old]

    def _application(self, application_id: int) -> ApplicationState:
        if application_id not in self._applications:
            row = self.unit.session.execute(
                select(col(Application.from_item_id), col(Application.to_item_id)).where(
                    col(Application.id) == application_id
                )
            ).first()
            if row is None:
                msg = f"There is no application {application_id}"
                raise NotFound(msg, application=application_id)
            self.load(row)
        return self._applications[application_id]

    def _load_chunk(self, item_ids: Sequence[int]) -> None:
        loaded, applications = read_items(self.unit.session, item_ids)
        self._items.update(loaded)
        for applied in applications:
            self._applications.setdefault(applied.id, applied)
        for applied in applications:
            if applied.reverses_id is not None:
                self._applications[applied.reverses_id].reversed = True
            for item_id, delta in ((applied.from_item_id, applied.amount), (applied.to_item_id, -applied.amount)):
                if item_id in loaded:
                    loaded[item_id].move(applied.effective_on, delta, applied.id)
        for item in loaded.values():
            item.before = balance_on(item.moves)


def _carries(applied: ApplicationState, old: ItemState, new: ItemState) -> bool:
    """Tell whether an application is the one by which `new` took the balance over from `old`."""
    pair = (new.id, old.id) if old.side == DEBIT else (old.id, new.id)
    return (applied.from_item_id, applied.to_item_id) == pair
