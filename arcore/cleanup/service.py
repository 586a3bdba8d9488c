"""Deciding about what looked wrong, and taking the decision back: one transaction and one audit event each."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine
from sqlalchemy import select
from sqlmodel import col

from arcore.cleanup.rules import Section
from arcore.cleanup.rules import check
from arcore.intake.service import point_words
from arcore.ledger import restore as ledger_restore
from arcore.ledger.journal import Journal
from arcore.store.cleanup import CleanupDecision
from arcore.store.unit import Actor
from arcore.store.unit import Facts
from arcore.store.unit import Unit
from arcore.store.unit import commit
from arcore.store.unit import refuse_reader

LONGEST = 500


def decide(
    engine: Engine, *, section: Section, subjects: Sequence[str], note: str = "", actor: Actor, key: str | None = None
) -> Facts:
    """Decide about several things of one section and return the ids of the decisions.

    What was decided before stays as it was. Raises BadInput without a subject, or without a reason where one is
    needed, and NotAllowed.
    """
    _may_write(actor)
    wanted, said = list(dict.fromkeys(subjects)), note.strip()[:LONGEST]
    check(section, wanted, said)

    def body(unit: Unit) -> Facts:
        query = select(col(CleanupDecision.subject)).where(
            col(CleanupDecision.section) == section, col(CleanupDecision.withdrawn_at).is_(None)
        )
        known = set(unit.session.execute(query).scalars())
        rows = [
            CleanupDecision(
                section=section,
                subject=subject,
                note=said,
                at=unit.recorded_at,
                by=unit.actor.name,
                audit_seq=unit.audit_seq,
            )
            for subject in wanted
            if subject not in known
        ]
        unit.session.add_all(rows)
        unit.session.flush()
        unit.changed.update(section=section, subjects=[row.subject for row in rows])
        return {"decisions": [row.id for row in rows]}

    content = {"section": section, "subjects": wanted, "note": said}
    return commit(engine, body, actor=actor, verb="decide_clean_up", key=key, content=content)


def withdraw(engine: Engine, *, decision_ids: Sequence[int], actor: Actor, key: str | None = None) -> Facts:
    """Withdraw decisions, so that what they were about is asked about again; those withdrawn before stay so."""
    _may_write(actor)
    wanted = sorted(set(decision_ids))

    def body(unit: Unit) -> Facts:
        query = select(CleanupDecision).where(
            col(CleanupDecision.id).in_(wanted), col(CleanupDecision.withdrawn_at).is_(None)
        )
        rows = list(unit.session.execute(query).scalars())
        for row in rows:
            row.withdrawn_at, row.withdrawn_by = unit.recorded_at, unit.actor.name
            unit.session.add(row)
        unit.changed.update(subjects=[row.subject for row in rows])
        return {"decisions": [row.id for row in rows]}

    return commit(engine, body, actor=actor, verb="withdraw_clean_up", key=key, content={"decisions": wanted})


def restore(engine: Engine, *, void_ids: Sequence[int], actor: Actor, key: str | None = None) -> Facts:
    """Take voids back: their documents stand again as they were, and files that come later find them.

    Raises RuleBroken for what is no void, AlreadyReversed when it was restored before, NotAllowed.
    """
    _may_write(actor)
    wanted = list(dict.fromkeys(void_ids))

    def body(unit: Unit) -> Facts:
        journal = Journal(unit)
        made = ledger_restore.restore(journal, wanted)
        unit.subject = f"customer:{journal.first_customer()}"
        journal.flush()
        point_words(unit.session, made)
        unit.changed.update(restored=len(made))
        return {"documents": sorted(made.values())}

    return commit(engine, body, actor=actor, verb="restore_void", key=key, content={"voids": wanted})


def _may_write(actor: Actor) -> None:
    refuse_reader(actor, "may look but not decide")
