"""Our own company: settings as names and values, and exchange rates with two dates."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger
from sqlalchemy import Index
from sqlmodel import Field

from arcore.store.base import Base
from arcore.store.base import BigId


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
