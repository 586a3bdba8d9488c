"""How far work of many portions is: a bar, a way to stop, and in the end what was done, with the undo of all of it."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from uuid import uuid4

import streamlit as st

from arcore.cleanup import portions
from arcore.errors import ArcoreError
from arcore.errors import NotFound
from arcore.errors import RuleBroken
from pages.ui import forms
from pages.ui import undo
from pages.ui.clean_up_desk import NAME
from pages.ui.clean_up_desk import PAGE
from pages.ui.format import as_label

JOB = "clean_up_job"
POLLED = 0.4
Say = Callable[[int], str]
"""Says what was done with so many: "1,234 settlements explained as cash"."""


@dataclass(frozen=True)
class Running:
    """Work that this session began: its key, the books, what it does in words, and what takes documents back."""

    key: str
    store_id: str
    say: Say
    back: portions.Work


def start(ids: Sequence[int], work: portions.Work, *, key: str, store_id: str, say: Say, back: portions.Work) -> None:
    """Begin and show how far it is from now on; for `post` of a form, whose token is the key. Raises RuleBroken."""
    if JOB in st.session_state:
        msg = "Work is going on already: wait for it, or stop it"
        raise RuleBroken(msg)
    undo.drop(PAGE)
    portions.start(ids, work, key=key)
    st.session_state[JOB] = Running(key, store_id, say, back)


def draw(store_id: str) -> bool:
    """Draw the work that is going on in these books; tells whether there is any."""
    running: Running | None = st.session_state.get(JOB)
    if running is None or running.store_id != store_id:
        return False
    _progress()
    return JOB in st.session_state


@st.fragment(run_every=POLLED)
def _progress() -> None:
    running: Running | None = st.session_state.get(JOB)
    if running is None:
        return
    try:
        now = portions.status(running.key)
    except NotFound as error:
        _end(running, portions.Status(0, 0, (), ended=True, stopped=False, error=error))
        return
    if now.ended:
        _end(running, now)
        return
    words = "Stopping after this portion" if now.stopped else f"{now.done:,} of {now.total:,} done"
    st.progress(now.done / max(1, now.total), text=words)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button("Stop here", key="stop_portions", disabled=now.stopped, on_click=partial(portions.stop, running.key))
        note = f"{portions.PORTION:,} at a time, each portion whole or not at all; what is done can be undone."
        st.markdown(f":small[:gray[{as_label(note)}]]", width="stretch")


def _end(running: Running, now: portions.Status) -> None:
    st.session_state.pop(JOB, None)
    words = running.say(now.done)
    if now.done:
        undo.keep(PAGE, words, running.store_id, partial(_take_back, running, now.made))
    forms.tell(NAME, _said(now, words))
    st.rerun()


def _said(now: portions.Status, words: str) -> tuple[bool, str]:
    if now.done == now.total and now.error is None:
        return True, f"Done: {words}."
    left = f"{now.total - now.done:,} are left as they were"
    if now.error is not None:
        return False, f"{now.error.message.rstrip('.')}. {words[:1].upper()}{words[1:]}; {left}."
    return True, f"Stopped: {words}; {left}."


def _take_back(running: Running, made: tuple[int, ...], key: str) -> object:
    """Take everything back, in portions too, and wait for it: the latest first."""
    job = portions.start(made[::-1], running.back, key=f"{key}-back-{uuid4().hex[:6]}")
    now = portions.wait(job)
    if now.error is not None:
        message = f"{now.error.message.rstrip('.')}. {now.done:,} of {now.total:,} are taken back."
        raise ArcoreError(message, done=now.done)
    return now
