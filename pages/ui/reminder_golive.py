"""The tab Go live: everything to look at once before the first reminder leaves; afterwards, the way to stop them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from arcore.company.service import MAY_CHANGE
from arcore.dunning import queries as dunning
from arcore.dunning import service
from arcore.dunning.queries import GoLive
from arcore.dunning.queries import OpeningRow
from pages.ui import forms
from pages.ui import reminder_desk
from pages.ui import shell
from pages.ui import tables
from pages.ui.format import as_label
from pages.ui.forms import Form
from pages.ui.import_words import counted
from pages.ui.reminder_desk import Desk

HEADS = {
    "sender": ("Sender", "settings.py", {"tab": "Company"}),
    "bank": ("Bank details", "settings.py", {"tab": "Letters"}),
    "way": ("Delivery", "settings.py", {"tab": "Delivery"}),
    "contacts": ("Contacts", "", {}),
    "texts": ("Texts", "settings.py", {"tab": "Letters"}),
}
"""What each point is called and where it is mended."""
CAPS = (0, 1, 2)
"""The highest opening step that a choice allows: the first message is friendly, at most firm, or what days call for."""
CAP = "reminders_cap"
MOST_ROWS = 17


def draw(desk: Desk, bar: DeltaGenerator) -> str:
    """Draw the tab; it is about no single customer."""
    for label, icon, tab in (("Rules", "tune", "Reminders"), ("Texts", "edit_note", "Letters")):
        if bar.button(label, icon=f":material/{icon}:", key=f"to_{tab}"):
            st.switch_page(shell.page_of("settings.py"), query_params={"tab": tab})
    found = dunning.golive(desk.engine, desk.today)
    left, right = st.columns([5, 7], gap="small")
    with left, st.container(border=True, gap="small", key="golive_points"):
        _points(desk, found)
        if found.live is None:
            _confirm(desk, found)
        else:
            _stop(desk)
    with right:
        _opening(desk, found)
    return ""


def _points(desk: Desk, found: GoLive) -> None:
    live = found.live
    st.markdown(
        "**Before the first one leaves** :gray[:small[look at each once]]"
        if live is None
        else f"**Live since {as_label(desk.say.day(live.on))}** :gray[:small[confirmed by {as_label(live.by)}]]"
    )
    for point in found.points:
        head, page, query = HEADS[point.what]
        icon = ":orange[:material/warning:]" if point.missing else ":green[:material/check_circle:]"
        if point.missing and point.must:
            icon = ":red[:material/error:]"
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False):
            st.markdown(
                f"{icon} **{head}**  \n:small[:gray[{as_label(reminder_desk.short(point.words))}]]", width="stretch"
            )
            if page:
                st.page_link(
                    shell.page_of(page), label="Change", icon=":material/chevron_right:", icon_position="right",
                    query_params=query,
                )  # fmt: skip
            elif point.missing:
                st.button(
                    "Fill in", key="to_contacts", type="tertiary", icon=":material/chevron_right:",
                    icon_position="right",
                    on_click=partial(reminder_desk.go, "held", reminders_held_reason_wanted="no_contact"),
                )  # fmt: skip


def _confirm(desk: Desk, found: GoLive) -> None:
    """Draw the limit and the one button that lets reminders leave."""
    form = forms.once("golive")
    st.number_input(
        "Messages a day, at most", value=found.daily_limit, min_value=0, step=5, key=form.key("limit"),
        help="The largest amounts go first, the rest on the days after. 0 for no limit.",
    )  # fmt: skip
    refused = _refusal(desk) or (None if found.ready else "What is marked red has to be mended first")
    forms.outcome("golive")
    form.button(
        "Confirm and go live", partial(_go_live, desk, found), kind="primary", icon=":material/rocket_launch:",
        disabled=refused is not None, hint=refused,
    )  # fmt: skip
    due = "nothing is due today"
    if found.due:
        due = f"{counted(found.due, 'reminder is', 'reminders are', desk.say)} due today and wait for Send"
    st.markdown(f":small[:gray[Nothing leaves by this button: {due}. Stop reminders any time, in this same place.]]")


def _stop(desk: Desk) -> None:
    policy, refused = desk.found.policy, _refusal(desk)
    limit = f"at most {policy.daily_limit} messages a day" if policy.daily_limit else "no limit per day"
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False):
        st.markdown(f":small[:gray[{as_label(limit)}]]", width="stretch")
        st.page_link(
            shell.page_of("settings.py"), label="Change", icon=":material/chevron_right:", icon_position="right",
            query_params={"tab": "Reminders"},
        )  # fmt: skip
    forms.outcome("golive")
    forms.once("golive").button(
        "Stop reminders", partial(_stop_now, desk), icon=":material/stop_circle:", disabled=refused is not None,
        hint=refused,
    )  # fmt: skip
    st.markdown(
        ":small[:gray[Nothing leaves any more until somebody confirms again; what has left stays in the Outbox.]]"
    )


def _opening(desk: Desk, found: GoLive) -> None:
    """Draw each overdue customer with the first message it would get."""
    rows, live = found.opening, found.live is not None
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(
            f"**{'Began with' if live else 'First message'}** "
            f":gray[:small[{counted(len(rows), 'overdue customer', 'overdue customers', desk.say)}]]",
            width="stretch",
        )
        if not live:
            st.segmented_control(
                "First message", CAPS, default=CAPS[0], required=True, key=CAP, label_visibility="collapsed",
                format_func=_caps(desk).__getitem__,
                help="What was reminded elsewhere may go on where it stood; the safe choice is friendly.",
            )  # fmt: skip
    if not rows:
        st.caption("No customer that may be reminded owes anything that is overdue.")
        return
    cap = st.session_state.get(CAP) or 0
    choices = _choices(desk)
    data = _table(desk, rows, choices, None if live else cap)
    head = f"Overdue, {desk.found.currency}"
    config = {
        "Customer": tables.text("Customer", width=225),
        head: tables.money(head, desk.say, width=112),
        "Days late": tables.count("Days late", width=72),
        "By its days": reminder_desk.step_column("By its days", names=choices[:3], width=95),
        "First message": st.column_config.SelectboxColumn(
            "First message", options=choices, required=True, width=150,
            help="Messages climb one step at a time from here. Nothing more: a person has the case.",
        ),
    }  # fmt: skip
    st.data_editor(
        data, key=editor(desk, cap, live=live), hide_index=True, row_height=tables.ROW,
        height=tables.height(len(rows), most=MOST_ROWS), column_config=config, num_rows="fixed",
        disabled=True if live or _refusal(desk) else [name for name in data.columns if name != "First message"],
        alt="The first message of each overdue customer",
    )  # fmt: skip


def editor(desk: Desk, cap: int, *, live: bool = False) -> str:
    """Return the key of the grid; another cap starts it afresh."""
    return f"reminders_opening_{desk.frame.books.store_id}_{cap}_{live}"


def _caps(desk: Desk) -> tuple[str, str, str]:
    friendly, firm, _ = reminder_desk.steps(desk)
    return f"{friendly} for everybody", f"At most {firm.lower()}", "What the days call for"


def _choices(desk: Desk) -> list[str]:
    return [*reminder_desk.steps(desk), "Nothing more"]


def _table(desk: Desk, rows: Sequence[OpeningRow], choices: Sequence[str], cap: int | None) -> pd.DataFrame:
    currency = desk.found.currency
    return pd.DataFrame(
        {
            "Customer": [reminder_desk.named(one.row, desk) for one in rows],
            f"Overdue, {currency}": [reminder_desk.worth(one.row.overdue_worth, currency) for one in rows],
            "Days late": [one.row.days_late for one in rows],
            "By its days": [[choices[one.by_days - 1]] if one.by_days else [] for one in rows],
            "First message": [choices[first(one, cap)] for one in rows],
        }
    )


def first(one: OpeningRow, cap: int | None) -> int:
    """Return the opening step of a customer under a cap: 0 lets it begin with the friendly message."""
    if cap is None or one.opening:
        return one.opening
    return min(max(one.by_days - 1, 0), cap)


def _go_live(desk: Desk, found: GoLive, form: Form) -> str:
    cap = st.session_state.get(CAP) or 0
    choices = _choices(desk)
    edited = st.session_state.get(editor(desk, cap), {}).get("edited_rows", {})
    opening = {}
    for number, one in enumerate(found.opening):
        chosen = edited.get(number, {}).get("First message")
        opening[one.row.place] = choices.index(chosen) if chosen in choices else first(one, cap)
    service.go_live(
        desk.engine, opening=opening, daily_limit=int(form.value("limit") or 0), actor=desk.frame.actor,
        key=form.token, seen=desk.frame.books.seq,
    )  # fmt: skip
    reminder_desk.drop_undo()
    return "Reminders are live. Nothing has left yet: send what is due under Due today."


def _stop_now(desk: Desk, form: Form) -> str:
    service.stop(desk.engine, actor=desk.frame.actor, key=form.token)
    reminder_desk.drop_undo()
    return "Stopped. Nothing leaves until somebody confirms again, here."


def _refusal(desk: Desk) -> str | None:
    actor = desk.frame.actor
    return None if actor.role in MAY_CHANGE else f"{actor.name} may not decide this; a manager may"
