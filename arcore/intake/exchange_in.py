"""Plan the exchange pair: documents, pairs that belong together, applications in the order of their days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from decimal import Decimal

from arcore.errors import BadInput
from arcore.intake.changes import Agreed
from arcore.intake.changes import Applied
from arcore.intake.changes import Change
from arcore.intake.changes import ChangeKind
from arcore.intake.changes import Covered
from arcore.intake.changes import NewWord
from arcore.intake.changes import PlannedFile
from arcore.intake.changes import Post
from arcore.intake.changes import PostPair
from arcore.intake.changes import Ref
from arcore.intake.changes import SourceKey
from arcore.intake.changes import Step
from arcore.intake.coverage import RECEIPTS
from arcore.intake.coverage import SALES
from arcore.intake.exchange import DOCUMENTS
from arcore.intake.exchange import BookApplication
from arcore.intake.exchange import BookDocument
from arcore.intake.exchange import read_applications
from arcore.intake.exchange import read_documents
from arcore.intake.lastword import Memory
from arcore.intake.lastword import Word
from arcore.intake.parties import Directory
from arcore.intake.understood import RefusedRow
from arcore.ledger.entry import Entry
from arcore.ledger.entry import Part
from arcore.ledger.kinds import RECOVERY
from arcore.ledger.kinds import UNCOLLECTIBLE
from arcore.ledger.moves import RATE_DIGITS
from arcore.money import from_minor
from arcore.money import nearest_minor
from arcore.money import plain

PAIRED = ("transfer", "conversion")
APPLICATION = "application"
RECOVERED = ("write_off", 1)
"""A write-off on the debit side: one taken back because the money came after all."""


@dataclass
class PairPlan:
    """What the exchange pair adds to a plan."""

    changes: list[Change] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    words: list[NewWord] = field(default_factory=list)
    covered: list[Covered] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Standing:
    """A document of the pair, new or known: what is left of it, positive, and whose it is."""

    ref: Ref
    side: int
    customer: Ref
    entity: str
    currency: str
    left: int


def plan_pair(files: Sequence[PlannedFile], directory: Directory, memory: Memory) -> PairPlan:
    """Plan documents.csv and applications.csv; rows that can't be booked are refused, the others stand."""
    documents: list[BookDocument] = []
    applications: list[BookApplication] = []
    planner = _Pair(files[0].source, directory, memory)
    for file in files:
        one = file.understood
        if one.part == DOCUMENTS:
            rows, refused = read_documents(one.path, one.content)
            documents += rows
        else:
            applied, refused = read_applications(one.path, one.content)
            applications += applied
        planner.part.refused += refused
    planner.documents(documents, applications)
    planner.applications(applications)
    return planner.part


