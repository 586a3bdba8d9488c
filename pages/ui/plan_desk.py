"""What the parts of the Plans page share: which row is chosen, the dialog that was asked for, what was done."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from typing import Literal
from typing import TypeAlias
from uuid import uuid4

import pandas as pd
import streamlit as st
from sqlalchemy import Engine

from arcore.ledger.service import READ_ONLY_ROLES
from arcore.money import from_minor
from pages.ui import chosen
from pages.ui import forms
from pages.ui import shell
from pages.ui import undo
from pages.ui.format import Format
from pages.ui.forms import Form

Subject: TypeAlias = Literal["plan", "promise"]
"""What is chosen; also its name in the address: `?plan=7`."""
NAME = "plans_write"
"""The form that all buttons of the page share: a double click on two of them writes once."""
PAGE, ASKED = "plans", "plans_asked"
MOST_ROWS = 18


@dataclass(frozen=True)
class Desk:
    """What the parts of the page work on."""

    frame: shell.Frame

    @property
    def engine(self) -> Engine:
        """The open books."""
        return self.frame.books.engine

    @property
    def say(self) -> Format:
        """Figures and dates as text."""
        return self.frame.say

    @property
    def refusal(self) -> str | None:
        """Why this user may not write, None when they may."""
        actor = self.frame.actor
        return f"{actor.name} may look but not write" if actor.role in READ_ONLY_ROLES else None


# --- dialogs and their outcome ----------------------------------------------------------------------------------------


def ask(name: str, *what: Any) -> None:
    """Remember which dialog to open on the next run, with an empty form; for `on_click`."""
    st.session_state[ASKED] = (name, what)
    forms.begin(NAME)
    st.session_state[f"{NAME}_token"] = uuid4().hex
    for left in ("said", "told"):
        st.session_state.pop(f"{NAME}_{left}", None)


def open_asked(desk: Desk, dialogs: Mapping[str, Callable[..., None]]) -> None:
    """Open the dialog that was asked for, once; called last on the page."""
    name, what = st.session_state.pop(ASKED, (None, ()))
    if name in dialogs:
        dialogs[name](desk, *what)


def begin() -> Form:
    """Start a dialog; close it when its write is done, or when it asks for another."""
    if forms.is_done(NAME) or ASKED in st.session_state:
        st.rerun()
    return forms.once(NAME)


def keep_undo(desk: Desk, words: str, back: Callable[[str], object] | None) -> None:
    """Offer to take the last write back, by `back` with an idempotency key; None for one that has no undo."""
    if back is None:
        undo.drop(PAGE)
    else:
        undo.keep(PAGE, words, desk.frame.books.store_id, back)


def outcome(desk: Desk) -> None:
    """Say what was done, with its undo beside it."""
    undo.outcome(PAGE, desk.frame.books.store_id, by=NAME)


# --- which row --------------------------------------------------------------------------------------------------------


def go(subject: Subject, number: int) -> None:
    """Choose a row; for `on_click` and after a write that made it."""
    chosen.want(f"{subject}_list", number)


def follow(subject: Subject, ids: Sequence[int]) -> str | None:
    """Choose the row that the address names, when it is another one than before; return what is not in the list."""
    asked = st.query_params.get(subject, "")
    if asked and asked != st.session_state.get(f"{subject}_seen"):
        number = int(asked) if asked.isascii() and asked.isdigit() else -1
        if number not in ids:
            return asked
        go(subject, number)
    return None


def pick(subject: Subject, data: pd.DataFrame, ids: Sequence[int], config: Mapping[str, Any], *, alt: str) -> int:
    """Draw a list of which one row is always chosen, and return its number; the address leads back to it."""
    at = chosen.pick(f"{subject}_list", data, ids, config, alt=alt, most=MOST_ROWS).at
    _address(subject, ids[at])
    return at


def worth(minor: int | None, currency: str) -> float | None:
    """Return an amount for a grid; None where there is none, or no rate."""
    return None if not minor else float(from_minor(minor, currency))


def _address(subject: Subject, number: int) -> None:
    wanted = str(number)
    if st.query_params.get(subject) != wanted:
        st.query_params[subject] = wanted
    st.session_state[f"{subject}_seen"] = wanted
