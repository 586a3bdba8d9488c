"""Targets as text: what is aimed at, how far off a measure is, when an alert stands; for screen, paper and scripts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from arcore.analytics import written
from arcore.analytics.figures import MONEY
from arcore.analytics.figures import PERCENT
from arcore.analytics.figures import Figure
from arcore.analytics.wording import TITLES
from arcore.analytics.wording import key_of
from arcore.goals.queries import Goal
from arcore.goals.queries import State
from arcore.money import nearest_minor
from arcore.reports.targets import Alert
from arcore.reports.targets import Status
from arcore.written import NONE
from arcore.written import Format

Tone = Literal["better", "risk", "worse", ""]
TONES: dict[State, Tone] = {
    "met": "better",
    "on_track": "better",
    "at_risk": "risk",
    "missed": "worse",
    "off": "worse",
    "pending": "",
    "unknown": "",
    "not_begun": "",
}
"""Whether how a target stands is good news; the words of the state say the rest."""


def title(goal: Goal) -> str:
    """Name the measure."""
    return TITLES[key_of(goal.kpi)]


def whose(goal: Goal) -> str:
    """Name the customers it is for."""
    return goal.segment or "All customers"


def amount(value: Decimal | None, figure: Figure, say: Format) -> str:
    """Write a value in the unit of a figure as short as it was set: 42 days, 85%, €5.00m; "—" for none."""
    if value is None:
        return NONE
    if figure.unit == MONEY:
        return written.number(value, MONEY, figure.currency, say)
    text = say.number(value, max(0, -int(value.normalize().as_tuple().exponent)))
    unit = written.UNIT_WORDS.get(figure.unit, "")
    return f"{text}%" if figure.unit == PERCENT else f"{text} {unit}".strip()


def distance(status: Status, say: Format) -> str:
    """Say how far the measure is from its target: 4.5 days above, met."""
    if status.gap is None or status.missing is None:
        return NONE
    if not status.missing:
        return "met"
    return f"{size(status.missing, status.figure, say)} {'above' if status.gap > 0 else 'below'}"


def size(value: Decimal, figure: Figure, say: Format) -> str:
    """Write how far apart two values are: 4.5 days, 2.8 points, €320k."""
    if figure.unit == MONEY:
        return say.compact(nearest_minor(value, figure.currency), figure.currency)
    word = "points" if figure.unit == PERCENT else written.UNIT_WORDS.get(figure.unit, "")
    return f"{say.number(value, 1)} {word}".strip()


def band(goal: Goal, figure: Figure, say: Format) -> str:
    """Say when an alert stands: above 50 days, below 75%, outside 90 to 110; "" for never."""
    low, high = amount(goal.low, figure, say), amount(goal.high, figure, say)
    if goal.low is not None and goal.high is not None:
        return f"outside {low} to {high}"
    if goal.high is not None:
        return f"above {high}"
    return f"below {low}" if goal.low is not None else ""


def alert(status: Status, stands: Alert, say: Format, today: date) -> str:
    """Say in a line what left its band: DSO 52.1 days, above 46 days since 31 Aug."""
    whom = f", {status.goal.segment}" if status.goal.segment else ""
    limit = amount(stands.limit, status.figure, say)
    since = say.short_day(stands.since, today)
    value = written.with_unit(status.figure, say)
    return f"{status.goal.kpi.label}{whom}: {value}, {stands.side} {limit} since {since}"
