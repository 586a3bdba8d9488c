"""Freezing a month and opening it again, each after a look at what it means."""

from __future__ import annotations

from datetime import date
from functools import partial

import streamlit as st

from arcore.company import service as company
from arcore.company.queries import Close
from pages.ui import failures
from pages.ui import forms
from pages.ui import shell
from pages.ui.format import as_label
from pages.ui.forms import Form
from pages.ui.month_end_known import moment_words
from pages.ui.settings_view import refusal

NAME = "freeze"
ASKED = "freeze_asked"


def button(frame: shell.Frame, day: date, close: Close | None) -> None:
    """Draw the button, and its question when it was pressed."""
    refused = refusal(frame)
    label = "Open again" if close else f"Freeze {frame.say.month_name(day)}"
    st.button(
        label, key="ask_freeze", type="secondary" if close else "primary", on_click=_ask, args=(day,),
        icon=":material/lock_open:" if close else ":material/lock:", disabled=refused is not None, help=refused,
    )  # fmt: skip
    if st.session_state.pop(ASKED, None) == day:
        (reopen if close else freeze)(frame, day, close)


def said() -> None:
    """Show what the last freeze or opening said."""
    forms.outcome(NAME)


@st.dialog("Freeze a month", width="medium", icon=":material/lock:")
@failures.guarded
def freeze(frame: shell.Frame, day: date, close: Close | None) -> None:
    """Say what freezing means, and do it."""
    del close
    if forms.is_done(NAME):
        st.rerun()
    st.markdown(as_label(f"Freezes {frame.say.month(day)} as the books know it now."))
    st.caption(
        "Nothing is locked: what is posted into the month later still counts from its own day, but it is listed here "
        "with its effect, and the month stays visible as it was frozen."
    )
    forms.once(NAME).button(f"Freeze {frame.say.month(day)}", partial(_freeze, frame, day), kind="primary")
    forms.outcome(NAME)


@st.dialog("Open a frozen month", width="medium", icon=":material/lock_open:")
@failures.guarded
def reopen(frame: shell.Frame, day: date, close: Close | None) -> None:
    """Say what opening means, and do it."""
    if forms.is_done(NAME) or close is None:
        st.rerun()
    when = moment_words(frame, close.at)
    st.markdown(as_label(f"{frame.say.month(day)} was frozen {when} by {close.by}."))
    st.caption("The freeze stays in the audit trail. Later rows no longer show as posted into a closed period.")
    forms.once(NAME).button(f"Open {frame.say.month(day)} again", partial(_reopen, frame, day), kind="primary")
    forms.outcome(NAME)


def _ask(day: date) -> None:
    st.session_state[ASKED] = day
    forms.begin(NAME)


def _freeze(frame: shell.Frame, day: date, form: Form) -> str:
    company.freeze_month(frame.books.engine, day=day, today=frame.today, actor=frame.actor, key=form.token)
    return f"{frame.say.month(day)} is frozen. Undo it any time with Open again."


def _reopen(frame: shell.Frame, day: date, form: Form) -> str:
    company.reopen_month(frame.books.engine, day=day, actor=frame.actor, key=form.token)
    return f"{frame.say.month(day)} is open again."
