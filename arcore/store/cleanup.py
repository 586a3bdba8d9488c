"""What somebody decided about things that looked wrong in the books, so that they are not asked about again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger
from sqlalchemy import Index
from sqlmodel import Field

from arcore.store.base import Base
from arcore.store.base import BigId
from arcore.store.base import Moment


class CleanupDecision(Base, table=True):
    """One decision: not a duplicate, a gap explained, an oddity accepted, a credit left; in force until withdrawn.

    `section` says which list it is about, `subject` what of it: ids of the documents or items, or a run of numbers.
    """

    __tablename__ = "cleanup_decision"
    __table_args__ = (Index("ix_cleanup_decision_section_subject", "section", "subject"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    section: str = Field(max_length=20)
    subject: str
    note: str = ""
    at: datetime = Field(sa_type=Moment)
    by: str
    audit_seq: int = Field(sa_type=BigInteger)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Moment)
    withdrawn_by: str = ""
