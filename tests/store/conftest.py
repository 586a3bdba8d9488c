"""Small things to write into a bare store, without the ledger above it."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Engine
from sqlalchemy import insert

from arcore.store.books import Document
from arcore.store.books import Item
from arcore.store.customers import Customer
from arcore.store.engine import open_engine
from arcore.store.unit import Facts
from arcore.store.unit import Unit

DAY = date(2026, 3, 31)
NO_WORDS = {"reason": "", "po_number": "", "reference": ""}


@pytest.fixture
def engine(own_store_url: str) -> Iterator[Engine]:
    """Give a store of the test's own, once on each engine: tests here drop, damage and replace it."""
    opened = open_engine(own_store_url)
    yield opened
    opened.dispose()


@pytest.fixture
def invoice() -> Callable[..., Callable[[Unit], Facts]]:
    """Return a maker of write bodies: each posts one invoice of `amount` cents in `parts` items."""

    def make(amount: int = 100, parts: int = 1, number: str = "") -> Callable[[Unit], Facts]:
        def body(unit: Unit) -> Facts:
            document, first = unit.take("document_id"), unit.take("item_id", parts)
            _add_customer(unit)
            who = {"recorded_at": unit.recorded_at, "recorded_by": unit.actor.name}
            dates = {"document_date": DAY, "effective_on": DAY}
            facts = {"kind": "invoice", "number": number, "customer_id": 1, "currency": "EUR", "amount": amount * parts}
            unit.session.execute(
                insert(Document).values(id=document, entity="main", **NO_WORDS, **facts, **dates, **who)
            )
            rows = [
                {"id": first + part, "document_id": document, "customer_id": 1, "side": 1, "effective_on": DAY,
                 "due_date": DAY, "original_due_date": DAY, "amount": amount, **who}
                for part in range(parts)
            ]  # fmt: skip
            unit.session.execute(insert(Item), rows)
            return {"document": document, "items": [row["id"] for row in rows]}

        return body

    return make


def _add_customer(unit: Unit) -> None:
    if unit.session.get(Customer, 1) is None:
        unit.session.add(Customer(id=1, code="C1", name="Alder Ltd"))
        unit.session.flush()
