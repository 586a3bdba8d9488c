"""What the managers want measures to be, and what they wrote at a day for everybody who reads a chart."""

from __future__ import annotations

from datetime import date
from datetime import datetime

from sqlalchemy import BigInteger
from sqlalchemy import Index
from sqlmodel import Field

from arcore.store.base import Base
from arcore.store.base import BigId
from arcore.store.base import Moment


class Target(Base, table=True):
    """What a measure should be, for all customers or those of a segment; of one place the latest row wins.

    `value`, `low` and `high` are decimal text in the unit of the measure, money in major units of `currency`; `value`
    None takes the target away. `low` and `high` are the band (both inclusive) that the measure is not to leave.
    """

    __tablename__ = "target"
    __table_args__ = (Index("ix_target_measure_variant_segment", "measure", "variant", "segment"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    measure: str = Field(max_length=40)
    variant: str = Field(max_length=40)
    segment: str = Field(default="", max_length=80)
    value: str | None = None
    low: str | None = None
    high: str | None = None
    currency: str = Field(default="", max_length=3)
    owner: str = Field(default="", max_length=80)
    due_on: date | None = None
    valid_from: date | None = None
    note: str = ""
    recorded_at: datetime = Field(sa_type=Moment)
    recorded_by: str
    audit_seq: int = Field(sa_type=BigInteger)


class ChartNote(Base, table=True):
    """A few words about a day that charts over time show there; of one `note_id` the latest row wins.

    `note_id` is the id of the note's first row, None in that row itself; `text` "" takes the note away.
    """

    __tablename__ = "chart_note"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    note_id: int | None = Field(default=None, foreign_key="chart_note.id", sa_type=BigInteger, index=True)
    day: date
    text: str = ""
    segment: str = Field(default="", max_length=80)
    recorded_at: datetime = Field(sa_type=Moment)
    recorded_by: str
    audit_seq: int = Field(sa_type=BigInteger)
