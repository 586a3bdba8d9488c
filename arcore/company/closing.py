"""Freezing a month: a dated row that says how far the books reached, so that what comes later shows as later."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from datetime import datetime
from typing import Any
from typing import NamedTuple

from sqlalchemy import Engine
from sqlalchemy import func
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import update
from sqlmodel import Session
from sqlmodel import col

from arcore.company.rights import allow
from arcore.dates import month_end
from arcore.errors import BadInput
from arcore.errors import NotFound
from arcore.errors import RuleBroken
from arcore.store.books import Document
from arcore.store.company import MonthClose
from arcore.store.unit import Actor
from arcore.store.unit import Facts
from arcore.store.unit import Unit
from arcore.store.unit import commit


class Close(NamedTuple):
    """A month that is frozen.

    Attributes:
        day: its last day.
        seq: the ledger version: the last audit event that a report of then includes.
        document_id, item_id, application_id: the last ids known then.
        balances: (entity, currency) → what was open, minor units, every customer counted.
    """

    id: int
    day: date
    seq: int
    document_id: int
    item_id: int
    application_id: int
    balances: Mapping[tuple[str, str], int]
    at: datetime
    by: str


def freeze_month(engine: Engine, *, day: date, today: date, actor: Actor, key: str | None = None) -> Facts:
    """Freeze the month that ends on `day` as the books know it now; nothing is locked, later rows show as later.

    Raises BadInput for a day that ends no month or a month that is not over, RuleBroken where it is frozen,
    NotAllowed, Unavailable.
    """
    allow(actor, "freeze a month")
    if day != month_end(day):
        raise BadInput(f"{day} is not the last day of a month", day=day.isoformat())
    if day >= today:
        raise BadInput(f"{day:%B %Y} is not over yet", day=day.isoformat())

    def body(unit: Unit) -> Facts:
        if day in closes(unit.session):
            msg = f"{day:%B %Y} is frozen already; open it again first"
            raise RuleBroken(msg, day=day.isoformat())
        balances = _balances(unit.session, day)
        unit.session.execute(
            insert(MonthClose).values(
                day=day, audit_seq=unit.audit_seq, balances=json.dumps(balances), at=unit.recorded_at,
                by=unit.actor.name, reopened_by="", **unit.reached(),
            )
        )  # fmt: skip
        unit.subject = f"month:{day:%Y-%m}"
        unit.changed.update(day=day.isoformat(), balances=len(balances))
        return {"day": day.isoformat(), "ledger_version": unit.audit_seq}

    return commit(engine, body, actor=actor, verb="freeze_month", key=key, content={"day": day})


def reopen_month(engine: Engine, *, day: date, actor: Actor, key: str | None = None) -> Facts:
    """Take a freeze back; the row stays as history. Raises NotFound where the month is not frozen, NotAllowed."""
    allow(actor, "open a frozen month")

    def body(unit: Unit) -> Facts:
        found = closes(unit.session).get(day)
        if found is None:
            raise NotFound(f"{day:%B %Y} is not frozen", day=day.isoformat())
        unit.session.execute(
            update(MonthClose)
            .where(col(MonthClose.id) == found.id)
            .values(reopened_at=unit.recorded_at, reopened_by=unit.actor.name)
        )
        unit.subject = f"month:{day:%Y-%m}"
        unit.changed.update(day=day.isoformat(), frozen_by=found.by, ledger_version=found.seq)
        return {"day": day.isoformat()}

    return commit(engine, body, actor=actor, verb="reopen_month", key=key, content={"day": day})


def closes(session: Session) -> Mapping[date, Close]:
    """Read the frozen months by their last day."""
    table = MonthClose.__table__  # type: ignore[attr-defined]
    rows = session.execute(select(table).where(table.c.reopened_at.is_(None)).order_by(table.c.day))
    return {row.day: _close(row) for row in rows}


def _close(row: Any) -> Close:
    balances = {(entity, currency): int(units) for entity, currency, units in json.loads(row.balances)}
    return Close(
        row.id, row.day, row.audit_seq, row.document_id, row.item_id, row.application_id, balances, row.at, row.by
    )


def _balances(session: Session, day: date) -> list[tuple[str, str, int]]:
    rows = session.execute(
        select(col(Document.entity), col(Document.currency), func.sum(col(Document.amount)))
        .where(col(Document.effective_on) <= day)
        .group_by(col(Document.entity), col(Document.currency))
        .order_by(col(Document.entity), col(Document.currency))
    )
    return [(entity, currency, int(units)) for entity, currency, units in rows]
