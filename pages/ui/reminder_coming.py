"""The tab Next 14 days: who falls due a reminder on which day, if nothing is paid."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from arcore.dunning.queries import Coming
from pages.ui import empty
from pages.ui import reminder_desk
from pages.ui import reminder_totals
from pages.ui import shell
from pages.ui import tables
from pages.ui import total_drawer
from pages.ui.format import as_label
from pages.ui.reminder_desk import Desk

MOST_ROWS = 20
SUPPOSES = (
    "Supposes that nothing is paid, that promises and plans are not kept, and that what is due today leaves. Formal "
    "notices and key accounts wait for approval on their day."
)


def draw(desk: Desk, bar: DeltaGenerator) -> str:
    """Draw the tab; it is about no single customer."""
    rows = desk.frame.read(reminder_desk.coming)
    tables.downloads(
        "Download", "reminders_coming", place=bar,
        **tables.files(partial(as_table, desk, rows), "Next 14 days", desk.frame.facts([desk.say.day(desk.day)])),
    )  # fmt: skip
    if not rows:
        empty.card(
            "Nothing falls due in the next 14 days", "No customer reaches a further step by then.",
            icon=":material/event_available:", key="nothing_coming",
        )  # fmt: skip
        return ""
    left, right = st.columns([8.4, 3.6], gap="small")
    with left:
        _list(desk, rows)
    with right, st.container(border=True, gap="small"):
        _days(desk, rows)
        st.markdown(f":small[:gray[{SUPPOSES}]]")
    return ""


def as_table(desk: Desk, rows: Sequence[Coming]) -> pd.DataFrame:
    """Lay the coming reminders out for a file."""
    names, currency = reminder_desk.steps(desk), desk.found.currency
    return pd.DataFrame(
        {
            "Day": [one.day for one in rows],
            "Customer": [one.who.name for one in rows],
            "Code": [one.who.code for one in rows],
            "Entity": [one.entity for one in rows],
            "Owner": [one.who.owner for one in rows],
            "Step": [names[one.step - 1] for one in rows],
            f"Would ask for, {currency}": [reminder_desk.worth(one.worth, currency) for one in rows],
            "Waits for approval": ["yes" if one.approval else "" for one in rows],
            "Why": [one.why for one in rows],
        }
    )


def _list(desk: Desk, rows: Sequence[Coming]) -> None:
    currency, names = desk.found.currency, reminder_desk.steps(desk)
    head = f"Would ask, {currency}"
    data = pd.DataFrame(
        {
            "Day": [one.day for one in rows],
            "Customer": [reminder_desk.named(one, desk) for one in rows],
            "Step": [[names[one.step - 1]] for one in rows],
            head: [reminder_desk.worth(one.worth, currency) for one in rows],
            "Why": [f"{one.why}{'; waits for approval' if one.approval else ''}" for one in rows],
        }
    )
    picked = tables.grid(
        data, hide_index=True, row_height=tables.ROW, height=tables.height(len(rows), most=MOST_ROWS),
        placeholder="–", key="reminders_coming", on_select="rerun", selection_mode="single-cell",
        column_config={
            "Day": tables.day("Day", desk.say),
            "Customer": tables.text("Customer", width=240),
            "Step": reminder_desk.step_column(names=names),
            head: tables.money(head, desk.say, width=112),
            "Why": tables.text("Why", width=335),
        },
        alt=f"{len(rows)} reminders that fall due in the next 14 days; select a row to open the customer",
    )  # fmt: skip
    if picked.selection.cells:
        code = rows[picked.selection.cells[0][0]].who.code
        st.switch_page(shell.page_of("customer.py"), query_params={"customer": code})


def _days(desk: Desk, rows: Sequence[Coming]) -> None:
    by_day: dict[date, list[Coming]] = {}
    for one in rows:
        by_day.setdefault(one.day, []).append(one)
    head = desk.found.currency
    asked = reminder_desk.total([one.worth for one in rows], head, desk.say)
    total_drawer.figure(
        f"**{as_label(asked)} by day** :gray[:small[{len(rows)} reminders]]", reminder_totals.COMING,
        "what would be asked for",
    )  # fmt: skip
    data = pd.DataFrame(
        {
            "Day": [as_label(desk.say.weekday(day).rsplit(" ", 1)[0]) for day in by_day],
            "Reminders": [len(some) for some in by_day.values()],
            head: [reminder_desk.worth(sum(one.worth or 0 for one in some), head) for some in by_day.values()],
        }
    )
    written = {head: lambda value: as_label(desk.say.number(value))}
    st.table(data.style.format(written), border="horizontal", hide_index=True, alt="Reminders by day")  # type: ignore[arg-type]
