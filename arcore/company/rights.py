"""Who may change what is stored of our own company."""

from __future__ import annotations

from arcore.errors import NotAllowed
from arcore.store.unit import Actor

MAY_CHANGE = ("admin", "manager")
"""Roles that may change the company's settings, state balances and sales, and freeze months."""


def allow(actor: Actor, what: str = "change the company's settings") -> None:
    """Raise NotAllowed where this person may not."""
    if actor.role not in MAY_CHANGE:
        msg = f"{actor.name} may not {what}"
        raise NotAllowed(msg, actor=actor.name)
