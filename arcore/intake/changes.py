"""What an import will do: the plan, each difference in it, and the steps that book it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple
from typing import TypeAlias

from arcore.intake.alike import SAME
from arcore.intake.alike import MaybeSame
from arcore.intake.understood import Question
from arcore.intake.understood import RefusedRow
from arcore.intake.understood import Understood
from arcore.ledger.entry import Entry

Ref: TypeAlias = int
"""A document or customer: its id in the store when positive, a number of this plan when negative (still to be made)."""


class ChangeKind(StrEnum):
    """What happens to one document of the source."""

    NEW = "new"
    CHANGED = "changed"
    SETTLED = "settled"
    PART_PAID = "part_paid"
    REOPENED = "reopened"
    PENDING_IN_SOURCE = "pending_in_source"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


class Change(NamedTuple):
    """One difference between what the source said last and what it says now.

    Attributes:
        before, after: what is open of it, signed minor units; None where nothing was or is said.
        amount: its full amount, signed minor units.
        why: one sentence for people.
        document_id: what stands for it in the books, None for a new one.
    """

    kind: ChangeKind
    what: str
    number: str
    customer: str
    customer_name: str
    currency: str
    amount: int
    before: int | None
    after: int | None
    why: str
    file: str = ""
    line: int | None = None
    document_id: int | None = None


# --- steps, in the order in which they are taken ----------------------------------------------------------------------


class GiveBack(NamedTuple):
    """Take back `amount` of an application: as an event of the day `on`, or from its own day when None."""

    application_id: int
    amount: int
    on: date | None


class Reopen(NamedTuple):
    """End `amount` of what an inferred document closed, on the day `on`: the debt is open again from then."""

    application_id: int
    amount: int
    on: date
    inferred_id: int


class OpenAgain(NamedTuple):
    """Open `amount` of a document again from a day.

    What ends is what `other` (0: something inferred) closed from `since` on; where that is not there, what was
    inferred last ends first, then what was matched.
    """

    ref: Ref
    amount: int
    on: date
    other: Ref
    since: date


class TakeBack(NamedTuple):
    """Void an inferred document that something real replaces."""

    document_id: int


class Void(NamedTuple):
    """Void a document that the source voided."""

    document_id: int


class Post(NamedTuple):
    """Post a document; its customer is filled in when it is booked."""

    ref: Ref
    customer: Ref
    entry: Entry


class Replace(NamedTuple):
    """Void a document and post it again as the source tells it now; `carry` re-applies what stood on it.

    `told` are due dates that the source moved it to, and that are told again; other agreed ones are carried over.
    """

    document_id: int
    post: Post
    carry: bool
    told: frozenset[date] = frozenset()


class Match(NamedTuple):
    """Apply `amount` of a credit document to a debit document, oldest due first, not before `on`."""

    credit: Ref
    debit: Ref
    amount: int
    on: date | None


class Settle(NamedTuple):
    """Close `amount` of a document from `on` by an inferred settlement or payment."""

    ref: Ref
    amount: int
    on: date
    kind: str
    reason: str
    reference: str


class Redate(NamedTuple):
    """Move what is open of a document and due on `old_due` to the source's new due date; at most `amount` if given."""

    document_id: int
    old_due: date
    due: date
    on: date
    amount: int | None = None


class PostPair(NamedTuple):
    """Post both legs of a transfer or conversion; `origin` is the document that the carrying leg carries on."""

    closing: Post
    carrying: Post
    origin: Ref


class Agreed(NamedTuple):
    """Give `amount` of a document another agreed due date from `on`; `ref` stands for the part that carries it on."""

    ref: Ref
    origin: Ref
    old_due: date
    due: date
    amount: int
    on: date


class Applied(NamedTuple):
    """An application as an exchange file tells it: `source` rises by `amount`, `target` falls, from `on`.

    From a credit to a debit it applies, from a debit to a credit it takes back what was applied before.
    """

    source: Ref
    target: Ref
    amount: int
    on: date


Step: TypeAlias = (
    GiveBack
    | Reopen
    | OpenAgain
    | TakeBack
    | Void
    | Replace
    | Post
    | PostPair
    | Match
    | Agreed
    | Applied
    | Settle
    | Redate
)


# --- what is kept besides the books -----------------------------------------------------------------------------------


class SourceKey(NamedTuple):
    """Which system, for which entity of ours, with what filter."""

    system: str
    entity: str
    scope: str


class NewWord(NamedTuple):
    """What a source says of one document from now on; see `SourceWord`."""

    source: SourceKey
    key: str
    kind: str
    number: str
    customer: Ref
    document: Ref | None
    currency: str
    document_date: date | None
    due_date: date | None
    amount: int
    open_amount: int | None
    status: str
    present: bool
    file: str
    line: int | None