class _Pair:
    """Plans one exchange pair."""

    def __init__(self, source: SourceKey, directory: Directory, memory: Memory) -> None:
        self.part = PairPlan()
        self.source = source
        self.directory = directory
        self.memory = memory
        self._standing: dict[str, _Standing] = {}
        self._agreed: dict[str, tuple[BookDocument, BookDocument]] = {}
        self._next: Ref = 0

    # --- documents ----------------------------------------------------------------------------------------------------

    def documents(self, rows: Sequence[BookDocument], applications: Sequence[BookApplication]) -> None:
        """Plan every document, the legs of pairs after what they carry on."""
        to_debit = _credits_to_debits(rows, applications)
        by_id: dict[str, BookDocument] = {}
        for row in rows:
            if row.id in by_id:
                self._refuse(row, "id", "This id stands in the file before")
            else:
                by_id[row.id] = row
        pairs = []
        for row in sorted(by_id.values(), key=lambda r: (r.type, r.side) == RECOVERED):
            word = self.memory.words.get(f"doc:{row.id}")
            if word is not None:
                self._known(row, word, to_debit)
            elif row.type not in PAIRED:
                self._post(row, to_debit)
            elif row.linked_id not in by_id or by_id[row.linked_id].linked_id != row.id:
                self._refuse(row, "linked_id", f"A {row.type} needs its other half: linked_id of each names the other")
            else:
                pairs.append(row)
        self._pairs(pairs, by_id, applications)
        self._cover(row for row in by_id.values() if row.id in self._standing)

    def _known(self, row: BookDocument, word: Word, to_debit: frozenset[str]) -> None:
        customer = self.directory.resolve(row.customer, row.customer_name) or 0
        same = (word.currency, word.amount, word.document_date, word.customer) == (
            row.currency,
            row.side * row.amount,
            row.day,
            customer,
        )
        if not same or word.kind != _kind(row, to_debit):
            self._refuse(row, "id", "It was imported before with other figures: undo that import first")
            return
        if word.document_id is not None:
            self._standing[row.id] = _Standing(
                word.document_id, row.side, customer, row.entity or self.source.entity, row.currency, row.amount
            )
        self._change(row, ChangeKind.UNCHANGED, "Imported before", customer)

    def _post(self, row: BookDocument, to_debit: frozenset[str]) -> None:
        post = self._post_of(row, _kind(row, to_debit))
        self.part.steps.append(post)

    def _post_of(self, row: BookDocument, kind: str) -> Post:
        """Take a row as a document to be posted, with its word and its line in the plan."""
        self._next -= 1
        customer = self.directory.resolve(row.customer, row.customer_name, row.currency) or 0
        entity = row.entity or self.source.entity
        parts = tuple(
            Part(part.amount, part.due_date, row.original_due_date)
            for part in row.instalments or (Part(row.amount, row.due_date),)
        )
        written_off = self._standing.get(row.against) if (kind, row.side) == RECOVERED else None
        entry = Entry(
            kind=kind,
            customer_id=0,
            document_date=row.day,
            currency=row.currency,
            parts=parts,
            number=row.number,
            entity=entity,
            effective_on=row.effective_on,
            side=row.side,
            tax_amount=row.tax_amount,
            reason=_reason(row, kind),
            po_number=row.po_number,
            reference=row.reference or row.against,
            rate=row.rate or None,
            linked_id=None if written_off is None else written_off.ref,
        )
        self._standing[row.id] = _Standing(self._next, row.side, customer, entity, row.currency, row.amount)
        self._word(f"doc:{row.id}", kind, row, customer, self._next)
        self._change(row, ChangeKind.NEW, "Not known before", customer, kind)
        return Post(self._next, customer, entry)

    def _pairs(
        self, rows: Sequence[BookDocument], by_id: dict[str, BookDocument], applications: Sequence[BookApplication]
    ) -> None:
        """Plan transfers and conversions; one that stays with its customer and currency is an agreed due date."""
        closes = _closed_by(rows, applications)
        done: set[str] = set()
        for row in sorted(rows, key=lambda r: (r.effective_on, r.line)):
            other = by_id[row.linked_id]
            if row.id in done:
                continue
            done |= {row.id, other.id}
            closing, carrying = (row, other) if row.id in closes else (other, row)
            origin = self._standing.get(closes.get(closing.id, ""))
            if origin is None:
                for leg in (closing, carrying):
                    self._refuse(leg, "linked_id", "No application says which document this pair moves")
            elif (closing.customer, closing.currency) == (carrying.customer, carrying.currency):
                self._agreed[closing.id] = (closing, carrying)
                self._next -= 1
                self._standing[carrying.id] = _Standing(
                    self._next, carrying.side, origin.customer, origin.entity, carrying.currency, 0
                )
                self._word(f"doc:{closing.id}", closing.type, closing, origin.customer, None)
                self._word(f"doc:{carrying.id}", carrying.type, carrying, origin.customer, None)
            else:
                first, second = self._post_of(closing, closing.type), self._post_of(carrying, carrying.type)
                first, second = _rated(first, closing, carrying), _rated(second, closing, carrying)
                self.part.steps.append(PostPair(first, second, origin.ref))

    # --- applications -------------------------------------------------------------------------------------------------

    def applications(self, rows: Sequence[BookApplication]) -> None:
        """Plan every application in the order of days; what exceeds what is left is refused."""
        seen: Counter[str] = Counter()
        for row in sorted(rows, key=lambda r: (r.day, r.line)):
            key = f"app:{row.from_id}:{row.to_id}:{row.day}:{row.amount.normalize()}"
            seen[key] += 1
            key = f"{key}#{seen[key]}"
            try:
                self._application(row, key)
            except BadInput as error:
                column = str(error.details.get("column", ""))
                self.part.refused.append(
                    RefusedRow(row.file, row.line, column, str(error.details.get("value", "")), error.message)
                )

    def _application(self, row: BookApplication, key: str) -> None:
        agreed = self._agreed.get(row.from_id) or self._agreed.get(row.to_id)
        if agreed is not None:
            self._agree(row, *agreed)
            return
        source, target = self._find(row.from_id, "from_id"), self._find(row.to_id, "to_id")
        amount = nearest_minor(row.amount, source.currency)
        if (source.customer, source.entity, source.currency) != (target.customer, target.entity, target.currency):
            raise BadInput(
                "An application stays within one customer, entity and currency: transfer or convert first",
                column="to_id",
                value=row.to_id,
            )
        known = key in self.memory.words
        if source.side == target.side and not {row.from_id, row.to_id} & {leg.id for _, leg in self._agreed.values()}:
            raise BadInput("An application goes from a credit to a debit document", column="to_id", value=row.to_id)
        for end, falls, column in ((source, source.side < 0, "from_id"), (target, target.side > 0, "to_id")):
            if falls and amount > end.left and not known:
                left = plain(end.left, end.currency)
                raise BadInput(f"Only {left} of it is left to apply", column=column, value=str(row.amount))
        source.left += amount * source.side
        target.left -= amount * target.side
        if known or not amount:
            return
        self.part.steps.append(Applied(source.ref, target.ref, amount, row.day))
        self._application_word(key, row, source, amount)

    def _agree(self, row: BookApplication, closing: BookDocument, carrying: BookDocument) -> None:
        old = self._find(row.to_id if row.from_id == closing.id else row.from_id, "to_id")
        new = self._standing[carrying.id]
        amount = nearest_minor(row.amount, closing.currency)
        if amount > old.left:
            left = plain(old.left, old.currency)
            raise BadInput(f"Only {left} of it is left to move", column="amount", value=str(row.amount))
        old.left, new.left = old.left - amount, new.left + amount
        self.part.steps.append(Agreed(new.ref, old.ref, closing.due_date, carrying.due_date, amount, row.day))

    def _find(self, document: str, column: str) -> _Standing:
        found = self._standing.get(document)
        if found is None:
            word = self.memory.words.get(f"doc:{document}")
            if word is None or word.document_id is None:
                raise BadInput("No document of the files has this id", column=column, value=document)
            side = 1 if word.amount > 0 else -1
            found = _Standing(
                word.document_id, side, word.customer, self.source.entity, word.currency, abs(word.amount)
            )
            self._standing[document] = found
        return found

    # --- beside the books ---------------------------------------------------------------------------------------------

    def _refuse(self, row: BookDocument, column: str, reason: str) -> None:
        value = str(getattr(row, column))
        self.part.refused.append(RefusedRow(row.file, row.line, column, value, reason, row.number, row.customer))

    def _change(self, row: BookDocument, kind: ChangeKind, why: str, customer: Ref, what: str = "") -> None:
        who = self.directory.known(customer)
        self.part.changes.append(
            Change(
                kind,
                what or row.type,
                row.number,
                who.code,
                who.name,
                row.currency,
                row.side * row.amount,
                None,
                None,
                why,
                row.file,
                row.line,
            )
        )

    def _word(self, key: str, kind: str, row: BookDocument, customer: Ref, document: Ref | None) -> None:
        self.part.words.append(
            NewWord(
                self.source,
                key,
                kind,
                row.number,
                customer,
                document,
                row.currency,
                row.day,
                row.due_date,
                row.side * row.amount,
                None,
                "",
                present=True,
                file=row.file,
                line=row.line,
            )
        )

    def _application_word(self, key: str, row: BookApplication, source: _Standing, amount: int) -> None:
        self.part.words.append(
            NewWord(
                self.source,
                key,
                APPLICATION,
                "",
                source.customer,
                None,
                source.currency,
                row.day,
                None,
                amount,
                None,
                "",
                present=True,
                file=row.file,
                line=row.line,
            )
        )

    def _cover(self, rows: Iterable[BookDocument]) -> None:
        """Whole books cover sales and receipts from their first document on."""
        first: dict[tuple[str, str], date] = {}
        for row in rows:
            key = (row.entity or self.source.entity, row.currency)
            first[key] = min(row.day, first.get(key, row.day))
        for (entity, currency), day in first.items():
            self.part.covered += [Covered(entity, currency, what, day) for what in (SALES, RECEIPTS)]


