"""Customer: who it is, what is open and why, how it pays, what was said; record, apply, correct."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from arcore.errors import NotFound
from arcore.reports import customer
from arcore.reports.customers import directory
from arcore.reports.items import ItemRow
from arcore.reports.items import items
from arcore.reports.timeline import timeline
from pages.ui import customer_card
from pages.ui import customer_forms
from pages.ui import customer_view
from pages.ui import empty
from pages.ui import shell
from pages.ui import story_view
from pages.ui.customer_forms import Desk
from pages.ui.customer_forms import ask

DIALOGS: dict[str, Callable[..., None]] = {
    "payment": customer_forms.payment,
    "credit_note": customer_forms.credit_note,
    "apply": customer_forms.apply_credit,
    "write_off": customer_forms.write_off,
    "redate": customer_forms.redate,
    "void": customer_forms.void,
    "bounce": customer_forms.bounce,
    "unapply": customer_forms.unapply,
    "details": customer_card.details,
    "contact": customer_card.contact,
    "story": lambda desk, document_id: story_view.drawer(desk.frame, document_id, ask),
}


def page(frame: shell.Frame, code: str) -> None:
    """Draw the page of one customer."""
    engine, say = frame.books.engine, frame.say
    customer_id = customer.find(engine, code)
    about = customer.who(engine, frame.filters, customer_id)
    standing = customer.standing(engine, frame.filters, customer_id)
    facts = [about.code, about.facts.get("segment", ""), owner(about), about.facts.get("terms", "")]
    frame.heading(about.name, [fact for fact in facts if fact])
    with frame.actions:
        st.button("Edit", icon=":material/edit:", key="edit", on_click=partial(ask, "details"))
        st.button(
            "Record payment", icon=":material/payments:", key="record", type="primary", on_click=partial(ask, "payment")
        )
    customer_view.badges(about, standing, say)
    shown = items(engine, frame.filters, by="customer", key=code).rows()
    customer_view.tiles(standing, say, oldest(shown))
    said = st.container()
    left, right = st.columns([8.1, 3.9], gap="small")
    with left:
        ticked = open_items(frame, code, shown)
        desk = Desk(frame, about, shown, ticked)
        with said:
            customer_forms.outcome(desk)
        with st.container(border=True):
            customer_view.days_to_pay(frame.read(customer.paid, customer_id), say)
    with right:
        customer_card.happened(desk, timeline(engine, customer_id))
        customer_card.contacts(desk)
        customer_card.family(about)
    customer_forms.open_asked(desk, DIALOGS)


def open_items(frame: shell.Frame, code: str, shown: tuple[ItemRow, ...]) -> list[ItemRow]:
    """Draw the items and what can be done with those that are ticked."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="items_bar"):
        st.markdown(
            f"**Open items** :gray[:small[{len(shown)}, oldest due first; tick some to act on them]]", width="stretch"
        )
        everything = st.toggle("Settled too", key="settled")
    rows = (
        items(frame.books.engine, frame.filters, by="customer", key=code, settled=True).rows() if everything else shown
    )
    if not rows:
        st.container(border=True).caption("Nothing is open.", text_alignment="center")
        return []
    newest_first = rows[::-1] if everything else rows
    place = st.container(horizontal=True, gap="xsmall", key="item_actions")
    ticked = customer_view.item_grid(newest_first, frame.say, f"items_{code}_{everything}_{frame.books.seq}")
    act_on(place, ticked, shown)
    return ticked


def act_on(place: st.delta_generator.DeltaGenerator, ticked: list[ItemRow], shown: tuple[ItemRow, ...]) -> None:
    """Draw the buttons for the ticked items; a button that has nothing to work on says what to tick."""
    one = ticked[0] if len(ticked) == 1 else None
    owed = one is not None and one.open > 0
    story = partial(ask, "story", one.document_id) if one else None
    void = partial(ask, "void", one.document_id) if one else None
    credit = any(row.open < 0 for row in shown) and any(row.open > 0 for row in shown)
    for label, icon, can, click, hint in (
        ("Why is it open?", ":material/history:", one is not None, story, "Tick one item"),
        (
            "Apply credit",
            ":material/join_inner:",
            credit,
            partial(ask, "apply"),
            "Needs an unapplied credit and a debt",
        ),
        ("Credit note", ":material/request_quote:", True, partial(ask, "credit_note"), ""),
        ("Write off", ":material/money_off:", owed, partial(ask, "write_off"), "Tick one item that is owed"),
        ("New due date", ":material/event:", owed, partial(ask, "redate"), "Tick one item that is owed"),
        ("Void", ":material/block:", one is not None, void, "Tick one item"),
    ):
        place.button(
            label,
            icon=icon,
            disabled=not can,
            on_click=click,
            help=None if can else hint,
            key=f"act_{label.split()[0].lower()}",
        )


def oldest(rows: tuple[ItemRow, ...]) -> str:
    """Return the number of the document that is late the longest."""
    late = [row for row in rows if row.open > 0 and row.days_past_due > 0]
    return max(late, key=lambda row: row.days_past_due).document if late else ""


def owner(about: customer.Who) -> str:
    """Say who looks after the customer."""
    name = about.facts.get("owner")
    return f"owner {name}" if name else "no owner"


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
    )
    if code:
        st.switch_page(shell.page_of("customer.py"), query_params={"customer": code})


frame = shell.require_shell()
code = st.query_params.get("customer", "")
if not empty.no_books(frame):
    if code:
        try:
            page(frame, code)
        except NotFound as error:
            st.warning(error.message)
            choose(frame)
    else:
        choose(frame)
