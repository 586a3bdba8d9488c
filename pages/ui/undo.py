"""What the last write on a page is taken back by: kept, offered beside what was done, dropped by the next write."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Hashable
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st

from pages.ui import forms
from pages.ui.format import as_label
from pages.ui.forms import Form


@dataclass(frozen=True)
class Undo:
    """The last write of a page in words, what it was about, and what takes it back under an idempotency key."""

    words: str
    about: Hashable
    back: Callable[[str], object]


def keep(page: str, words: str, about: Hashable, back: Callable[[str], object]) -> None:
    """Offer to take the last write back for as long as the page shows `about`: these books, this customer."""
    st.session_state[_key(page)] = Undo(words, about, back)


def drop(page: str) -> None:
    """Offer to take nothing back: the last write has no undo."""
    st.session_state.pop(_key(page), None)


def outcome(page: str, about: Hashable, *, by: str, of: Sequence[str] = ()) -> None:
    """Say what the forms `by` and `of` did, with the undo beside it, which is a button of the form `by`."""
    undo: Undo | None = st.session_state.get(_key(page))
    if undo and undo.about != about:
        undo = None
    if undo is None and not any(map(forms.has_outcome, (by, *of))):
        return
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="outcome"):
        with st.container():
            for name in (*of, by):
                forms.outcome(name)
        if undo is not None:
            forms.once(by).button(
                as_label(f"Undo: {undo.words}"), partial(_take_back, page, undo), icon=":material/undo:", name="undo"
            )


def _take_back(page: str, undo: Undo, form: Form) -> str:
    undo.back(form.token)
    drop(page)
    return f"Undone: {undo.words}."


def _key(page: str) -> str:
    return f"{page}_undo_of"
