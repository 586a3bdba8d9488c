"""Taking back what was told of many customers at once: owner, segment, company of our own group."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Engine

from arcore.customers.service import Told
from arcore.customers.service import assign
from arcore.store.unit import Actor
from arcore.store.unit import Facts


def take_back(
    engine: Engine, told: Told, done: Facts, *, valid_from: date, actor: Actor, key: str | None = None
) -> Facts:
    """Undo what `assign` did with `told`, by the facts that it returned; what somebody changed since stays.

    From `valid_from` on it is again as it was. Raises Refused and Unavailable.
    """
    before = {int(number): facts for number, facts in done["before"].items()}
    still = {number: {name: _kept(told[number][name]) for name in facts} for number, facts in before.items()}
    return assign(engine, values=before, valid_from=valid_from, actor=actor, key=key, still=still)


def _kept(value: str | bool) -> str | bool:  # noqa: FBT001  a fact, no switch
    return value if isinstance(value, bool) else value.strip()
