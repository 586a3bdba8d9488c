"""On which day what a document is about was delivered or done, as files told it. Append-only."""

from __future__ import annotations

from datetime import date
from datetime import datetime

from sqlalchemy import BigInteger
from sqlmodel import Field

from arcore.store.base import Base
from arcore.store.base import BigId
from arcore.store.base import Moment


class Delivery(Base, table=True):
    """What was told of one document; of a document the latest row counts whose import was not undone.

    `import_id` None: told by a person.
    """

    __tablename__ = "delivery"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    document_id: int = Field(foreign_key="document.id", sa_type=BigInteger, index=True)
    delivered_on: date
    import_id: int | None = Field(default=None, sa_type=BigInteger, index=True)
    audit_seq: int = Field(sa_type=BigInteger)
    recorded_at: datetime = Field(sa_type=Moment)
    recorded_by: str