class Covered(NamedTuple):
    """From which day sales or receipts are complete."""

    entity: str
    currency: str
    what: str
    complete_from: date


@dataclass(frozen=True, slots=True)
class ContactDetails:
    """A contact that a file tells."""

    role: str
    name: str
    email: str
    phone: str
    language: str


@dataclass(frozen=True)
class Party:
    """A customer that a file tells: `ref` is negative for a new one.

    Attributes:
        fields: columns of the customer to set.
        facts: dated facts to set, as the store keeps them.
        parent: the customer it belongs under.
    """

    ref: Ref
    code: str
    name: str
    fields: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)
    contacts: tuple[ContactDetails, ...] = ()
    parent: Ref | None = None

    @property
    def is_new(self) -> bool:
        """Tell whether the customer has to be created."""
        return self.ref < 0


class BalanceDifference(NamedTuple):
    """A customer's balance as a file of totals states it, beside ours; minor units."""

    customer: str
    name: str
    currency: str
    stated: int
    ours: int
    file: str
    line: int

    @property
    def difference(self) -> int:
        """Return stated less ours; zero when they agree."""
        return self.stated - self.ours


# --- the plan ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PlannedFile:
    """A file of the plan, and the source it speaks for.

    Attributes:
        as_of: the day it speaks of, None when nobody said.
        currency: what amounts without one were taken for, "" when none were.
        customers, new_customers: how many it names, and how many of them the books don't know.
        digest: what was understood of it; equal for the same file read the same way.
        known: the very same was imported before, so it changes nothing.
        advances: it is a snapshot later than any of its source, which is worth keeping even when nothing changed.
    """

    understood: Understood
    source: SourceKey
    as_of: date | None
    currency: str
    customers: int
    new_customers: int
    digest: str
    known: bool = False
    advances: bool = False


@dataclass(frozen=True)
class Plan:
    """What an import would change; nothing is booked until it is committed.

    Attributes:
        store_id, audit_seq: the version of the books it was made for.
        unanswered: questions without an answer yet; with any the plan can't be committed.
        left_out: documents of the files that are not booked, by reason (draft, void, zero).
        contents: the bytes of the files, by path.
        digest: what the plan is made of, for the idempotency key.
        deliveries: of so many documents that are known the day of delivery is told anew.
    """

    files: tuple[PlannedFile, ...]
    store_id: str
    audit_seq: int
    today: date
    changes: Sequence[Change] = ()
    refused: tuple[RefusedRow, ...] = ()
    questions: tuple[Question, ...] = ()
    answers: frozenset[str] = frozenset()
    warnings: tuple[str, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    balances: tuple[BalanceDifference, ...] = ()
    parties: tuple[Party, ...] = ()
    steps: Sequence[Step] = ()
    words: Sequence[NewWord] = ()
    coverage: tuple[Covered, ...] = ()
    contents: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    digest: str = ""
    deliveries: int = 0
    alike: tuple[MaybeSame, ...] = ()

    @property
    def merging(self) -> dict[Ref, Ref]:
        """Return new customers that are somebody we have: who, in whom."""
        return {pair.ref: pair.other for pair in self.alike if pair.answer == SAME}

    @property
    def source(self) -> SourceKey:
        """Return the source of the first file."""
        return self.files[0].source

    @property
    def as_of(self) -> date | None:
        """Return the day of the snapshot among the files, if there is one."""
        return next((file.as_of for file in self.files if file.as_of is not None), None)

    @property
    def unanswered(self) -> tuple[Question, ...]:
        """Return the questions that still stand."""
        return tuple(q for q in self.questions if q.id not in self.answers or q.id in NEVER_ACCEPTED)

    @property
    def is_empty(self) -> bool:
        """Tell whether committing would change nothing at all."""
        nothing = not (self.steps or self.words or self.parties or self.coverage or self.deliveries)
        return nothing and not any(file.advances for file in self.files)

    def counts(self) -> dict[str, int]:
        """Return how many documents there are of each kind of change."""
        return dict(self._counts)

    @cached_property
    def _counts(self) -> dict[str, int]:
        # Looked at often, and changes are made anew whenever they are read.
        found = Counter(change.kind for change in self.changes)
        found[ChangeKind.REFUSED] += len(self.refused)
        return {kind.value: found[kind] for kind in ChangeKind}


NEVER_ACCEPTED = frozenset({"as_of", "older_with_others", "older_ended", "older_amounts", "older_redated"})
"""Questions that need a value or other files; yes is no answer to them."""
