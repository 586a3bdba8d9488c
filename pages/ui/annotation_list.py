"""Notes at days, which all charts over time show: written, changed and removed beneath the charts."""

from __future__ import annotations

from functools import partial

import streamlit as st

from arcore.errors import BadInput
from arcore.goals import service
from arcore.goals.queries import Annotation
from arcore.goals.rules import LONGEST_WORDS
from arcore.ledger.service import READ_ONLY_ROLES
from arcore.reports.targets import notes
from pages.ui import failures
from pages.ui import forms
from pages.ui import goal_form
from pages.ui import shell
from pages.ui import undo
from pages.ui.format import as_label
from pages.ui.forms import Form
from pages.ui.goal_form import NAME
from pages.ui.goal_form import PAGE

ASKED = "annotation_asked"
NEW = 0
SHOWN = 6
"""How many are listed at once; the others stand below."""


def shown(frame: shell.Frame) -> tuple[Annotation, ...]:
    """Return the notes that the charts show with these filters."""
    return frame.read(notes)


def button(frame: shell.Frame) -> None:
    """Draw the way to a new note, right of the title."""
    refused = _refused(frame)
    frame.actions.button(
        "", icon=":material/add_comment:", key="annotation_new", on_click=_ask, args=(NEW,),
        disabled=refused is not None, help=refused or "Add a note to the charts: a few words at a day",
    )  # fmt: skip


def draw(frame: shell.Frame) -> None:
    """Draw the list beneath the charts, newest day first, and the dialog that was asked for."""
    found = shown(frame)
    if found:
        with st.container(border=True, gap="xxsmall", key="annotations"):
            st.markdown("**Notes in the charts** :gray[:small[the numbers on the charts]]")
            for note in found[::-1][:SHOWN]:
                _line(frame, note)
            older = found[::-1][SHOWN:]
            if older:
                more = st.expander(f"{len(older)} older", on_change="rerun", key="annotations_older")
                if more.open:
                    with more:
                        for note in older:
                            _line(frame, note)
    wanted = st.session_state.pop(ASKED, None)
    if wanted is not None:
        _dialog(frame, next((note for note in found if note.id == wanted), None))


def _line(frame: shell.Frame, note: Annotation) -> None:
    say, refused = frame.say, _refused(frame)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        whom = f" · {note.segment}" if note.segment else ""
        tail = f"{note.recorded_by}{whom}"
        st.markdown(
            f":small[**{note.number}** {as_label(say.day(note.day))} · {as_label(note.text)} :gray[{as_label(tail)}]]",
            width="content",
        )
        st.button(
            "", icon=":material/edit:", key=f"annotation_change_{note.id}", type="tertiary", on_click=_ask,
            args=(note.id,), disabled=refused is not None, help=refused or "Change the note",
        )  # fmt: skip
        forms.once(NAME).button(
            "", partial(_remove, frame, note), icon=":material/close:", name=f"remove_{note.id}", kind="tertiary",
            disabled=refused is not None, hint=refused or "Take the note off the charts",
        )  # fmt: skip


@st.dialog("Note in the charts", width="medium", icon=":material/add_comment:")
@failures.guarded
def _dialog(frame: shell.Frame, note: Annotation | None) -> None:
    if forms.is_done(NAME):
        st.rerun()
    form = forms.once(NAME)
    left, right = st.columns([2, 3], gap="small")
    left.date_input(
        "Day", value=note.day if note else frame.filters.as_of, key=form.key("day"), format=frame.say.date_input
    )
    segments = ["", *goal_form.segments_of(frame, note.segment if note else "")]
    right.selectbox(
        "Shown for", segments, index=segments.index(note.segment) if note else 0, key=form.key("segment"),
        format_func=lambda each: each or "All customers",
    )  # fmt: skip
    st.text_input(
        "Note", value=note.text if note else "", key=form.key("text"), max_chars=LONGEST_WORDS,
        placeholder="New terms for retail",
    )  # fmt: skip
    form.button("Change the note" if note else "Add the note", partial(_post, frame, note), kind="primary")
    forms.outcome(NAME)


def _ask(number: int) -> None:
    st.session_state[ASKED] = number
    goal_form.begin()


def _post(frame: shell.Frame, note: Annotation | None, form: Form) -> str:
    day, engine, actor = form.value("day"), frame.books.engine, frame.actor
    text, segment = form.value("text") or "", form.value("segment") or ""
    if day is None:
        raise BadInput("Choose the day of the note")
    if note is None:
        done = service.add_annotation(engine, day=day, text=text, segment=segment, actor=actor, key=form.token)
    else:
        done = service.change_annotation(
            engine, annotation_id=note.id, day=day, text=text, segment=segment, actor=actor, key=form.token,
            seen=frame.books.seq,
        )  # fmt: skip
    words = f"note of {frame.say.day(day)} {'changed' if note else 'added'}"
    _keep(frame, words, done["annotation"])
    return f"{words[0].upper()}{words[1:]}."


def _remove(frame: shell.Frame, note: Annotation, form: Form) -> str:
    service.remove_annotation(
        frame.books.engine, annotation_id=note.id, actor=frame.actor, key=form.token, seen=frame.books.seq
    )
    words = f"note of {frame.say.day(note.day)} removed"
    _keep(frame, words, note.id)
    return f"{words[0].upper()}{words[1:]}."


def _keep(frame: shell.Frame, words: str, number: int) -> None:
    def back(key: str) -> object:
        return service.undo_annotation(frame.books.engine, annotation_id=number, actor=frame.actor, key=key)

    undo.keep(PAGE, words, frame.books.store_id, back)


def _refused(frame: shell.Frame) -> str | None:
    actor = frame.actor
    return f"{actor.name} may look but not write" if actor.role in READ_ONLY_ROLES else None
