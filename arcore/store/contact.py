"""What was said with customers and what they dispute, and the event that every change of such a row leaves."""

from __future__ import annotations

from datetime import date
from datetime import datetime

from sqlalchemy import BigInteger
from sqlalchemy import Index
from sqlmodel import Field

from arcore.store.base import Base
from arcore.store.base import BigId
from arcore.store.base import Moment


class Talk(Base, table=True):
    """A call, a mail from the customer or a meeting, with its outcome; taken back by `withdrawn_at`, never lost."""

    __tablename__ = "talk"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    customer_id: int = Field(foreign_key="customer.id", sa_type=BigInteger, index=True)
    on: date
    at: datetime = Field(sa_type=Moment)
    by: str
    channel: str = Field(default="phone", max_length=20)
    outcome: str = Field(max_length=20)
    who: str = ""
    text: str = ""
    promise_id: int | None = Field(default=None, foreign_key="promise.id", sa_type=BigInteger)
    dispute_id: int | None = Field(default=None, foreign_key="dispute.id", sa_type=BigInteger)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Moment)


class Dispute(Base, table=True):
    """A customer contests `amount` (positive minor units) of a document; open until `closed_at`."""

    __tablename__ = "dispute"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    customer_id: int = Field(foreign_key="customer.id", sa_type=BigInteger, index=True)
    document_id: int = Field(foreign_key="document.id", sa_type=BigInteger, index=True)
    entity: str = Field(default="main", max_length=40)
    currency: str = Field(max_length=3)
    amount: int = Field(sa_type=BigInteger)
    reason: str = Field(max_length=20)
    owner: str = ""
    due_on: date | None = None
    note: str = ""
    opened_on: date
    opened_at: datetime = Field(sa_type=Moment)
    opened_by: str
    closed_on: date | None = None
    closed_at: datetime | None = Field(default=None, sa_type=Moment)
    closed_by: str = ""
    outcome: str = Field(default="", max_length=20)


class CaseEvent(Base, table=True):
    """One change of a promise, plan, dispute, talk or message: `what` is JSON of names and figures."""

    __tablename__ = "case_event"
    __table_args__ = (Index("ix_case_event_subject_subject_id", "subject", "subject_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    customer_id: int = Field(foreign_key="customer.id", sa_type=BigInteger, index=True)
    subject: str = Field(max_length=10)
    subject_id: int = Field(sa_type=BigInteger)
    verb: str = Field(max_length=30)
    at: datetime = Field(sa_type=Moment)
    by: str
    what: str = "{}"
    audit_seq: int = Field(sa_type=BigInteger)
