"""What happens at the sample company, as values: each says when it counts and when it was learnt.

Amounts are positive minor units. A `ref` names a document inside the sample; `Target` one instalment of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from typing import TypeAlias


class Target(NamedTuple):
    """One item: the document's ref and the position of the instalment."""

    ref: str
    part: int = 0


class Use(NamedTuple):
    """An amount of a credit that is applied to an item."""

    target: Target
    amount: int


@dataclass(frozen=True, kw_only=True)
class Happening:
    """Anything that is booked: the day it counts from and the day it became known."""

    day: date
    recorded: date


@dataclass(frozen=True, kw_only=True)
class Bill(Happening):
    """An invoice, debit note or late charge; `parts` are (amount, due date).

    Attributes:
        dated: what is written on it where that is not the day it counts from.
        skips: so many numbers before its own were never used.
        twin: the bill whose number it repeats, written as `spelt` says of "{digits}".
    """

    ref: str
    customer: str
    currency: str
    parts: tuple[tuple[int, date], ...]
    kind: str = "invoice"
    tax: int | None = None
    po_number: str = ""
    reason: str = ""
    reference: str = ""
    dated: date | None = None
    skips: int = 0
    twin: str = ""
    spelt: str = ""

    @property
    def amount(self) -> int:
        """The sum of the instalments."""
        return sum(amount for amount, _ in self.parts)


@dataclass(frozen=True, kw_only=True)
class Credit(Happening):
    """A payment, credit note, discount, write-off or exchange difference, with what it is applied to at once."""

    ref: str
    kind: str
    customer: str
    currency: str
    amount: int
    uses: tuple[Use, ...] = ()
    tax: int | None = None
    reason: str = ""
    reference: str = ""


@dataclass(frozen=True, kw_only=True)
class Match(Happening):
    """Cash or a credit that stood unapplied finds its item."""

    source: Target
    use: Use


@dataclass(frozen=True, kw_only=True)
class Refund(Happening):
    """Money that goes back to the customer out of an unapplied credit."""

    ref: str
    source: Target
    amount: int


@dataclass(frozen=True, kw_only=True)
class Extend(Happening):
    """Another due date for an item, or for `amount` of it; the new item is called `ref`."""

    ref: str
    target: Target
    due: date
    amount: int | None = None


@dataclass(frozen=True, kw_only=True)
class CancelExtension(Happening):
    """What is left goes back to the first due date."""

    target: Target


@dataclass(frozen=True, kw_only=True)
class Move(Happening):
    """A transfer to another customer; the leg that carries on is called `ref`."""

    ref: str
    target: Target
    amount: int
    to_customer: str


@dataclass(frozen=True, kw_only=True)
class Exchange(Happening):
    """A conversion into another currency; the leg that carries on is called `ref`."""

    ref: str
    target: Target
    amount: int
    to_currency: str
    to_amount: int


@dataclass(frozen=True, kw_only=True)
class Bounce(Happening):
    """A payment that the bank takes back."""

    ref: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Cancel(Happening):
    """A document written in error is voided, from its own day on."""

    ref: str


@dataclass(frozen=True, kw_only=True)
class Recover(Happening):
    """`amount` of a write-off taken back because money came after all; the debt that is open again is called `ref`."""

    ref: str
    write_off: str
    amount: int


Event: TypeAlias = (
    Bill | Credit | Match | Refund | Extend | CancelExtension | Move | Exchange | Bounce | Cancel | Recover
)
