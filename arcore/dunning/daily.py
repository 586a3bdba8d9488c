"""What is due once a day, for a timer: safe to run again, and from two machines at once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from dataclasses import field
from datetime import date

from sqlalchemy import Engine

from arcore.dunning.due import reminders
from arcore.dunning.sending import Run
from arcore.dunning.sending import check_role
from arcore.dunning.sending import send_due
from arcore.store.unit import Actor
from arcore.store.unit import Facts
from arcore.store.unit import Unit
from arcore.store.unit import commit

NOT_LIVE = "Reminders are not live yet: nothing was sent. Confirm them once on the page Reminders."


@dataclass(frozen=True)
class Daily:
    """What the work of a day did.

    Attributes:
        live: whether anything may leave.
        first: whether this was the first run of the day.
        would_send: what would be due, were reminders live.
        held: how many customers are held back, by code.
    """

    day: date
    live: bool
    first: bool = True
    would_send: int = 0
    run: Run = field(default_factory=Run)
    held: Facts = field(default_factory=dict)

    @property
    def stopped(self) -> str:
        """Return why the run ended early, "" when it did not."""
        return self.run.stopped

    def as_facts(self) -> Facts:
        """Return it as scripts get it."""
        return {
            "day": self.day.isoformat(),
            "live": self.live,
            "first_today": self.first,
            "swept": self.run.swept,
            "sent": len(self.run.in_state("sent")),
            "refused": len(self.run.in_state("refused")),
            "unknown": len(self.run.in_state("unknown")),
            "failed": len(self.run.in_state("failed")),
            "message_ids": list(self.run.message_ids),
            "held": self.held,
            "stopped": self.stopped,
        }

    def in_words(self) -> str:
        """Return it as one sentence."""
        if not self.live:
            return f"{NOT_LIVE} {_counted(self.would_send)} would be due."
        done = [f"{len(self.run.in_state(state))} {state}" for state in ("sent", "refused", "unknown", "failed")]
        told = ", ".join(words for words in done if not words.startswith("0 ")) or "nothing to send"
        swept = f" {self.run.swept} left behind earlier settled." if self.run.swept else ""
        return f"{self.day.isoformat()}: {told}; {sum(self.held.values())} held back.{swept}"


def daily(engine: Engine, *, as_of: date, actor: Actor) -> Daily:
    """Do what is due on a day, which is the company's today; before reminders are live, nothing.

    Sending is once by itself: every message has a key. The run leaves one audit event a day, by the day's own key.
    """
    check_role(actor)
    found = reminders(engine, as_of)
    if not found.live:
        return Daily(as_of, live=False, would_send=len(found.due))
    first = _note(engine, as_of, actor)
    run = send_due(engine, as_of=as_of, actor=actor)
    held = Counter(str(row.code) for row in reminders(engine, as_of).held)
    return Daily(as_of, live=True, first=first, run=run, held=dict(sorted(held.items())))


def _note(engine: Engine, day: date, actor: Actor) -> bool:
    """Note in the audit that the day's work was begun; tell whether this is the first time."""
    began = []

    def body(unit: Unit) -> Facts:
        unit.subject = "company"
        unit.changed.update(day=day)
        began.append(day)
        return {"day": day.isoformat()}

    commit(engine, body, actor=actor, verb="daily", key=f"daily:{day.isoformat()}", content={"day": day})
    return bool(began)


def _counted(count: int) -> str:
    return f"{count} {'reminder' if count == 1 else 'reminders'}"
