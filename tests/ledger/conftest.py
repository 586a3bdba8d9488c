"""A storyteller for small books, and a reader of them that shares no code with arcore.

Days are written "01-31" (of 2026) or in full, amounts as text. Each book is proved by `verify` when its test is over.
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
from sqlmodel import Session

from arcore.ledger import service
from arcore.ledger.journal import Journal
from arcore.ledger.verify import verify
from arcore.store.customers import Customer
from arcore.store.unit import Actor
from arcore.store.unit import Unit
from arcore.store.unit import commit

BUCKETS = ((30, "1-30"), (60, "31-60"), (90, "61-90"), (10**6, "91+"))
ANNA = Actor("anna")
DIGITS = {"JPY": 0, "KWD": 3}


@dataclass(frozen=True)
class Read:
    """Every item and application as plain values, as far as they were known."""

    items: list[dict[str, Any]]
    applications: list[dict[str, Any]]

    def open(self, item: int, on: str | date | None = None) -> Decimal:
        """Return amount − applied to it + applied from it, up to the end of a day."""
        row = next(row for row in self.items if row["id"] == item)
        last = "9999" if on is None else str(day(on))
        units = row["amount"] if row["effective_on"] <= last else 0
        for a in self.applications:
            if a["effective_on"] <= last:
                units += a["amount"] * ((a["from_item_id"] == item) - (a["to_item_id"] == item))
        return Decimal(units).scaleb(-DIGITS.get(row["currency"], 2))

    def aging(self, on: str | date, basis: str = "due_date", customer: int | None = None) -> dict[str, Decimal]:
        """Return what is open by bucket; empty buckets are left out, unapplied credits stand apart."""
        found: dict[str, Decimal] = {}
        for row in self.items:
            amount = self.open(row["id"], on)
            if not amount or customer not in (None, row["customer_id"]):
                continue
            late = (day(on) - date.fromisoformat(row[basis])).days
            bucket = next(name for last, name in BUCKETS if late <= last) if late > 0 else "not due"
            bucket = "unapplied" if row["side"] < 0 else bucket
            found[bucket] = found.get(bucket, Decimal(0)) + amount
        return found


def day(text: str | date) -> date:
    """Read "01-31" as a day of 2026."""
    if isinstance(text, date):
        return text
    return date.fromisoformat(text if len(text) > 5 else f"2026-{text}")


@dataclass
class Books:
    """Books of one store, kept by the verbs of the service; `said` is what the last verb returned."""

    engine: Engine
    actor: Actor = ANNA
    said: dict[str, Any] = field(default_factory=dict)

    # --- writing ---

    def customer(self, code: str = "C1", *, merged_into: int | None = None) -> int:
        """Return a customer, made if need be."""

        def body(unit: Unit) -> dict[str, Any]:
            unit.session.add(Customer(code=code, name=f"Customer {code}", merged_into_id=merged_into))
            unit.session.flush()
            return {}

        known = self.rows("SELECT id FROM customer WHERE code = :code", code=code)
        if not known:
            commit(self.engine, body, actor=self.actor, verb="add_customer", subject=code)
            known = self.rows("SELECT id FROM customer WHERE code = :code", code=code)
        number: int = known[0]["id"]
        return number

    def merge(self, code: str, into: str) -> None:
        """Note that two customers are one."""

        def body(unit: Unit) -> dict[str, Any]:
            found = unit.session.get(Customer, lost)
            assert found is not None
            found.merged_into_id = survivor
            return {}

        lost, survivor = self.customer(code), self.customer(into)
        commit(self.engine, body, actor=self.actor, verb="merge", subject=code)

    def invoice(self, amount: str, on: str, due: str | None = None, *, to: str = "C1", **more: Any) -> int:
        """Post an invoice due in one amount and return its item."""
        return self.instalments([(amount, due or on)], on, to=to, **more)[0]

    def instalments(self, parts: Sequence[tuple[str, str]], on: str, *, to: str = "C1", **more: Any) -> list[int]:
        """Post an invoice due in parts and return its items."""
        said = self.do(
            "post_invoice",
            customer_id=self.customer(to),
            document_date=day(on),
            currency=more.pop("currency", "EUR"),
            instalments=[(Decimal(amount), day(due)) for amount, due in parts],
            **more,
        )
        return list(said["items"])

    def payment(self, amount: str, on: str, *pays: tuple[int, str], of: str = "C1", **more: Any) -> int:
        """Record money received and return its item."""
        return self._credit("record_payment", "received_on", amount, on, pays, of, more)

    def credit_note(self, amount: str, on: str, *against: tuple[int, str], to: str = "C1", **more: Any) -> int:
        """Post a credit note and return its item."""
        return self._credit("post_credit_note", "document_date", amount, on, against, to, more)

    def _credit(
        self, verb: str, when: str, amount: str, on: str, to: Sequence[tuple[int, str]], customer: str, more: Any
    ) -> int:
        said = self.do(
            verb,
            customer_id=self.customer(customer),
            currency=more.pop("currency", "EUR"),
            amount=Decimal(amount),
            apply_to=[(item, Decimal(part)) for item, part in to],
            **{when: day(on)},
            **more,
        )
        item: int = said["items"][0]
        return item

    def apply(self, credit: int, debit: int, amount: str, on: str | None = None) -> int:
        """Apply a credit to a debit and return the application."""
        said = self.do(
            "apply", from_item_id=credit, to_item_id=debit, amount=Decimal(amount), on=None if on is None else day(on)
        )
        application: int = said["applications"][0]
        return application

    def redate(self, item: int, due: str, *, on: str, amount: str | None = None) -> int:
        """Agree another due date and return the new item."""
        units = None if amount is None else Decimal(amount)
        new: int = self.do("redate", item_id=item, due_date=day(due), on=day(on), amount=units)["items"][0]
        return new

    def transfer(self, item: int, amount: str, *, to: str, on: str) -> int:
        """Move an amount to another customer and return the item that carries on."""
        said = self.do("transfer", item_id=item, amount=Decimal(amount), to_customer_id=self.customer(to), on=day(on))
        moved: int = said["items"][0]
        return moved

    def convert(self, item: int, amount: str, into: str, currency: str, *, on: str) -> int:
        """Turn an amount into another currency and return the item that carries on."""
        said = self.do(
            "convert",
            item_id=item,
            amount=Decimal(amount),
            to_currency=currency,
            to_amount=Decimal(into),
            on=day(on),
        )
        converted: int = said["items"][0]
        return converted

    def void(self, item: int, **more: Any) -> list[int]:
        """Take back the document of an item and return the voiding documents."""
        return list(self.do("void", document_id=self.document(item), **more)["documents"])

    def bounce(self, item: int, on: str) -> int:
        """Record that the payment of an item bounced and return the reversal's item."""
        said = self.do("reverse_payment", document_id=self.document(item), on=day(on))
        reversal: int = said["items"][0]
        return reversal

    def do(self, verb: str, **arguments: Any) -> dict[str, Any]:
        """Call a verb of the service."""
        self.said = getattr(service, verb)(self.engine, actor=arguments.pop("actor", self.actor), **arguments)
        return self.said

    def journal(self, act: Callable[[Journal], Any]) -> Any:
        """Write with the journal itself, in one transaction; returns what `act` returned."""
        found = []

        def body(unit: Unit) -> dict[str, Any]:
            journal = Journal(unit)
            found.append(act(journal))
            journal.flush()
            return {}

        commit(self.engine, body, actor=self.actor, verb="journal")
        return found[0]

    # --- reading ---

    def rows(self, sql: str, **values: Any) -> list[dict[str, Any]]:
        """Ask the store in plain SQL; dates come as text."""
        with Session(self.engine) as session:
            found = session.execute(text(sql), values).mappings()
            return [
                {name: str(value) if isinstance(value, date) else value for name, value in row.items()} for row in found
            ]

    def read(self, known: int | None = None) -> Read:
        """Return all items and applications, or those known after an audit event."""
        reach = {"item_id": 10**9, "application_id": 10**9}
        if known is not None:
            reach = self.rows("SELECT item_id, application_id FROM audit_event WHERE seq = :seq", seq=known)[0]
        return Read(
            self.rows(
                "SELECT i.*, d.kind, d.currency, d.document_date FROM item i JOIN document d ON d.id = i.document_id "
                "WHERE i.id <= :reach ORDER BY i.id",
                reach=reach["item_id"],
            ),
            self.rows("SELECT * FROM application WHERE id <= :reach ORDER BY id", reach=reach["application_id"]),
        )

    def now(self) -> int:
        """Return the last audit event: what is known by now."""
        seq: int = self.rows("SELECT audit_seq FROM ledger_head")[0]["audit_seq"]
        return seq

    def open(self, item: int, on: str | None = None, known: int | None = None) -> str:
        """Return the open balance of an item as text, at the end of a day or after everything."""
        return str(self.read(known).open(item, on))

    def aging(self, on: str, **how: Any) -> dict[str, str]:
        """Return what is open by bucket, as text."""
        known = how.pop("known", None)
        found = self.read(known).aging(on, **how)
        return {bucket: str(amount) for bucket, amount in found.items() if amount}

    def document(self, item: int) -> int:
        """Return the document of an item."""
        number: int = self.rows("SELECT document_id FROM item WHERE id = :id", id=item)[0]["document_id"]
        return number

    def documents(self, kind: str) -> list[dict[str, Any]]:
        """Return the documents of a kind, oldest first."""
        return self.rows("SELECT * FROM document WHERE kind = :kind ORDER BY id", kind=kind)

    def counted(self) -> dict[str, int]:
        """Return how many rows each table of the books has."""
        tables = ("document", "item", "application", "audit_event")
        return {name: self.rows(f"SELECT count(*) AS n FROM {name}")[0]["n"] for name in tables}

    def broken(self) -> list[str]:
        """Return the names of the checks that do not hold."""
        return [check.name for check in verify(self.engine) if not check.ok]


@pytest.fixture
def books(engine: Engine) -> Iterator[Books]:
    """Give empty books, on each engine; whatever the test did, they have to be whole afterwards."""
    told = Books(engine)
    yield told
    assert told.broken() == []


@pytest.fixture
def sqlite_books(sqlite_engine: Engine) -> Books:
    """Give empty books on SQLite alone, where the engine makes no difference; not proved afterwards."""
    return Books(sqlite_engine)


@pytest.fixture
def books_of() -> Callable[[Engine], Books]:
    """Return what tells stories in any store."""
    return Books
