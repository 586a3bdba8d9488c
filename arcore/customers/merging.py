"""Merge several customers at once, and split them again: one transaction, one audit event, no booked row touched."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Engine

from arcore.customers.service import merge_in
from arcore.errors import BadInput
from arcore.store.unit import Actor
from arcore.store.unit import Facts
from arcore.store.unit import Unit
from arcore.store.unit import commit
from arcore.store.unit import refuse_reader


def merge_many(
    engine: Engine, *, pairs: Mapping[int, int | None], actor: Actor, key: str | None = None, dry_run: bool = False
) -> Facts:
    """Let customers live on in others, or on their own again (None); all or none of them.

    `before` in the answer takes it back. Raises BadInput for nothing, RuleBroken for a circle, NotFound, NotAllowed.
    """
    refuse_reader(actor, "may look at customers but not change them")
    if not pairs:
        msg = "Nothing was chosen"
        raise BadInput(msg)

    def body(unit: Unit) -> Facts:
        done = [merge_in(unit, customer_id, into_id) for customer_id, into_id in pairs.items()]
        if len(done) > 1:
            unit.subject = "customers"
            unit.changed.clear()
            unit.changed.update(merged={str(one["customer"]): one["into"] for one in done})
        return {"merged": len(done), "before": {str(one["customer"]): one["before"] for one in done}}

    content = {"pairs": {str(one): into for one, into in pairs.items()}}
    verb = "split_customers" if all(into is None for into in pairs.values()) else "merge_customers"
    return commit(engine, body, actor=actor, verb=verb, key=key, content=content, dry_run=dry_run)


def take_back(engine: Engine, done: Facts, *, actor: Actor, key: str | None = None) -> Facts:
    """Undo what `merge_many` did, by the facts that it returned."""
    pairs = {int(one): into for one, into in done["before"].items()}
    return merge_many(engine, pairs=pairs, actor=actor, key=key)
