"""What the files told us: sources, imports, the files themselves, each source's word, totals, coverage."""

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


class Source(Base, table=True):
    """A system, an entity and a filter that files come from, e.g. ("quickbooks_online", "main", "").

    `mapping` is JSON: header fingerprint → what the analyst confirmed for files with that header.
    """

    __tablename__ = "source"
    __table_args__ = (Index("uq_source_system_entity_scope", "system", "entity", "scope", unique=True),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    system: str
    entity: str = "main"
    scope: str = ""
    mapping: str = "{}"


class Import(Base, table=True):
    """One committed plan: where it came from, what it did (JSON), and whether it was undone."""

    __tablename__ = "import"

    id: int = Field(primary_key=True, sa_type=BigId, sa_column_kwargs={"autoincrement": False})
    source_id: int = Field(foreign_key="source.id", sa_type=BigInteger, index=True)
    kind: str
    as_of: date | None = None
    at: datetime = Field(sa_type=Moment)
    by: str
    plan: str = "{}"
    audit_seq: int = Field(sa_type=BigInteger)
    undone_at: datetime | None = Field(default=None, sa_type=Moment)
    undone_by: str = ""


class ImportFile(Base, table=True):
    """A file of an import, kept compressed (zlib), by its SHA-256."""

    __tablename__ = "import_file"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    import_id: int = Field(foreign_key="import.id", sa_type=BigInteger, index=True)
    name: str
    sha256: str = Field(max_length=64, index=True)
    size: int = Field(sa_type=BigInteger)
    content: bytes = Field(sa_type=LargeBinary)


class SourceWord(Base, table=True):
    """What one import said of one document: the word to compare the next file with.

    Amounts in minor units, signed as the books sign them; `open_amount` None when the file did not say.
    `document_id` is what we booked for it, `file` and `line` where it stood. `present` False: it had vanished.
    """

    __tablename__ = "source_word"
    __table_args__ = (Index("ix_source_word_source_id_key", "source_id", "key"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    source_id: int = Field(foreign_key="source.id", sa_type=BigInteger)
    import_id: int = Field(foreign_key="import.id", sa_type=BigInteger, index=True)
    key: str
    kind: str
    number: str = ""
    customer_id: int = Field(foreign_key="customer.id", sa_type=BigInteger)
    document_id: int | None = Field(default=None, sa_type=BigInteger, index=True)
    currency: str = Field(max_length=3)
    document_date: date | None = None
    due_date: date | None = None
    amount: int = Field(sa_type=BigInteger)
    open_amount: int | None = Field(default=None, sa_type=BigInteger)
    status: str = ""
    present: bool = True
    file: str = ""
    line: int | None = None


class FileTotal(Base, table=True):
    """The total that a whole snapshot of one entity and currency states of itself for its day, in minor units."""

    __tablename__ = "file_total"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    import_id: int = Field(foreign_key="import.id", sa_type=BigInteger, index=True)
    day: date
    entity: str = Field(default="main", max_length=40)
    currency: str = Field(max_length=3)
    amount: int = Field(sa_type=BigInteger)
    file: str
    column: str


class Coverage(Base, table=True):
    """From which day (inclusive) sales or receipts of an entity and currency are complete, by which import."""

    __tablename__ = "coverage"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    entity: str = "main"
    currency: str = Field(max_length=3)
    what: str = Field(max_length=10)
    complete_from: date
    import_id: int | None = Field(default=None, sa_type=BigInteger, index=True)
    withdrawn: bool = False
