"""The books: documents, items, applications, and the head that every write locks. Append-only."""

from __future__ import annotations

from datetime import date
from datetime import datetime

from sqlalchemy import BigInteger
from sqlalchemy import Index
from sqlalchemy import SmallInteger
from sqlmodel import Field

from arcore.store.base import Base
from arcore.store.base import BigId
from arcore.store.base import Moment

BOOKS = ("document", "item", "application", "audit_event")
APPEND_ONLY = (*BOOKS, "delivery")
"""Tables whose rows are never changed or deleted; triggers hold them to it."""


class Document(Base, table=True):
    """One voucher: what happened, with whom, when it counts.

    `amount` is the signed total of its items in minor units (+ owed to us). `effective_on` is the
    posting date: the day from which it counts. Terms and age come from `document_date`.
    """

    __tablename__ = "document"

    id: int = Field(primary_key=True, sa_type=BigId, sa_column_kwargs={"autoincrement": False})
    kind: str = Field(max_length=20)
    number: str = Field(default="", index=True)
    customer_id: int = Field(foreign_key="customer.id", sa_type=BigInteger, index=True)
    entity: str = Field(default="main", max_length=40)
    document_date: date
    effective_on: date = Field(index=True)
    currency: str = Field(max_length=3)
    amount: int = Field(sa_type=BigInteger)
    tax_amount: int | None = Field(default=None, sa_type=BigInteger)
    reason: str = ""
    po_number: str = ""
    reference: str = ""
    rate: str | None = None
    import_id: int | None = Field(default=None, sa_type=BigInteger, index=True)
    reverses_id: int | None = Field(default=None, foreign_key="document.id", sa_type=BigInteger, unique=True)
    linked_id: int | None = Field(default=None, sa_type=BigInteger, index=True)
    recorded_at: datetime = Field(sa_type=Moment)
    recorded_by: str


class Item(Base, table=True):
    """One amount of a document that falls due on one day; signed minor units, + owed to us."""

    __tablename__ = "item"
    __table_args__ = (Index("ix_item_customer_id", "customer_id"), Index("ix_item_document_id", "document_id"))

    id: int = Field(primary_key=True, sa_type=BigId, sa_column_kwargs={"autoincrement": False})
    document_id: int = Field(foreign_key="document.id", sa_type=BigInteger)
    customer_id: int = Field(foreign_key="customer.id", sa_type=BigInteger)
    side: int = Field(sa_type=SmallInteger)
    effective_on: date
    due_date: date
    original_due_date: date
    origin_item_id: int | None = Field(default=None, foreign_key="item.id", sa_type=BigInteger, index=True)
    amount: int = Field(sa_type=BigInteger)
    recorded_at: datetime = Field(sa_type=Moment)
    recorded_by: str


class Application(Base, table=True):
    """Moves `amount` (minor units) between two items: `to` falls by it, `from` rises by it.

    A reversal is a row of the negative amount between the same items that names the first.
    """

    __tablename__ = "application"
    __table_args__ = (
        Index("ix_application_from_item_id", "from_item_id"),
        Index("ix_application_to_item_id", "to_item_id"),
    )

    id: int = Field(primary_key=True, sa_type=BigId, sa_column_kwargs={"autoincrement": False})
    customer_id: int = Field(foreign_key="customer.id", sa_type=BigInteger)
    from_item_id: int = Field(foreign_key="item.id", sa_type=BigInteger)
    to_item_id: int = Field(foreign_key="item.id", sa_type=BigInteger)
    amount: int = Field(sa_type=BigInteger)
    effective_on: date
    reverses_id: int | None = Field(default=None, foreign_key="application.id", sa_type=BigInteger, unique=True)
    recorded_at: datetime = Field(sa_type=Moment)
    recorded_by: str


class LedgerHead(Base, table=True):
    """One row: the last ids handed out, the last moment and the last audit hash. Every write locks it first."""

    __tablename__ = "ledger_head"

    id: int = Field(primary_key=True, sa_type=BigId, sa_column_kwargs={"autoincrement": False})
    store_id: str
    document_id: int = Field(default=0, sa_type=BigInteger)
    item_id: int = Field(default=0, sa_type=BigInteger)
    application_id: int = Field(default=0, sa_type=BigInteger)
    audit_seq: int = Field(default=0, sa_type=BigInteger)
    recorded_at: datetime | None = Field(default=None, sa_type=Moment)
    audit_hash: str = ""


class AuditEvent(Base, table=True):
    """One write: who did what, when, with which key; each hash covers the one before it.

    The three `*_id` columns say how far the books reached after it, so `known_at` a moment is a prefix of ids.
    """

    __tablename__ = "audit_event"

    seq: int = Field(primary_key=True, sa_type=BigId, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=Moment, index=True)
    actor: str
    verb: str
    subject: str = Field(default="", index=True)
    changed: str = "{}"
    result: str = "{}"
    idempotency_key: str | None = Field(default=None, unique=True)
    content_hash: str = ""
    document_id: int = Field(sa_type=BigInteger)
    item_id: int = Field(sa_type=BigInteger)
    application_id: int = Field(sa_type=BigInteger)
    hash: str
