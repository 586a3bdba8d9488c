"""Customers whose letters can be looked at in Settings, before any leaves."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Engine

from arcore.dunning.letters import Addressee
from arcore.dunning.preview import Example
from arcore.dunning.queries import reminders

MOST = 200
"""Customers to choose from; those who are due the largest amounts."""


def examples(engine: Engine, as_of: date) -> tuple[Example, ...]:
    """Return customers who are due a letter, and then those whose letter waits for approval; none when nobody is.

    Each is to be looked at with the letter of any step.
    """
    found = reminders(engine, as_of)
    return tuple(
        Example(
            customer=Addressee(row.who.customer_id, row.who.code, row.who.name, row.language),
            proof=row.proof,
            contact=row.standing.reach,
        )
        for row in (*found.due, *found.of("awaiting_approval"))[:MOST]
    )
