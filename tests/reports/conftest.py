"""A small company to report on: customers, invoices and payments written by the verbs of the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine

from arcore.ledger import service
from arcore.reports import book as books
from arcore.store.company import CompanySetting
from arcore.store.company import Rate
from arcore.store.customers import Customer
from arcore.store.customers import CustomerFact
from arcore.store.sources import Coverage
from arcore.store.unit import Actor
from arcore.store.unit import Unit
from arcore.store.unit import commit

ANNA = Actor("Anna")


class Company:
    """Writes into one store; amounts are plain numbers in EUR unless said."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.ids: dict[str, int] = {}

    def customer(self, code: str, parent: str = "", since: date = date(2020, 1, 1), **facts: Any) -> int:
        """Add a customer; owner=, segment=… become dated facts, the rest its own columns."""
        dated = {name: facts.pop(name) for name in ("owner", "segment", "terms") if name in facts}
        name = facts.pop("name", code.title())

        def body(unit: Unit) -> dict[str, Any]:
            parent_id = self.ids[parent] if parent else None
            added = Customer(code=code, name=name, parent_id=parent_id, **facts)
            unit.session.add(added)
            unit.session.flush()
            for fact, value in dated.items():
                unit.session.add(
                    CustomerFact(
                        customer_id=added.id, name=fact, value=value, valid_from=since, audit_seq=unit.audit_seq
                    )
                )
            return {"customer": added.id}

        self.ids[code] = commit(self.engine, body, actor=ANNA, verb="add_customer")["customer"]
        return self.ids[code]

    def change(self, *rows: Any, **customer: Any) -> None:
        """Add rows of any table, or change columns of the customer with a code."""

        def body(unit: Unit) -> dict[str, Any]:
            for row in rows:
                if hasattr(row, "audit_seq"):
                    row.audit_seq = unit.audit_seq
                unit.session.add(row)
            if customer:
                found = unit.session.get(Customer, self.ids[customer.pop("code")])
                for name, value in customer.items():
                    setattr(found, name, value)
            return {}

        commit(self.engine, body, actor=ANNA, verb="change")

    def fact(self, code: str, name: str, value: str, since: date) -> None:
        self.change(CustomerFact(customer_id=self.ids[code], name=name, value=value, valid_from=since, audit_seq=0))

    def rate(self, currency: str, reporting: str, day: date, rate: str) -> None:
        self.change(Rate(currency=currency, reporting=reporting, day=day, rate=rate, audit_seq=0))

    def setting(self, name: str, value: str) -> None:
        """Write a setting; the value is JSON text."""
        self.change(CompanySetting(name=name, value=value))

    def complete(self, what: str, since: date, currency: str = "EUR", entity: str = "main") -> None:
        self.change(Coverage(entity=entity, currency=currency, what=what, complete_from=since))

    def invoice(
        self, code: str, on: date, due: date, amount: float | str, currency: str = "EUR", **details: Any
    ) -> int:
        """Post an invoice and return its item."""
        facts = service.post_invoice(
            self.engine,
            customer_id=self.ids[code],
            document_date=on,
            currency=currency,
            instalments=[(Decimal(str(amount)), due)],
            details=details or None,
            actor=ANNA,
        )
        return int(facts["items"][0])

    def payment(
        self, code: str, on: date, amount: float | str, *items: tuple[int, float], currency: str = "EUR", **details: Any
    ) -> int:
        """Record a payment, apply it to (item, amount), and return its item."""
        return self._credit(service.record_payment, "received_on", code, on, amount, items, currency, details)

    def credit_note(
        self, code: str, on: date, amount: float | str, *items: tuple[int, float], currency: str = "EUR", **details: Any
    ) -> int:
        """Post a credit note, apply it to (item, amount), and return its item."""
        return self._credit(service.post_credit_note, "document_date", code, on, amount, items, currency, details)

    def _credit(
        self, verb: Any, day: str, code: str, on: date, amount: Any, items: Any, currency: str, details: Any
    ) -> int:
        facts = verb(
            self.engine,
            customer_id=self.ids[code],
            currency=currency,
            amount=Decimal(str(amount)),
            apply_to=[(item, Decimal(str(part))) for item, part in items],
            details=details or None,
            actor=ANNA,
            **{day: on},
        )
        return int(facts["items"][0])

    def do(self, verb: str, **facts: Any) -> dict[str, Any]:
        """Run any other verb of the ledger as Anna."""
        done: dict[str, Any] = getattr(service, verb)(self.engine, actor=ANNA, **facts)
        return done


@pytest.fixture
def company(engine: Engine) -> Iterator[Company]:
    """Give an empty company, once on each engine."""
    yield Company(engine)
    books.forget()


@pytest.fixture
def sqlite_company(sqlite_engine: Engine) -> Iterator[Company]:
    """Give an empty company in a SQLite file."""
    yield Company(sqlite_engine)
    books.forget()
