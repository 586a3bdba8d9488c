"""Plans: what was agreed with customers, what is next and what is late; promises and which of them were kept."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from arcore.arrangements.queries import PlanRow
from arcore.arrangements.queries import PromiseRow
from arcore.reports import arranged
from arcore.reports.arranged import Listed
from pages.ui import drawer
from pages.ui import empty
from pages.ui import plan_desk
from pages.ui import plan_dialogs
from pages.ui import plan_lists
from pages.ui import plan_panel
from pages.ui import plan_totals
from pages.ui import shell
from pages.ui import tables
from pages.ui import total_drawer
from pages.ui.format import as_label
from pages.ui.plan_desk import Desk
from pages.ui.plan_desk import Subject
from pages.ui.total_drawer import Explained

PLANS = "Plans"
PROMISES = "Promises"
DIALOGS: Mapping[str, Callable[..., None]] = {
    "change": plan_dialogs.change,
    "cancel": plan_dialogs.cancel,
    "withdraw": plan_dialogs.withdraw,
}


def page(frame: shell.Frame) -> None:
    """Draw the page."""
    desk = Desk(frame)
    agreed, made = frame.read(arranged.plans), frame.read(arranged.promises)
    running = sum(row.state == "active" for row in agreed.rows)
    expected = sum(row.state == "open" for row in made.rows)
    frame.heading(facts=[_counted(running, "running plan"), _counted(expected, "running promise")])
    plan_desk.outcome(desk)
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="plans_bar"):
        view = st.segmented_control(
            "List", [PLANS, PROMISES], default=PLANS, required=True, key="view", label_visibility="collapsed",
            bind="query-params",
        )  # fmt: skip
        text = st.text_input(
            "Search", key="find", type="search", live="300ms", label_visibility="collapsed", width=250,
            placeholder="Customer, person or invoice", bind="query-params",
        )  # fmt: skip
        states: Mapping[str, Any] = plan_lists.PROMISES if view == PROMISES else plan_lists.PLANS
        wanted = states[_state("promises" if view == PROMISES else "plans", states)]
    narrow = partial(plan_lists.narrowed, wanted=wanted, text=text)
    known = (plan_totals.of_promises if view == PROMISES else plan_totals.of_plans)(desk.engine, narrow)
    if view == PROMISES:
        promises(desk, made, narrow(made.rows), known)
    else:
        plans(desk, agreed, narrow(agreed.rows), known)
    asked = drawer.KEY in st.session_state
    plan_desk.open_asked(desk, DIALOGS)
    if asked or drawer.KEY in st.query_params:
        drawer.open_asked(frame)
    else:
        total_drawer.open_asked(frame, known.get)


def plans(desk: Desk, listed: Listed[PlanRow], rows: list[PlanRow], known: Mapping[str, Explained]) -> None:
    """Draw the plans and the chosen one."""
    _leave("promise")
    if not rows:
        nothing("plan", others=bool(listed.rows))
        return
    _download("plans", "Payment plans", desk, lambda: plan_lists.plan_file(rows, listed))
    totals(plan_lists.plan_totals(rows, listed, desk.say), known)
    left, right = st.columns([8.1, 3.9], gap="small")
    with left:
        _missed("plan", [row.plan_id for row in rows])
        chosen = plan_lists.plan_list(desk, rows, listed)
    with right:
        plan_panel.plan(desk, chosen)


def promises(desk: Desk, listed: Listed[PromiseRow], rows: list[PromiseRow], known: Mapping[str, Explained]) -> None:
    """Draw the promises, the share that was kept, and the chosen one."""
    _leave("plan")
    if not rows:
        nothing("promise", others=bool(listed.rows))
        return
    _download("promises", "Promises to pay", desk, lambda: plan_lists.promise_file(rows, listed))
    with st.container(gap="xsmall"):
        totals(plan_lists.promise_totals(rows, listed, desk.say), known)
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            st.markdown(plan_lists.kept_line(listed, desk.say), width="content")
            st.button(
                "", icon=":material/chevron_right:", key="explain_kept", type="tertiary", help="How it is made",
                on_click=drawer.ask, args=("promises_kept",),
            )  # fmt: skip
    left, right = st.columns([8.1, 3.9], gap="small")
    with left:
        _missed("promise", [row.promise_id for row in rows])
        chosen = plan_lists.promise_list(desk, rows, listed)
    with right:
        plan_panel.promise(desk, chosen)


def totals(words: Mapping[str, str], known: Mapping[str, Explained]) -> None:
    """Draw what the list adds up to, each figure with the way to its explanation."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="center", key="plans_totals"):
        for key, text in words.items():
            if key:
                total_drawer.figure(text, key, known[key].title.lower())
            else:
                st.markdown(text, width="content")


def nothing(subject: Subject, *, others: bool) -> None:
    """Say that there is nothing, because of what was chosen or because nothing was ever agreed."""
    if others:
        empty.card(
            f"No {subject} like this", "Choose another state, or search for less.", icon=":material/search_off:",
            key="nothing_found",
        )  # fmt: skip
    elif subject == "plan":
        empty.card(
            "No payment plan yet",
            "A plan lets a customer pay in instalments. Its invoices get new due dates, and nobody is reminded of an "
            "instalment before its day. Choose a customer and press Plan.",
            icon=":material/event_repeat:", action="Choose a customer", page="customers.py", key="no_plans",
        )  # fmt: skip
    else:
        empty.card(
            "No promise yet",
            "A promise pauses reminders for its amount until its day, and is judged by the money that comes in. Log "
            "one with a call on the page of a customer.",
            icon=":material/handshake:", action="Choose a customer", page="customers.py", key="no_promises",
        )  # fmt: skip


def _state(name: str, states: Mapping[str, Any]) -> str:
    return str(
        st.segmented_control(
            "State", list(states), default="All", required=True, key=f"{name}_state", label_visibility="collapsed",
            bind="query-params",
        )
    )  # fmt: skip


def _missed(subject: Subject, ids: list[int]) -> None:
    missing = plan_desk.follow(subject, ids)
    if missing is not None:
        st.info(as_label(f"There is no {subject} {missing} in this list."), icon=":material/search_off:")


def _leave(subject: Subject) -> None:
    """Take what the other list had chosen out of the address."""
    st.query_params.pop(subject, None)


def _download(name: str, title: str, desk: Desk, build: Callable[[], Any]) -> None:
    files = tables.files(build, title, desk.frame.facts())
    tables.downloads("Download", f"{name}-{desk.frame.filters.as_of}", place=desk.frame.actions, **files)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


frame = shell.require_shell()
if not empty.no_books(frame):
    page(frame)
