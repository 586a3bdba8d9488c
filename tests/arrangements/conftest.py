"""A storyteller for what is agreed with customers, and a reader of aging that shares no code with arcore.

Days are written "03-10" (of 2026) or in full, amounts as text. Each book is proved by `verify` when its test is over.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy import text

from arcore.arrangements import queries
from arcore.arrangements import service
from arcore.arrangements.queries import PlanRow
from arcore.arrangements.queries import PromiseRow
from arcore.customers import service as customers
from arcore.disputes import service as disputes
from arcore.ledger import service as ledger
from arcore.ledger.verify import verify
from arcore.store.customers import Customer
from arcore.store.engine import reading
from arcore.store.unit import Actor
from arcore.store.unit import Unit
from arcore.store.unit import commit

ANNA = Actor("anna")
BUCKETS = ((0, "not due"), (30, "1-30"), (60, "31-60"), (90, "61-90"), (10**6, "91+"))
DIGITS = {"JPY": 0}


def day(said: str | date) -> date:
    """Read "01-31" as a day of 2026."""
    if isinstance(said, date):
        return said
    return date.fromisoformat(said if len(said) > 5 else f"2026-{said}")


def units(amount: str, currency: str = "EUR") -> int:
    """Return minor units of an amount."""
    return int(Decimal(amount).scaleb(DIGITS.get(currency, 2)))


@dataclass
class Office:
    """One store whose books and arrangements are kept by their verbs; `said` is what the last verb returned."""

    engine: Engine
    actor: Actor = ANNA
    said: dict[str, Any] = field(default_factory=dict)

    # --- customers and books ---

    def customer(self, code: str = "C1", **values: Any) -> int:
        """Return a customer, made if need be."""
        known = self.rows("SELECT id FROM customer WHERE code = :code", code=code)
        if known:
            return int(known[0]["id"])
        made = customers.create_customer(self.engine, code=code, name=f"Customer {code}", actor=self.actor, **values)
        return int(made["customer"])

    def merge(self, code: str, into: str) -> None:
        """Note that two customers are one."""

        def body(unit: Unit) -> dict[str, Any]:
            unit.session.get_one(Customer, lost).merged_into_id = survivor
            return {}

        lost, survivor = self.customer(code), self.customer(into)
        commit(self.engine, body, actor=self.actor, verb="merge", subject=code)

    def invoice(
        self, amount: str, on: str, due: str | None = None, *, to: str = "C1", number: str = "", **more: Any
    ) -> int:
        """Post an invoice and return its item."""
        return self.book(
            ledger.post_invoice,
            customer_id=self.customer(to),
            document_date=day(on),
            currency=more.pop("currency", "EUR"),
            instalments=[(Decimal(amount), day(due or on))],
            details={"number": number or f"INV-{amount}", **more},
        )

    def payment(self, amount: str, on: str, *pays: tuple[int, str], of: str = "C1", **more: Any) -> int:
        """Record money received and return its item."""
        return self.book(
            ledger.record_payment,
            customer_id=self.customer(of),
            received_on=day(on),
            currency=more.pop("currency", "EUR"),
            amount=Decimal(amount),
            apply_to=[(item, Decimal(part)) for item, part in pays],
            details=more or None,
        )

    def credit_note(self, amount: str, on: str, *against: tuple[int, str], to: str = "C1") -> int:
        """Post a credit note and return its item."""
        return self.book(
            ledger.post_credit_note,
            customer_id=self.customer(to),
            document_date=day(on),
            currency="EUR",
            amount=Decimal(amount),
            apply_to=[(item, Decimal(part)) for item, part in against],
        )

    def bounce(self, item: int, on: str) -> None:
        """Record that a payment bounced."""
        self.said = ledger.reverse_payment(self.engine, document_id=self.document(item), on=day(on), actor=self.actor)

    def book(self, verb: Any, **facts: Any) -> int:
        """Do a verb of the books and return the first item that it made."""
        self.said = verb(self.engine, actor=self.actor, **facts)
        return int(self.said["items"][0])

    def dispute(self, item: int, amount: str, on: str) -> None:
        """Contest a part of the document of an item."""
        disputes.open_dispute(
            self.engine,
            customer_id=self.owner(item),
            document_id=self.document(item),
            opened_on=day(on),
            reason="price",
            amount=Decimal(amount),
            actor=self.actor,
        )

    # --- arrangements ---

    def promise(self, amount: str, made: str, due: str, *about: int, of: str = "C1", **more: Any) -> int:
        """Record a promise about the documents of items, or the account, and return it."""
        self.said = service.record_promise(
            self.engine,
            customer_id=self.customer(of),
            entity=more.pop("entity", "main"),
            currency=more.pop("currency", "EUR"),
            amount=Decimal(amount),
            made_on=day(made),
            due_on=day(due),
            document_ids=[self.document(item) for item in about],
            actor=more.pop("actor", self.actor),
            **more,
        )
        return int(self.said["promise"])

    def plan(self, items: Sequence[int], on: str, *instalments: tuple[str, str], of: str = "C1", **more: Any) -> int:
        """Agree a plan of (day, amount) and return it."""
        self.said = service.agree_plan(
            self.engine,
            customer_id=self.customer(of),
            entity=more.pop("entity", "main"),
            currency=more.pop("currency", "EUR"),
            item_ids=list(items),
            instalments=split(*instalments),
            agreed_on=day(on),
            actor=more.pop("actor", self.actor),
            **more,
        )
        return int(self.said["plan"])

    def change(self, plan: int, on: str, *instalments: tuple[str, str], **more: Any) -> int:
        """Change a plan and return the new one."""
        self.said = service.change_plan(
            self.engine, plan_id=plan, instalments=split(*instalments), on=day(on), actor=self.actor, **more
        )
        return int(self.said["plan"])

    def cancel(self, plan: int, on: str, **more: Any) -> None:
        """Cancel a plan."""
        self.said = service.cancel_plan(self.engine, plan_id=plan, on=day(on), actor=self.actor, **more)

    def do(self, verb: str, **facts: Any) -> dict[str, Any]:
        """Do any other verb on an arrangement."""
        self.said = getattr(service, verb)(self.engine, actor=facts.pop("actor", self.actor), **facts)
        return self.said

    # --- reading ---

    def seen(self, plan: int, on: str) -> PlanRow:
        """Return a plan as it stands on a day."""
        return queries.plan(self.engine, plan, day(on))

    def states(self, plan: int, on: str) -> list[str]:
        """Return the states of its instalments."""
        return [one.state for one in self.seen(plan, on).instalments]

    def promised(self, promise: int, on: str) -> PromiseRow:
        """Return a promise as it stands on a day."""
        return next(row for row in queries.promises(self.engine, day(on)) if row.promise_id == promise)

    def judged(self, promise: int, *days: str) -> list[str]:
        """Return the states of a promise on days."""
        return [self.promised(promise, on).state for on in days]

    def planned(self, on: str) -> dict[int, tuple[int, str]]:
        """Return item → number of its instalment and the last day of its grace, for what is planned on a day."""
        with reading(self.engine) as session:
            found = queries.planned_items(session, day(on))
        return {item: (one.number, one.until.isoformat()[5:]) for item, one in found.items()}

    def items(self, plan: int) -> list[int]:
        """Return the items of a plan, instalment after instalment."""
        rows = self.rows("SELECT item_id FROM plan_item WHERE plan_id = :plan ORDER BY number, item_id", plan=plan)
        return [int(row["item_id"]) for row in rows]

    def open(self, item: int, on: str = "9999-12-31") -> str:
        """Return what is open of an item at the end of a day, by plain sums."""
        [row] = self.rows("SELECT * FROM item WHERE id = :item", item=item)
        total = int(row["amount"]) if str(row["effective_on"]) <= str(day(on)) else 0
        for a in self.rows("SELECT * FROM application WHERE :item IN (from_item_id, to_item_id)", item=item):
            if str(a["effective_on"]) <= str(day(on)):
                total += int(a["amount"]) * ((a["from_item_id"] == item) - (a["to_item_id"] == item))
        return str(Decimal(total).scaleb(-2))

    def days(self, item: int) -> set[date]:
        """Return the days on which something moves on an item."""
        rows = self.rows(
            "SELECT effective_on AS day FROM application WHERE :item IN (from_item_id, to_item_id)", item=item
        )
        return {day(str(row["day"])) for row in rows}

    def aging(self, on: str, basis: str = "due_date") -> dict[str, str]:
        """Return what is open by bucket as text, by plain sums; credits stand apart, empty buckets are left out."""
        found: dict[str, Decimal] = {}
        for row in self.rows("SELECT * FROM item"):
            amount = Decimal(self.open(int(row["id"]), on))
            late = (day(on) - date.fromisoformat(str(row[basis]))).days
            bucket = next(name for last, name in BUCKETS if late <= last) if row["side"] > 0 else "unapplied"
            found[bucket] = found.get(bucket, Decimal(0)) + amount
        return {bucket: str(amount) for bucket, amount in found.items() if amount}

    def document(self, item: int) -> int:
        """Return the document of an item."""
        return int(self.rows("SELECT document_id FROM item WHERE id = :item", item=item)[0]["document_id"])

    def owner(self, item: int) -> int:
        """Return the customer of an item."""
        return int(self.rows("SELECT customer_id FROM item WHERE id = :item", item=item)[0]["customer_id"])

    def audit(self) -> int:
        """Return the last audit event: what a page drawn now would have seen."""
        return int(self.rows("SELECT audit_seq FROM ledger_head")[0]["audit_seq"])

    def counted(self, *tables: str) -> list[int]:
        """Return how many rows tables have."""
        return [int(self.rows(f"SELECT count(*) AS n FROM {table}")[0]["n"]) for table in tables]

    def rows(self, query: str, **values: Any) -> list[dict[str, Any]]:
        """Read rows in plain SQL."""
        with self.engine.connect() as connection:
            return [dict(row) for row in connection.execute(text(query), values).mappings()]

    def broken(self) -> list[str]:
        """Return the names of the checks that do not hold."""
        return [check.name for check in verify(self.engine) if not check.ok]


def split(*instalments: tuple[str, str]) -> list[tuple[date, Decimal]]:
    """Read instalments of (day, amount)."""
    return [(day(due), Decimal(amount)) for due, amount in instalments]


@pytest.fixture
def office(engine: Engine) -> Iterator[Office]:
    """Give an empty office, on each engine; whatever the test did, the books have to be whole afterwards."""
    told = Office(engine)
    yield told
    assert told.broken() == []


@pytest.fixture
def sqlite_office(sqlite_engine: Engine) -> Office:
    """Give an empty office on SQLite alone, where the engine makes no difference; not proved afterwards."""
    return Office(sqlite_engine)


@pytest.fixture
def office_of() -> Callable[[Engine], Office]:
    """Return what keeps an office in any store."""
    return Office
