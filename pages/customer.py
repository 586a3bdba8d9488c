"""Customer: who it is, what is open and why, how it pays, what was said; record, apply, correct."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import streamlit as st

from arcore.errors import NotFound
from arcore.reports import customer
from arcore.reports import promised as promises
from arcore.reports.customers import directory
from arcore.reports.filters import By
from arcore.reports.items import ItemRow
from arcore.reports.items import items
from pages.ui import annotation_list
from pages.ui import customer_acts
from pages.ui import customer_card
from pages.ui import customer_details
from pages.ui import customer_family
from pages.ui import customer_forms
from pages.ui import customer_items
from pages.ui import customer_talks
from pages.ui import customer_timeline
from pages.ui import customer_view
from pages.ui import days_to_pay
from pages.ui import drawer
from pages.ui import empty
from pages.ui import plan_agree
from pages.ui import plan_card
from pages.ui import shell
from pages.ui import story_view
from pages.ui.customer_desk import ASKED
from pages.ui.customer_desk import Desk
from pages.ui.customer_desk import ask
from pages.ui.customer_desk import open_asked
from pages.ui.customer_desk import outcome
from pages.ui.format import as_label
from pages.ui.trend_charts import Note

DIALOGS: dict[str, Callable[..., None]] = {
    "payment": customer_forms.payment,
    "credit_note": customer_forms.credit_note,
    "apply": customer_forms.apply_credit,
    "write_off": customer_acts.write_off,
    "redate": customer_acts.redate,
    "void": customer_acts.void,
    "bounce": customer_acts.bounce,
    "unapply": customer_acts.unapply,
    "call": customer_talks.call,
    "promise": customer_talks.promise,
    "plan": plan_agree.agree,
    "dispute": customer_talks.dispute,
    "settle": customer_talks.settle,
    "letter": customer_timeline.letter,
    "details": customer_details.details,
    "contact": customer_details.contact,
    "parent": customer_family.parent,
    "story": story_view.drawer,
}


def page(frame: shell.Frame, asked: str, customer_id: int) -> None:
    """Draw the page of one customer; `asked` is the code in the address, another one after a merge."""
    engine, say = frame.books.engine, frame.say
    frame = replace(frame, filters=customer.filters_for(engine, frame.filters, customer_id))
    filters = frame.filters
    about = customer.who(engine, filters, customer_id)
    family = customer_family.choose(frame, customer_id)
    standing = customer.standing(engine, filters, customer_id, family=family)
    owner = about.facts.get("owner")
    frame.heading(about.name, [about.code, f"owner {owner}" if owner else "no owner"], converted=True)
    st.set_page_config(page_title=f"{about.name} · arcore")
    whose: By = "rollup" if family else "customer"
    shown = items(engine, filters, by=whose, key=about.code).rows()
    promised = promises.of_customer(engine, filters, customer_id)
    customer_view.badges(about, standing, asked, promised, shown, frame.today, say)
    customer_view.tiles(standing, say, oldest(shown), partial(explain, shown))
    customer_view.gaps(standing.gaps, say)
    said = st.container()
    left, right = st.columns([8.1, 3.9], gap="small")
    with left:
        desk = customer_items.draw(frame, about, filters, shown, standing, whose)
        with st.container(border=True, key="days_to_pay"):
            days_to_pay.draw(
                frame.read(customer.paid, customer_id, family=family),
                about.facts.get("terms", ""),
                say,
                [Note(note.day, note.number, note.text) for note in annotation_list.shown(frame)],
            )
    with right:
        plan_card.of_customer(desk)
        customer_timeline.happened(desk)
        customer_card.details(desk)
        customer_card.contacts(desk)
        customer_family.card(desk)
    with frame.actions:
        record(desk)
    with said:
        outcome(desk)
    asked_for = ASKED in st.session_state
    open_asked(desk, DIALOGS)
    if not asked_for:
        # The same documents as on the tiles: of this customer, or with everybody below it.
        drawer.open_asked(replace(frame, filters=replace(filters, customer=about.code, below=family)))


def explain(rows: tuple[ItemRow, ...], name: str) -> None:
    """Ask for the explanation of a figure; that of the oldest item is the story of the document."""
    if name != customer_view.OLDEST:
        drawer.ask(name)
        return
    late = [row for row in rows if row.open > 0 and row.days_past_due > 0]
    if late:
        ask("story", max(late, key=lambda row: row.days_past_due).document_id)


def record(desk: Desk) -> None:
    """Draw the buttons for what is done most."""
    refused = desk.refusal
    st.button(
        "Log call",
        icon=":material/call:",
        key="log_call",
        disabled=refused is not None,
        help=refused,
        on_click=partial(ask, "call"),
    )
    st.button(
        "Record payment",
        icon=":material/payments:",
        key="record",
        type="primary",
        disabled=refused is not None,
        help=refused,
        on_click=partial(ask, "payment"),
    )


def oldest(rows: tuple[ItemRow, ...]) -> str:
    """Return the number of the document that is late the longest."""
    late = [row for row in rows if row.open > 0 and row.days_past_due > 0]
    return max(late, key=lambda row: row.days_past_due).document if late else ""


def choose(frame: shell.Frame) -> None:
    """Let the user choose a customer when the address names none."""
    rows = frame.read(directory).table
    names = dict(zip(rows["code"], rows["name"], strict=True))
    code = st.selectbox(
        "Customer",
        list(names),
        index=None,
        format_func=lambda c: f"{names[c]} ({c})",
        key="choose",
        placeholder="Name or code",
        width=480,
    )
    if code:
        st.switch_page(shell.page_of("customer.py"), query_params={"customer": code})


def found(frame: shell.Frame, code: str) -> int | None:
    """Return the customer of a code, or of the one it was merged into; say so when there is none."""
    try:
        return customer.find(frame.books.engine, code) if code else None
    except NotFound as error:
        st.warning(as_label(error.message), icon=":material/person_search:")
        return None


frame = shell.require_shell()
if not empty.no_books(frame):
    code = st.query_params.get("customer", "")
    who = found(frame, code)
    if who is None:
        choose(frame)
    else:
        page(frame, code, who)
