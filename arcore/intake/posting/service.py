"""The verbs on the posting list: export it, take an export back, say how long the source may take."""

from __future__ import annotations

import json
from collections.abc import Collection
from collections.abc import Sequence
from datetime import date

from sqlalchemy import Engine
from sqlalchemy import select
from sqlmodel import col

from arcore.errors import BadInput
from arcore.errors import NotFound
from arcore.intake.posting.files import DEFAULT
from arcore.intake.posting.files import Profile
from arcore.intake.posting.files import Written
from arcore.intake.posting.files import load
from arcore.intake.posting.files import names
from arcore.intake.posting.files import parse
from arcore.intake.posting.files import write
from arcore.intake.posting.queries import SETTING
from arcore.intake.posting.queries import Line
from arcore.intake.posting.queries import read_list
from arcore.store.books import AuditEvent
from arcore.store.company import CompanySetting
from arcore.store.engine import reading
from arcore.store.papers import Posting
from arcore.store.unit import Actor
from arcore.store.unit import Facts
from arcore.store.unit import Unit
from arcore.store.unit import commit
from arcore.store.unit import refuse_reader

LONGEST = 365


def export(
    engine: Engine,
    *,
    profile: Profile,
    today: date,
    actor: Actor,
    subjects: Collection[str] = (),
    key: str | None = None,
) -> tuple[Written, int]:
    """Write what is to post (or only `subjects` of it) and mark it exported; returns the file and the batch's number.

    The lines are read inside the transaction, so two people who export at once never send the same line twice. Raises
    BadInput when nothing is to post, NotAllowed, Unavailable.
    """
    _may_write(actor)
    made: list[Written] = []

    def body(unit: Unit) -> Facts:
        lines = [line for line in read_list(unit.session, today) if _is_wanted(line, subjects)]
        written = write(profile, lines, at=unit.recorded_at)
        made.append(written)
        unit.session.add_all(
            Posting(
                subject=line.subject, profile=profile.name, batch=unit.audit_seq, exported_at=unit.recorded_at,
                exported_by=unit.actor.name,
            )
            for line in written.lines
        )  # fmt: skip
        unit.subject = f"posting:{unit.audit_seq}"
        unit.changed.update(
            file=written.name, profile=profile.name, definition=profile.text,
            lines=[line.subject for line in written.lines],
        )  # fmt: skip
        return {"batch": unit.audit_seq}

    content = {"profile": profile.name, "subjects": sorted(subjects)}
    facts = commit(engine, body, actor=actor, verb="export_posting", key=key, content=content)
    batch = int(facts["batch"])
    return made[0] if made else again(engine, batch=batch, today=today), batch


def again(engine: Engine, *, batch: int, today: date) -> Written:
    """Write the file of an export once more, by the profile it was written with. Raises NotFound, BadInput."""
    with reading(engine) as session:
        lines = [line for line in read_list(session, today) if line.batch == batch]
        kept = session.execute(select(col(AuditEvent.changed)).where(col(AuditEvent.seq) == batch)).scalar()
    if not lines or lines[0].exported_at is None:
        raise NotFound(f"Export {batch} does not stand", batch=batch)
    definition = json.loads(kept or "{}").get("definition", "")
    name = lines[0].profile
    profile = parse(name, definition) if definition else load(name if name in names() else DEFAULT)
    return write(profile, lines, at=lines[0].exported_at)


def withdraw(engine: Engine, *, batch: int, actor: Actor, key: str | None = None) -> Facts:
    """Say that an export was not posted: its lines are to post again. Raises NotFound when it does not stand."""
    _may_write(actor)

    def body(unit: Unit) -> Facts:
        query = select(Posting).where(col(Posting.batch) == batch, col(Posting.withdrawn_at).is_(None))
        rows: Sequence[Posting] = list(unit.session.execute(query).scalars())
        if not rows:
            raise NotFound(f"Export {batch} does not stand", batch=batch)
        for row in rows:
            row.withdrawn_at, row.withdrawn_by = unit.recorded_at, unit.actor.name
            unit.session.add(row)
        unit.changed.update(lines=[row.subject for row in rows])
        return {"lines": len(rows)}

    return commit(
        engine,
        body,
        actor=actor,
        verb="withdraw_posting",
        subject=f"posting:{batch}",
        key=key,
        content={"batch": batch},
    )


def save_days(engine: Engine, *, days: int, actor: Actor, key: str | None = None) -> Facts:
    """Say after how many days without a word of the source something is a task. Raises BadInput outside 1 to 365."""
    _may_write(actor)
    if not 1 <= days <= LONGEST:
        raise BadInput(f"Between 1 and {LONGEST} days can be waited for", days=days)

    def body(unit: Unit) -> Facts:
        row = unit.session.get(CompanySetting, SETTING) or CompanySetting(name=SETTING)
        before, row.value = json.loads(row.value), json.dumps(days)
        unit.session.add(row)
        unit.changed.update(before=before, days=days)
        return {"days": days}

    return commit(
        engine, body, actor=actor, verb="save_posting_days", subject="company", key=key, content={"days": days}
    )


def _is_wanted(line: Line, subjects: Collection[str]) -> bool:
    return line.status == "to_post" and (not subjects or line.subject in subjects)


def _may_write(actor: Actor) -> None:
    refuse_reader(actor, "may look at the posting list but not export it")
