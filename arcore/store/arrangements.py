"""What was agreed with customers: promises to pay and payment plans; each change of a row leaves an event."""

from __future__ import annotations

from datetime import date
from datetime import datetime

from sqlalchemy import BigInteger
from sqlmodel import Field

from arcore.store.base import Base
from arcore.store.base import BigId
from arcore.store.base import Moment


class Promise(Base, table=True):
    """A customer said it will pay `amount` (positive minor units) by `due_on`; kept or broken is judged, not stored.

    `made_on` is the day it was said, `grace_days` are bank days after `due_on`. Without rows of `promise_document` it
    is for the account: the oldest undisputed debts first.
    """

    __tablename__ = "promise"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    customer_id: int = Field(foreign_key="customer.id", sa_type=BigInteger, index=True)
    entity: str = Field(default="main", max_length=40)
    currency: str = Field(max_length=3)
    amount: int = Field(sa_type=BigInteger)
    made_on: date
    due_on: date = Field(index=True)
    grace_days: int
    who: str = ""
    channel: str = Field(default="phone", max_length=20)
    note: str = ""
    recorded_at: datetime = Field(sa_type=Moment)
    recorded_by: str
    withdrawn_at: datetime | None = Field(default=None, sa_type=Moment)
    withdrawn_by: str = ""


class PromiseDocument(Base, table=True):
    """One of the documents that a promise is about."""

    __tablename__ = "promise_document"

    promise_id: int = Field(foreign_key="promise.id", sa_type=BigInteger, primary_key=True)
    document_id: int = Field(foreign_key="document.id", sa_type=BigInteger, primary_key=True)


class Plan(Base, table=True):
    """An agreement to pay `total` (positive minor units) in instalments; its items were re-dated to their days.

    `state` is active, cancelled (from `ended_on` on what is left stands at its first due date again), replaced (by the
    plan `replaced_by_id`) or withdrawn (taken back as if it had never been agreed).
    """

    __tablename__ = "plan"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    customer_id: int = Field(foreign_key="customer.id", sa_type=BigInteger, index=True)
    entity: str = Field(default="main", max_length=40)
    currency: str = Field(max_length=3)
    total: int = Field(sa_type=BigInteger)
    agreed_on: date
    grace_days: int
    who: str = ""
    note: str = ""
    state: str = Field(default="active", max_length=10, index=True)
    replaced_by_id: int | None = Field(default=None, sa_type=BigInteger)
    ended_on: date | None = None
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    ended_by: str = ""
    recorded_at: datetime = Field(sa_type=Moment)
    recorded_by: str


class PlanInstalment(Base, table=True):
    """What a plan asks for on one day; numbers count from 1, amounts are positive minor units."""

    __tablename__ = "plan_instalment"

    plan_id: int = Field(foreign_key="plan.id", sa_type=BigInteger, primary_key=True)
    number: int = Field(primary_key=True)
    due_on: date
    amount: int = Field(sa_type=BigInteger)


class PlanItem(Base, table=True):
    """Part of an instalment: `amount` of the item `from_item_id` was re-dated to the item `item_id`."""

    __tablename__ = "plan_item"

    item_id: int = Field(foreign_key="item.id", sa_type=BigInteger, primary_key=True)
    plan_id: int = Field(foreign_key="plan.id", sa_type=BigInteger, index=True)
    number: int
    from_item_id: int = Field(foreign_key="item.id", sa_type=BigInteger, index=True)
    application_id: int = Field(foreign_key="application.id", sa_type=BigInteger)
    document_id: int = Field(foreign_key="document.id", sa_type=BigInteger)
    amount: int = Field(sa_type=BigInteger)
