"""Aging: choose a day and a split, see what is late, prove that it adds up."""

from __future__ import annotations

from datetime import date

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from arcore.reports.aging import AgingReport
from arcore.reports.aging import aging
from arcore.reports.filters import By
from arcore.reports.movement import between
from arcore.reports.view import month_before
from pages.ui import aging_view
from pages.ui import charts
from pages.ui import empty
from pages.ui import flows_view
from pages.ui import items_view
from pages.ui import movement_view
from pages.ui import shell
from pages.ui import tables
from pages.ui.aging_view import BY_WORDS
from pages.ui.format import as_label

LARGEST = 10
CLICKED = "aging_clicked"
"""What was clicked since the last run: (key or None for the total, bucket or None for all of them)."""


def page(frame: shell.Frame) -> None:
    """Draw the page."""
    bar = st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="aging_bar")
    by, edges, since = choose_split(bar), aging_view.choose_edges(bar), choose_since(bar, frame)
    report = aging(frame.books.engine, frame.filters, by=by, edges=edges)
    groups = len(set(report.cells.key))
    count = frame.say.number(sum(total.items for total in report.totals))
    frame.heading(facts=[f"{count} open items of {frame.say.number(groups)} {aging_view.plural(by, groups)}"])
    aging_view.gaps(report.gaps, frame.say)
    left, right = st.columns([7, 6], gap="small")
    with left.container(border=True, height="stretch"):
        largest(frame, report)
    moved = between(frame.books.engine, frame.filters, since, edges=edges)
    with right.container(border=True, height="stretch"):
        movement_view.card(moved, frame.say)
    facts = [*frame.facts(), aging_view.agreement(report, frame.say)]
    files = tables.files(lambda: aging_view.for_download(report), f"Aging by {report.by}", facts)
    tables.downloads("Download", f"aging-{report.as_of}", place=frame.actions, **files)
    the_grid(frame, report)
    with st.expander("Movement by bucket, as a table"):
        movement_view.table(moved, frame.say)
    flows = st.expander("Who rolled forward, who paid: flows between buckets", on_change="rerun", key="flows_open")
    if flows.open:
        with flows:
            flows_view.draw(frame, since, edges)
    flows_view.open_clicked(frame, since, edges)
    if CLICKED in st.session_state:
        open_items(frame, report, *st.session_state.pop(CLICKED))


def choose_split(bar: DeltaGenerator) -> By:
    """Draw the choice of the dimension."""
    word = bar.segmented_control(
        "Split by",
        list(BY_WORDS.values()),
        default=BY_WORDS["customer"],
        required=True,
        key="by",
        label_visibility="collapsed",
        bind="query-params",
        persist_state="session",
    )
    return next((by for by, name in BY_WORDS.items() if name == word), "customer")


def choose_since(bar: DeltaGenerator, frame: shell.Frame) -> date:
    """Draw the day to compare with, the end of last month unless chosen."""
    usual = month_before(frame.filters.as_of)
    bar.markdown(":small[:gray[Compared with]]", width="content")
    chosen = bar.date_input(
        "Compared with",
        value=usual,
        key="since",
        format=frame.say.date_input,
        label_visibility="collapsed",
        width=135,
        bind="query-params",
    )
    return chosen if chosen < frame.filters.as_of else usual


def largest(frame: shell.Frame, report: AgingReport) -> None:
    """Draw the largest groups of one currency as stacked bars; a click opens the items of a segment."""
    currency = report.totals[0].currency if report.totals else frame.company.currency
    rows = [row for row in report.cells if row.currency == currency][:LARGEST]
    buckets = [aging_view.bucket_word(column) for column in report.columns[:-1]]
    held = sum(row.currency == currency for row in report.cells)
    which = f"{len(rows)} largest of {held}" if held > len(rows) else "largest first"
    others = ", other currencies in the table" if len(report.totals) > 1 else ""
    tail = f"{currency}, {which}; days past due{others}"
    st.markdown(f"**Open items by {BY_WORDS[report.by].lower()}** :gray[:small[{as_label(tail)}]]")

    key = f"largest_{report.by}_{aging_view.mark(report)}"

    def clicked() -> None:
        picked = st.session_state[key]["selection"].get("pick")
        if picked:
            st.session_state[CLICKED] = (picked[0]["key"], report.columns[buckets.index(picked[0]["bucket"])])

    st.vega_lite_chart(
        charts.stacked(aging_view.bar_rows(rows, buckets), buckets, [row.name for row in rows], "pick"),
        key=key,
        on_select=clicked,
        alt=f"Open items by {report.by}: " + ", ".join(f"{row.name} {aging_view.amount(row)}" for row in rows[:3]),
    )


def the_grid(frame: shell.Frame, report: AgingReport) -> None:
    """Draw the table, totals first; a click on a cell opens its items."""
    key, rows = f"aging_grid_{report.by}_{aging_view.mark(report)}", list(report.cells)
    totals = aging_view.grid(report, report.totals)
    totals["Name"] = aging_view.total_names(report)
    whole = tables.totals_first(totals, aging_view.grid(report, rows))

    def clicked() -> None:
        cells = st.session_state[key]["selection"]["cells"]
        if cells:
            place, column = cells[0][0] - len(report.totals), cells[0][1]
            bucket = next((name for name in report.columns if aging_view.bucket_word(name) == column), None)
            st.session_state[CLICKED] = (rows[place].key if place >= 0 else None, bucket)

    hidden = aging_view.hidden_columns(report)
    st.dataframe(
        whole,
        hide_index=True,
        row_height=tables.ROW,
        height=tables.height(len(rows) + len(report.totals), most=25),
        placeholder="–",
        column_config=aging_view.grid_columns(report, frame.say, BY_WORDS[report.by]),
        column_order=[name for name in tables.columns_of(whole) if name not in hidden],
        key=key,
        on_select=clicked,
        selection_mode="single-cell",
        alt=f"Aging by {report.by}; select a cell to see its open items",
    )
    aging_view.foot(report, frame.say)


def open_items(frame: shell.Frame, report: AgingReport, key: str | None, bucket: str | None) -> None:
    """Open the drawer with the items of a group, or of all."""
    row = next((row for row in report.cells if row.key == key), None)
    items_view.drawer(frame, report.by, row, bucket, report.edges)


frame = shell.require_shell()
if not empty.no_books(frame):
    page(frame)
