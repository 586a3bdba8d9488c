"""Customers that may be the same, those that were merged, and what a merge would move."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from sqlalchemy import Engine
from sqlalchemy import func
from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.cleanup.queries import decisions
from arcore.customers.queries import Someone
from arcore.customers.queries import among
from arcore.customers.queries import facts_of
from arcore.customers.queries import former_names
from arcore.customers.queries import same_subject
from arcore.customers.queries import tax_numbers
from arcore.reports.filters import Filters
from arcore.reports.view import View
from arcore.reports.view import view
from arcore.store.arrangements import Plan
from arcore.store.arrangements import Promise
from arcore.store.contact import Dispute
from arcore.store.customers import Contact
from arcore.store.customers import Customer
from arcore.store.engine import reading
from arcore.store.sources import Import

MOST_LISTED = 5_000
ALONE = ("credit_limit", "insured_limit", "owner", "segment", "terms", "status", "hold_until", "policy", "tax_number")
"""What a customer has of its own, and what of the merged one does not count as long as it is merged."""


class Side(NamedTuple):
    """A customer of a pair: open items and what they add up to by currency, minor units."""

    id: int
    code: str
    name: str
    items: int
    open: Mapping[str, int]


class Alike(NamedTuple):
    """Two that may be the same, or (score 0) `one` that was merged into `other`."""

    one: Side
    other: Side
    score: int
    why: str

    @property
    def subject(self) -> str:
        """Return what a decision about the pair is kept by."""
        return same_subject(self.one.id, self.other.id)


@dataclass(frozen=True)
class SameCustomers:
    """Pairs that nobody decided about, the surest first; those said to be two; customers that were merged."""

    asked: tuple[Alike, ...]
    kept: tuple[Alike, ...]
    merged: tuple[Alike, ...]


def same_customers(engine: Engine, filters: Filters) -> SameCustomers:
    """Return which customers may be the same by name, tax number, e-mail or phone, on any day. Raises Unavailable."""
    seen = view(engine, filters)
    said = decisions(engine, "same_customer")
    with reading(engine) as session:
        rows = _customers(session)
        former = former_names(session)
        marks = _marks(session)
        taxed = tax_numbers(session)
    sides = _sides(seen, rows)
    everybody = tuple(
        Someone(number, (name, *former.get(number, ())), *marks.get(number, ((), ())), taxed.get(number, ()))
        for number, _, name, into in rows
        if into is None
    )
    pairs = [Alike(sides[pair.ref], sides[pair.other], pair.score, pair.why) for pair in among(everybody)[:MOST_LISTED]]
    return SameCustomers(
        asked=tuple(pair for pair in pairs if pair.subject not in said),
        kept=tuple(pair for pair in pairs if pair.subject in said),
        merged=tuple(Alike(sides[number], sides[into], 0, "") for number, _, _, into in rows if into is not None),
    )


def _customers(session: Session) -> list[tuple[int, str, str, int | None]]:
    """Read customers but those that only an undone import knew."""
    query = (
        select(col(Customer.id), col(Customer.code), col(Customer.name), col(Customer.merged_into_id))
        .outerjoin(Import, col(Import.id) == col(Customer.import_id))
        .where(col(Import.undone_at).is_(None) | col(Customer.merged_into_id).is_not(None))
        .order_by(col(Customer.id))
    )
    return [(int(row[0]), row[1], row[2], row[3]) for row in session.execute(query)]


def _marks(session: Session) -> dict[int, tuple[tuple[str, ...], tuple[str, ...]]]:
    found: dict[int, tuple[tuple[str, ...], tuple[str, ...]]] = {}
    query = select(col(Contact.customer_id), col(Contact.email), col(Contact.phone)).order_by(col(Contact.id))
    for number, email, phone in session.execute(query):
        emails, phones = found.get(number, ((), ()))
        found[number] = (*emails, email) if email else emails, (*phones, phone) if phone else phones
    return found


def _sides(seen: View, rows: Sequence[tuple[int, str, str, int | None]]) -> dict[int, Side]:
    """Add up what is open at the end of the day under each customer's own code."""
    columns, customers, items = seen.columns, seen.book.around.customers, seen.open_items()
    currencies = max(1, len(seen.currencies))
    key = columns.customer[items.row].astype(np.int64) * currencies + columns.currency[items.row]
    keys, place = np.unique(key, return_inverse=True)
    total, count = np.zeros(len(keys), np.int64), np.bincount(place, minlength=len(keys))
    np.add.at(total, place, items.open)
    held: dict[int, dict[str, int]] = {}
    counts: dict[int, int] = {}
    for one, amount, many in zip(keys.tolist(), total.tolist(), count.tolist(), strict=True):
        number = int(customers.ids[one // currencies])
        held.setdefault(number, {})[seen.currencies[one % currencies]] = amount
        counts[number] = counts.get(number, 0) + many
    found = {
        number: Side(number, code, name, counts.get(number, 0), held.get(number, {})) for number, code, name, _ in rows
    }
    missing = {into for *_, into in rows if into is not None} - found.keys()
    for number in missing:
        at = int(np.searchsorted(customers.ids, number))
        found[number] = Side(
            number, customers.codes[at], customers.names[at], counts.get(number, 0), held.get(number, {})
        )
    return found


# --- what a merge moves -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Moves:
    """What a merge would bring to the customer that stays.

    Attributes:
        conflicts: facts that both have and that differ: name, of the one, of the one that stays, which counts.
        carried: facts that only the merged one has, and that don't count any more.
        currencies: what the limits of the one and of the one that stays are in.
        contacts, promises, plans, disputes, children: how many come along.
    """

    one: Side
    into: Side
    conflicts: tuple[tuple[str, str, str], ...]
    carried: tuple[tuple[str, str], ...]
    currencies: tuple[str, str]
    contacts: int
    promises: int
    plans: int
    disputes: int
    children: int

    @property
    def together(self) -> dict[str, int]:
        """Return what both owe by currency."""
        codes = sorted({*self.one.open, *self.into.open})
        return {code: self.one.open.get(code, 0) + self.into.open.get(code, 0) for code in codes}


def moves(engine: Engine, filters: Filters, customer_id: int, into_id: int) -> Moves:
    """Return what merging a customer into another one would move, as of the day of the filters."""
    seen = view(engine, filters)
    with reading(engine) as session:
        rows = [row for row in _customers(session) if row[0] in (customer_id, into_id)]
        sides = _sides(seen, rows)
        mine, theirs = (facts_of(session, number, filters.as_of) for number in (customer_id, into_id))
        both = [name for name in ALONE if name in mine]
        return Moves(
            one=sides[customer_id],
            into=sides[into_id],
            conflicts=tuple((n, mine[n], theirs[n]) for n in both if n in theirs and mine[n] != theirs[n]),
            carried=tuple((n, mine[n]) for n in both if n not in theirs),
            currencies=(
                session.get_one(Customer, customer_id).currency or seen.reporting,
                session.get_one(Customer, into_id).currency or seen.reporting,
            ),
            contacts=_count(session, Contact, customer_id),
            promises=_count(session, Promise, customer_id),
            plans=_count(session, Plan, customer_id),
            disputes=_count(session, Dispute, customer_id),
            children=_children(session, customer_id),
        )


def _count(session: Session, table: type[Contact | Promise | Plan | Dispute], customer_id: int) -> int:
    query = select(func.count()).select_from(table).where(col(table.customer_id) == customer_id)
    return int(session.execute(query).scalar_one())


def _children(session: Session, customer_id: int) -> int:
    query = select(func.count()).select_from(Customer).where(col(Customer.parent_id) == customer_id)
    return int(session.execute(query).scalar_one())
