"""Withdraw what an import wrote beside the books: coverage, customers' fields and facts, contacts, its own standing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import bindparam
from sqlalchemy import delete
from sqlalchemy import select
from sqlalchemy import update
from sqlmodel import Session
from sqlmodel import col

from arcore.intake.record import Record
from arcore.store.customers import Contact
from arcore.store.customers import Customer
from arcore.store.customers import CustomerFact
from arcore.store.sources import Coverage
from arcore.store.sources import Import
from arcore.store.sources import SourceWord
from arcore.store.unit import Unit


def withdraw(unit: Unit, row: Import, record: Record) -> None:
    """Withdraw coverage, bring customers back to what they were, mark the import as undone.

    Customers that it created stay; contacts that it added go; facts that held before hold again.
    """
    session = unit.session
    session.execute(update(Coverage).where(col(Coverage.import_id) == row.id).values(withdrawn=True))
    for customer_id, fields in record.customers_before.items():
        session.execute(update(Customer).where(col(Customer.id) == int(customer_id)).values(**fields))
    if record.contacts:
        session.execute(delete(Contact).where(col(Contact.id).in_(record.contacts)))
    _end_facts(unit, row.audit_seq)
    row.undone_at = unit.recorded_at
    row.undone_by = unit.actor.name
    session.add(row)


def point_words(session: Session, restored: Mapping[int, int]) -> None:
    """Let what sources said of documents that were posted again name the new ones: old id → new id."""
    if restored:
        table = SourceWord.__table__  # type: ignore[attr-defined]
        change = table.update().where(table.c.document_id == bindparam("old")).values(document_id=bindparam("new"))
        session.connection().execute(change, [{"old": old, "new": new} for old, new in restored.items()])


def _end_facts(unit: Unit, audit_seq: int) -> None:
    """Let what held before hold again: dated rows are added, never changed."""
    said = unit.session.execute(select(CustomerFact).where(col(CustomerFact.audit_seq) == audit_seq)).scalars().all()
    for fact in said:
        unit.session.add(
            CustomerFact(
                customer_id=fact.customer_id,
                name=fact.name,
                value=_before(unit.session, fact, fact.valid_from),
                valid_from=fact.valid_from,
                audit_seq=unit.audit_seq,
            )
        )


def _before(session: Session, fact: CustomerFact, day: date) -> str:
    """Return what held on the day without the import, "" when nothing did."""
    found = session.execute(
        select(col(CustomerFact.value))
        .where(col(CustomerFact.customer_id) == fact.customer_id, col(CustomerFact.name) == fact.name)
        .where(col(CustomerFact.valid_from) <= day, col(CustomerFact.audit_seq) != fact.audit_seq)
        .order_by(col(CustomerFact.valid_from).desc(), col(CustomerFact.id).desc())
        .limit(1)
    ).scalar()
    return found or ""
