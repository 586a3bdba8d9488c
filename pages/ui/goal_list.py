"""All targets with how they stand: who answers, until when, now, how far off, in words and one colour."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from arcore.analytics import written
from arcore.reports import target_words
from arcore.reports.targets import Status
from arcore.reports.targets import statuses
from pages.ui import chosen
from pages.ui import drawer
from pages.ui import empty
from pages.ui import forms
from pages.ui import goal_form
from pages.ui import goal_view
from pages.ui import shell
from pages.ui import tables
from pages.ui.format import as_label
from pages.ui.settings_view import refusal

KEY = "goals_list"
MOST_ROWS = 20
GROUNDS = {
    "green": "rgba(21,128,61,.22)", "orange": "rgba(217,119,6,.26)", "red": "rgba(198,47,53,.24)", "gray": "",
}  # fmt: skip
"""Behind the words of a state; half-transparent, so that they work on light and dark."""


def draw(frame: shell.Frame) -> None:
    """Draw the list with what can be done to the row that is chosen."""
    goal_form.outcome(frame)
    found, refused = frame.read(statuses), refusal(frame)
    day = as_label(frame.say.day(frame.filters.as_of))
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown(
            f"**Targets** :gray[:small[each measured for its own customers, as of {day}]]",
            width="content",
        )
        st.button(
            "New target", icon=":material/add:", key="goals_new", type="secondary" if found else "primary",
            on_click=goal_form.ask, args=("dso", ""), disabled=refused is not None, help=refused,
        )  # fmt: skip
    if not found:
        empty.card(
            "No target yet",
            "Say what a measure should be, by when, and who answers for it. Cards on Trends have a flag for it too.",
            icon=":material/flag:", key="no_goals",
        )  # fmt: skip
        return
    data = listed(found, frame)
    at = chosen.pick(
        KEY, _tinted(data, found), [status.goal.name + status.goal.segment for status in found], _columns(frame),
        alt="Targets: measure, for whom, now, target, gap, state", most=MOST_ROWS,
    ).at  # fmt: skip
    _acts(frame, found[at], refused)
    tables.downloads(
        "Download",
        "targets",
        place=frame.actions,
        **tables.files(lambda: exact(found), "Targets", frame.facts(converted=True), sums=False),
    )


def listed(found: tuple[Status, ...], frame: shell.Frame) -> pd.DataFrame:
    """Lay the targets out as text in their units, one row each."""
    say, today = frame.say, frame.filters.as_of
    rows = [
        {
            "Measure": status.goal.kpi.label,
            "For": target_words.whose(status.goal),
            "Now": written.with_unit(status.figure, say),
            "Target": target_words.amount(status.goal.value, status.figure, say),
            "Gap": target_words.distance(status, say),
            "State": status.words,
            "Way": None if status.progress is None else 100 * min(1.0, max(0.0, float(status.progress))),
            "Due": status.goal.due_on,
            "Owner": status.goal.owner or None,
            "Alert": target_words.band(status.goal, status.figure, say) or None,
            "Outside since": say.short_day(status.alert.since, today) if status.alert else None,
        }
        for status in found
    ]
    return pd.DataFrame(rows)


def exact(found: tuple[Status, ...]) -> pd.DataFrame:
    """Lay the targets out as numbers for a download."""

    def number(value: Any) -> float | None:
        return None if value is None else round(float(value), 4)

    rows = [
        {
            "Measure": target_words.title(status.goal),
            "For": target_words.whose(status.goal),
            "Unit": written.unit_word(status.figure),
            "As of": status.figure.as_of,
            "Now": number(status.figure.exact),
            "Target": number(status.goal.value),
            "Gap": number(status.gap),
            "State": status.words,
            "Expected now": number(status.expected),
            "When it was set": None if status.start is None else number(status.start.exact),
            "Counted from": status.goal.valid_from,
            "Due": status.goal.due_on,
            "Owner": status.goal.owner,
            "Alert below": number(status.goal.low),
            "Alert above": number(status.goal.high),
            "Outside since": status.alert.since if status.alert else None,
            "Note": status.goal.note,
        }
        for status in found
    ]
    return pd.DataFrame(rows)


def _tinted(data: pd.DataFrame, found: tuple[Status, ...]) -> Any:
    grounds = [f"background-color: {GROUNDS[goal_view.colour(status.state)]}" for status in found]
    outside = [f"background-color: {GROUNDS['red']}" if status.alert else "" for status in found]
    style: Any = data.style
    return style.apply(lambda _: grounds, subset=["State"]).apply(lambda _: outside, subset=["Outside since"])


def _columns(frame: shell.Frame) -> dict[str, Any]:
    return {
        "Measure": tables.text("Measure", width=185),
        "For": tables.text("For", width=110),
        "Now": tables.text("Now", width=84),
        "Target": tables.text("Target", width=80),
        "Gap": tables.text("Gap", width=125),
        "State": tables.text("State", width=78),
        "Way": tables.share(
            "Way", width=105, hint="How much of the way from the day it was set to the target is done."
        ),
        "Due": tables.day("Due", frame.say, width=98),
        "Owner": tables.text("Owner", width=118),
        "Alert": tables.text("Alert", width=122),
        "Outside since": tables.text("Outside since", width=96),
    }


def _acts(frame: shell.Frame, status: Status, refused: str | None) -> None:
    goal = status.goal
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.button(
            "Change", icon=":material/edit:", key="goals_change", on_click=goal_form.ask,
            args=(goal.name, goal.segment), disabled=refused is not None, help=refused,
        )  # fmt: skip
        forms.once(goal_form.NAME).button(
            "Withdraw", partial(goal_form.withdraw, frame, goal), icon=":material/delete:", name="withdraw_row",
            disabled=refused is not None, hint=refused,
        )  # fmt: skip
        st.button(
            "Why this value", icon=":material/functions:", key="goals_explain", on_click=drawer.ask,
            args=(goal.name, goal.segment),
        )  # fmt: skip
        if goal.note:
            st.markdown(f":small[:gray[{as_label(goal.note)}]]")
