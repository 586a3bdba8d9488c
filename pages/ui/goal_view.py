"""Targets in words: what is aimed at, how it stands, what is missing; the same on cards, in the list and in alerts."""

from __future__ import annotations

from typing import Literal

from arcore.goals.queries import State
from arcore.reports import target_words
from arcore.reports.targets import Status
from arcore.reports.targets import meant
from arcore.reports.targets import statuses
from pages.ui import shell
from pages.ui.format import Format
from pages.ui.format import as_label

Colour = Literal["green", "orange", "red", "gray"]

COLOURS: dict[target_words.Tone, Colour] = {"better": "green", "risk": "orange", "worse": "red", "": "gray"}


def colour(state: State) -> Colour:
    """Return the colour in which the words of a state stand."""
    return COLOURS[target_words.TONES[state]]


def shown(frame: shell.Frame, name: str) -> Status | None:
    """Return how the target of a measure stands for exactly what the filters choose; None where there is none."""
    found = frame.read(statuses, shown=True)
    if not found:
        return None
    wanted = frame.read(meant, name)
    return next((status for status in found if status.goal.kpi.key == wanted.key), None)


def chip(status: Status, say: Format) -> str:
    """Write the target and how it stands as Markdown for the head of a card."""
    tint = "red" if status.alert else colour(status.state)
    mark = ":material/notifications: " if status.alert else ""
    target = target_words.amount(status.goal.value, status.figure, say)
    return f":{tint}-badge[{mark}{as_label(f'target {target} · {status.words.lower()}')}]"


def hint(status: Status, say: Format) -> str:
    """Say everything about a target in a few lines of Markdown, for the help of its chip."""
    goal, figure = status.goal, status.figure
    aim = f"{target_words.amount(goal.value, figure, say)}, {target_words.distance(status, say)}"
    lines = [f"{target_words.title(goal)}, {goal.segment or 'all customers'}: {aim}"]
    if goal.due_on:
        lines.append(f"due {say.day(goal.due_on)}" + (f", {goal.owner} answers for it" if goal.owner else ""))
    elif goal.owner:
        lines.append(f"{goal.owner} answers for it")
    if status.expected is not None and status.state in ("on_track", "at_risk"):
        lines.append(
            f"on the straight line it would be {target_words.amount(round(status.expected, 1), figure, say)} now"
        )
    if limits := target_words.band(goal, figure, say):
        lines.append(f"alert {limits}")
    return "  \n".join(as_label(line) for line in lines)
