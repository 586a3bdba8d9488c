"""Aging: choose a day and a split, see what is late, prove that it adds up."""

from __future__ import annotations

from datetime import date

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from arcore.reports.aging import AgingReport
from arcore.reports.aging import aging
from arcore.reports.book import book
from arcore.reports.filters import By
from arcore.reports.movement import MovementReport
from arcore.reports.movement import between
from arcore.reports.view import month_before
from pages.ui import aging_view
from pages.ui import behind_link
from pages.ui import charts
from pages.ui import empty
from pages.ui import entity_measures
from pages.ui import flows_view
from pages.ui import group_view
from pages.ui import items_view
from pages.ui import movement_view
from pages.ui import shell
from pages.ui import tables
from pages.ui.aging_sheet import ROWS
from pages.ui.aging_sheet import Sheet
from pages.ui.aging_sheet import buckets
from pages.ui.aging_sheet import sheet
from pages.ui.aging_view import BY_WORDS
from pages.ui.aging_view import FAMILIES
from pages.ui.aging_view import LABELS
from pages.ui.format import as_label

LINKED = "items"
"""How the address names a cell of the grid."""
CLICKED = "aging_clicked"
"""What was clicked since the last run: (key or None for the total, bucket or None for all of them)."""


def page(frame: shell.Frame) -> None:
    """Draw the page."""
    bar = st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="aging_bar")
    by, edges, since = choose_split(bar, frame), aging_view.choose_edges(bar), choose_since(bar, frame)
    shown = sheet_of(frame, by, edges, 1)
    count = frame.say.counted(sum(total.items for total in shown.report.totals), "open item")
    groups = f"{frame.say.number(shown.groups)} {aging_view.plural(by, shown.groups)}"
    frame.heading(facts=[f"{count} of {groups}"])
    aging_view.gaps(shown.report.gaps, frame.say)
    left, right = st.columns([7, 6], gap="small")
    with left.container(border=True, height="stretch"):
        largest(frame, shown)
    with right.container(border=True, height="stretch"):
        frame.drawn(("moved", since, edges), lambda: movement_view.card(moved(frame, since, edges), frame.say))
        st.page_link(
            shell.page_of("trends.py"), label="How it is made, with the documents of each bar",
            icon=":material/waterfall_chart:",
            query_params={"view": "Bridge", "bridge_of": "Open balance", "bridge_from": since.isoformat()},
        )  # fmt: skip
    downloads(frame, shown.report)
    the_grid(frame, shown)
    table = st.expander("Movement by bucket, as a table", on_change="rerun", key="moved_by")
    if table.open:
        with table:
            movement_view.table(moved(frame, since, edges), frame.say)
    if by == "entity" and shown.groups > 1:
        measures = st.expander("Measures by entity", on_change="rerun", key="entity_measures")
        if measures.open:
            with measures:
                entity_measures.draw(frame)
    flows = st.expander("Who rolled forward, who paid: flows between buckets", on_change="rerun", key="flows_open")
    if flows.open:
        with flows:
            flows_view.draw(frame, since, edges)
    flows_view.open_clicked(frame, since, edges, aging_view.address(by, edges))
    movement_view.open_clicked(frame, since, edges, aging_view.address(by, edges))
    group_view.open_asked(frame)
    linked = behind_link.asked(LINKED, 2)
    if CLICKED in st.session_state:
        open_items(frame, by, edges, since, *st.session_state.pop(CLICKED))
    elif linked:
        open_items(frame, by, edges, since, linked[1] or None, linked[0] or None)


def sheet_of(frame: shell.Frame, by: By, edges: tuple[int, ...], number: int) -> Sheet:
    """Return one page of the rows, with totals and largest groups."""
    return frame.prepared(
        ("aging", by, edges, number), lambda: sheet(frame.books.engine, frame.filters, by, edges, number)
    )


def moved(frame: shell.Frame, since: date, edges: tuple[int, ...]) -> MovementReport:
    """Return what moved the balance since a day."""
    return between(frame.books.engine, frame.filters, since, edges=edges)


def choose_split(bar: DeltaGenerator, frame: shell.Frame) -> By:
    """Draw the choice of the dimension; for families, where there are any, the way to look at them beside it."""
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
    by: By = next((by for by, name in BY_WORDS.items() if name == word), "customer")
    if by != "family" or not book(frame.books.engine).around.customers.families.depth.any():
        return by
    way = bar.segmented_control(
        "Families",
        list(FAMILIES.values()),
        default=FAMILIES["family"],
        required=True,
        key="families",
        label_visibility="collapsed",
        bind="query-params",
        persist_state="session",
    )
    return next((by for by, name in FAMILIES.items() if name == way), by)


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


