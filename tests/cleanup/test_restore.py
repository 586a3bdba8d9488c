"""A void taken back: the document stands again with what stood on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Engine

from arcore.cleanup import service as cleanup
from arcore.customers import service as customers
from arcore.errors import AlreadyReversed
from arcore.errors import NotAllowed
from arcore.errors import RuleBroken
from arcore.ledger import service as ledger
from arcore.ledger.verify import verify
from arcore.reports.filters import Filters
from arcore.reports.items import items
from arcore.store.unit import Actor

ANNA = Actor("anna")


@pytest.fixture
def books(engine: Engine) -> Iterator[Engine]:
    """Give an invoice of 100, of which 30 are paid and 5 written off."""
    customers.create_customer(engine, code="C1", name="Alder", currency="EUR", actor=ANNA)
    item = ledger.post_invoice(
        engine, customer_id=1, document_date=date(2026, 1, 5), currency="EUR", actor=ANNA,
        instalments=[(Decimal(100), date(2026, 2, 4))], details={"number": "INV-1"},
    )["items"][0]  # fmt: skip
    ledger.record_payment(
        engine, customer_id=1, received_on=date(2026, 1, 20), currency="EUR", amount=Decimal(30), actor=ANNA,
        apply_to=[(item, Decimal(30))],
    )  # fmt: skip
    ledger.write_off(engine, item_id=item, amount=Decimal(5), reason="goodwill", on=date(2026, 1, 25), actor=ANNA)
    yield engine
    assert all(found.ok for found in verify(engine))


def opened(engine: Engine, day: date = date(2026, 3, 1)) -> dict[str, int]:
    return {row.document: row.open for row in items(engine, Filters(as_of=day))}


def test_what_was_void_stands_again_with_its_payment_and_write_off(books):
    days = [date(2026, 1, 10), date(2026, 1, 22), date(2026, 3, 1)]
    before = [opened(books, day) for day in days]
    voids = ledger.void_many(books, document_ids=[1], actor=ANNA)["documents"]
    assert opened(books) == {"payment 2": -3000}
    cleanup.restore(books, void_ids=voids, actor=ANNA)
    assert [opened(books, day) for day in days] == before == [{"INV-1": 10000}, {"INV-1": 7000}, {"INV-1": 6500}]


def test_it_is_restored_once_and_only_by_who_may_write(books):
    voids = ledger.void(books, document_id=1, actor=ANNA)["documents"]
    with pytest.raises(NotAllowed):
        cleanup.restore(books, void_ids=voids, actor=Actor("vera", "viewer"))
    cleanup.restore(books, void_ids=voids, actor=ANNA)
    with pytest.raises(AlreadyReversed, match="posted again"):
        cleanup.restore(books, void_ids=voids, actor=ANNA)


def test_what_voids_nothing_can_not_be_restored(books):
    with pytest.raises(RuleBroken, match="takes nothing back"):
        cleanup.restore(books, void_ids=[1], actor=ANNA)
