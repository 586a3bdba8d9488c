"""Customers: everyone we sell to, what they owe, how late; a click opens one."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from arcore.money import digits
from arcore.reports.customers import Directory
from arcore.reports.customers import directory
from pages.ui import empty
from pages.ui import shell
from pages.ui import tables
from pages.ui.format import as_label

MOST_ROWS = 18


def page(frame: shell.Frame) -> None:
    """Draw the page."""
    found = frame.read(directory)
    owing = int((found.table["open"] != 0).sum())
    frame.heading(
        facts=[f"{frame.say.number(len(found.table))} customers", f"{frame.say.number(owing)} with a balance"]
    )
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="customers_bar"):
        text = st.text_input(
            "Search",
            key="q",
            type="search",
            live="300ms",
            label_visibility="collapsed",
            placeholder="Name or code",
            width=320,
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
    rows = narrowed(found.search(text) if text else found.table, str(only))
    shown = as_grid(rows, found.currency)
    tables.downloads("Download", "customers", place=frame.actions, **tables.files(shown, "Customers"))
    for gap in found.gaps:
        st.warning(
            as_label(f"{gap}: balances in {gap.currency} are left out here."), icon=":material/currency_exchange:"
        )
    if rows.empty:
        empty.card(
            "Nobody found",
            "Try a part of the name or of the code, or show all.",
            icon=":material/person_search:",
            key="nobody",
        )
        return
    totals(frame, rows, found)
    grid(frame, rows, shown, found.currency)


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


def totals(frame: shell.Frame, rows: pd.DataFrame, found: Directory) -> None:
    """Say what the list adds up to."""
    say, currency = frame.say, found.currency
    sums = {name: say.money(int(rows[name].sum()), currency) for name in ("open", "overdue", "unapplied")}
    st.markdown(
        f"**{as_label(sums['open'])}** :gray[open] · **{as_label(sums['overdue'])}** :gray[overdue] · "
        f"**{as_label(sums['unapplied'])}** :gray[unapplied credits] "
        f":gray[:small[in {say.number(len(rows))} customers, largest overdue first; select one to open it]]"
    )


def grid(frame: shell.Frame, rows: pd.DataFrame, shown: pd.DataFrame, currency: str) -> None:
    """Draw the list; a selected row opens the customer."""
    say = frame.say
    picked = st.dataframe(
        shown,
        hide_index=True,
        row_height=tables.ROW,
        height=tables.height(len(shown), most=MOST_ROWS),
        placeholder="–",
        key="directory",
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            "Customer": tables.text("Customer", width=235),
            "Code": tables.text("Code", width=80),
            "Segment": tables.text("Segment", width=120),
            "Owner": tables.text("Owner", width=130),
            f"Open, {currency}": tables.money(f"Open, {currency}", say, width=116),
            f"Overdue, {currency}": tables.money(f"Overdue, {currency}", say, width=116),
            "Overdue share": tables.share("Overdue", width=105),
            f"Unapplied, {currency}": tables.money(f"Unapplied, {currency}", say, width=116),
            "Oldest, days": tables.count("Oldest, days", width=92),
            "Items": tables.count("Items"),
        },
        alt=f"{len(shown)} customers with open and overdue balance, largest overdue first",
    )
    if picked.selection.rows:
        code = str(rows.iloc[picked.selection.rows[0]]["code"])
        st.switch_page(shell.page_of("customer.py"), query_params={"customer": code})


frame = shell.require_shell()
if not empty.no_books(frame):
    page(frame)
