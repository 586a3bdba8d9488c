"""What the parts of the Clean-up page share: the dialog that was asked for, what was done, and its undo."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import uuid4

import streamlit as st

from arcore.errors import ArcoreError
from arcore.store.unit import Facts
from pages.ui import failures
from pages.ui import forms
from pages.ui import plan_desk
from pages.ui import undo
from pages.ui.format import as_label
from pages.ui.forms import Form
from pages.ui.plan_desk import Desk

NAME = "clean_up_write"
"""The form that all buttons of the page share: a double click on two of them writes once."""
PAGE, ASKED = "clean_up", "clean_up_asked"
Back = Callable[[Facts, str], object]
"""Takes back what a write did: its facts, and the idempotency key to do it under."""


@dataclass(frozen=True)
class Action:
    """One button above a list.

    Attributes:
        dialog: what it opens; `what` is handed to it.
        hint: why it can't be pressed, "" when it can.
    """

    key: str
    label: str
    icon: str
    dialog: str
    what: tuple[Any, ...]
    hint: str = ""
    primary: bool = False


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


def begin(desk: Desk) -> Form:
    """Start a dialog; close it when its write is done. Says when it works on other books than the page shows."""
    if forms.is_done(NAME) or ASKED in st.session_state:
        st.rerun()
    filters = desk.frame.filters
    if filters.as_of != desk.frame.today or filters.known_at is not None:
        st.caption("This works on the books as they are now, not on the day that the page shows.")
    return forms.once(NAME)


def outcome(desk: Desk) -> None:
    """Say what was done, with its undo beside it."""
    undo.outcome(PAGE, desk.frame.books.store_id, by=NAME)


def buttons(desk: Desk, actions: list[Action]) -> None:
    """Draw the buttons of a list in a row."""
    for action in actions:
        refused = desk.refusal or action.hint
        st.button(
            as_label(action.label), icon=action.icon, key=f"clean_{action.key}", disabled=bool(refused),
            type="primary" if action.primary else "secondary", help=refused or None,
            on_click=partial(ask, action.dialog, *action.what),
        )  # fmt: skip


def finish(
    desk: Desk, form: Form, label: str, act: Callable[..., Facts], *, words: str, back: Back, disabled: bool = False
) -> None:
    """Draw the button that does it; `act(key=…)` calls one service, `back` takes it back afterwards."""

    def post(current: Form) -> str:
        done = act(key=current.token)
        undo.keep(PAGE, words, desk.frame.books.store_id, lambda key: back(done, key))
        return f"Done: {words}."

    refused = desk.refusal
    form.button(label, post, kind="primary", disabled=disabled or refused is not None, hint=refused)
    forms.outcome(NAME)


def previewed(form: Form, label: str, act: Callable[..., Facts]) -> Facts | None:
    """Return what `act(dry_run=True)` would do; where it is refused, say why, draw the button dead and return None."""
    try:
        return act(dry_run=True)
    except ArcoreError as error:
        failures.sentence(error)
        form.button(label, lambda _: "", disabled=True, kind="primary")
        forms.outcome(NAME)
        return None


def counted(number: int, noun: str) -> str:
    """Write 1 item, 1,234 items."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def money(desk: Desk, sums: Mapping[str, int]) -> str:
    """Write sums in their currencies, one after the other."""
    return " + ".join(desk.say.money(amount, code) for code, amount in sorted(sums.items())) or "0"


worth = plan_desk.worth
