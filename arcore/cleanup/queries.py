"""Decisions in force, by section."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Engine
from sqlalchemy import select
from sqlmodel import col

from arcore.cleanup.rules import Run as Run  # noqa: PLC0414  told again, to who asks the queries
from arcore.cleanup.rules import Section as Section  # noqa: PLC0414
from arcore.cleanup.rules import credit_subject as credit_subject  # noqa: PLC0414
from arcore.cleanup.rules import oddity_subject as oddity_subject  # noqa: PLC0414
from arcore.cleanup.rules import pair_subject as pair_subject  # noqa: PLC0414
from arcore.cleanup.rules import run_of as run_of  # noqa: PLC0414
from arcore.cleanup.rules import run_subject as run_subject  # noqa: PLC0414
from arcore.store.cleanup import CleanupDecision
from arcore.store.engine import reading


class Decision(NamedTuple):
    """What was decided, why, by whom and when."""

    id: int
    subject: str
    note: str
    at: datetime
    by: str


def decisions(engine: Engine, section: Section) -> Mapping[str, Decision]:
    """Return the decisions of a section that were not withdrawn, by subject. Raises Unavailable."""
    query = (
        select(
            col(CleanupDecision.id),
            col(CleanupDecision.subject),
            col(CleanupDecision.note),
            col(CleanupDecision.at),
            col(CleanupDecision.by),
        )
        .where(col(CleanupDecision.section) == section, col(CleanupDecision.withdrawn_at).is_(None))
        .order_by(col(CleanupDecision.id))
    )
    with reading(engine) as session:
        return {row.subject: Decision(*row) for row in session.execute(query)}
