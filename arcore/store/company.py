"""Our own company: settings, exchange rates, what its general ledger says, months that were frozen."""

from __future__ import annotations

from datetime import date
from datetime import datetime

from sqlalchemy import BigInteger
from sqlalchemy import Index
from sqlmodel import Field

from arcore.store.base import Base
from arcore.store.base import BigId
from arcore.store.base import Moment


class CompanySetting(Base, table=True):
    """One setting of the company; the value is JSON."""

    __tablename__ = "company_setting"

    name: str = Field(primary_key=True)
    value: str = "null"


class Rate(Base, table=True):
    """What one unit of `currency` was worth in `reporting` on `day`, as decimal text; its latest row wins."""

    __tablename__ = "rate"
    __table_args__ = (Index("ix_rate_currency_reporting_day", "currency", "reporting", "day"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    currency: str = Field(max_length=3)
    reporting: str = Field(max_length=3)
    day: date
    rate: str
    audit_seq: int = Field(sa_type=BigInteger)


class LedgerBalance(Base, table=True):
    """What the general ledger says is owed at the end of `day`, in minor units; of one place the latest row wins.

    `amount` None takes the balance away. `drawn_on` is the day the ledger was asked, None: when it was recorded.
    """

    __tablename__ = "ledger_balance"
    __table_args__ = (Index("ix_ledger_balance_day_entity_currency", "day", "entity", "currency"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    day: date
    entity: str = Field(default="main", max_length=40)
    currency: str = Field(max_length=3)
    amount: int | None = Field(default=None, sa_type=BigInteger)
    source: str = ""
    drawn_on: date | None = None
    recorded_at: datetime = Field(sa_type=Moment)
    recorded_by: str
    audit_seq: int = Field(sa_type=BigInteger)


class MonthlySales(Base, table=True):
    """Credit sales of a whole month as somebody states them, in minor units; of one place the latest row wins.

    `month` is the first day of it; `amount` None takes the figure away.
    """

    __tablename__ = "monthly_sales"
    __table_args__ = (Index("ix_monthly_sales_month_entity_currency", "month", "entity", "currency"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    month: date
    entity: str = Field(default="main", max_length=40)
    currency: str = Field(max_length=3)
    amount: int | None = Field(default=None, sa_type=BigInteger)
    source: str = ""
    recorded_at: datetime = Field(sa_type=Moment)
    recorded_by: str
    audit_seq: int = Field(sa_type=BigInteger)


class MonthClose(Base, table=True):
    """A month that was frozen: its last day, how far the books reached then, and what was open (JSON)."""

    __tablename__ = "month_close"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    day: date = Field(index=True)
    audit_seq: int = Field(sa_type=BigInteger)
    document_id: int = Field(sa_type=BigInteger)
    item_id: int = Field(sa_type=BigInteger)
    application_id: int = Field(sa_type=BigInteger)
    balances: str = "[]"
    at: datetime = Field(sa_type=Moment)
    by: str
    reopened_at: datetime | None = Field(default=None, sa_type=Moment)
    reopened_by: str = ""


class MonthNote(Base, table=True):
    """What the managers say about a month, by its first day; the latest row wins, an empty text takes it away."""

    __tablename__ = "month_note"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    month: date = Field(index=True)
    text: str = ""
    recorded_at: datetime = Field(sa_type=Moment)
    recorded_by: str
    audit_seq: int = Field(sa_type=BigInteger)
