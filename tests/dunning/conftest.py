"""A desk for reminders: books, people and days in a few words. Days are of 2026 ("05-20"), amounts are text.

The company's today is what `desk.on` says. Letters become files in a folder of the test.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy import select
from sqlalchemy import text

from arcore.arrangements import service as arrangements
from arcore.company import service as company
from arcore.customers import service as customers
from arcore.disputes import service as disputes
from arcore.dunning import queries
from arcore.dunning import service
from arcore.dunning.due import Reminders
from arcore.dunning.due import Row
from arcore.ledger import service as ledger
from arcore.settings import settings
from arcore.store.engine import reading
from arcore.store.sources import Import
from arcore.store.sources import Source
from arcore.store.unit import Actor
from arcore.store.unit import Unit
from arcore.store.unit import commit
from arcore.worklist import service as worklist

ANNA = Actor("anna")


def day(said: str | date) -> date:
    """Read "01-31" as a day of 2026."""
    if isinstance(said, date):
        return said
    return date.fromisoformat(said if len(said) > 5 else f"2026-{said}")


@dataclass
class Desk:
    """One store and the days at it; every customer gets an e-mail address unless told otherwise."""

    engine: Engine
    patch: pytest.MonkeyPatch
    actor: Actor = ANNA
    today: date = date(2026, 5, 20)
    ids: dict[str, int] = field(default_factory=dict)

    # --- the company ---

    def open(self, **policy: Any) -> Desk:
        """Name the company, and its rules where they differ from the standard."""
        company.save_profile(self.engine, name="Ours", currency="EUR", sender="Ours", bank_details="X", actor=ANNA)
        self.rules(**policy)
        return self

    def rules(self, **policy: Any) -> None:
        """Change the rules."""
        with reading(self.engine) as session:
            before = queries.policy_in(session)
        service.save_policy(self.engine, policy=replace(before, **policy), actor=ANNA)

    def on(self, said: str | date) -> Desk:
        """Let it be another day."""
        self.today = day(said)
        self.patch.setenv("ARCORE_TODAY", self.today.isoformat())
        settings.cache_clear()
        return self

    def live(self, limit: int = 0, **opening: int) -> Desk:
        """Let reminders leave; `opening` is the step of each customer by code."""
        steps = {(self.customer(code), "main"): step for code, step in opening.items()}
        service.go_live(self.engine, opening=steps, daily_limit=limit, actor=ANNA)
        return self

    # --- customers and books ---

    def customer(self, code: str = "C1", email: str | None = "", **values: Any) -> int:
        """Return a customer, made if need be; `email` None leaves it without an address."""
        if code not in self.ids:
            made = customers.create_customer(self.engine, code=code, name=f"Customer {code}", actor=ANNA, **values)
            self.ids[code] = made["customer"]
            if email is not None:
                self.contact(code, email or f"ap@{code.lower()}.example")
        return self.ids[code]

    def contact(self, code: str, email: str, role: str = "payables", **values: Any) -> int:
        """Give a customer a contact."""
        said = customers.save_contact(
            self.engine, customer_id=self.customer(code, email=None), role=role, email=email, actor=ANNA, **values
        )
        return int(said["contact"])

    def replace_contact(self, code: str, email: str) -> None:
        """Give the first contact of a customer another address."""
        [first, *_] = self.rows(
            "SELECT id, role FROM contact WHERE customer_id = :id ORDER BY id", id=self.customer(code)
        )
        self.contact(code, email, role=first.role, contact_id=first.id)

    def fact(self, name: str, value: str, code: str = "C1", since: str = "01-01") -> None:
        """Let a fact of a customer hold from a day on."""
        customers.set_fact(
            self.engine,
            customer_id=self.customer(code),
            name=name,
            value=value,
            valid_from=day(since),
            actor=ANNA,
        )

    def invoice(self, amount: str, due: str, number: str = "", *, to: str = "C1", **more: Any) -> int:
        """Post an invoice of a month before it falls due, and return its item."""
        due_on = day(due)
        said = ledger.post_invoice(
            self.engine,
            customer_id=self.customer(to),
            document_date=more.pop("on", due_on.replace(month=max(1, due_on.month - 1), day=1)),
            currency=more.pop("currency", "EUR"),
            instalments=[(Decimal(amount), due_on)],
            details={"number": number, "entity": more.pop("entity", "main")},
            actor=ANNA,
            **more,
        )
        return int(said["items"][0])

    def payment(self, amount: str, on: str, *pays: tuple[int, str], of: str = "C1", **more: Any) -> int:
        """Record money received and return its document."""
        said = ledger.record_payment(
            self.engine,
            customer_id=self.customer(of),
            currency=more.pop("currency", "EUR"),
            amount=Decimal(amount),
            received_on=day(on),
            apply_to=[(item, Decimal(part)) for item, part in pays],
            actor=ANNA,
            **more,
        )
        return int(said["documents"][0])

    def credit(self, amount: str, on: str, of: str = "C1", **more: Any) -> int:
        """Post a credit note, not applied, and return its document."""
        said = ledger.post_credit_note(
            self.engine,
            customer_id=self.customer(of),
            currency="EUR",
            amount=Decimal(amount),
            document_date=day(on),
            actor=ANNA,
            **more,
        )
        return int(said["documents"][0])

    def document(self, item: int) -> int:
        """Return the document of an item."""
        return int(self.rows("SELECT document_id FROM item WHERE id = :id", id=item)[0][0])

    def merge(self, code: str, into: str) -> None:
        """Note that two customers are one."""
        customers.merge(self.engine, customer_id=self.customer(code), into_id=self.customer(into), actor=ANNA)

    def import_(self, as_of: str) -> None:
        """Let a file of open items have told what was open on a day."""

        def body(unit: Unit) -> dict[str, Any]:
            number = unit.audit_seq
            source = unit.session.execute(select(Source)).scalar() or Source(system="test")
            unit.session.add(source)
            unit.session.flush()
            unit.session.add(
                Import(
                    id=number,
                    source_id=int(source.id or 0),
                    kind="open_items",
                    as_of=day(as_of),
                    at=unit.recorded_at,
                    by="anna",
                    audit_seq=number,
                )
            )
            return {}

        commit(self.engine, body, actor=ANNA, verb="import")

    # --- what is agreed ---

    def dispute(self, item: int, amount: str, on: str, of: str = "C1") -> int:
        """Let a customer contest a part of an invoice."""
        said = disputes.open_dispute(
            self.engine,
            customer_id=self.customer(of),
            document_id=self.document(item),
            opened_on=day(on),
            reason="price",
            amount=Decimal(amount),
            actor=ANNA,
        )
        return int(said["dispute"])

    def promise(self, amount: str, made: str, due: str, *items: int, of: str = "C1") -> int:
        """Let a customer promise to pay, for some items or the account."""
        said = arrangements.record_promise(
            self.engine,
            customer_id=self.customer(of),
            entity="main",
            currency="EUR",
            amount=Decimal(amount),
            made_on=day(made),
            due_on=day(due),
            document_ids=[self.document(item) for item in items],
            actor=ANNA,
        )
        return int(said["promise"])

    def plan(self, item: int, agreed: str, *parts: tuple[str, str], of: str = "C1") -> int:
        """Agree a plan over one item: (day, amount) of each instalment."""
        said = arrangements.agree_plan(
            self.engine,
            customer_id=self.customer(of),
            entity="main",
            currency="EUR",
            item_ids=[item],
            instalments=[(day(due), Decimal(amount)) for due, amount in parts],
            agreed_on=day(agreed),
            actor=ANNA,
        )
        return int(said["plan"])

    def wrote(self, on: str, of: str = "C1") -> None:
        """Let a customer write something that waits for an answer."""
        worklist.log_talk(
            self.engine, customer_id=self.customer(of), on=day(on), outcome="wrote_to_us", channel="email", actor=ANNA
        )

    # --- reminders ---

    def reminders(self) -> Reminders:
        """Return today's reminders."""
        return queries.reminders(self.engine, self.today)

    def row(self, code: str = "C1", entity: str = "main") -> Row:
        """Return one customer's row, due or held."""
        found = self.reminders().row(self.customer(code), entity)
        assert found is not None
        return found

    def code(self, code: str = "C1") -> str:
        """Return why a customer is held back, or "send"."""
        return self.row(code).code or "send"

    def asked(self, code: str = "C1") -> str:
        """Return what is asked of a customer in EUR, as text."""
        return str(Decimal(dict(self.row(code).asked).get("EUR", 0)).scaleb(-2))

    def ladder(self, code: str = "C1") -> str:
        """Return the ladder of a customer's proof in EUR."""
        proof = self.row(code).proof
        return proof.from_step(5).in_words("EUR")

    def send(self, code: str = "C1", **how: Any) -> dict[str, Any]:
        """Send one customer its reminder."""
        return service.send_one(
            self.engine,
            customer_id=self.customer(code),
            entity=how.pop("entity", "main"),
            as_of=self.today,
            actor=how.pop("actor", ANNA),
            **how,
        )

    def run(self, **how: Any) -> service.Run:
        """Send all that is due."""
        return service.send_due(self.engine, as_of=self.today, actor=how.pop("actor", ANNA), **how)

    def sent(self) -> list[tuple[str, int, str]]:
        """Return what left or was tried: (day, step, state), oldest first."""
        rows = self.rows("SELECT day, step, state FROM message ORDER BY id")
        return [(str(on)[5:], step, state) for on, step, state in rows]

    def rows(self, sql: str, **values: Any) -> list[Any]:
        """Ask the store in plain SQL."""
        with reading(self.engine) as session:
            return list(session.execute(text(sql), values).all())


@pytest.fixture
def desk_of(tmp_path: Path) -> Iterator[Callable[[Engine], Desk]]:
    """Return what makes a desk over a store, on 20 May 2026, not live."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARCORE_DATA_DIR", str(tmp_path / "data"))
        yield lambda engine: Desk(engine, patch).on("05-20").open()
    settings.cache_clear()


@pytest.fixture
def desk(sqlite_engine: Engine, desk_of: Callable[[Engine], Desk]) -> Desk:
    """Return a desk over an empty SQLite store."""
    return desk_of(sqlite_engine)


@pytest.fixture
def both(engine: Engine, desk_of: Callable[[Engine], Desk]) -> Desk:
    """Return a desk over an empty store, once on each engine."""
    return desk_of(engine)


@pytest.fixture
def files(tmp_path: Path) -> Callable[[], Sequence[Path]]:
    """Return a function that lists the letters that left as files."""
    return lambda: sorted((tmp_path / "data" / "outbox").glob("*.eml"))
