"""Writes from a page: once per click, however it was clicked, and the outcome said in one sentence."""

from __future__ import annotations

import time
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from typing import Literal
from typing import TypeAlias
from uuid import uuid4

import streamlit as st

from arcore.errlog import log_failure
from arcore.errors import ArcoreError
from pages.ui.format import as_label
from pages.ui.format import days_as_read

PAUSE = 0.8
"""Seconds after a write in which the session writes nothing: the second half of a double click falls into it."""
STAYS = 4.0
"""Seconds in which what was said stays, however often the page is drawn again: late halves of clicks, ends of runs."""
_NOT_BEFORE = "write_not_before"
_WROTE = "write_at"


@dataclass(frozen=True)
class Form:
    """One filling-in of a form.

    Attributes:
        name: of the form; unique on its page.
        token: new after each success; the idempotency key to hand to the service.
    """

    name: str
    token: str

    def key(self, field: str) -> str:
        """Return the key to give to a field's widget: a success makes it a new, empty one."""
        return f"{self.name}_{field}_{self.token}"

    def value(self, field: str, default: Any = None) -> Any:
        """Return what stands in a field; for use inside `post`, where the widgets are not drawn yet."""
        return st.session_state.get(self.key(field), default)

    def submit(
        self, label: str, post: Callable[[Form], str], *, icon: str | None = None, disabled: bool = False,
        kind: Literal["primary", "secondary", "tertiary"] = "primary",
    ) -> None:  # fmt: skip
        """Draw the form's button. `post` does the write and returns the sentence to show.

        It must make no `st.` call between begin and commit, pass `key=form.token` to the service, and raise ArcoreError
        to keep what was typed and show why.
        """
        st.form_submit_button(
            label, key=self.key("submit"), icon=icon, disabled=disabled, type=kind, on_click=_post, args=(self, post)
        )

    def button(
        self, label: str, post: Callable[[Form], str], *, icon: str | None = None, disabled: bool = False,
        kind: Literal["primary", "secondary", "tertiary"] = "secondary", hint: str | None = None,
        name: str = "button",
    ) -> None:  # fmt: skip
        """Draw a button that writes by itself, outside of `form`; the rules for `post` are those of `submit`.

        `name` tells several buttons of one form apart; whichever is pressed, the form writes once.
        """
        st.button(
            label, key=self.key(name), icon=icon, disabled=disabled, type=kind, help=hint, on_click=_post,
            args=(self, post),
        )  # fmt: skip


def once(name: str) -> Form:
    """Return the current filling-in of a form or a writing button; `name` unique on its page."""
    token: str = st.session_state.setdefault(f"{name}_token", uuid4().hex)
    return Form(name, token)


Post: TypeAlias = Callable[[Form], str]
"""What does a form's write and returns the sentence to show."""


@contextmanager
def form(name: str, *, border: bool = True) -> Iterator[Form]:
    """Open a form whose button writes exactly once; Enter does not send it."""
    current = once(name)
    with st.container(key=name), st.form(current.key("form"), border=border, enter_to_submit=False):
        yield current


def tell(name: str, said: tuple[bool, str]) -> None:
    """Keep whether a write was good, and its sentence, for `outcome` to show."""
    st.session_state[_said(name)] = *said, st.session_state.get(_WROTE)
    st.session_state.pop(f"{_said(name)}_first", None)


def outcome(name: str) -> None:
    """Show what the last write of a form said: once, and again for the second half of its double click."""
    if not has_outcome(name):
        return
    good, sentence, _ = st.session_state[_said(name)]
    if good:
        st.success(as_label(sentence), icon=":material/check_circle:")
    else:
        st.error(as_label(sentence), icon=":material/error:")


def has_outcome(name: str) -> bool:
    """Tell whether `outcome` has something to show; what was written since ends it."""
    said = st.session_state.get(_said(name))
    return said is not None and said[2] == st.session_state.get(_WROTE) and still_told(_said(name))


def still_told(name: str) -> bool:
    """Tell whether what the session keeps under `name` is to be shown: once, and again for the second half of a click.

    After that it is dropped.
    """
    if name not in st.session_state:
        return False
    first: float = st.session_state.setdefault(f"{name}_first", time.monotonic())
    if time.monotonic() - first <= STAYS:
        return True
    for kept in (name, f"{name}_first"):
        st.session_state.pop(kept)
    return False


def begin(dialog: str) -> None:
    """Note that a dialog is being opened, which says nothing of the one before; for the `on_click` that asks for it."""
    st.session_state.pop(_said(dialog), None)
    st.session_state[f"{dialog}_opened"] = time.monotonic()


def is_done(dialog: str) -> bool:
    """Tell whether something was written since a dialog was opened: then it has to close, and to stay closed.

    The second half of a double click may run the dialog once more after the page has already said what was done.
    """
    return bool(st.session_state.get(_WROTE, 0.0) > st.session_state.get(f"{dialog}_opened", 0.0))


def busy() -> bool:
    """Tell whether the session wrote a moment ago, so that this click belongs to that one."""
    return bool(time.monotonic() < st.session_state.get(_NOT_BEFORE, 0.0))


def wrote_at() -> float | None:
    """Return the moment of the session's last write, on a clock that only grows; None before the first."""
    found: float | None = st.session_state.get(_WROTE)
    return found


def wrote_within(seconds: float) -> bool:
    """Tell whether the session wrote so lately."""
    wrote = wrote_at()
    return wrote is not None and time.monotonic() - wrote <= seconds


def _post(form: Form, post: Callable[[Form], str]) -> None:
    # A dialog that was opened since the last write can't be under the second half of that write's double click.
    if busy() and not st.session_state.get(f"{form.name}_opened", 0.0) > st.session_state[_WROTE]:
        return
    try:
        sentence = post(form)
    except ArcoreError as error:
        tell(form.name, (False, days_as_read(error.message)))
        return
    except Exception as error:  # noqa: BLE001  the last line of defence: a traceback holds customers' data
        reference = log_failure(error, where=form.name)
        sentence = f"Something went wrong here; the log has it under {reference}. Sending it again books nothing twice."
        tell(form.name, (False, sentence))
        return
    st.session_state[f"{form.name}_token"] = uuid4().hex
    st.session_state[_WROTE] = time.monotonic()
    st.session_state[_NOT_BEFORE] = st.session_state[_WROTE] + PAUSE
    tell(form.name, (True, sentence))


def _said(form: str) -> str:
    return f"{form}_said"
