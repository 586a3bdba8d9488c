"""Companies of our own group on a page: the line that says what was left out, its documents, the way to include it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import streamlit as st

from arcore.analytics.buckets import EDGES
from arcore.reports.aging import aging
from arcore.reports.items import items
from arcore.reports.view import month_before
from pages.ui import behind_link
from pages.ui import failures
from pages.ui import filters
from pages.ui import items_view
from pages.ui import shell
from pages.ui.customer_view import counted
from pages.ui.format import as_label

ASKED = "group_documents_asked"
"""That the documents of our own group were asked for since the last run."""
LINKED = "group"
"""How the address names these documents."""
MEANT = (
    "What is open of customers that are companies of our own group: invoices and other charges, less payments and "
    "credits. They pay each other out of one purse, so no measure counts them unless they are included."
)
COUNTED = {"in": "Intercompany is counted like any other.", "only": "Nothing but intercompany is shown."}


def line(frame: shell.Frame, customers: int, sums: Mapping[str, int]) -> None:
    """Say what was left out, with its documents and the way to include it; or that it counts, with the way back.

    `sums` is what these customers owe, by currency in minor units. Nothing is drawn where there is no such customer.
    """
    choice = frame.filters.intercompany
    if choice == "out" and not customers:
        return
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="group_line"):
        if choice != "out":
            st.markdown(f":material/hub: :small[:gray[{COUNTED[choice]}]]", width="content")
            st.button("Leave it out", key="group_out", type="tertiary", on_click=partial(filters.let_group, "out"))
            return
        st.markdown(f":material/hub: :small[:gray[{as_label(words(frame, customers, sums))}]]", width="content")
        st.button("Its documents", key="group_documents", type="tertiary", on_click=ask)
        st.button("Include it", key="group_in", type="tertiary", on_click=partial(filters.let_group, "in"))


def words(frame: shell.Frame, customers: int, sums: Mapping[str, int]) -> str:
    """Say in plain text what was left out."""
    amounts = " and ".join(frame.say.money(units, code) for code, units in sums.items()) or "nothing open"
    return f"Intercompany, left out: {counted(customers, 'customer')}, {amounts}"


def ask() -> None:
    """Ask for the documents of our own group; for `on_click`."""
    st.session_state[ASKED] = True


def open_asked(frame: shell.Frame) -> None:
    """Open the documents of our own group when a click or the address asks for them; among a page's last statements."""
    linked = behind_link.asked(LINKED, 0) is not None
    if st.session_state.pop(ASKED, False) or linked:
        documents(frame, behind_link.address(frame, LINKED, **behind_link.page_state()))


@st.dialog("Intercompany", position="right", width=620, icon=":material/hub:")
@failures.guarded
def documents(frame: shell.Frame, link: str = "") -> None:
    """Show what companies of our own group owe; `link` is the address that opens this again."""
    only = replace(frame, filters=replace(frame.filters, intercompany="only"))
    report = items(frame.books.engine, only.filters)
    say = frame.say
    totals = [say.money(total, currency) for currency, total in report.totals.items()]
    st.markdown(f":gray[Companies of our own group · as of {as_label(say.day(frame.filters.as_of))}]")
    st.markdown(
        f"**{as_label(' · '.join(totals) or '0')}** :gray[:small[{counted(len(report), 'item')}, oldest first]]"
    )
    st.markdown(MEANT)
    whole = aging(frame.books.engine, only.filters, by="none", control=False)
    row = whole.totals[0] if len(whole.totals) == 1 else None
    items_view.why(only, "none", row, None, EDGES, month_before(frame.filters.as_of))
    items_view.listed(only, report, key="group_items")
    st.button("Show nothing else on the page", key="group_only", on_click=partial(filters.let_group, "only"))
    if link:
        behind_link.draw(link)
