"""What goes out to the general ledger, and the papers of documents: invoices, proofs of delivery, orders."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger
from sqlalchemy import LargeBinary
from sqlmodel import Field

from arcore.store.base import Base
from arcore.store.base import BigId
from arcore.store.base import Moment


class Posting(Base, table=True):
    """Something that was booked here and was exported for posting in the ledger; in force until withdrawn.

    `subject` is "document:12" or "application:5"; all rows of one export share `batch`, its audit event.
    """

    __tablename__ = "posting"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    subject: str = Field(max_length=40, index=True)
    profile: str = Field(max_length=40)
    batch: int = Field(sa_type=BigInteger, index=True)
    exported_at: datetime = Field(sa_type=Moment)
    exported_by: str
    withdrawn_at: datetime | None = Field(default=None, sa_type=Moment)
    withdrawn_by: str = ""


class Attachment(Base, table=True):
    """A paper, kept compressed (zlib) by its SHA-256: what kind it is, and which document it belongs to.

    `kind` is invoice, pod (proof of delivery) or po (purchase order). `document_id` None: nobody knows yet, `note`
    says why. `matched_by` is name, text or the person's name. `words` are what may be numbers in its text, separated by
    blanks; None where nobody has looked yet.
    """

    __tablename__ = "attachment"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    sha256: str = Field(max_length=64, index=True)
    name: str
    kind: str = Field(max_length=10)
    size: int = Field(sa_type=BigInteger)
    pages: int | None = None
    content: bytes = Field(sa_type=LargeBinary)
    document_id: int | None = Field(default=None, foreign_key="document.id", sa_type=BigInteger, index=True)
    matched_by: str = ""
    note: str = ""
    words: str | None = None
    added_at: datetime = Field(sa_type=Moment)
    added_by: str
    removed_at: datetime | None = Field(default=None, sa_type=Moment)
    removed_by: str = ""
