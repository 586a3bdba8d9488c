"""What is handed to the journal, and what it keeps of a row while a transaction runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from typing import NamedTuple


class Part(NamedTuple):
    """One amount (positive minor units) of a document that falls due on one day.

    `original_due_date` is the contractual one where it differs; `origin_item_id` the item it carries on.
    """

    amount: int
    due_date: date
    original_due_date: date | None = None
    origin_item_id: int | None = None


class Entry(NamedTuple):
    """A document to be posted.

    Attributes:
        parts: one per instalment; their sum is the document's amount. Zero is allowed, less is not.
        effective_on: the day from which it counts; the document date when None.
        side: +1 debit, −1 credit; needed only where the kind may be either.
        tax_amount: positive minor units contained in the amount.
    """

    kind: str
    customer_id: int
    document_date: date
    currency: str
    parts: Sequence[Part]
    number: str = ""
    entity: str = "main"
    effective_on: date | None = None
    side: int | None = None
    tax_amount: int | None = None
    reason: str = ""
    po_number: str = ""
    reference: str = ""
    rate: str | None = None
    import_id: int | None = None
    reverses_id: int | None = None
    linked_id: int | None = None


class Posted(NamedTuple):
    """The ids that a posted document got; items in the order of its parts."""

    document_id: int
    item_ids: tuple[int, ...]


@dataclass(slots=True)
class ItemState:
    """An item inside an open transaction, with every move on it: its amount and both legs of applications.

    `reverses_id` is its document's; `before` its last balance as the transaction found it. Most items of an import
    never move: what they would need for it is made when they do.
    """

    id: int
    document_id: int
    kind: str
    number: str
    customer_id: int
    entity: str
    currency: str
    side: int
    document_date: date
    effective_on: date
    due_date: date
    original_due_date: date
    origin_item_id: int | None
    amount: int
    reverses_id: int | None = None
    before: int = 0
    _moves: dict[date, int] | None = field(default=None, init=False)
    _applications: list[int] | None = field(default=None, init=False)

    @property
    def moves(self) -> dict[date, int]:
        """What was added to the balance on each day, its own amount first."""
        if self._moves is None:
            self._moves = {self.effective_on: self.amount}
        return self._moves

    @property
    def application_ids(self) -> Sequence[int]:
        """The applications that touch it."""
        return self._applications or ()

    @property
    def untouched(self) -> bool:
        """Tell whether nothing but its own amount is on it."""
        return self._moves is None

    def move(self, day: date, amount: int, application_id: int) -> None:
        """Add a signed amount to the balance from `day` on: one leg of an application."""
        self.moves[day] = self.moves.get(day, 0) + amount
        if self._applications is None:
            self._applications = []
        self._applications.append(application_id)


@dataclass(slots=True)
class ApplicationState:
    """An application inside an open transaction; `reversed` once another row names it."""

    id: int
    from_item_id: int
    to_item_id: int
    amount: int
    effective_on: date
    reverses_id: int | None
    reversed: bool = False

    @property
    def in_force(self) -> bool:
        """Tell whether it is neither reversed nor itself a reversal."""
        return not self.reversed and self.reverses_id is None
