"""Where a customer stands with one selling entity: what it is, what it was sent, what keeps a message from leaving."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from typing import NamedTuple

from arcore.dunning.ladder import Last
from arcore.dunning.proof import Debt

DebtKey = tuple[int, date]
"""A debt across messages: its document and its agreed due date."""


class Reach(NamedTuple):
    """Whom a reminder goes to."""

    contact_id: int
    name: str
    email: str
    language: str


class Opening(NamedTuple):
    """The step that debts due before a day stood on when reminders went live."""

    step: int
    confirmed_on: date


class Failure(NamedTuple):
    """A message that was refused or came back; `cause` is "bounced" or why it was refused."""

    base: str
    day: date
    addresses: tuple[str, ...]
    cause: str
    words: str


@dataclass(frozen=True)
class Standing:
    """What decides besides the proof.

    Attributes:
        status: normal or "", insolvent, direct_debit, factored, legal.
        policy: "none" when the customer is never reminded.
        ours: a company of our own group.
        hold_until: the last day of a stop.
        skipped_by: who took it off today's reminders, "" for nobody.
        last: the newest delivered message; `opening` counts as delivered until there is one.
        levels: the step each debt stands on; what is missing stands on the opening step, or on none.
        keys: the keys of messages that were delivered, without the attempt.
        failures: messages that were not.
        waiting_since: the day the customer wrote something that nobody answered.
        known_until: by currency the day up to which receipts are known; None when no file has told of any.
        reach: whom to write to; None when there is no address.
        room: how many more messages may leave today; None for any number.
    """

    customer_id: int
    entity: str
    status: str = ""
    policy: str = ""
    ours: bool = False
    key_account: bool = False
    hold_until: date | None = None
    skipped_by: str = ""
    last: Last | None = None
    opening: Opening | None = None
    levels: Mapping[DebtKey, int] = field(default_factory=dict)
    keys: frozenset[str] = frozenset()
    failures: tuple[Failure, ...] = ()
    waiting_since: date | None = None
    known_until: Mapping[str, date | None] = field(default_factory=dict)
    reach: Reach | None = None
    room: int | None = None

    @property
    def delivered(self) -> int:
        """Return the step of the last delivered message, else the opening step, else 0."""
        if self.last is not None:
            return self.last.step
        return 0 if self.opening is None else self.opening.step

    @property
    def last_day(self) -> date | None:
        """Return the day of the last delivered message."""
        return None if self.last is None else self.last.day

    def level_of(self, debt: Debt) -> int:
        """Return the step a debt stands on, 0 for none."""
        found = self.levels.get((debt.document_id, debt.due_date), 0)
        if self.opening is not None and debt.due_date < self.opening.confirmed_on:
            return max(found, self.opening.step)
        return found

    def attempts(self, base: str) -> int:
        """Return how often a message of this key was tried in vain."""
        return sum(failure.base == base for failure in self.failures)

    def dead(self, address: str) -> Failure | None:
        """Return the newest message that did not arrive because of this address."""
        for failure in reversed(self.failures):
            if failure.cause in ("bounced", "address") and address.casefold() in failure.addresses:
                return failure
        return None
