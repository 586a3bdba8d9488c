"""Targets in words: what is aimed at, how it stands, what is missing; the same on cards, in the list and in alerts."""

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
from arcore.reports.targets import meant
from arcore.reports.targets import statuses
from pages.ui import shell
from pages.ui.format import Format
from pages.ui.format import as_label

Colour = Literal["green", "orange", "red", "gray"]

COLOURS: dict[State, Colour] = {
    "met": "green",
    "on_track": "green",
    "at_risk": "orange",
    "missed": "red",
    "off": "red",
    "pending": "gray",
    "unknown": "gray",
    "not_begun": "gray",
}
"""One colour for each state, the words say the rest."""


def shown(frame: shell.Frame, name: str) -> Status | None:
    """Return how the target of a measure stands for exactly what the filters choose; None where there is none."""
    found = frame.read(statuses, shown=True)
    if not found:
        return None
    wanted = frame.read(meant, name)
    return next((status for status in found if status.goal.kpi.key == wanted.key), None)


def title(goal: Goal) -> str:
    """Name the measure, plain text."""
    return TITLES[key_of(goal.kpi)]


def whose(goal: Goal) -> str:
    """Name the customers it is for, plain text."""
    return goal.segment or "All customers"


def amount(value: Decimal | None, figure: Figure, say: Format) -> str:
    """Write a value in the unit of a figure as short as it was set: 42 days, 85%, €5.00m; "—" for none."""
    if value is None:
        return "—"
    if figure.unit == MONEY:
        return written.number(value, MONEY, figure.currency, say)
    text = say.number(value, max(0, -int(value.normalize().as_tuple().exponent)))
    unit = written.UNIT_WORDS.get(figure.unit, "")
    return f"{text}%" if figure.unit == PERCENT else f"{text} {unit}".strip()


def distance(status: Status, say: Format) -> str:
    """Say how far the measure is from its target: 4.5 days above, met."""
    if status.gap is None or status.missing is None:
        return "—"
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
    """Say in a line what left its band: DSO 52.1 days, above 46 days since 31 Aug; plain text."""
    whom = f", {status.goal.segment}" if status.goal.segment else ""
    limit = amount(stands.limit, status.figure, say)
    since = say.short_day(stands.since, today)
    value = written.with_unit(status.figure, say)
    return f"{status.goal.kpi.label}{whom}: {value}, {stands.side} {limit} since {since}"


def chip(status: Status, say: Format) -> str:
    """Write the target and how it stands as Markdown for the head of a card."""
    colour = "red" if status.alert else COLOURS[status.state]
    mark = ":material/notifications: " if status.alert else ""
    target = amount(status.goal.value, status.figure, say)
    return f":{colour}-badge[{mark}{as_label(f'target {target} · {status.words.lower()}')}]"


def hint(status: Status, say: Format) -> str:
    """Say everything about a target in a few lines of Markdown, for the help of its chip."""
    goal, figure = status.goal, status.figure
    lines = [f"{title(goal)}, {whose(goal).lower()}: {amount(goal.value, figure, say)}, {distance(status, say)}"]
    if goal.due_on:
        lines.append(f"due {say.day(goal.due_on)}" + (f", {goal.owner} answers for it" if goal.owner else ""))
    elif goal.owner:
        lines.append(f"{goal.owner} answers for it")
    if status.expected is not None and status.state in ("on_track", "at_risk"):
        lines.append(f"on the straight line it would be {amount(round(status.expected, 1), figure, say)} now")
    if limits := band(goal, figure, say):
        lines.append(f"alert {limits}")
    return "  \n".join(as_label(line) for line in lines)
