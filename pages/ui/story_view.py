"""The drawer that answers "why is this open?": every step of one document, and what can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from arcore.reports.story import Line
from arcore.reports.story import Story
from arcore.reports.story import story
from pages.ui import shell
from pages.ui.format import as_label

Ask = Callable[..., None]
"""Remembers which dialog to open next: its name and what it is about."""


@st.dialog("Why is this open?", position="right", width=600, icon=":material/history:")
def drawer(frame: shell.Frame, document_id: int, ask: Ask) -> None:
    """Tell a document's story; each step that still stands can be taken back."""
    told, say = story(frame.books.engine, document_id), frame.say
    document, code = told.document, told.document.currency
    name = f"{told.label} {document.number or document.id}"
    when = f"{say.day(document.document_date)} · due {due_days(told, frame)}"
    st.markdown(
        f"**{as_label(name)}**  \n**{as_label(say.money(told.open, code))} open** "
        f":gray[of {as_label(say.money(document.amount, code))} · {as_label(when)}]"
    )
    for place, line in enumerate(told.lines):
        step(frame, line, code, place, ask)
    origins(frame, told)
    actions(told, ask)


def step(frame: shell.Frame, line: Line, code: str, place: int, ask: Ask) -> None:
    """Draw one step: day, what happened, amount, balance after it."""
    say = frame.say
    with st.container(horizontal=True, vertical_alignment="center", gap="small", border=True):
        other = f" {line.other_kind} {line.other_number or line.other_id}" if line.other_kind else ""
        words = as_label(f"{line.what}{other}")
        title = words if line.standing else f"~~{words}~~ :gray[taken back]"
        amount = f" {as_label(say.signed(line.amount, code))}" if line.amount else ""
        tail = as_label(
            f"{say.day(line.on)} · balance {say.amount(line.balance, code)} · {line.recorded_by}, "
            f"recorded {say.day(line.recorded_at.date())}"
        )
        st.markdown(f"{title}{amount}  \n:small[:gray[{tail}]]", width="stretch")
        if line.other_id is not None:
            st.button(
                "",
                icon=":material/open_in_new:",
                key=f"story_other_{place}",
                help="Its own story",
                type="tertiary",
                on_click=partial(ask, "story", line.other_id),
            )
        if line.application_id is not None:
            st.button(
                "Take back",
                key=f"story_back_{place}",
                type="tertiary",
                on_click=partial(ask, "unapply", line.application_id),
            )


def origins(frame: shell.Frame, told: Story) -> None:
    """Say which file and row the document came from."""
    if not told.origins:
        st.caption(as_label(f"Entered here by {told.document.recorded_by}, not from a file."))
    for origin in told.origins:
        row = f", line {origin.line}" if origin.line else ""
        st.caption(
            as_label(
                f"From {origin.file}{row} ({origin.system}), import {origin.import_id} "
                f"of {frame.say.day(origin.at.date())} by {origin.by}."
            )
        )


def actions(told: Story, ask: Ask) -> None:
    """Offer what can be done with the whole document."""
    if told.taken_back_by is not None or told.document.reverses_id is not None:
        return
    with st.container(horizontal=True, gap="xsmall"):
        if told.document.kind == "payment":
            st.button(
                "It bounced",
                icon=":material/undo:",
                key="story_bounce",
                on_click=partial(ask, "bounce", told.document.id),
            )
        st.button("Void", icon=":material/block:", key="story_void", on_click=partial(ask, "void", told.document.id))


def due_days(told: Story, frame: shell.Frame) -> str:
    """Name the due days of the document's items."""
    days: dict[Any, None] = dict.fromkeys(item.due_date for item in told.items)
    return ", ".join(frame.say.day(day) for day in days)
