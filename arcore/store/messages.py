"""Messages to customers as they left, what each asked for, and what keeps one from leaving."""

from __future__ import annotations

from datetime import date
from datetime import datetime

from sqlalchemy import BigInteger
from sqlalchemy import Index
from sqlalchemy import LargeBinary
from sqlmodel import Field

from arcore.store.base import Base
from arcore.store.base import BigId
from arcore.store.base import Moment


class Message(Base, table=True):
    """One reminder of one selling entity to one customer, stored before it leaves with the proof of what it asks.

    `key` is customer, entity, policy, step, the day the step fell due, and which attempt at it this is: two of one key
    can't be. `state` is prepared (the fate is open), sent, refused (`words` are the server's), unknown (nobody knows
    whether it arrived; never sent again by itself) or bounced (it came back). `raw` are the bytes that left.
    """

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_customer_id_entity", "customer_id", "entity"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    customer_id: int = Field(foreign_key="customer.id", sa_type=BigInteger)
    entity: str = Field(max_length=40)
    policy: str = Field(max_length=20)
    step: int
    due_on: date
    day: date = Field(index=True)
    key: str = Field(unique=True)
    header_id: str = Field(unique=True)
    channel: str = Field(default="email", max_length=10)
    language: str = Field(max_length=10)
    sender: str = ""
    recipients: str = "[]"
    subject: str = ""
    text: str = ""
    proof: str = "{}"
    raw: bytes = Field(sa_type=LargeBinary)
    way: str = Field(max_length=10)
    file: str = ""
    state: str = Field(default="prepared", max_length=10, index=True)
    state_at: datetime = Field(sa_type=Moment)
    words: str = ""
    prepared_at: datetime = Field(sa_type=Moment)
    prepared_by: str
    approved_by: str = ""


class MessageItem(Base, table=True):
    """What a message asked for of one debt: a document's part with one agreed due date; minor units.

    `level` is the step that the debt stands on once this message is delivered.
    """

    __tablename__ = "message_item"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    message_id: int = Field(foreign_key="message.id", sa_type=BigInteger, index=True)
    document_id: int = Field(foreign_key="document.id", sa_type=BigInteger, index=True)
    due_date: date
    currency: str = Field(max_length=3)
    open: int = Field(sa_type=BigInteger)
    claimed: int = Field(sa_type=BigInteger)
    level: int


class OpeningStep(Base, table=True):
    """The step that debts due before `confirmed_on` stood on when reminders went live; counts as delivered."""

    __tablename__ = "opening_step"

    customer_id: int = Field(foreign_key="customer.id", sa_type=BigInteger, primary_key=True)
    entity: str = Field(max_length=40, primary_key=True)
    step: int
    confirmed_on: date


class ReminderSkip(Base, table=True):
    """Somebody took a customer off the reminders of one day."""

    __tablename__ = "reminder_skip"

    customer_id: int = Field(foreign_key="customer.id", sa_type=BigInteger, primary_key=True)
    entity: str = Field(max_length=40, primary_key=True)
    day: date = Field(primary_key=True)
    by: str
    at: datetime = Field(sa_type=Moment)
