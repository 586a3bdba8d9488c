"""Customers: everyone we sell to, what they owe, how late; a click opens one."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from arcore.money import digits
from arcore.money import from_minor
from arcore.reports.book import book
from arcore.reports.customers import Directory
from arcore.reports.customers import directory
from arcore.reports.filters import CUSTOMER
from arcore.reports.filters import By
from pages.ui import customer_totals
from pages.ui import customer_view
from pages.ui import empty
from pages.ui import group_view
from pages.ui import shell
from pages.ui import tables
from pages.ui import total_drawer
from pages.ui.aging_view import INDENT
from pages.ui.format import Format
from pages.ui.format import as_label

MOST_ROWS = 20
LEVEL_WORDS: dict[By, str] = {"customer": "Own", "rollup": "Rolled up", "family": "Consolidated"}
NOUNS: dict[By, tuple[str, str]] = {
    "customer": ("customer", "customers"), "rollup": ("customer", "customers"), "family": ("family", "families"),
}  # fmt: skip
NOTES: dict[By, str] = {"customer": "", "rollup": ", rolled up", "family": ", by family"}
OWN_HINT = "The customer's own currency; where none is known the one most of its invoices are in."
WORDS = {"open": "open", "overdue": "overdue", "unapplied": "unapplied credits"}
SOUGHT = "customers_sought"
"""What the list was narrowed to when a customer was opened from it."""
BACK = "customers_back"
"""That the browser's back button led here."""


def page(frame: shell.Frame) -> None:
    """Draw the page."""
    come_back()
    by = level(frame)
    found = frame.read(directory, by)
    own = found.currency == CUSTOMER
    owing = int((found.table["open"] > 0).sum())
    frame.heading(
        facts=[frame.say.counted(len(found.table), *NOUNS[by]), frame.say.counted(owing, "owes us", "owe us")],
        converted=not own,
    )
    text, only, place = _bar(frame)
    rows = narrowed(found.search(text) if text else found.table, only)
    shown = as_grid(rows, found.currency)
    facts = [*frame.facts(converted=not own), *notes(found, rows)]
    tables.downloads(
        "Download", "customers", place=frame.actions,
        **tables.files(shown, f"Customers{NOTES[by]}", facts, sums=by != "rollup"),
    )  # fmt: skip
    customer_view.gaps(found.gaps, frame.say)
    if rows.empty:
        empty.card(
            "Nobody found",
            "Try a part of the name or of the code, or show all.",
            icon=":material/person_search:",
            key="nobody",
        )
        return
    with place, st.container(horizontal=True, gap="small", vertical_alignment="center", key="customers_totals"):
        totals(frame, rows, found)
    grid(frame, rows, shown, found.currency)
    group = rows[rows["group"]]
    group_view.line(frame, len(group), {code: total["open"] for code, total in found.totals(group).items()})
    group_view.open_asked(frame)

    def listed(of: Directory) -> pd.DataFrame:
        return narrowed(of.search(text) if text else of.table, only)

    total_drawer.open_asked(frame, partial(customer_totals.known, frame, by, listed))


