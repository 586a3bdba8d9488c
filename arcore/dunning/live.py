"""Whether reminders are live: until somebody confirms, every run is a preview."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any
from typing import NamedTuple

from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.dunning.policy import SETTING
from arcore.dunning.policy import Policy
from arcore.dunning.policy import from_setting
from arcore.errors import Refused
from arcore.store.company import CompanySetting

LIVE_SETTING = "dunning_live"
"""The name of the company's setting that says since when reminders leave; null before."""


class Live(NamedTuple):
    """Since when reminders leave, and who confirmed it."""

    on: date
    by: str


class NotLive(Refused):
    """Nobody has confirmed yet that reminders may leave."""

    code = "not_live"


def live_of(settings: Mapping[str, Any]) -> Live | None:
    """Read from the company's settings since when reminders are live; None when they are not."""
    value = settings.get(LIVE_SETTING)
    return Live(date.fromisoformat(value["on"]), value["by"]) if value else None


def policy_in(session: Session) -> Policy:
    """Return the company's rules inside a session."""
    return from_setting(_setting(session, SETTING))


def live_in(session: Session) -> Live | None:
    """Tell inside a session since when reminders are live."""
    return live_of({LIVE_SETTING: _setting(session, LIVE_SETTING)})


def refuse_unless_live(session: Session) -> None:
    """Raise NotLive as long as nobody has confirmed on the page that reminders may leave."""
    if live_in(session) is None:
        raise NotLive("Nothing was sent: reminders are not live yet. Confirm them once on the page Reminders")


def _setting(session: Session, name: str) -> Any:
    found = session.execute(select(col(CompanySetting.value)).where(col(CompanySetting.name) == name)).scalar()
    return None if found is None else json.loads(found)
