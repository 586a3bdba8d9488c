"""What the undo of an import takes along: read inside its transaction, once everything is done and before it is kept.

Nothing here writes. What stands after the undo is compared with what stood before it, so this can't say anything else
than what the undo does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import func
from sqlalchemy import select
from sqlmodel import col

from arcore.company.queries import closes
from arcore.intake.holdings import chunks
from arcore.intake.mend import Mended
from arcore.intake.named import Agreed
from arcore.intake.named import Sent
from arcore.intake.named import agreed
from arcore.intake.named import named
from arcore.intake.named import papers
from arcore.intake.named import sent
from arcore.intake.posting.queries import Line
from arcore.intake.posting.queries import id_of
from arcore.intake.posting.queries import read_list
from arcore.money import to_minor
from arcore.store.books import Application
from arcore.store.books import Document
from arcore.store.books import Item
from arcore.store.contact import Talk
from arcore.store.customers import Customer
from arcore.store.customers import Note
from arcore.store.unit import Unit


class Sum(NamedTuple):
    """Documents of one kind and currency; `amount` in minor units, signed as the books sign it."""

    kind: str
    currency: str
    documents: int
    amount: int


class Moved(NamedTuple):
    """A document that the undo touches; minor units, signed. `import_id` is the file it came with, None for a person's.

    `before` and `after` are what is open of it.
    """

    document_id: int
    kind: str
    number: str
    customer: str
    currency: str
    on: date
    by: str
    import_id: int | None
    amount: int
    before: int
    after: int


class Month(NamedTuple):
    """A frozen month on whose last day more or less is open after the undo; `change` 0: only matches differ."""

    day: date
    entity: str
    currency: str
    change: int


class Waiting(NamedTuple):
    """A line of the posting list that changes: what was confirmed waits again, or what was exported is taken back."""

    subject: str
    kind: str
    number: str
    customer: str
    currency: str
    amount: int
    batch: int | None
    confirmed: bool


@dataclass(frozen=True)
class Consequences:
    """What an undo takes along.

    Attributes:
        leaving: the documents of the import that go.
        back: documents that it had taken back and that stand again.
        along: documents of others that hang on them alone and go too: write-offs, discounts, settlements.
        freed: payments and credits that stay and become unapplied.
        owed: debts that stay and are open again.
        bounced: payments of the import that bounced since; they stay beside their bounce.
        sent: messages that name documents that go.
        agreed: promises, plans and disputes about them.
        postings: lines of the posting list that wait again, or have to be taken back in the ledger.
        papers: how many papers lose their document.
        months: frozen months that change.
        builds_on: later imports of other sources whose documents are applied to what goes.
        hidden: customers that no list shows any more, and how many notes and talks go out of sight with them.
        notes: notes and talks with the hidden customers.
        past: customers of whom matches that had ended stay in the past as they are.
    """

    leaving: tuple[Sum, ...] = ()
    back: tuple[Sum, ...] = ()
    along: tuple[Moved, ...] = ()
    freed: tuple[Moved, ...] = ()
    owed: tuple[Moved, ...] = ()
    bounced: tuple[Moved, ...] = ()
    sent: tuple[Sent, ...] = ()
    agreed: tuple[Agreed, ...] = ()
    postings: tuple[Waiting, ...] = ()
    papers: int = 0
    months: tuple[Month, ...] = ()
    builds_on: tuple[int, ...] = ()
    hidden: tuple[str, ...] = ()
    notes: int = 0
    past: tuple[str, ...] = ()


class Watch:
    """Looks at the books before an undo, and says after it what became of them."""

    def __init__(self, unit: Unit, import_id: int) -> None:
        """Remember how far the books reach, and the posting list."""
        self.session, self.import_id, self.today = unit.session, import_id, unit.recorded_at.date()
        self.reached = dict(unit.reached())
        self.listed = {line.subject: line for line in read_list(self.session, self.today)}

    def consequences(
        self,
        *,
        own: Collection[int],
        effects: Sequence[Mapping[str, str]],
        new_customers: Collection[int],
        mended: Mended,
    ) -> Consequences:
        """Return what the undo did; `own` are the documents of the import, `effects` as the journal tells them.

        What was `mended`, voided and posted again as it was, is no news.
        """
        moves = _by_document(effects)
        voids = {void: original for void, original in self._reversed().items() if original not in mended.voided}
        gone = set(voids.values())
        mine = gone & set(own)
        touched = self._moved(moves.keys() - gone - self._new(), moves)
        freed = tuple(one for one in touched if one.after < one.before)
        bounced = self._moved(self._bounced(own), moves)
        hidden, notes = self._hidden(new_customers)
        found = named(self.session, gone, self.reached["document_id"])
        return Consequences(
            leaving=self._sums(mine),
            back=self._sums(self._posted_again() - mended.posted),
            along=self._moved(gone - mine, moves),
            freed=freed,
            owed=tuple(one for one in touched if one.after > one.before),
            bounced=bounced,
            sent=sent(self.session, found),
            agreed=agreed(self.session, found, gone),
            postings=self._postings(voids),
            papers=papers(self.session, found),
            months=self._months(),
            builds_on=tuple(sorted({o.import_id for o in freed if o.import_id and o.import_id > self.import_id})),
            hidden=hidden,
            notes=notes,
            past=self._names({place[0] for place in mended.left}),
        )

    # --- the books ----------------------------------------------------------------------------------------------------

    def _reversed(self) -> dict[int, int]:
        """Return the voids of the undo: void → the document that it takes back."""
        reverses, new = col(Document.reverses_id), col(Document.id) > self.reached["document_id"]
        rows = self.session.execute(select(col(Document.id), reverses).where(new, reverses.is_not(None)))
        return {number: original for number, original in rows if original is not None}

    def _new(self) -> set[int]:
        new = col(Document.id) > self.reached["document_id"]
        return set(self.session.execute(select(col(Document.id)).where(new)).scalars())

    def _posted_again(self) -> set[int]:
        new = col(Document.id) > self.reached["document_id"]
        query = select(col(Document.id)).where(new, col(Document.reverses_id).is_(None))
        return set(self.session.execute(query).scalars())

    def _bounced(self, own: Collection[int]) -> set[int]:
        reverses, found = col(Document.reverses_id), set[int]()
        for ids in chunks(own):
            query = select(reverses).where(reverses.in_(ids), col(Document.kind) == "payment_reversal")
            found.update(number for number in self.session.execute(query).scalars() if number is not None)
        return found

    def _sums(self, documents: Collection[int]) -> tuple[Sum, ...]:
        found: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
        for ids in chunks(documents):
            query = (
                select(col(Document.kind), col(Document.currency), func.count(), func.sum(col(Document.amount)))
                .where(col(Document.id).in_(ids))
                .group_by(col(Document.kind), col(Document.currency))
            )
            for kind, currency, count, amount in self.session.execute(query):
                found[kind, currency][0] += count
                found[kind, currency][1] += int(amount)
        return tuple(Sum(*key, *counted) for key, counted in sorted(found.items()))

    def _moved(self, documents: Collection[int], moves: Mapping[int, tuple[int, int]]) -> tuple[Moved, ...]:
        """Return documents with what is open of them before and after, the largest change first."""
        found: list[Moved] = []
        for ids in chunks(documents):
            query = (
                select(Document, col(Customer.name))
                .join(Customer, col(Customer.id) == col(Document.customer_id))
                .where(col(Document.id).in_(ids))
            )
            for d, name in self.session.execute(query):
                before, after = moves.get(d.id, (0, 0))
                here = d.kind, d.number, name, d.currency, d.effective_on, d.recorded_by, d.import_id
                found.append(Moved(d.id, *here, d.amount, before, after))
        return tuple(sorted(found, key=lambda one: (-abs(one.after - one.before), one.document_id)))

    def _months(self) -> tuple[Month, ...]:
        """Return the frozen months of which an open amount, or only a match, is another one."""
        found: list[Month] = []
        for day in closes(self.session):
            query = (
                select(col(Document.entity), col(Document.currency), func.sum(col(Document.amount)))
                .where(col(Document.id) > self.reached["document_id"], col(Document.effective_on) <= day)
                .group_by(col(Document.entity), col(Document.currency))
            )
            sums = {(entity, currency): int(units) for entity, currency, units in self.session.execute(query)}
            for entity, currency in self._matched_until(day):
                sums.setdefault((entity, currency), 0)
            found += [Month(day, *place, change) for place, change in sorted(sums.items())]
        return tuple(found)

    def _matched_until(self, day: date) -> Iterable[tuple[str, str]]:
        query = (
            select(col(Document.entity), col(Document.currency))
            .join(Item, col(Item.document_id) == col(Document.id))
            .join(Application, col(Application.to_item_id) == col(Item.id))
            .where(col(Application.id) > self.reached["application_id"], col(Application.effective_on) <= day)
            .distinct()
        )
        return [(entity, currency) for entity, currency in self.session.execute(query)]

    def _names(self, customers: Collection[int]) -> tuple[str, ...]:
        query = select(col(Customer.name)).where(col(Customer.id).in_(sorted(customers)[:500]))
        return tuple(sorted(self.session.execute(query).scalars()))

    # --- beside the books ---------------------------------------------------------------------------------------------

    def _postings(self, voids: Mapping[int, int]) -> tuple[Waiting, ...]:
        """Compare the posting list with what it was: confirmed lines that wait again, voids to post as well."""
        found = []
        for line in read_list(self.session, self.today):
            before = self.listed.get(line.subject)
            if before is not None:
                if before.status == "confirmed" != line.status:
                    found.append(_waiting(line, confirmed=True))
            elif line.takes_back and f"document:{voids.get(id_of(line))}" in self.listed:
                found.append(_waiting(line, confirmed=False))
        return tuple(found)

    def _hidden(self, new_customers: Collection[int]) -> tuple[tuple[str, ...], int]:
        """Return the customers for whom nothing stands any more, and how many notes and talks there are with them."""
        names: list[str] = []
        notes = 0
        for ids in chunks(new_customers):
            back = select(col(Document.reverses_id)).where(col(Document.reverses_id).is_not(None))
            standing = set(
                self.session.execute(
                    select(col(Document.customer_id))
                    .where(col(Document.customer_id).in_(ids), col(Document.reverses_id).is_(None))
                    .where(col(Document.id).not_in(back))
                    .distinct()
                ).scalars()
            )
            empty = [number for number in ids if number not in standing]
            query = select(col(Customer.name)).where(col(Customer.id).in_(empty)).order_by(col(Customer.name))
            names += self.session.execute(query).scalars()
            for table in (Note, Talk):
                said = select(func.count()).where(col(table.customer_id).in_(empty), col(table.withdrawn_at).is_(None))
                notes += int(self.session.execute(said).scalar_one())
        return tuple(sorted(names)), notes


def _by_document(effects: Iterable[Mapping[str, str]]) -> dict[int, tuple[int, int]]:
    """Add up what is open of each document before and after, in minor units."""
    found: dict[int, tuple[int, int]] = {}
    for row in effects:
        before, after = found.get(int(row["document"]), (0, 0))
        units = (to_minor(Decimal(row[when]), row["currency"]) for when in ("before", "after"))
        found[int(row["document"])] = before + next(units), after + next(units)
    return found


def _waiting(line: Line, *, confirmed: bool) -> Waiting:
    return Waiting(
        line.subject, line.kind, line.number, line.customer, line.currency, line.amount, line.batch, confirmed
    )