def largest(frame: shell.Frame, shown: Sheet) -> None:
    """Draw the largest groups of one currency as stacked bars; a click opens the items of a segment."""
    report, rows = shown.report, shown.largest
    currency = report.totals[0].currency if report.totals else frame.company.currency
    names = buckets(report.columns)
    which = (
        f"{len(rows)} largest of {frame.say.number(shown.of_currency)}"
        if shown.of_currency > len(rows)
        else "largest first"
    )
    others = ", other currencies in the table" if len(report.totals) > 1 else ""
    tail = f"{currency}, {which}; days past due{others}"
    st.markdown(f"**Open items by {BY_WORDS.get(report.by, 'family').lower()}** :gray[:small[{as_label(tail)}]]")

    key = f"largest_{report.by}_{aging_view.mark(report)}"

    def clicked() -> None:
        picked = st.session_state[key]["selection"].get("pick")
        if picked:
            st.session_state[CLICKED] = (picked[0]["key"], report.columns[names.index(picked[0]["bucket"])])

    charts.draw(
        charts.stacked(aging_view.bar_rows(rows, names), names, [row.name for row in rows], "pick"),
        key=key,
        on_select=clicked,
        alt=f"Open items by {report.by}: " + ", ".join(f"{row.name} {aging_view.amount(row)}" for row in rows[:3]),
    )


def downloads(frame: shell.Frame, report: AgingReport) -> None:
    """Offer all rows as files."""
    engine, filters, by, edges = frame.books.engine, frame.filters, report.by, report.edges
    files = tables.files(
        lambda: aging_view.for_download(aging(engine, filters, by=by, edges=edges)),
        f"Aging by {'family, rolled up' if by == 'rollup' else by}",
        [*frame.facts(), aging_view.agreement(report, frame.say), *report.notes()],
        sums=by != "rollup",
    )
    tables.downloads("Download", f"aging-{report.as_of}", place=frame.actions, **files)


def the_grid(frame: shell.Frame, first: Sheet) -> None:
    """Draw the table, totals first; a click on a cell opens its items. Long ones are drawn page by page."""
    place, shown = st.container(gap=None), first
    if first.pages > 1:
        shown = turned(frame, first)
    with place:
        rows_of(frame, shown)
    aging_view.foot(first.report, frame.say)
    group_view.line(frame, first.report.left_out, first.report.left_out_sums)


def turned(frame: shell.Frame, first: Sheet) -> Sheet:
    """Draw the choice of the page and say what is on it."""
    by, edges, say = first.report.by, first.report.edges, frame.say
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        words = st.empty()
        number = st.pagination(first.pages, key=f"aging_page_{by}_{first.pages}")
    shown = first if number == 1 else sheet_of(frame, by, edges, number)
    low, high = (shown.number - 1) * ROWS, min(shown.number * ROWS, shown.rows)
    text = (
        f"{say.number(low + 1)} to {say.number(high)} of {say.number(shown.rows)} {aging_view.plural(by, 2)}, "
        "largest first; totals and download are of all"
    )
    words.markdown(f":small[:gray[{as_label(text)}]]", width="content")
    return shown


def rows_of(frame: shell.Frame, shown: Sheet) -> None:
    """Draw one page of the table."""
    report, totals = shown.report, len(shown.report.totals)
    first = totals + len(report.intercompany)
    key = f"aging_grid_{report.by}_{aging_view.mark(report)}" + (f"_{shown.number}" if shown.number > 1 else "")
    hidden = aging_view.hidden_columns(report)

    def clicked() -> None:
        cells = st.session_state[key]["selection"]["cells"]
        if cells and totals <= cells[0][0] < first:
            group_view.ask()
        elif cells:
            place, column = cells[0][0] - first, cells[0][1]
            bucket = next((name for name in report.columns if aging_view.bucket_word(name) == column), None)
            st.session_state[CLICKED] = (report.cells.key[place] if place >= 0 else None, bucket)

    tables.grid(
        tables.bold_first(shown.table, totals),
        hide_index=True,
        row_height=tables.ROW,
        height=tables.height(shown.table.num_rows, most=25),
        placeholder="–",
        column_config=aging_view.grid_columns(report, frame.say, LABELS[report.by]),
        column_order=[name for name in shown.table.column_names if name not in hidden],
        key=key,
        on_select=clicked,
        selection_mode="single-cell",
        alt=f"Aging by {report.by}; select a cell to see its open items",
    )


def open_items(
    frame: shell.Frame, by: By, edges: tuple[int, ...], since: date, key: str | None, bucket: str | None
) -> None:
    """Open the drawer with the items of a group, or of all."""
    report = aging(frame.books.engine, frame.filters, by=by, edges=edges)
    row = next((row for row in report.cells if row.key == key), None)
    link = behind_link.address(
        frame, LINKED, bucket or "", key or "", since=since.isoformat(), **aging_view.address(by, edges)
    )
    items_view.drawer(frame, by, row, bucket if bucket in report.columns else None, edges, since=since, link=link)


frame = shell.require_shell()
if not empty.no_books(frame):
    page(frame)
