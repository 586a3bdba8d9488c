"""What was agreed with customers, as it stands on a day."""

from __future__ import annotations

import json
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from decimal import Decimal
from typing import Any
from typing import Literal

from sqlalchemy import Engine
from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.arrangements import plans as planned
from arcore.arrangements import preview as previewed
from arcore.arrangements import promises as promised
from arcore.arrangements.draft import Source
from arcore.arrangements.draft import sources_of
from arcore.arrangements.plans import Instalment
from arcore.arrangements.plans import Planned
from arcore.arrangements.plans import PlanPart
from arcore.arrangements.plans import PlanRow
from arcore.arrangements.plans import planned_items
from arcore.arrangements.preview import Effect
from arcore.arrangements.preview import Preview
from arcore.arrangements.preview import Proposed
from arcore.arrangements.promises import PromiseRow
from arcore.arrangements.promises import RunningPromise
from arcore.arrangements.receipts import cash_known_until
from arcore.arrangements.writing import GRACE_DAYS
from arcore.errors import NotFound
from arcore.store.contact import CaseEvent
from arcore.store.engine import reading

__all__ = [
    "Change",
    "Effect",
    "Instalment",
    "PlanPart",
    "PlanRow",
    "Planned",
    "Preview",
    "PromiseRow",
    "Proposed",
    "RunningPromise",
    "Source",
    "cash_known_until",
    "history",
    "plan",
    "planned_items",
    "plans",
    "plans_in",
    "preview",
    "promises",
    "promises_in",
    "running_promises",
    "sources",
]


@dataclass(frozen=True)
class Change:
    """One entry in the history of a promise or plan: `what` holds names and figures as they stood after it."""

    at: datetime
    by: str
    verb: str
    what: Mapping[str, Any]


def running_promises(
    session: Session, as_of: date, customer_ids: Iterable[int] | None = None
) -> tuple[RunningPromise, ...]:
    """Return the promises that pause something on a day, due first first; `customer_ids` bring the merged along."""
    return promised.running(session, as_of, customer_ids)


def promises(engine: Engine, as_of: date, *, customer_id: int | None = None) -> tuple[PromiseRow, ...]:
    """Return every promise made by a day as it stands at its end, withdrawn ones too, due first first."""
    with reading(engine) as session:
        return promises_in(session, as_of, None if customer_id is None else [customer_id])


def promises_in(session: Session, as_of: date, customer_ids: Iterable[int] | None = None) -> tuple[PromiseRow, ...]:
    """Return the same inside a session."""
    return promised.judged(session, as_of, customer_ids)


def plans(engine: Engine, as_of: date, *, customer_id: int | None = None) -> tuple[PlanRow, ...]:
    """Return every plan agreed by a day as it stands at its end, ended ones too, newest first."""
    with reading(engine) as session:
        return plans_in(session, as_of, None if customer_id is None else [customer_id])


def plans_in(session: Session, as_of: date, customer_ids: Iterable[int] | None = None) -> tuple[PlanRow, ...]:
    """Return the same inside a session."""
    return planned.judged(session, as_of, customer_ids)


def plan(engine: Engine, plan_id: int, as_of: date) -> PlanRow:
    """Return one plan as it stands on a day. Raises NotFound, also before the day it was agreed."""
    with reading(engine) as session:
        found = planned.judged(session, as_of, plan_id=plan_id)
        if not found:
            raise NotFound(f"There is no plan {plan_id} on {as_of.isoformat()}", plan=plan_id)
        return found[0]


def history(engine: Engine, subject: Literal["promise", "plan"], subject_id: int) -> tuple[Change, ...]:
    """Return everything that was done to a promise or plan, oldest first."""
    with reading(engine) as session:
        rows = session.execute(
            select(CaseEvent)
            .where(col(CaseEvent.subject) == subject, col(CaseEvent.subject_id) == subject_id)
            .order_by(col(CaseEvent.id))
        ).scalars()
        return tuple(Change(row.at, row.by, row.verb, json.loads(row.what)) for row in rows)


def sources(
    engine: Engine, *, customer_id: int, entity: str, currency: str, item_ids: Sequence[int], on: date
) -> tuple[Source, ...]:
    """Return what a plan about items would hold; the sum of `amount` is what its instalments have to add up to.

    Raises Refused with a sentence for an item that can't be in it.
    """
    with reading(engine) as session:
        return sources_of(session, customer_id=customer_id, entity=entity, currency=currency, item_ids=item_ids, on=on)


def preview(
    engine: Engine,
    *,
    customer_id: int,
    entity: str,
    currency: str,
    item_ids: Sequence[int],
    instalments: Sequence[tuple[date, Decimal]],
    agreed_on: date,
    grace_days: int = GRACE_DAYS,
) -> Preview:
    """Say what agreeing a plan would do to aging and to an insurer's limit; raises whatever agreeing it would."""
    with reading(engine) as session:
        return previewed.preview(
            session,
            customer_id=customer_id,
            entity=entity,
            currency=currency,
            item_ids=item_ids,
            instalments=instalments,
            agreed_on=agreed_on,
            grace_days=grace_days,
        )
