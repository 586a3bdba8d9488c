"""Broken promises in letters: mentioned only when nothing can have come in since."""

from __future__ import annotations

from datetime import date
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from arcore.arrangements import service as arrangements
from arcore.customers import service as customers
from arcore.dunning.broken import broken_in
from arcore.dunning.letters import Broken
from arcore.dunning.proof import Debt
from arcore.dunning.proof import prove
from arcore.ledger import service as ledger
from arcore.store.engine import reading
from arcore.store.unit import Actor

ANNA = Actor("anna")
DAY = date(2026, 3, 31)


class Books:
    """One customer who owes 500.00 on one invoice, due 1 March 2026, and promised 300.00 for 16 March (a Monday)."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.customer = customers.create_customer(engine, code="C1", name="Alder", actor=ANNA)["customer"]
        facts = ledger.post_invoice(
            engine, customer_id=self.customer, document_date=date(2026, 2, 1), currency="EUR", actor=ANNA,
            instalments=[(Decimal(500), date(2026, 3, 1))], details={"number": "INV-1"},
        )  # fmt: skip
        self.item, self.document = facts["items"][0], facts["documents"][0]

    def promise(self, *documents: int, due_on: date = date(2026, 3, 16)) -> None:
        arrangements.record_promise(
            self.engine, customer_id=self.customer, entity="main", currency="EUR", amount=Decimal(300),
            made_on=due_on - timedelta(days=6), due_on=due_on, document_ids=documents, actor=ANNA,
        )  # fmt: skip

    def paid(self, on: date, amount: int, *, applied: bool = True) -> None:
        ledger.record_payment(
            self.engine, customer_id=self.customer, received_on=on, currency="EUR", amount=Decimal(amount), actor=ANNA,
            apply_to=[(self.item, Decimal(amount))] if applied else [],
        )  # fmt: skip

    def mentioned(self, asked: int = 500_00, as_of: date = DAY) -> tuple[Broken, ...]:
        due = date(2026, 3, 1)
        debt = Debt(
            self.item, self.document, "INV-1", "invoice", "main", "EUR", date(2026, 2, 1), due, due, 500_00, asked
        )
        proof = prove(self.customer, "main", as_of, [debt], disputed={}, planned=set())
        with reading(self.engine) as session:
            assert isinstance(session, Session)
            return broken_in(session, proof)


@pytest.fixture
def books(sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Books:
    """Return the books, kept by hand, so that receipts are known up to today."""
    monkeypatch.setenv("ARCORE_TODAY", DAY.isoformat())
    from arcore.settings import settings

    settings.cache_clear()
    return Books(sqlite_engine)


def test_a_promise_of_which_nothing_came_is_mentioned(books: Books) -> None:
    books.promise()
    assert books.mentioned() == (Broken("EUR", 300_00, 300_00, date(2026, 3, 16)),)


def test_of_one_kept_in_part_the_rest_is_mentioned(books: Books) -> None:
    books.promise(books.document)
    books.paid(date(2026, 3, 13), 100)
    assert books.mentioned(asked=400_00) == (Broken("EUR", 300_00, 200_00, date(2026, 3, 16)),)


def test_one_that_is_kept_or_runs_is_not(books: Books) -> None:
    books.promise()
    assert books.mentioned(as_of=date(2026, 3, 19)) == ()  # three bank days of grace
    books.paid(date(2026, 3, 16), 300)
    assert books.mentioned(asked=200_00) == ()


def test_one_whose_money_may_have_come_late_is_not(books: Books) -> None:
    books.promise()
    books.paid(date(2026, 3, 25), 10, applied=False)
    assert books.mentioned() == ()


def test_no_more_is_mentioned_than_is_asked_for(books: Books) -> None:
    books.promise(books.document)
    (one,) = books.mentioned(asked=120_00)
    assert one.left == 120_00


def test_an_old_promise_is_not_brought_up_again(books: Books) -> None:
    books.promise()
    assert books.mentioned(as_of=date(2026, 6, 20)) == ()