def _bar(frame: shell.Frame) -> tuple[str, str, DeltaGenerator]:
    """Draw what narrows the list; return what is searched for, who is shown, and the place beside it."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="customers_bar"):
        text = st.text_input(
            "Search",
            key="q",
            type="search",
            live="300ms",
            label_visibility="collapsed",
            placeholder="Name or code",
            width=220 if has_families(frame) else 280,
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
        if has_families(frame):
            st.segmented_control(
                "Families", list(LEVEL_WORDS.values()), default=LEVEL_WORDS["customer"], required=True, key="level",
                label_visibility="collapsed", bind="query-params", persist_state="session",
            )  # fmt: skip
        place = st.container(width="stretch")
    return str(text or ""), str(only), place


def has_families(frame: shell.Frame) -> bool:
    """Tell whether any customer stands under another."""
    return bool(book(frame.books.engine).around.customers.families.depth.any())


def level(frame: shell.Frame) -> By:
    """Return how families are looked at: as chosen further down on the page, or by the address of a link."""
    word = st.session_state.get("level") or st.query_params.get("level")
    found: By = next((by for by, name in LEVEL_WORDS.items() if name == word), "customer")
    return found if has_families(frame) else "customer"


def notes(found: Directory, rows: pd.DataFrame) -> list[str]:
    """Say for a file what its rows hold and what they add up to."""
    if found.level != "rollup":
        return []
    sums = (f"{from_minor(total['open'], code)} {code}" for code, total in found.totals(rows).items())
    return [f"Rolled up: a row holds those below it too; each counted once they add up to {', '.join(sums) or 0}"]


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
    own = currency == CUSTOMER
    scale = rows["currency"].map(lambda code: 10.0 ** -digits(code)) if own else 10.0 ** -digits(currency)
    unit = "" if own else f", {currency}"
    names = [
        f"{INDENT * depth if held else ''}{name}{f' +{held_by}' if held_by else ''}"
        for name, depth, held_by, held in zip(
            rows["name"], rows["depth"], rows["below"], [rows["below"].any()] * len(rows), strict=True
        )
    ]
    share = (100 * rows["overdue"] / rows["open"].where(rows["open"] > 0)).clip(0, 100)
    return pd.DataFrame(
        {
            "Customer": names,
            "Code": rows["code"],
            "Segment": rows["segment"].replace("", None),
            "Owner": rows["owner"].replace("", None),
            **({"Currency": rows["currency"]} if own else {}),
            f"Open{unit}": (rows["open"] * scale).where(rows["open"] != 0),
            f"Overdue{unit}": (rows["overdue"] * scale).where(rows["overdue"] != 0),
            "Overdue share": share.where(rows["overdue"] > 0),
            f"Unapplied{unit}": (rows["unapplied"] * scale).where(rows["unapplied"] != 0),
            "Oldest, days": rows["oldest"],
            "Items": rows["items"],
        }
    ).reset_index(drop=True)


def totals(frame: shell.Frame, rows: pd.DataFrame, found: Directory) -> None:
    """Draw what the list adds up to, each customer once; our own group stands apart, below."""
    say = frame.say
    others = rows[~rows["group"]]
    totals = found.totals(others) or {frame.company.currency: dict.fromkeys(WORDS, 0)}
    sums = {name: added(totals, name, say) for name in WORDS}
    if len(rows) < len(found.table):
        st.markdown(f":gray[{len(rows)} of {say.number(len(found.table))}:]", width="content")
    for name, word in WORDS.items():
        words = f"**{as_label(sums[name])}** :gray[{word}]"
        total_drawer.figure(words, f"{customer_totals.PREFIX}{name}", f"{word} of those listed")


def added(totals: dict[str, dict[str, int]], name: str, say: Format) -> str:
    """Write the sums of one column, each currency that has one; plain text."""
    there = {code: total[name] for code, total in totals.items() if total[name]}
    return " + ".join(say.money(units, code) for code, units in (there or {next(iter(totals)): 0}).items())


def grid(frame: shell.Frame, rows: pd.DataFrame, shown: pd.DataFrame, currency: str) -> None:
    """Draw the list, largest overdue first; a click on a row opens the customer."""
    own = currency == CUSTOMER
    say, places = frame.say, 2 if own else digits(currency)
    unit = "" if own else f", {currency}"
    picked = tables.grid(
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
            "Currency": tables.text("Currency", width=70, hint=OWN_HINT),
            f"Open{unit}": tables.money(f"Open{unit}", say, places=places, width=120),
            f"Overdue{unit}": tables.money(f"Overdue{unit}", say, places=places, width=120),
            "Overdue share": tables.share("Overdue share", width=115, hint="Overdue in percent of the open balance."),
            f"Unapplied{unit}": tables.money(f"Unapplied{unit}", say, places=places, width=120),
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
