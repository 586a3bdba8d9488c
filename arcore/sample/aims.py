"""What the sample company aims at, and what it wrote at days that its charts show."""

from __future__ import annotations

from datetime import date
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from arcore.dates import add_months
from arcore.dates import month_end
from arcore.goals.service import annotation_in
from arcore.goals.service import target_in
from arcore.sample.masterdata import OWNER_CHANGE
from arcore.sample.player import LEFT
from arcore.sample.player import OWNERS
from arcore.sample.player import PUBLIC
from arcore.sample.player import WHOLESALE
from arcore.store.unit import Unit

SET_BEFORE = 8
"""Whole months before today since when progress is counted."""
LEFT_TO_GO = 40
"""Days after today in whose month the targets are due."""
ANA, BO, CARLA, DAVID = OWNERS


class Aim(NamedTuple):
    """A target: the measure with its variant, its value and band, who answers for it, for which segment."""

    measure: str
    value: int
    low: int | None
    high: int | None
    owner: str
    segment: str = ""
    currency: str = ""
    note: str = ""


AIMS = (
    Aim("dso.period_end", 42, None, 50, CARLA, note="Agreed with the board: ten days less than last winter."),
    Aim("dso.period_end", 40, None, 48, DAVID, WHOLESALE),
    Aim("add.period_end", 14, None, 20, ANA),
    Aim("add.period_end", 15, None, 20, BO, PUBLIC, note="Invoices go out with the order number of the office."),
    Aim("cei.period", 85, 78, None, ANA),
    Aim("overdue.gross_debits", 4_000_000, None, 4_500_000, CARLA, currency="EUR"),
)
CASH = 8_500_000
"""What is to come in each month."""


def write(unit: Unit, today: date) -> None:
    """Write the targets as of today, and the notes of the last months; the audit counts them."""
    told = dict(unit.changed)
    first = month_end(add_months(today.replace(day=1), -SET_BEFORE))
    due = month_end(today + timedelta(days=LEFT_TO_GO))
    for aim in AIMS:
        low, high = (None if limit is None else Decimal(limit) for limit in (aim.low, aim.high))
        target_in(
            unit, measure=aim.measure, value=Decimal(aim.value), low=low, high=high, segment=aim.segment,
            currency=aim.currency, owner=aim.owner, due_on=due, valid_from=first, note=aim.note,
        )  # fmt: skip
    target_in(unit, measure="cash_in.to_date", value=Decimal(CASH), currency="EUR", owner=ANA, valid_from=first)
    gone = today - timedelta(days=OWNER_CHANGE)
    annotation_in(unit, day=gone, text=f"{LEFT} left, her customers went to {ANA}")
    offered = add_months(today.replace(day=1), -6)
    annotation_in(unit, day=offered, text="Two per cent discount within 10 days offered", segment=WHOLESALE)
    unit.changed.clear()
    unit.changed.update(told, targets=len(AIMS) + 1, annotations=2)
