"""Customers: everyone we sell to, what they owe, how late; a click opens one."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from arcore.money import digits
from arcore.reports.customers import Directory
from arcore.reports.customers import directory
from pages.ui import customer_view
from pages.ui import empty
from pages.ui import shell
from pages.ui import tables
from pages.ui.format import as_label

MOST_ROWS = 20
SOUGHT = "customers_sought"
"""What the list was narrowed to when a customer was opened from it."""
BACK = "customers_back"
"""That the browser's back button led here."""


def page(frame: shell.Frame) -> None:
    """Draw the page."""
    come_back()
    found = frame.read(directory)
    owing = int((found.table["open"] > 0).sum())
    frame.heading(
        facts=[f"{frame.say.number(len(found.table))} customers", f"{frame.say.number(owing)} owe us"], converted=True
    )
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="customers_bar"):
        text = st.text_input(
            "Search",
            key="q",
            type="search",
            live="300ms",
            label_visibility="collapsed",
            placeholder="Name or code",
            width=280,
            bind="query-params",
        )
        only = st.segmented_control(
            "Show",
            ["All", "Owing", "Overdue"],
            default="All",
            required=True,
            key="show",
            label_visibility="collapsed",
            bind="query-params",
        )
        place = st.container(width="stretch")
    rows = narrowed(found.search(text) if text else found.table, str(only))
    shown = as_grid(rows, found.currency)
    tables.downloads(
        "Download", "customers", place=frame.actions, **tables.files(shown, "Customers", frame.facts(converted=True))
    )
    customer_view.gaps(found.gaps, frame.say)
    if rows.empty:
        empty.card(
            "Nobody found",
            "Try a part of the name or of the code, or show all.",
            icon=":material/person_search:",
            key="nobody",
        )
        return
    place.markdown(totals(frame, rows, found))
    grid(frame, rows, shown, found.currency)


def come_back() -> None:
    """Show what was sought before, when the browser's back button comes from a customer.

    Streamlit leaves an entry of its own in the history then: this page, with the customer and without the search. In
    the run of the back button itself the address has the last word; in the next one we have.
    """
    if st.query_params.pop("customer", None) and SOUGHT in st.session_state:
        st.session_state[BACK] = True
        st.rerun()
    if st.session_state.pop(BACK, False):
        st.session_state.update(st.session_state[SOUGHT])


def narrowed(rows: pd.DataFrame, only: str) -> pd.DataFrame:
    """Keep those who owe, or those who are late."""
    if only == "Owing":
        return rows[rows["open"] > 0]
    return rows[rows["overdue"] > 0] if only == "Overdue" else rows


def as_grid(rows: pd.DataFrame, currency: str) -> pd.DataFrame:
    """Lay the rows out as people read them, in whole units of the currency."""
    scale = 10 ** -digits(currency)
    share = (100 * rows["overdue"] / rows["open"].where(rows["open"] > 0)).clip(0, 100)
    return pd.DataFrame(
        {
            "Customer": rows["name"],
            "Code": rows["code"],
            "Segment": rows["segment"].replace("", None),
            "Owner": rows["owner"].replace("", None),
            f"Open, {currency}": (rows["open"] * scale).where(rows["open"] != 0),
            f"Overdue, {currency}": (rows["overdue"] * scale).where(rows["overdue"] != 0),
            "Overdue share": share.where(rows["overdue"] > 0),
            f"Unapplied, {currency}": (rows["unapplied"] * scale).where(rows["unapplied"] != 0),
            "Oldest, days": rows["oldest"],
            "Items": rows["items"],
        }
    ).reset_index(drop=True)


def totals(frame: shell.Frame, rows: pd.DataFrame, found: Directory) -> str:
    """Say what the list adds up to, as Markdown; companies of our own group stand apart, as in the aging."""
    say, currency = frame.say, found.currency
    group, rows = rows[rows["group"]], rows[~rows["group"]]
    apart = say.money(int(group["open"].sum()), currency)
    words = {"open": "open", "overdue": "overdue", "unapplied": "unapplied credits"}
    sums = {name: as_label(say.money(int(rows[name].sum()), currency)) for name in words}
    count = len(rows) + len(group)
    some = f":gray[{count} of {say.number(len(found.table))}:] " if count < len(found.table) else ""
    line = some + " · ".join(f"**{sums[name]}** :gray[{word}]" for name, word in words.items())
    return f"{line} :gray[:small[and {as_label(apart)} with our own group]]" if group["open"].any() else line


def grid(frame: shell.Frame, rows: pd.DataFrame, shown: pd.DataFrame, currency: str) -> None:
    """Draw the list, largest overdue first; a click on a row opens the customer."""
    say, places = frame.say, digits(currency)
    picked = st.dataframe(
        shown,
        hide_index=True,
        row_height=tables.ROW,
        height=tables.height(len(shown), most=MOST_ROWS),
        placeholder="–",
        key="directory",
        on_select="rerun",
        selection_mode="single-cell",
        column_config={
            "Customer": tables.text("Customer", width=240),
            "Code": tables.text("Code", width=80),
            "Segment": tables.text("Segment", width=125),
            "Owner": tables.text("Owner", width=135),
            f"Open, {currency}": tables.money(f"Open, {currency}", say, places=places, width=120),
            f"Overdue, {currency}": tables.money(f"Overdue, {currency}", say, places=places, width=120),
            "Overdue share": tables.share("Overdue share", width=115, hint="Overdue in percent of the open balance."),
            f"Unapplied, {currency}": tables.money(f"Unapplied, {currency}", say, places=places, width=120),
            "Oldest, days": tables.count("Days late", width=80, hint="Of the oldest open item."),
            "Items": tables.count("Items"),
        },
        alt=f"{len(shown)} customers, largest overdue first; select a row to open the customer",
    )
    if picked.selection.cells:
        code = str(rows.iloc[picked.selection.cells[0][0]]["code"])
        st.session_state[SOUGHT] = {name: st.session_state[name] for name in ("q", "show")}
        st.switch_page(shell.page_of("customer.py"), query_params={"customer": code})


frame = shell.require_shell()
if not empty.no_books(frame):
    page(frame)
