"""The tab Outbox: what left, what became of it in the server's words, each message as it left, and its bounces."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st
from sqlalchemy import Engine
from streamlit.delta_generator import DeltaGenerator

from arcore.dates import add_months
from arcore.dates import month_end
from arcore.dates import month_start
from arcore.dunning import queries as dunning
from arcore.dunning import service
from arcore.dunning.queries import STATE_WORDS
from arcore.dunning.queries import Sent
from arcore.reports.filters import Filters
from pages.ui import empty
from pages.ui import forms
from pages.ui import reminder_desk
from pages.ui import reminder_message
from pages.ui import tables
from pages.ui.forms import Form
from pages.ui.reminder_desk import WHO
from pages.ui.reminder_desk import Desk

MONTHS = 36
MOST = 5000
"""Messages that the list holds, the newest."""
STATE, MONTH = "reminders_state", "reminders_month"


def counts(engine: Engine, _filters: Filters) -> dict[str, int]:
    """Return how many messages are in each state."""
    return dunning.counts(engine)


def messages(engine: Engine, _filters: Filters, since: date | None, until: date | None) -> tuple[Sent, ...]:
    """Return the messages of some days, newest first."""
    return dunning.outbox(engine, since=since, until=until, limit=MOST)


def draw(desk: Desk, bar: DeltaGenerator) -> str:
    """Draw the tab; return the code of the customer that it is narrowed to."""
    held = desk.frame.read(counts)
    if not held:
        empty.card(
            "Nothing has left yet",
            "Every message is kept here as it left, with what the mail server said to it.",
            icon=":material/outbox:", key="nothing_sent",
        )  # fmt: skip
        return ""
    rows, code = _narrowed(desk, bar, held)
    tables.downloads(
        "Download", "reminders_outbox", place=bar,
        **tables.files(partial(as_table, desk, rows), "Outbox", desk.frame.facts([desk.say.day(desk.day)])),
    )  # fmt: skip
    if not rows:
        empty.card("No message found", "Choose another month, customer or state.", icon=":material/search:")
        return code
    left, right = st.columns([6.4, 5.6], gap="small")
    with left:
        row = rows[_list(desk, rows)]
    with right, st.container(border=True, gap="small", key="message_panel"):
        kept = dunning.message(desk.engine, row.message_id)
        _head(desk, kept.row)
        reminder_message.draw(kept, desk.say)
    return code


def as_table(desk: Desk, rows: Sequence[Sent]) -> pd.DataFrame:
    """Lay messages out for a file."""
    return pd.DataFrame(
        {
            "Day": [row.day for row in rows],
            "Customer": [row.name for row in rows],
            "Code": [row.code for row in rows],
            "Entity": [row.entity for row in rows],
            "Step": [row.step_name.capitalize() for row in rows],
            "Asked": [reminder_desk.amounts(row.asked, desk.say) for row in rows],
            "State": [row.state_words for row in rows],
            "In the server's words": [row.words for row in rows],
            "To": [", ".join(row.recipients) for row in rows],
            "Subject": [row.subject for row in rows],
            "Sent by": [row.approved_by or row.prepared_by for row in rows],
        }
    )


def _narrowed(desk: Desk, bar: DeltaGenerator, held: dict[str, int]) -> tuple[list[Sent], str]:
    """Draw the filters and return what they leave, and the code of the customer, "" for all."""
    say = desk.say
    states = [state for state in STATE_WORDS if held.get(state)]
    wanted = bar.selectbox(
        "State", states, index=None, key=STATE, placeholder="Any state", label_visibility="collapsed", width=140,
        format_func=lambda state: f"{STATE_WORDS[state]} {held[state]}",
    )  # fmt: skip
    months = [add_months(month_start(desk.today), -back) for back in range(MONTHS)]
    month = bar.selectbox(
        "Month", months, index=None, format_func=say.month, key=MONTH, placeholder="Any month",
        label_visibility="collapsed", width=140,
    )  # fmt: skip
    rows = desk.frame.read(messages, month, None if month is None else month_end(month))
    names = {row.code: row.name for row in sorted(rows, key=lambda row: row.name)}
    if (chosen := st.session_state.get(WHO)) is not None:
        names.setdefault(chosen, chosen)  # one that a link led to, and that got none
    code = bar.selectbox(
        "Customer", list(names), index=None, format_func=names.__getitem__, key=WHO, placeholder="Any customer",
        label_visibility="collapsed", width=170,
    )  # fmt: skip
    kept = [row for row in rows if wanted in {None, row.state} and code in {None, row.code}]
    return kept, str(code or "")


def _list(desk: Desk, rows: Sequence[Sent]) -> int:
    names = reminder_desk.steps(desk)
    states = list(STATE_WORDS.values())
    data = pd.DataFrame(
        {
            "Day": [row.day for row in rows],
            "Customer": [row.name for row in rows],
            "Step": [[row.step_name.capitalize()] for row in rows],
            "Asked": [reminder_desk.amounts(row.asked, desk.say) for row in rows],
            "State": [[row.state_words] for row in rows],
            "Words": [_words(row) for row in rows],
        }
    )
    colours = [reminder_message.STATE_COLOURS[state] for state in STATE_WORDS]
    config = {
        "Day": tables.day("Day", desk.say, width=90),
        "Customer": tables.text("Customer", width=170),
        "Step": reminder_desk.step_column(names=names),
        "Asked": tables.text("Asked", width=105),
        "State": st.column_config.MultiselectColumn("State", options=states, color=colours, width=104),
        "Words": tables.text("Server said", width=90, hint="The mail server's words; where it is a file."),
    }
    return reminder_desk.pick(
        "outbox", data, [row.message_id for row in rows], config, alt=f"{len(rows)} messages, newest first"
    )


def _words(row: Sent) -> str:
    """Return what the server said; of a letter that became a file only that it did."""
    return "a file" if row.way == "file" and row.state == "sent" else row.words


def _head(desk: Desk, row: Sent) -> None:
    """Draw what can be said about the message: that it came back, that it arrived."""
    form, refused = forms.once(reminder_desk.NAME), desk.refusal
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False):
        st.markdown(f"**Message** :gray[:small[{desk.say.day(row.day)}]]", width="stretch")
        if row.state == "unknown":
            for label, arrived in (("It arrived", True), ("It did not", False)):
                form.button(label, partial(_settle, desk, row, arrived), name=label, disabled=refused is not None)
        if row.state in {"sent", "unknown"}:
            form.button("Came back", partial(_bounced, desk, row), name="bounced", disabled=refused is not None,
                        hint=refused or "Mark it as bounced: its step is tried again at another address.")  # fmt: skip
        if row.state == "bounced":
            form.button("It did arrive", partial(_arrived, desk, row), name="unbounced", disabled=refused is not None)


def _bounced(desk: Desk, row: Sent, form: Form) -> str:
    what: dict[str, Any] = {"message_id": row.message_id, "actor": desk.frame.actor}
    service.mark_bounced(desk.engine, key=form.token, seen=desk.frame.books.seq, **what)
    reminder_desk.keep_undo(
        desk, f"message to {row.name} came back", lambda key: service.unmark_bounced(desk.engine, key=key, **what)
    )
    return f"Marked: the message to {row.name} came back. It needs another address; see Held back, No contact."


def _arrived(desk: Desk, row: Sent, form: Form) -> str:
    what: dict[str, Any] = {"message_id": row.message_id, "actor": desk.frame.actor}
    service.unmark_bounced(desk.engine, key=form.token, seen=desk.frame.books.seq, **what)
    reminder_desk.keep_undo(
        desk, f"message to {row.name} did arrive", lambda key: service.mark_bounced(desk.engine, key=key, **what)
    )
    return f"The message to {row.name} counts as delivered again."


def _settle(desk: Desk, row: Sent, arrived: bool, form: Form) -> str:  # noqa: FBT001  bound by partial, by place
    what: dict[str, Any] = {"message_id": row.message_id, "actor": desk.frame.actor}
    service.settle_unknown(desk.engine, arrived=arrived, key=form.token, seen=desk.frame.books.seq, **what)
    reminder_desk.keep_undo(
        desk,
        f"the message {'did not arrive' if arrived else 'arrived'} after all",
        lambda key: service.settle_unknown(desk.engine, arrived=not arrived, key=key, **what),
    )
    after = "It counts as delivered." if arrived else "Its step is tried again."
    return f"{row.name}: the message {'arrived' if arrived else 'did not arrive'}. {after}"
