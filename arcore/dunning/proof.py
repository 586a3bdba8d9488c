"""The proof before a reminder: what of each overdue debt may be asked for, and what takes off the rest.

From what is open come off, debt by debt and each at most what is left: unapplied credits and money, then what is
disputed, planned, promised. What remains is asked for. All amounts are positive minor units but those of credits.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from arcore.ledger.kinds import BY_NAME
from arcore.ledger.kinds import KindClass
from arcore.money import grouped

TAKEN_OFF = ("credit", "cash", "disputed", "planned", "promised")
"""What comes off an open debt, in this order."""

WORDS = {
    "open": "open",
    "credit": "credit not applied",
    "cash": "money not matched",
    "disputed": "disputed",
    "planned": "planned",
    "promised": "promised",
    "asked": "asked",
}
"""How the lines of a ladder are called."""


@dataclass(frozen=True, slots=True)
class Debt:
    """One open item: an amount of a document that falls due on one day; a credit's `open` is negative.

    Attributes:
        document: its number, or kind and id where it has none.
        due_date, original_due_date: agreed and contractual.
        invoiced: what the item was for; of one born of re-dating, what it took over.
        open: its signed balance at the end of the day.
    """

    item_id: int
    document_id: int
    document: str
    kind: str
    entity: str
    currency: str
    document_date: date
    due_date: date
    original_due_date: date
    invoiced: int
    open: int
    po_number: str = ""
    reference: str = ""

    @property
    def age(self) -> tuple[date, date, int]:
        """Return what debts are ordered by: oldest agreed due date first."""
        return self.due_date, self.document_date, self.item_id


class Pledge(NamedTuple):
    """A running promise: `left` of it is still to come, for some documents or, with none, for the account.

    `until` is the last day on which it is waited for, grace included.
    """

    currency: str
    left: int
    document_ids: tuple[int, ...] = ()
    until: date = date.max


@dataclass(frozen=True, slots=True)
class Claim:
    """An overdue debt and what may be asked of it: open = credit + cash + disputed + planned + promised + claimed."""

    debt: Debt
    days_late: int
    credit: int = 0
    cash: int = 0
    disputed: int = 0
    planned: int = 0
    promised: int = 0
    claimed: int = 0


@dataclass(frozen=True, slots=True)
class Proof:
    """What one selling entity may ask of one customer on a day.

    Attributes:
        customer_id: the survivor, where customers were merged.
        claims: overdue debts (agreed due date before the day), oldest first.
        coming: what is open and not overdue, by due date.
        credits: unapplied credits and money; their `open` is negative.
    """

    customer_id: int
    entity: str
    as_of: date
    claims: tuple[Claim, ...] = ()
    coming: tuple[Debt, ...] = ()
    credits: tuple[Debt, ...] = ()

    def claimed(self) -> dict[str, int]:
        """Return what is asked for by currency; currencies of which nothing is asked are left out."""
        return _summed((claim.debt.currency, claim.claimed) for claim in self.claims)

    def overdue(self) -> dict[str, int]:
        """Return what is overdue by currency, before anything is taken off."""
        return _summed((claim.debt.currency, claim.debt.open) for claim in self.claims)

    def taken(self, what: str) -> dict[str, int]:
        """Return what one of TAKEN_OFF takes off by currency."""
        return _summed((claim.debt.currency, getattr(claim, what)) for claim in self.claims)

    def currencies(self) -> tuple[str, ...]:
        """Return the currencies of the overdue debts, by code."""
        return tuple(sorted({claim.debt.currency for claim in self.claims}))

    def ladder(self, currency: str) -> tuple[tuple[str, int], ...]:
        """Return the way from open to asked: ("open", 10000), ("disputed", -6000), ("asked", 4000); no zero lines."""
        steps = [("open", self.overdue().get(currency, 0))]
        steps += [(what, -self.taken(what).get(currency, 0)) for what in TAKEN_OFF]
        return (*((what, units) for what, units in steps if units), ("asked", self.claimed().get(currency, 0)))

    def in_words(self, currency: str) -> str:
        """Return the ladder as one line: "100.00 open − 60.00 disputed = 40.00 asked"."""
        *above, (_, asked) = self.ladder(currency)
        parts = [f"{'− ' if units < 0 else ''}{grouped(abs(units), currency)} {WORDS[what]}" for what, units in above]
        return f"{' '.join(parts)} = {grouped(asked, currency)} asked"

    def from_step(self, days: int) -> Proof:
        """Return the same proof with only debts at least so many days late as claims; younger ones are coming."""
        young = [claim.debt for claim in self.claims if claim.days_late < days]
        if not young:
            return self
        late = tuple(claim for claim in self.claims if claim.days_late >= days)
        return Proof(self.customer_id, self.entity, self.as_of, late, (*young, *self.coming), self.credits)


def prove(
    customer_id: int,
    entity: str,
    as_of: date,
    items: Iterable[Debt],
    *,
    disputed: Mapping[int, int],
    planned: AbstractSet[int],
    pledges: Sequence[Pledge] = (),
) -> Proof:
    """Make the proof of one customer and entity from its open items.

    `disputed` gives amounts by document, spread over that document's items, oldest due first; `planned` are items of
    instalments that are not late; `pledges` come in the order in which they fall due.
    """
    ordered = sorted(items, key=lambda item: item.age)
    debts = [item for item in ordered if item.open > 0]
    credits_ = tuple(item for item in ordered if item.open < 0)
    taken = _take_off(debts, credits_, disputed, planned, pledges)
    overdue = [debt for debt in debts if debt.due_date < as_of]
    return Proof(
        customer_id,
        entity,
        as_of,
        claims=tuple(_claim(debt, as_of, taken[debt.item_id]) for debt in overdue),
        coming=tuple(debt for debt in debts if debt.due_date >= as_of),
        credits=credits_,
    )


class _Taken:
    """What was taken off one debt so far."""

    __slots__ = (*TAKEN_OFF, "left")

    def __init__(self, left: int) -> None:
        self.credit = self.cash = self.disputed = self.planned = self.promised = 0
        self.left = left

    def take(self, what: str, most: int) -> int:
        """Take at most `most`, and return how much it was."""
        part = min(self.left, most)
        setattr(self, what, getattr(self, what) + part)
        self.left -= part
        return part


def _take_off(
    debts: Sequence[Debt],
    credits_: Sequence[Debt],
    disputed: Mapping[int, int],
    planned: AbstractSet[int],
    pledges: Sequence[Pledge],
) -> dict[int, _Taken]:
    taken = {debt.item_id: _Taken(debt.open) for debt in debts}
    for what, currency, units in _unapplied(credits_):
        _spread(what, units, (debt for debt in debts if debt.currency == currency), taken)
    for document_id, units in disputed.items():
        _spread("disputed", units, (debt for debt in debts if debt.document_id == document_id), taken)
    for debt in debts:
        if debt.item_id in planned:
            taken[debt.item_id].take("planned", debt.open)
    for pledge in pledges:
        _spread("promised", pledge.left, (debt for debt in debts if _is_meant(debt, pledge)), taken)
    return taken


def _unapplied(credits_: Sequence[Debt]) -> list[tuple[str, str, int]]:
    """Return ("credit" or "cash", currency, units), credits before money."""
    found: dict[tuple[bool, str], int] = {}
    for item in credits_:
        key = BY_NAME[item.kind].kind_class is KindClass.CASH, item.currency
        found[key] = found.get(key, 0) - item.open
    return [("cash" if cash else "credit", currency, units) for (cash, currency), units in sorted(found.items())]


def _is_meant(debt: Debt, pledge: Pledge) -> bool:
    return debt.currency == pledge.currency and (not pledge.document_ids or debt.document_id in pledge.document_ids)


def _spread(what: str, units: int, debts: Iterable[Debt], taken: Mapping[int, _Taken]) -> None:
    left = units
    for debt in debts:
        if left <= 0:
            return
        left -= taken[debt.item_id].take(what, left)


def _claim(debt: Debt, as_of: date, taken: _Taken) -> Claim:
    return Claim(
        debt,
        (as_of - debt.due_date).days,
        credit=taken.credit,
        cash=taken.cash,
        disputed=taken.disputed,
        planned=taken.planned,
        promised=taken.promised,
        claimed=taken.left,
    )


def _summed(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for currency, units in pairs:
        if units:
            found[currency] = found.get(currency, 0) + units
    return dict(sorted(found.items()))
