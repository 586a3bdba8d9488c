"""Targets and notes in charts as they are kept; how a target stands is measured in `arcore.reports.targets`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine
from sqlalchemy import select
from sqlmodel import Session

from arcore.analytics.kpis import BY_KEY
from arcore.analytics.kpis import Kpi
from arcore.goals.rules import AMOUNTS
from arcore.goals.rules import WORDS
from arcore.goals.rules import Side
from arcore.goals.rules import State
from arcore.goals.rules import beyond
from arcore.goals.rules import expected
from arcore.goals.rules import missing
from arcore.goals.rules import outside
from arcore.goals.rules import outside_since
from arcore.goals.rules import progress
from arcore.goals.rules import state
from arcore.store.engine import reading
from arcore.store.goals import ChartNote
from arcore.store.goals import Target

__all__ = [
    "AMOUNTS",
    "WORDS",
    "Annotation",
    "Goal",
    "Side",
    "State",
    "beyond",
    "chart_notes",
    "chart_notes_in",
    "expected",
    "goals",
    "goals_in",
    "history",
    "missing",
    "name_of",
    "outside",
    "outside_since",
    "progress",
    "state",
]


@dataclass(frozen=True)
class Goal:
    """A target that stands.

    Attributes:
        id: of the row that says so; every change is a new row.
        segment: whose customers it is for; "" for all of them.
        value, low, high: in the unit of the measure, money in major units of `currency`; both limits inclusive.
        currency: "" where the measure is no amount.
        owner: who answers for it; "" for nobody.
        due_on: the day by which it is to be met; None for always.
        valid_from: the day that progress is counted from; None where nobody noted it.
    """

    id: int
    measure: str
    variant: str
    segment: str
    value: Decimal
    low: Decimal | None
    high: Decimal | None
    currency: str
    owner: str
    due_on: date | None
    valid_from: date | None
    note: str
    recorded_at: datetime
    recorded_by: str

    @property
    def kpi(self) -> Kpi:
        """The measure."""
        return BY_KEY[self.measure, self.variant]

    @property
    def name(self) -> str:
        """What the measure is called in links and on the command line, with its variant: dso.period_end."""
        return name_of(self.kpi)

    def begun(self, day: date) -> bool:
        """Tell whether it stands on a day already."""
        return self.valid_from is None or day >= self.valid_from


@dataclass(frozen=True)
class Annotation:
    """A note that charts show at a day; `number` counts from the oldest day on, from 1."""

    id: int
    number: int
    day: date
    text: str
    segment: str
    recorded_at: datetime
    recorded_by: str

    def concerns(self, segments: Sequence[str]) -> bool:
        """Tell whether it says something about customers of these segments, none of them meaning all."""
        return not self.segment or not segments or self.segment in segments


def name_of(kpi: Kpi) -> str:
    """Return the name of a measure that means the same whatever variant the company prefers."""
    return f"{kpi.name}.{kpi.variant}"


def goals(engine: Engine) -> tuple[Goal, ...]:
    """Return the targets that stand; by measure, those for all customers first."""
    with reading(engine) as session:
        return goals_in(session)


def goals_in(session: Session, *, upto: int | None = None) -> tuple[Goal, ...]:
    """Read the targets inside a session, as known at the audit event `upto`, or now.

    Those of measures that this version does not know are left out.
    """
    table = Target.__table__  # type: ignore[attr-defined]
    query = select(table).order_by(table.c.audit_seq, table.c.id)
    if upto is not None:
        query = query.where(table.c.audit_seq <= upto)
    last = {(row.measure, row.variant, row.segment): row for row in session.execute(query)}
    order = {key: place for place, key in enumerate(BY_KEY)}
    standing = [row for row in last.values() if row.value is not None and (row.measure, row.variant) in order]
    standing.sort(key=lambda row: (order[row.measure, row.variant], row.segment))
    return tuple(_goal(row) for row in standing)


def history(engine: Engine, goal: Goal) -> tuple[tuple[datetime, str, Goal | None], ...]:
    """Return what was ever set for a place: when, by whom, and what; None is a target taken away. Latest first."""
    table = Target.__table__  # type: ignore[attr-defined]
    query = (
        select(table)
        .where(
            table.c.measure == goal.measure, table.c.variant == goal.variant, table.c.segment == goal.segment
        )
        .order_by(table.c.audit_seq.desc(), table.c.id.desc())
    )  # fmt: skip
    with reading(engine) as session:
        rows = session.execute(query).all()
    return tuple((row.recorded_at, row.recorded_by, None if row.value is None else _goal(row)) for row in rows)


def chart_notes(engine: Engine) -> tuple[Annotation, ...]:
    """Return the notes in charts, oldest day first."""
    with reading(engine) as session:
        return chart_notes_in(session)


def chart_notes_in(session: Session, *, upto: int | None = None) -> tuple[Annotation, ...]:
    """Read the notes in charts inside a session, as known at the audit event `upto`, or now."""
    table = ChartNote.__table__  # type: ignore[attr-defined]
    query = select(table).order_by(table.c.audit_seq, table.c.id)
    if upto is not None:
        query = query.where(table.c.audit_seq <= upto)
    last: dict[int, Any] = {row.note_id or row.id: row for row in session.execute(query)}
    standing = sorted(((row.day, number, row) for number, row in last.items() if row.text), key=lambda each: each[:2])
    return tuple(
        Annotation(number, place, day, row.text, row.segment, row.recorded_at, row.recorded_by)
        for place, (day, number, row) in enumerate(standing, start=1)
    )


def _goal(row: Any) -> Goal:
    return Goal(
        row.id, row.measure, row.variant, row.segment, Decimal(row.value), _decimal(row.low), _decimal(row.high),
        row.currency, row.owner, row.due_on, row.valid_from, row.note, row.recorded_at, row.recorded_by,
    )  # fmt: skip


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