def _rated(post: Post, closing: BookDocument, carrying: BookDocument) -> Post:
    """Give the leg of a conversion its rate, units of the target per unit of the source, where the file has none."""
    if closing.type != "conversion" or post.entry.rate or not closing.amount:
        return post
    exact = from_minor(carrying.amount, carrying.currency) / from_minor(closing.amount, closing.currency)
    return post._replace(entry=post.entry._replace(rate=format(round(exact, RATE_DIGITS).normalize(), "f")))


def _kind(row: BookDocument, to_debit: frozenset[str]) -> str:
    if row.type == "journal_debit":
        return "debit_note"
    if row.type == "journal_credit":
        return "payment" if row.id in to_debit else "credit_note"
    return row.type


def _credits_to_debits(rows: Iterable[BookDocument], applications: Iterable[BookApplication]) -> frozenset[str]:
    """Return the documents that some application takes to a debit document."""
    debits = {row.id for row in rows if row.side > 0}
    return frozenset(a.from_id for a in applications if a.to_id in debits and a.amount > Decimal(0))


def _reason(row: BookDocument, kind: str) -> str:
    """Return why something was written off: for good, unless the file says more."""
    if (kind, row.side) == RECOVERED:
        return RECOVERY
    return row.reason or (UNCOLLECTIBLE if kind == "write_off" else "")


def _closed_by(pairs: Iterable[BookDocument], applications: Iterable[BookApplication]) -> dict[str, str]:
    """Return, for the closing leg of each pair, the document that it closes: its first application in full says it."""
    legs = {row.id: row for row in pairs}
    found: dict[str, str] = {}
    for row in sorted(applications, key=lambda a: (a.day, a.line)):
        for leg_id, other in ((row.from_id, row.to_id), (row.to_id, row.from_id)):
            leg = legs.get(leg_id)
            if leg is None or leg_id in found or leg.linked_id in found or row.day != leg.effective_on:
                continue
            if nearest_minor(row.amount, leg.currency) == leg.amount and other != leg.linked_id:
                found[leg_id] = other
    return found
