"""Writes from the screen that happen once, however often the button is clicked.

    once = forms.once("payment")
    with once.form():
        st.text_input("Amount", key=once.key("amount"))
        once.submit("Record payment", write=record, said=lambda facts: "Recorded …")
    once.answer()

`write(once)` reads its values with `once.value("amount")` and calls one service with `key=once.token`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from decimal import InvalidOperation
from typing import Any
from uuid import uuid4

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from arcore.errlog import log_failure
from arcore.errors import ArcoreError
from arcore.errors import BadInput
from pages.ui.format import as_label

LOCK_SECONDS = 0.8
"""After a success the redrawn button stays deaf this long: the second half of a double click lands there."""
Facts = dict[str, Any]
AMOUNT = (r"^\d{1,12}([.,]\d{1,3})?$", "An amount such as 1250.00")


@dataclass(frozen=True)
class Once:
    """One form at one moment; `token` is new after each success and is the idempotency key of the write."""

    name: str
    token: str

    def key(self, field: str) -> str:
        """Return the widget key of a field; it changes with the token, which also clears the form."""
        return f"{self.name}_{field}_{self.token}"

    def value(self, field: str) -> Any:
        """Return what stands in a field now; for `write`, which runs before the page."""
        return st.session_state.get(self.key(field))

    def amount(self, field: str) -> Decimal:
        """Return the amount in a text field. Raises BadInput in a sentence."""
        text = str(self.value(field) or "").strip().replace(",", ".")
        try:
            found = Decimal(text)
        except InvalidOperation as error:
            raise BadInput(f"{text!r} is not an amount: write 1250.00", value=text) from error
        if not found.is_finite() or found <= 0:
            raise BadInput("An amount is more than zero", value=text)
        return found

    def form(self, *, border: bool = False) -> DeltaGenerator:
        """Return the form to draw the fields in; Enter does not send it."""
        return st.form(self.key("form"), enter_to_submit=False, border=border)

    def submit(
        self, label: str, *, write: Callable[[Once], Facts], said: Callable[[Facts], str], primary: bool = True
    ) -> None:
        """Draw the form's button; `said` makes the sentence after a success."""
        st.form_submit_button(
            label,
            key=self.key("submit"),
            type="primary" if primary else "secondary",
            on_click=_write,
            args=(self, write, said),
        )

    def button(
        self, label: str, *, write: Callable[[Once], Facts], said: Callable[[Facts], str], **options: Any
    ) -> None:
        """Draw a button outside a form that writes once."""
        st.button(label, key=self.key("button"), on_click=_write, args=(self, write, said), **options)

    def answer(self) -> None:
        """Draw what the last press did, where the form is; it goes with the next press anywhere."""
        found = st.session_state.pop(self._place("answer"), None)
        if found is not None:
            good, sentence = found
            (st.success if good else st.error)(as_label(sentence))

    def said_well(self) -> bool:
        """Tell whether the last press succeeded and its answer was not drawn yet."""
        found = st.session_state.get(self._place("answer"))
        return found is not None and bool(found[0])

    def _place(self, what: str) -> str:
        return f"once_{what}_{self.name}"


def once(name: str) -> Once:
    """Return the form of this name with its present token; `name` is [a-z0-9_]."""
    return Once(name, st.session_state.setdefault(f"once_token_{name}", uuid4().hex))


def _write(form: Once, write: Callable[[Once], Facts], said: Callable[[Facts], str]) -> None:
    """Call the service, then rotate the token; on failure it stays, so that a retry is safe."""
    if time.monotonic() < st.session_state.get(f"once_lock_{form.name}", 0.0):
        return
    place = f"once_answer_{form.name}"
    try:
        facts = write(form)
    except ArcoreError as error:
        st.session_state[place] = (False, error.message)
        return
    except Exception as error:  # noqa: BLE001  the last line of defence: a traceback holds customers' data
        reference = log_failure(error, where=form.name)
        st.session_state[place] = (False, f"Nothing was written. The log has the cause under reference {reference}.")
        return
    st.session_state[place] = (True, said(facts))
    st.session_state[f"once_token_{form.name}"] = uuid4().hex
    st.session_state[f"once_lock_{form.name}"] = time.monotonic() + LOCK_SECONDS
