"""Reminders: who is due one and why, the very letter beside its proof, what is held back, what comes, what left."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from arcore.company.queries import today
from arcore.delivery import service as delivery
from arcore.dunning import queries as dunning
from arcore.reports.filters import Filters
from pages.ui import empty
from pages.ui import filters
from pages.ui import reminder_coming
from pages.ui import reminder_desk
from pages.ui import reminder_due
from pages.ui import reminder_golive
from pages.ui import reminder_held
from pages.ui import reminder_outbox
from pages.ui import reminder_sending
from pages.ui import reminder_totals
from pages.ui import shell
from pages.ui import total_drawer
from pages.ui.format import as_label
from pages.ui.reminder_desk import Desk
from pages.ui.reminder_desk import Tab

DRAWN: dict[Tab, Callable[[Desk, DeltaGenerator], str]] = {
    "due": reminder_due.draw,
    "held": reminder_held.draw,
    "coming": reminder_coming.draw,
    "outbox": reminder_outbox.draw,
    "golive": reminder_golive.draw,
}
FIND = "reminders_find"


def page(frame: shell.Frame) -> None:
    """Draw the page."""
    sending = reminder_sending.is_running(frame.books.store_id)
    desk = Desk(
        frame=frame,
        found=frame.read(reminder_desk.of_day),
        day=frame.filters.as_of,
        today=today(frame.company.time_zone),
        way=delivery.way(frame.books.engine),
        sending=sending,
    )
    frame.heading(facts=facts(desk), converted=True)
    missing = reminder_desk.follow(desk)
    if sending:
        reminder_sending.progress()
    reminder_sending.outcome(desk)
    reminder_desk.outcome(desk)
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="reminders_bar"):
        tab = tabs(desk)
        place = st.container(width="content")
        bar = st.container(horizontal=True, gap="small", vertical_alignment="center", horizontal_alignment="right")
    banner(desk, tab)
    if missing:
        nothing_overdue(desk, missing)
    if tab in {"due", "held"}:
        find(desk, place)
    code = DRAWN[tab](desk, bar)
    reminder_desk.keep_address(tab, missing or code)
    total_drawer.open_asked(frame, partial(reminder_totals.known, desk))


def facts(desk: Desk) -> list[str]:
    """Return the facts for the grey line: the run, how many and how much, which way."""
    found, say = desk.found, desk.say
    due = reminder_desk.total([row.asked_worth for row in found.due], found.currency, say)
    held = reminder_desk.total([row.overdue_worth for row in found.held], found.currency, say)
    narrowing = Filters(
        as_of=desk.day, segments=desk.frame.filters.segments, owners=desk.frame.filters.owners,
        entity=desk.frame.filters.entity,
    )  # fmt: skip
    return [
        f"Run of {say.weekday(desk.day)}",
        f"{say.number(len(found.due))} due, {due}",
        f"{say.number(len(found.held))} held back, {held}",
        reminder_desk.way_in_short(desk.way),
        *filters.words(narrowing, say),
    ]


def tabs(desk: Desk) -> Tab:
    """Draw the choice between the lists, each with its count."""
    counts = {
        "due": len(desk.found.due),
        "held": len(desk.found.held),
        "coming": len(desk.frame.read(reminder_desk.coming)),
        "outbox": sum(desk.frame.read(reminder_outbox.counts).values()),
    }
    words: dict[Tab, str] = {
        "due": "Due today" if desk.day == desk.today else f"Due {desk.say.short_day(desk.day, desk.today)}",
        "held": "Held back",
        "coming": "Next 14 days",
        "outbox": "Outbox",
        "golive": "Live" if desk.found.live else "Go live",
    }

    def label(tab: Tab) -> str:
        return f"{words[tab]} :small[{desk.say.number(counts[tab])}]" if tab in counts else words[tab]

    chosen = st.segmented_control(
        "List", reminder_desk.TABS, required=True, key=reminder_desk.TAB, format_func=label,
        label_visibility="collapsed",
    )  # fmt: skip
    return chosen or "due"


def banner(desk: Desk, tab: Tab) -> None:
    """Say what keeps everything from leaving: that it is a preview, another day, a way that does not work."""
    if not desk.found.live and tab != "golive":
        st.info(
            "This is a preview: nothing leaves before somebody has confirmed sender, bank details, delivery, contacts, "
            "texts and first messages once.",
            icon=":material/visibility:",
        )
    elif desk.way.problem:
        st.error(as_label(desk.way.words), icon=":material/error:")
    if desk.day != desk.today:
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="other_day"):
            shown, now = desk.say.day(desk.day), desk.say.day(desk.today)
            st.info(f"This shows {shown}; letters leave on the day itself, and that is {now}.", icon=":material/event:")
            st.button("Show today", key="to_today", on_click=partial(st.session_state.__setitem__, "as_of", desk.today))


def nothing_overdue(desk: Desk, code: str) -> None:
    """Say of a customer that a link led to that nothing of it is overdue, and lead on."""
    if dunning.survivor_code(desk.engine, code) is None:
        st.warning(as_label(f"There is no customer {code}."), icon=":material/person_search:")
        return
    with st.container(border=True, horizontal=True, gap="small", vertical_alignment="center", key="nothing_overdue"):
        st.markdown(f":material/check_circle: **{as_label(code)}** owes nothing that is overdue.", width="stretch")
        st.button(
            "Messages to it", key="its_messages", type="tertiary", icon=":material/outbox:",
            on_click=partial(reminder_desk.go, "outbox", reminders_who=code),
        )  # fmt: skip
        st.page_link(
            shell.page_of("customer.py"), label="Open customer", icon=":material/person:",
            query_params={"customer": code},
        )  # fmt: skip


def find(desk: Desk, place: DeltaGenerator) -> None:
    """Draw the field that finds a customer wherever it stands: due, or held back and why."""
    rows = {row.place: row for row in (*desk.found.due, *desk.found.held)}
    if not rows:
        return

    def show() -> None:
        wanted: reminder_desk.Place = st.session_state.get(FIND) or (0, "")
        st.session_state[FIND] = None
        if wanted in rows:
            reminder_desk.show(rows[wanted])

    place.selectbox(
        "Find a customer", sorted(rows, key=lambda which: rows[which].who.name.casefold()), index=None, key=FIND,
        format_func=lambda which: reminder_desk.named(rows[which], desk), placeholder="Find a customer",
        label_visibility="collapsed", on_change=show, width=190,
    )  # fmt: skip


frame = shell.require_shell()
if not empty.no_books(frame):
    page(frame)
