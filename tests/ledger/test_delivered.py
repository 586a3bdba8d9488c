"""Delivery dates beside documents: the latest told counts, what an undone import said does not."""

from __future__ import annotations

from datetime import UTC
from datetime import date
from datetime import datetime
from decimal import Decimal

import pytest
from sqlalchemy import Engine
from sqlalchemy import insert
from sqlalchemy import text
from sqlalchemy import update

from arcore.customers import service as customers
from arcore.errors import BadInput
from arcore.errors import NotAllowed
from arcore.errors import NotFound
from arcore.ledger import service as ledger
from arcore.ledger.delivered import TOLD
from arcore.ledger.delivered import not_known
from arcore.ledger.delivered import standing
from arcore.ledger.delivered import tell_deliveries
from arcore.store.base import metadata
from arcore.store.bulk import insert_rows
from arcore.store.engine import reading
from arcore.store.sources import Import
from arcore.store.sources import Source
from arcore.store.unit import Actor
from arcore.store.unit import Unit
from arcore.store.unit import commit

ANNA = Actor("anna")


@pytest.fixture
def invoice(engine: Engine) -> int:
    customer = customers.create_customer(engine, code="C1", name="Alder", actor=ANNA)["customer"]
    facts = ledger.post_invoice(
        engine, customer_id=customer, document_date=date(2026, 3, 10), currency="EUR", actor=ANNA,
        instalments=[(Decimal("100.00"), date(2026, 4, 9))], details={"number": "INV-1"},
    )  # fmt: skip
    number: int = facts["documents"][0]
    return number


def days(engine: Engine, *, upto: int | None = None) -> dict[int, date]:
    with reading(engine) as session:
        return standing(session, upto=upto)


def test_the_latest_word_counts_and_the_same_word_is_kept_once(engine: Engine, invoice: int) -> None:
    assert tell_deliveries(engine, deliveries={invoice: date(2026, 3, 3)}, actor=ANNA) == {"told": 1}
    assert tell_deliveries(engine, deliveries={invoice: date(2026, 3, 3)}, actor=ANNA) == {"told": 0}
    assert tell_deliveries(engine, deliveries={invoice: date(2026, 3, 5)}, actor=ANNA) == {"told": 1}
    assert days(engine) == {invoice: date(2026, 3, 5)}


def test_what_an_undone_import_said_does_not_count(engine: Engine, invoice: int) -> None:
    tell_deliveries(engine, deliveries={invoice: date(2026, 3, 3)}, actor=ANNA)
    with engine.execution_options(write=True).begin() as connection:
        connection.execute(insert(Source).values(id=1, system="x"))
        connection.execute(
            insert(Import).values(id=1, source_id=1, kind="invoices", at=datetime.now(UTC), by="anna", audit_seq=1)
        )

    def body(unit: Unit) -> dict[str, int]:
        rows = not_known(unit.session, {invoice: date(2026, 3, 8)})
        same = {"import_id": 1, "audit_seq": unit.audit_seq, "recorded_at": unit.recorded_at, "recorded_by": "anna"}
        insert_rows(unit.session, metadata.tables["delivery"], TOLD, rows, same=same)
        return {}

    commit(engine, body, actor=ANNA, verb="import")
    assert days(engine) == {invoice: date(2026, 3, 8)}
    with engine.execution_options(write=True).begin() as connection:
        connection.execute(update(Import).values(undone_at=datetime.now(UTC)))
    assert days(engine) == {invoice: date(2026, 3, 3)}


def test_as_known_earlier_a_later_word_is_not_there(engine: Engine, invoice: int) -> None:
    tell_deliveries(engine, deliveries={invoice: date(2026, 3, 3)}, actor=ANNA)
    with reading(engine) as session:
        seq = session.execute(text("SELECT audit_seq FROM ledger_head")).scalar_one()
    tell_deliveries(engine, deliveries={invoice: date(2026, 3, 5)}, actor=ANNA)
    assert days(engine, upto=seq) == {invoice: date(2026, 3, 3)}


def test_nonsense_is_refused(engine: Engine, invoice: int) -> None:
    with pytest.raises(BadInput):
        tell_deliveries(engine, deliveries={invoice: date(1026, 3, 3)}, actor=ANNA)
    with pytest.raises(NotFound):
        tell_deliveries(engine, deliveries={invoice + 1: date(2026, 3, 3)}, actor=ANNA)
    with pytest.raises(NotAllowed):
        tell_deliveries(engine, deliveries={invoice: date(2026, 3, 3)}, actor=Actor("vic", role="viewer"))
