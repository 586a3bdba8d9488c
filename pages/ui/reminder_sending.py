"""Sending from the page: one, or all that is listed on a thread of its own, with how far it is, what became of it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from uuid import uuid4

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from arcore.dunning import service
from arcore.dunning import worker
from arcore.dunning.queries import Row
from arcore.dunning.service import Run
from arcore.errors import ArcoreError
from arcore.errors import NotFound
from arcore.errors import RuleBroken
from pages.ui import failures
from pages.ui import forms
from pages.ui import reminder_desk
from pages.ui import reminder_papers
from pages.ui.format import Format
from pages.ui.format import as_label
from pages.ui.forms import Form
from pages.ui.import_words import counted
from pages.ui.reminder_desk import Desk

JOB, SAID, BEGUN, STOPPED = "reminders_job", "reminders_run", "reminders_begun", "reminders_stopped"
POLLED = 0.4
"""Seconds between two looks at how far a run is."""


def button(desk: Desk, rows: Sequence[Row], place: DeltaGenerator) -> None:
    """Draw the one primary button of the list, or the way to going live."""
    if not desk.found.live and desk.refusal is None:
        place.button(
            "Go live", type="primary", key="to_golive", icon=":material/rocket_launch:",
            on_click=partial(reminder_desk.go, "golive"),
        )  # fmt: skip
        return
    obstacle = desk.obstacle or (None if rows else "Nobody is due a reminder")
    place.button(
        f"Send {counted(len(rows), 'reminder', 'reminders', desk.say)}", type="primary", key="send_all",
        icon=":material/send:", disabled=obstacle is not None,
        help=obstacle or "All that is listed. What has left can't be called back.",
        on_click=partial(begin, desk, tuple(row.place for row in rows)),
    )  # fmt: skip


def begin(desk: Desk, places: Sequence[reminder_desk.Place]) -> None:
    """Start to send what is listed; a second click finds it running, or done a moment ago."""
    if JOB in st.session_state or forms.busy() or time.monotonic() < st.session_state.get(BEGUN, 0.0) + forms.PAUSE:
        return
    st.session_state[BEGUN] = time.monotonic()
    reminder_desk.drop_undo()
    st.session_state[JOB] = worker.start(
        desk.engine, store_id=desk.frame.books.store_id, as_of=desk.day, only=places, actor=desk.frame.actor,
        papers=reminder_papers.of_all(places), key=uuid4().hex,
    )  # fmt: skip


def is_running(store_id: str) -> bool:
    """Tell whether a run sends from these books, begun here or in another tab, and remember which."""
    number = st.session_state.get(JOB) or worker.running(store_id)
    if number is None:
        return False
    st.session_state[JOB] = number
    return True


@st.fragment(run_every=POLLED)
def progress() -> None:
    """Show how far the run is; end with what it did."""
    number = st.session_state.get(JOB)
    if number is None:
        return
    try:
        job = worker.status(number)
    except NotFound as error:
        _end(error)
        return
    if job.ended:
        _end(job.error or job.result)
        return
    asked = st.session_state.get(STOPPED) == number
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small", key="progress"):
        words = "Stopping after this one" if asked else f"Sending, {job.done} of {job.of}"
        st.progress(job.done / max(1, job.of), text=words)
        st.button("Stop", key="stop_run", disabled=asked, on_click=partial(_stop, number))


def _stop(number: str) -> None:
    st.session_state[STOPPED] = number
    worker.stop(number)


def _end(said: ArcoreError | Run | None) -> None:
    for name in (JOB, STOPPED):
        st.session_state.pop(name, None)
    st.session_state[SAID] = said
    st.session_state.pop(f"{SAID}_first", None)
    st.rerun()


def outcome(desk: Desk) -> None:
    """Say what the last run did, and where to look at it."""
    if not forms.still_told(SAID) or (said := st.session_state[SAID]) is None:
        return
    if isinstance(said, ArcoreError):
        failures.sentence(said)
        return
    good = not (said.stopped or said.in_state("refused") or said.in_state("unknown"))
    draw = st.success if good else st.warning
    icon = ":material/check_circle:" if good else ":material/warning:"
    draw(as_label(in_words(said, desk.say, as_files=desk.way.name == "file")), icon=icon)


def in_words(run: Run, say: Format, *, as_files: bool) -> str:
    """Say what became of a run."""
    sent = len(run.in_state("sent"))
    parts = [f"{'Wrote' if as_files else 'Sent'} {counted(sent, 'reminder', 'reminders', say)}"]
    for state, words in (("refused", "refused"), ("unknown", "of unknown fate")):
        if count := len(run.in_state(state)):
            parts.append(f"{count} {words}")
    if held := run.held():
        parts.append(f"{len(held)} held back at the last moment ({held[0].words})")
    sentence = f"{', '.join(parts)}. The Outbox shows each as it left."
    if run.stopped:
        sentence = f"{run.stopped}: {run.of - len(run.outcomes)} of {run.of} were not tried. {sentence}"
    return sentence


def send_one(desk: Desk, row: Row, form: Form, *, approved: bool = False) -> str:
    """Send one customer its reminder; the sentence says what became of it."""
    done = service.send_one(
        desk.engine, customer_id=row.who.customer_id, entity=row.entity, as_of=desk.day, actor=desk.frame.actor,
        approved=approved, papers=reminder_papers.chosen(row.place), key=form.token, seen=desk.frame.books.seq,
    )  # fmt: skip
    if done["held"]:
        raise RuleBroken(f"{reminder_desk.NOT_SENT} to {row.who.name}: {done['held']['why']}")
    reminder_desk.drop_undo()
    reminder_papers.forget([row.place])
    if done["state"] == "prepared":
        return f"{row.who.name}: {done['words']}."
    if done["state"] != "sent":
        word = "refused" if done["state"] == "refused" else "of unknown fate"
        return f"{reminder_desk.NOT_SENT} for certain to {row.who.name}, the message is {word}: {done['words']}"
    folder = reminder_desk.short(str(desk.way.folder))
    how = f"written to {folder}" if desk.way.name == "file" else f"sent to {row.email}"
    return f"{row.who.name}: reminder {how}. The Outbox shows it as it left."
