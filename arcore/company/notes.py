"""What the managers say about a month: typed once, kept with everything that was said before."""

from __future__ import annotations

from datetime import date
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Engine
from sqlalchemy import insert
from sqlalchemy import select
from sqlmodel import Session

from arcore.company.rights import allow
from arcore.dates import month_start
from arcore.errors import BadInput
from arcore.store import company
from arcore.store.unit import Actor
from arcore.store.unit import Facts
from arcore.store.unit import Unit
from arcore.store.unit import check_seen
from arcore.store.unit import commit

LONGEST = 6_000
"""Characters of the notes of a month: about two printed pages."""


class MonthNote(NamedTuple):
    """What was said about a month, whose first day `month` is; `audit_seq` is the audit event that recorded it."""

    month: date
    text: str
    recorded_at: datetime
    recorded_by: str
    audit_seq: int


def save_note(
    engine: Engine, *, month: date, text: str, actor: Actor, seen: int | None = None, key: str | None = None
) -> Facts:
    """Say something about the month that `month` lies in; what was said before stays as history.

    An empty text takes the notes away. `seen` is the audit event up to which the writer knew the notes. Raises BadInput
    for a text too long or one that changes nothing, BooksMoved where somebody else wrote since, NotAllowed.
    """
    allow(actor, "write the notes of a month")
    first, said = month_start(month), _tidy(text)
    if len(said) > LONGEST:
        msg = f"The notes have {len(said):,} characters; up to {LONGEST:,} fit"
        raise BadInput(msg, length=len(said))

    def body(unit: Unit) -> Facts:
        unit.subject = f"notes:{first:%Y-%m}"
        check_seen(unit, unit.subject, seen)
        before = month_note(unit.session, first)
        if said == ("" if before is None else before.text):
            raise BadInput(f"The notes of {first:%B %Y} say just that already")
        unit.session.execute(
            insert(company.MonthNote).values(
                month=first, text=said, recorded_at=unit.recorded_at, recorded_by=unit.actor.name,
                audit_seq=unit.audit_seq,
            )
        )  # fmt: skip
        unit.changed.update(month=f"{first:%Y-%m}", characters=len(said), **unit.masked({"text": said}))
        return {"month": f"{first:%Y-%m}", "characters": len(said)}

    content = {"month": first, "text": said}
    return commit(engine, body, actor=actor, verb="save_month_note", key=key, content=content)


def month_note(session: Session, month: date) -> MonthNote | None:
    """Return the notes of the month that a day lies in; None where there are none."""
    found = month_notes(session, month)
    return found[0] if found and found[0].text else None


def month_notes(session: Session, month: date) -> tuple[MonthNote, ...]:
    """Return everything that was ever said about the month that a day lies in, the latest first; "" is taken away."""
    table = company.MonthNote.__table__  # type: ignore[attr-defined]
    rows = session.execute(
        select(table).where(table.c.month == month_start(month)).order_by(table.c.audit_seq.desc(), table.c.id.desc())
    )
    return tuple(MonthNote(row.month, row.text, row.recorded_at, row.recorded_by, row.audit_seq) for row in rows)


def _tidy(text: str) -> str:
    """Return the text with plain line ends, no blanks at their ends and no signs that can't be printed."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept = ("".join(sign for sign in line if sign.isprintable() or sign == "\t").rstrip() for line in lines)
    return "\n".join(kept).strip()
