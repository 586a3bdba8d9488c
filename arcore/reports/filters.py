"""The one value that says what is looked at: shell, pages, queries and caches share it."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace
from datetime import UTC
from datetime import date
from datetime import datetime
from typing import Any
from typing import Literal

from arcore.errors import BadInput
from arcore.money import is_currency

Basis = Literal["original", "due", "document"]
By = Literal["customer", "family", "rollup", "segment", "owner", "entity", "currency", "none"]
Intercompany = Literal["out", "in", "only"]

BASES: tuple[Basis, ...] = ("original", "due", "document")
"""From which date items age: the contractual due date, the agreed one, the document's own."""
DIMENSIONS: tuple[By, ...] = ("customer", "family", "rollup", "segment", "owner", "entity", "currency", "none")
"""What a report can be split by.

"customer" shows each by itself, "family" one row per family, "rollup" each customer with all that belong to it: there a
parent's row holds those of its children too, and only the totals count each once.
"""
INTERCOMPANY: tuple[Intercompany, ...] = ("out", "in", "only")
"""Whether companies of our own group count: left out and shown as a line, like any other, or nothing else."""
DOCUMENT = "document"
"""The currency choice that leaves each amount in the currency it was booked in."""
CUSTOMER = "customer"
"""The currency choice that shows each customer in its own: the one it has, else the one it is mostly invoiced in."""
MANY = (DOCUMENT, CUSTOMER)
"""The choices that give amounts in several currencies; what needs one is in the company's then."""


@dataclass(frozen=True)
class Filters:
    """What a report covers.

    Attributes:
        as_of: the last day that counts, inclusive.
        currency: "document" for amounts as booked, "customer" for each customer's own, or the code to convert into.
        segments: keep customers of these segments as of the day; empty keeps all.
        owners: keep customers of these owners as of the day; empty keeps all.
        entity: keep documents of this company of ours; None keeps all.
        basis: the date items age from.
        known_at: only what was recorded up to this moment (UTC); None is now.
        intercompany: "out" leaves companies of our own group out, "in" counts them, "only" counts nothing else.
        customer: keep this customer and those merged into it, by code; "" keeps all.
        below: keep everybody under that customer too.
    """

    as_of: date
    currency: str = DOCUMENT
    segments: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    entity: str | None = None
    basis: Basis = "original"
    known_at: datetime | None = None
    intercompany: Intercompany = "out"
    customer: str = ""
    below: bool = False

    def __post_init__(self) -> None:
        """Order the lists, so that equal choices are equal values; refuse what can't be meant."""
        object.__setattr__(self, "segments", tuple(sorted(set(self.segments))))
        object.__setattr__(self, "owners", tuple(sorted(set(self.owners))))
        if self.currency not in MANY and not is_currency(self.currency):
            msg = f"{self.currency!r} is no currency; write document, customer or a code such as EUR"
            raise BadInput(msg, currency=self.currency)
        if self.basis not in BASES:
            msg = f"{self.basis!r} is no date to age from; write original, due or document"
            raise BadInput(msg, basis=self.basis)
        if self.intercompany not in INTERCOMPANY:
            msg = f"{self.intercompany!r} is no choice for our own group; write out, in or only"
            raise BadInput(msg, intercompany=self.intercompany)
        if self.known_at is not None and self.known_at.tzinfo is None:
            object.__setattr__(self, "known_at", self.known_at.replace(tzinfo=UTC))

    def key(self) -> tuple[Any, ...]:
        """Return a value that is equal for equal filters and can be a cache key or part of one."""
        known = None if self.known_at is None else self.known_at.isoformat()
        narrowed = (self.segments, self.owners, self.entity, self.intercompany, self.customer, self.below)
        return (self.as_of, self.currency, narrowed, self.basis, known)

    @property
    def some_customers(self) -> bool:
        """Tell whether only some customers are kept."""
        return bool(self.segments or self.owners or self.customer)

    def on(self, as_of: date) -> Filters:
        """Return the same filters as of another day."""
        return replace(self, as_of=as_of)

    def in_currency(self, currency: str) -> Filters:
        """Return the same filters in another currency."""
        return replace(self, currency=currency)
