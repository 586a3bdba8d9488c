"""The customers that a plan tells: new ones, what changed of known ones, facts with their day, contacts.

All is worked out ahead of the write lock, the ids of new ones included; under it the rows are only written.
"""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Table
from sqlalchemy import select
from sqlalchemy import update
from sqlmodel import Session
from sqlmodel import col

from arcore.customers.queries import same_subject
from arcore.intake.alike import OTHER
from arcore.intake.changes import Party
from arcore.intake.changes import Plan
from arcore.intake.changes import Ref
from arcore.intake.holdings import chunks
from arcore.intake.parties import BEGINNING
from arcore.store.base import Base
from arcore.store.bulk import insert_rows
from arcore.store.bulk import next_ids
from arcore.store.cleanup import CleanupDecision
from arcore.store.customers import Contact
from arcore.store.customers import Customer
from arcore.store.customers import CustomerAlias
from arcore.store.customers import CustomerFact
from arcore.store.unit import Unit

SAID = ("code", "name", "currency", "language", "region")
"""What a file may say of a new customer."""
CONTACT = ("role", "name", "email", "phone", "language")
SECTION = "same_customer"
"""The section of decisions about customers that may be the same."""


class People:
    """Works out the customers of a plan, writes them, and remembers what was there before, for undo.

    Attributes:
        ids: the ids of new customers, by their numbers in the plan.
        created: these ids.
        before: what was changed of customers that were there, as it was.
        contacts: ids of the contacts that came.
    """

    def __init__(self, session: Session, plan: Plan, import_id: int) -> None:
        """Work everything out on the books that the plan was made for."""
        self.plan = plan
        self.import_id = import_id
        self._new = [party for party in plan.parties if party.is_new]
        self.created = next_ids(session, _table(Customer), len(self._new))
        self.ids: dict[Ref, int] = {party.ref: number for party, number in zip(self._new, self.created, strict=True)}
        self.before: dict[int, dict[str, Any]] = {}
        self._changes: list[dict[str, Any]] = []
        self._former: list[tuple[int, str]] = []
        self._compare(session)
        self._facts = list(self._told_facts(session))
        told = [
            (self._id(p.ref), c.role, c.name, c.email, c.phone, c.language) for p in plan.parties for c in p.contacts
        ]
        self.contacts = next_ids(session, _table(Contact), len(told))
        self._contacts = [(number, *one) for number, one in zip(self.contacts, told, strict=True)]

    def write(self, unit: Unit) -> None:
        """Make new customers, change known ones, keep facts and contacts."""
        session, event = unit.session, {"audit_seq": unit.audit_seq}
        rows = [(number, *_said(party).values()) for party, number in zip(self._new, self.created, strict=True)]
        insert_rows(session, _table(Customer), ("id", *SAID), rows, same={"import_id": self.import_id})
        if self._changes:
            session.execute(update(Customer), self._changes)
        former = {**event, "import_id": self.import_id}
        insert_rows(session, _table(CustomerAlias), ("customer_id", "name"), self._former, same=former)
        names = ("customer_id", "name", "value", "valid_from")
        insert_rows(session, _table(CustomerFact), names, self._facts, same=event)
        insert_rows(session, _table(Contact), ("id", "customer_id", *CONTACT), self._contacts)
        self._tell_apart(unit)

    def _id(self, ref: Ref) -> int:
        return self.ids.get(ref, ref)

    def _compare(self, session: Session) -> None:
        """Note what changes of customers, what stood there before, and the names that they had."""
        known = {party.ref for party in self.plan.parties if not party.is_new and (party.fields or party.parent)}
        stored = _stored(session, known)
        for party in self.plan.parties:
            told: dict[str, Any] = {} if party.is_new else dict(party.fields)
            if party.parent is not None:
                told["parent_id"] = self._id(party.parent)
            if told:
                self._changes.append({"id": self._id(party.ref), **told})
            if told and not party.is_new:
                customer = stored[party.ref]
                self.before[party.ref] = {name: getattr(customer, name) for name in told}
                if told.get("name", customer.name) != customer.name:
                    self._former.append((party.ref, customer.name))
        for ref, into in self.plan.merging.items():
            self._changes.append({"id": self.ids[ref], "merged_into_id": self._id(into)})
            self.before[self.ids[ref]] = {"merged_into_id": None}

    def _told_facts(self, session: Session) -> Iterator[tuple[int, str, str, date]]:
        """Let facts hold from the day of the import; the first word on one from the beginning."""
        known: set[tuple[int, str]] = set()
        for refs in chunks({party.ref for party in self.plan.parties if party.facts and not party.is_new}):
            query = select(col(CustomerFact.customer_id), col(CustomerFact.name))
            known |= {(row[0], row[1]) for row in session.execute(query.where(col(CustomerFact.customer_id).in_(refs)))}
        for party in self.plan.parties:
            number = self._id(party.ref)
            for name, value in party.facts.items():
                yield number, name, value, self.plan.today if (number, name) in known else BEGINNING

    def _tell_apart(self, unit: Unit) -> None:
        """Keep who is said to be another."""
        unit.session.add_all(
            CleanupDecision(
                section=SECTION,
                subject=same_subject(self._id(pair.ref), self._id(pair.other)),
                at=unit.recorded_at,
                by=unit.actor.name,
                audit_seq=unit.audit_seq,
            )
            for pair in self.plan.alike
            if pair.answer == OTHER
        )


def _table(kind: type[Base]) -> Table:
    table: Table = kind.__table__  # type: ignore[attr-defined]
    return table


def _said(party: Party) -> dict[str, str]:
    """Return what is kept of a new customer, by the names of `SAID`."""
    return {**dict.fromkeys(SAID, ""), "code": party.code, "name": party.name, **party.fields}


def _stored(session: Session, numbers: Collection[int]) -> dict[int, Customer]:
    found: dict[int, Customer] = {}
    for chunk in chunks(numbers):
        rows = session.execute(select(Customer).where(col(Customer.id).in_(chunk))).scalars()
        found |= {row.id: row for row in rows if row.id is not None}
    return found
