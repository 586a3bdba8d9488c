"""The event that every change of a promise, plan, dispute, talk or message leaves, in the same transaction."""

from __future__ import annotations

from typing import Literal
from typing import TypeAlias

from arcore.store.contact import CaseEvent
from arcore.store.unit import Facts
from arcore.store.unit import Unit
from arcore.store.unit import canonical

Case: TypeAlias = Literal["promise", "plan", "dispute", "talk", "message"]


def add_event(unit: Unit, case: Case, case_id: int, *, customer_id: int, verb: str, what: Facts | None = None) -> None:
    """Add the event of a change and make the customer the subject of the audit event; `what` holds no personal data."""
    unit.subject = f"customer:{customer_id}"
    unit.session.add(
        CaseEvent(
            customer_id=customer_id,
            subject=case,
            subject_id=case_id,
            verb=verb,
            at=unit.recorded_at,
            by=unit.actor.name,
            what=canonical(what or {}),
            audit_seq=unit.audit_seq,
        )
    )
