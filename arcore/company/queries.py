"""What is stored of our own company, what was stated and frozen, and what day it is there."""

from __future__ import annotations

import json
from datetime import UTC
from datetime import date
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.analytics.variants import Variants
from arcore.company.accounts import BankAccount
from arcore.company.accounts import is_iban
from arcore.company.balances import LEDGER
from arcore.company.balances import StatedBalance
from arcore.company.balances import stated as ledger_balances
from arcore.company.balances import stated_by_files as file_totals
from arcore.company.closing import Close
from arcore.company.closing import closes
from arcore.company.counting import variants_in
from arcore.company.notes import MonthNote
from arcore.company.notes import month_note
from arcore.company.notes import month_notes
from arcore.company.profile import Profile
from arcore.company.profile import from_settings
from arcore.company.sales import StatedSales
from arcore.company.sales import stated as monthly_sales
from arcore.settings import settings
from arcore.store.company import CompanySetting
from arcore.store.engine import reading

__all__ = [
    "LEDGER",
    "BankAccount",
    "Close",
    "MonthNote",
    "Profile",
    "StatedBalance",
    "StatedSales",
    "closes",
    "file_totals",
    "from_settings",
    "is_iban",
    "ledger_balances",
    "month_note",
    "month_notes",
    "monthly_sales",
    "profile",
    "profile_in",
    "today",
    "variants",
]


def profile(engine: Engine) -> Profile:
    """Read the company's profile; defaults where nothing was saved."""
    with reading(engine) as session:
        return profile_in(session)


def variants(engine: Engine) -> Variants:
    """Read how the company wants its measures counted; each choice by default where nothing was saved."""
    with reading(engine) as session:
        return variants_in(session)


def profile_in(session: Session) -> Profile:
    """Read the company's profile inside a session."""
    rows = session.execute(select(col(CompanySetting.name), col(CompanySetting.value)))
    return from_settings({name: json.loads(value) for name, value in rows})


def today(time_zone: str, now: datetime | None = None) -> date:
    """Return the date in a time zone, or the day that the settings fix; asked once, at the edge."""
    if now is None and (fixed := settings().today) is not None:
        return fixed
    return (now or datetime.now(UTC)).astimezone(ZoneInfo(time_zone)).date()
