"""The tab Due today: who is reminded and why, the letter beside it, and the button that sends all that is listed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from arcore.dunning import service
from arcore.dunning.queries import Row
from arcore.dunning.queries import Send
from pages.ui import empty
from pages.ui import forms
from pages.ui import reminder_desk
from pages.ui import reminder_letter
from pages.ui import reminder_papers
from pages.ui import reminder_sending
from pages.ui import reminder_totals
from pages.ui import tables
from pages.ui import total_drawer
from pages.ui.format import as_label
from pages.ui.forms import Form
from pages.ui.import_words import counted
from pages.ui.reminder_desk import Desk

STEPS = "reminders_steps"


def draw(desk: Desk, bar: DeltaGenerator) -> str:
    """Draw the tab, its controls into `bar`; return the code of the customer that is shown."""
    names = reminder_desk.steps(desk)
    present = [name for number, name in enumerate(names, 1) if any(row.step == number for row in desk.found.due)]
    chosen = _steps(bar, present)
    rows = [row for row in desk.found.due if not chosen or names[row.step - 1] in chosen]
    tables.downloads(
        "Download", "reminders_due", place=bar,
        **tables.files(partial(as_table, desk, rows), "Reminders due", desk.frame.facts([desk.say.day(desk.day)])),
    )  # fmt: skip
    reminder_sending.button(desk, rows, bar)
    if not rows:
        nothing(desk, narrowed=bool(chosen))
        return ""
    left, right = st.columns([7, 5], gap="small")
    with left:
        with st.container(gap=None):
            _sum(desk, rows, [names.index(name) + 1 for name in chosen])
            reminder_papers.for_all(desk, rows)
        at = _list(desk, rows)
        _more(desk)
    row = rows[at]
    with right, st.container(border=True, gap="small", key="letter_panel"):
        _head(desk, rows, at)
        reminder_letter.draw(desk, row)
    return row.who.code


def why(row: Row, desk: Desk) -> str:
    """Say in few words why a reminder is due today."""
    last, day = row.standing.last, desk.say
    late = f"{row.days_late} days late"
    if last is not None:
        ago = (desk.day - last.day).days
        return f"{late}, {desk.found.policy.step_name(last.step)} {ago} days ago"
    decision = row.decision
    if isinstance(decision, Send) and decision.due_on < desk.day:
        return f"{late}, reminder due {day.short_day(decision.due_on, desk.day)}"
    return f"{late}: first today"


def as_table(desk: Desk, rows: Sequence[Row]) -> pd.DataFrame:
    """Lay the reminders out for a file."""
    names, currency = reminder_desk.steps(desk), desk.found.currency
    return pd.DataFrame(
        {
            "Customer": [row.who.name for row in rows],
            "Code": [row.who.code for row in rows],
            "Entity": [row.entity for row in rows],
            "Owner": [row.who.owner for row in rows],
            "Step": [names[row.step - 1] if row.step else "" for row in rows],
            f"Asks for, {currency}": [reminder_desk.worth(row.asked_worth, currency) for row in rows],
            "Asks for": [reminder_desk.amounts(row.asked, desk.say) for row in rows],
            f"Overdue, {currency}": [reminder_desk.worth(row.overdue_worth, currency) for row in rows],
            "Days late": [row.days_late for row in rows],
            "E-mail": [row.email for row in rows],
            "Why": [row.why for row in rows],
        }
    )


def nothing(desk: Desk, *, narrowed: bool) -> None:
    """Draw what stands where the list is empty."""
    words = "Nobody is due a reminder" if not narrowed else "Nobody at this step"
    held = len(desk.found.held)
    caption = (
        f"{counted(held, 'customer is', 'customers are', desk.say)} overdue and held back, each with its reason."
        if held
        else "No customer owes anything that is overdue."
    )
    empty.card(
        words, caption, icon=":material/mark_email_read:", key="nothing_due", beside=_see_why if held else None
    )  # fmt: skip


def _see_why() -> None:
    st.button(
        "See why", type="tertiary", key="see_why", icon=":material/arrow_forward:", icon_position="right",
        on_click=partial(reminder_desk.go, "held"),
    )  # fmt: skip


def _steps(bar: DeltaGenerator, present: Sequence[str]) -> list[str]:
    if len(present) < 2:
        return []
    kept = [name for name in st.session_state.get(STEPS, []) if name in present]
    if kept != st.session_state.get(STEPS, []):
        st.session_state[STEPS] = kept
    return list(bar.pills("Step", present, selection_mode="multi", key=STEPS, label_visibility="collapsed"))


def _sum(desk: Desk, rows: Sequence[Row], steps: Sequence[int]) -> None:
    """Say what the letters listed ask for, with the way to what that is made of."""
    currency = desk.found.currency
    asked = reminder_desk.total([row.asked_worth for row in rows], currency, desk.say)
    items = sum(len(row.decision.asked) for row in rows if isinstance(row.decision, Send))
    words = f"{counted(len(rows), 'letter', 'letters', desk.say)}, {counted(items, 'item', 'items', desk.say)}"
    total_drawer.figure(
        f"**{as_label(asked)}** :gray[:small[asked for in {as_label(words)}]]", reminder_totals.key_of_asked(steps),
        "what the letters ask for",
    )  # fmt: skip


def _list(desk: Desk, rows: Sequence[Row]) -> int:
    say, currency, names = desk.say, desk.found.currency, reminder_desk.steps(desk)
    head = f"Asks for, {currency}"
    data = pd.DataFrame(
        {
            "Customer": [reminder_desk.named(row, desk) for row in rows],
            "Step": [[names[row.step - 1]] for row in rows],
            head: [reminder_desk.worth(row.asked_worth, currency) for row in rows],
            "Items": [len(row.decision.asked) for row in rows if isinstance(row.decision, Send)],
            "Why today": [why(row, desk) for row in rows],
        }
    )
    config = {
        "Customer": tables.text("Customer", width=240),
        "Step": reminder_desk.step_column(names=names),
        head: tables.money(head, say, width=102, hint="What the letters ask for, converted at the rate of the day."),
        "Items": tables.count("Items", width=48),
        "Why today": tables.text("Why today", width=229),
    }
    ids = [row.place for row in rows]
    return reminder_desk.pick(
        "due", data, ids, config, alt=f"{len(rows)} customers due a reminder, largest amount first"
    )


def _more(desk: Desk) -> None:
    """Lead to those who get none."""
    count = len(desk.found.held)
    if not count:
        return
    sums = reminder_desk.total([row.overdue_worth for row in desk.found.held], desk.found.currency, desk.say)
    st.button(
        f"{counted(count, 'overdue customer gets', 'overdue customers get', desk.say)} none today, {as_label(sums)}: "
        "see why",
        key="see_held", type="tertiary", icon=":material/arrow_forward:", icon_position="right",
        on_click=partial(reminder_desk.go, "held"),
    )  # fmt: skip


def _head(desk: Desk, rows: Sequence[Row], at: int) -> None:
    row = rows[at]
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False):
        st.markdown(f"**Preview** :gray[:small[{at + 1} of {len(rows)}]]", width="stretch")
        for icon, step, hint in (("chevron_left", -1, "The one before"), ("chevron_right", 1, "The next one")):
            other = rows[min(max(at + step, 0), len(rows) - 1)]
            st.button(
                "", icon=f":material/{icon}:", key=f"turn_{icon}", help=hint, disabled=other is row,
                on_click=partial(reminder_desk.go, "due", other.place),
            )  # fmt: skip
        form = forms.once(reminder_desk.NAME)
        refused = desk.refusal or (None if desk.day == desk.today else "Only today's reminders can be skipped")
        form.button("Skip today", partial(_skip, desk, row), name="skip", disabled=refused is not None, hint=refused)
        form.button(
            "Send this one", partial(reminder_sending.send_one, desk, row), name="send_one",
            disabled=desk.obstacle is not None, hint=desk.obstacle,
        )  # fmt: skip


def _skip(desk: Desk, row: Row, form: Form) -> str:
    what: dict[str, Any] = {
        "customer_id": row.who.customer_id, "entity": row.entity, "day": desk.day, "actor": desk.frame.actor,
    }  # fmt: skip
    service.skip(desk.engine, key=form.token, seen=desk.frame.books.seq, **what)
    reminder_desk.keep_undo(
        desk, f"{row.who.name} is skipped today", lambda key: service.unskip(desk.engine, key=key, **what)
    )
    return f"{row.who.name} gets no reminder today; it comes again tomorrow."
