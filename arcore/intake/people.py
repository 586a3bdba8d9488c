"""Writing the customers that a plan tells: new ones, what changed of known ones, facts with their day, contacts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from arcore.customers.queries import same_subject
from arcore.intake.alike import OTHER
from arcore.intake.changes import Plan
from arcore.intake.changes import Ref
from arcore.intake.parties import BEGINNING
from arcore.store.cleanup import CleanupDecision
from arcore.store.customers import Contact
from arcore.store.customers import Customer
from arcore.store.customers import CustomerAlias
from arcore.store.customers import CustomerFact
from arcore.store.unit import Unit

SECTION = "same_customer"
"""The section of decisions about customers that may be the same."""


class People:
    """Writes the customers of a plan and remembers what was there before, for undo.

    Attributes:
        ids: the ids of new customers, by their numbers in the plan.
        created: these ids.
        before: what was changed of customers that were there, as it was.
        contacts: ids of the contacts that came.
    """

    def __init__(self, unit: Unit, plan: Plan, import_id: int) -> None:
        """Start in an open transaction."""
        self.unit = unit
        self.plan = plan
        self.import_id = import_id
        self.ids: dict[Ref, int] = {}
        self.created: list[int] = []
        self.before: dict[int, dict[str, Any]] = {}
        self.contacts: list[int] = []

    def write(self) -> None:
        """Make new customers, change known ones, keep facts and contacts."""
        session = self.unit.session
        new = {p.ref: self._new(p.code, p.name, p.fields) for p in self.plan.parties if p.is_new}
        session.add_all(new.values())
        session.flush()
        for ref, customer in new.items():
            self.ids[ref] = customer.id or 0
            self.created.append(self.ids[ref])
        contacts = []
        for party in self.plan.parties:
            number = self.ids.get(party.ref, party.ref)
            self._change(number, {} if party.is_new else party.fields, party.parent)
            self._facts(number, party.facts, is_new=party.is_new)
            contacts += [
                Contact(customer_id=number, role=c.role, name=c.name, email=c.email, phone=c.phone, language=c.language)
                for c in party.contacts
            ]
        self._merge()
        session.add_all(contacts)
        session.flush()
        self.contacts = [contact.id for contact in contacts if contact.id is not None]

    def _new(self, code: str, name: str, fields: Mapping[str, str]) -> Customer:
        customer = Customer(code=code, name=name, import_id=self.import_id)
        for field, value in fields.items():
            setattr(customer, field, value)
        return customer

    def _change(self, number: int, fields: Mapping[str, str], parent: Ref | None) -> None:
        told: dict[str, Any] = dict(fields)
        if parent is not None:
            told["parent_id"] = self.ids.get(parent, parent)
        if not told:
            return
        customer = self.unit.session.get_one(Customer, number)
        if number not in self.created:
            self.before[number] = {name: getattr(customer, name) for name in told}
            self._former_name(customer, told)
        for name, value in told.items():
            setattr(customer, name, value)

    def _former_name(self, customer: Customer, told: Mapping[str, Any]) -> None:
        """Keep the name that a customer had, so that it is found by it still."""
        if told.get("name", customer.name) != customer.name:
            row = CustomerAlias(
                customer_id=customer.id or 0,
                name=customer.name,
                import_id=self.import_id,
                audit_seq=self.unit.audit_seq,
            )
            self.unit.session.add(row)

    def _merge(self) -> None:
        """Let new customers live on in those that they are said to be, and keep who is said to be another."""
        session = self.unit.session
        for ref, into in self.plan.merging.items():
            customer = session.get_one(Customer, self.ids[ref])
            customer.merged_into_id = self.ids.get(into, into)
            self.before[self.ids[ref]] = {"merged_into_id": None}
        session.add_all(
            CleanupDecision(
                section=SECTION,
                subject=same_subject(self.ids.get(pair.ref, pair.ref), self.ids.get(pair.other, pair.other)),
                at=self.unit.recorded_at,
                by=self.unit.actor.name,
                audit_seq=self.unit.audit_seq,
            )
            for pair in self.plan.alike
            if pair.answer == OTHER
        )

    def _facts(self, number: int, facts: Mapping[str, str], *, is_new: bool) -> None:
        """Let facts hold from the day of the import; the first word on one from the beginning."""
        if not facts:
            return
        session = self.unit.session
        known: set[str] = set()
        if not is_new:
            rows = session.execute(select(col(CustomerFact.name)).where(col(CustomerFact.customer_id) == number))
            known = set(rows.scalars())
        session.add_all(
            CustomerFact(
                customer_id=number,
                name=name,
                value=value,
                valid_from=self.plan.today if name in known else BEGINNING,
                audit_seq=self.unit.audit_seq,
            )
            for name, value in facts.items()
        )
