"""Customers, what is known of them over time, their contacts and notes."""

from __future__ import annotations

from datetime import date
from datetime import datetime

from sqlalchemy import BigInteger
from sqlalchemy import Index
from sqlmodel import Field

from arcore.store.base import Base
from arcore.store.base import BigId
from arcore.store.base import Moment

DATED = (
    "owner",
    "segment",
    "terms",
    "credit_limit",
    "insured_limit",
    "status",
    "max_extension",
    "key_account",
    "hold_until",
    "policy",
    "tax_number",
)
"""What a customer is, from a day on; one row of `customer_fact` each. Limits are minor units of its currency.

`max_extension` is how many days past the first due date an insurer allows, `key_account` "yes" lets reminders wait for
approval, `hold_until` the last day (ISO, inclusive) of a stop, `policy` "none" means no reminders at all, `tax_number`
is the one for VAT, GST or the like, as it was written.
"""


class Customer(Base, table=True):
    """Somebody who owes us, or whom we owe; `merged_into_id` names the survivor of a merge."""

    __tablename__ = "customer"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    code: str = Field(unique=True)
    name: str = Field(index=True)
    parent_id: int | None = Field(default=None, foreign_key="customer.id", sa_type=BigInteger)
    merged_into_id: int | None = Field(default=None, foreign_key="customer.id", sa_type=BigInteger)
    intercompany: bool = False
    currency: str = Field(default="", max_length=3)
    language: str = ""
    region: str = ""
    sales_rep: str = ""
    channel: str = ""
    billing_instructions: str = ""
    import_id: int | None = Field(default=None, sa_type=BigInteger)


class CustomerAlias(Base, table=True):
    """A name that a customer had before: it is found by it still. `import_id` is the import that renamed it."""

    __tablename__ = "customer_alias"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    customer_id: int = Field(foreign_key="customer.id", sa_type=BigInteger, index=True)
    name: str
    import_id: int | None = Field(default=None, sa_type=BigInteger)
    audit_seq: int = Field(sa_type=BigInteger)


class CustomerFact(Base, table=True):
    """Owner, segment, terms, limit or status of a customer from `valid_from` (inclusive) on.

    The latest `valid_from` not after the day wins, then the latest row. An empty value ends it.
    """

    __tablename__ = "customer_fact"
    __table_args__ = (Index("ix_customer_fact_customer_id_name", "customer_id", "name"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    customer_id: int = Field(foreign_key="customer.id", sa_type=BigInteger)
    name: str = Field(max_length=20)
    value: str = ""
    valid_from: date
    audit_seq: int = Field(sa_type=BigInteger)


class Contact(Base, table=True):
    """A person or mailbox at a customer, by role (billing, payables, sales, legal, …)."""

    __tablename__ = "contact"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    customer_id: int = Field(foreign_key="customer.id", sa_type=BigInteger, index=True)
    role: str = "payables"
    name: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""


class Note(Base, table=True):
    """What somebody wrote down about a customer; taken back by `withdrawn_at`, never lost."""

    __tablename__ = "note"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    customer_id: int = Field(foreign_key="customer.id", sa_type=BigInteger, index=True)
    at: datetime = Field(sa_type=Moment)
    by: str
    text: str
    withdrawn_at: datetime | None = Field(default=None, sa_type=Moment)
