"""Who rolled forward and who paid, between two days: bands from bucket to bucket, and their table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from arcore.money import from_minor
from arcore.reports.bucket_flows import SOURCES
from arcore.reports.bucket_flows import TARGETS
from arcore.reports.bucket_flows import Flow
from arcore.reports.bucket_flows import FlowPart
from arcore.reports.bucket_flows import FlowReport
from arcore.reports.bucket_flows import flow_documents
from arcore.reports.bucket_flows import flows_between
from pages.ui import aging_view
from pages.ui import behind_link
from pages.ui import moved_view
from pages.ui import sankey
from pages.ui import shell
from pages.ui import tables
from pages.ui.format import Format
from pages.ui.format import as_label

CLICKED = "flow_clicked"
"""What was clicked since the last run: (currency, source, target)."""
LINKED = "flow"
"""How the address names a flow."""
BY = ("Amount", "Customers")
ROLES = {TARGETS["collected"]: "good", TARGETS["written_off"]: "bad"}


def draw(frame: shell.Frame, since: date, edges: Sequence[int]) -> None:
    """Draw the flows of one currency from the end of `since` to the as-of day; a click leads to the documents."""
    report = frame.read(flows_between, since, edges=tuple(edges))
    if not report.parts:
        st.caption("Nothing was open and nothing moved.")
        return
    bar = st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="flows_bar")
    by = bar.segmented_control(
        "Thickness", BY, default=BY[0], required=True, key="flows_by", label_visibility="collapsed",
        bind="query-params",
    )  # fmt: skip
    part = _part(bar, report)
    bar.markdown(f":small[:gray[{as_label(_heading(report, part, frame.say, by or BY[0]))}]]", width="content")
    mark = f"{aging_view.mark_of(edges)}_{part.currency}"
    _bands(frame, report, part, by or BY[0], mark)
    _table(frame, part, mark)
    _foot(report, part, frame.say)


def open_clicked(frame: shell.Frame, since: date, edges: Sequence[int], page: Mapping[str, str]) -> None:
    """Open the drawer with the documents of the flow that was clicked, or that the address names, if there is one.

    `page` are the names and values that make the page show the same flows again.
    """
    clicked = st.session_state.pop(CLICKED, None) or behind_link.asked(LINKED, 3)
    if not clicked:
        return
    currency, source, target = clicked
    moved_view.drawer(
        frame,
        f"{word(source, SOURCES)} to {word(target, TARGETS)}",
        _period(since, frame.filters.as_of, frame.say),
        lambda: frame.read(flow_documents, since, source, target, currency, edges=tuple(edges)),
        f"flow-{_file(source)}-{_file(target)}-{frame.filters.as_of}",
        behind_link.address(frame, LINKED, currency, source, target, since=since.isoformat(), **page),
    )


def word(end: str, causes: dict[str, str]) -> str:
    """Return what an end of a flow is called on the screen."""
    return causes[end] if end in causes else aging_view.bucket_word(end)


def table(part: FlowPart) -> pd.DataFrame:
    """Lay the flows out with numbers, as on the screen and in the file."""
    return pd.DataFrame(
        {
            "From": [word(flow.source, SOURCES) for flow in part.flows],
            "To": [word(flow.target, TARGETS) for flow in part.flows],
            part.currency: [float(from_minor(flow.amount, part.currency)) for flow in part.flows],
            "Share of from": _shares(part),
            "Customers": [flow.customers for flow in part.flows],
            "Documents": [flow.documents for flow in part.flows],
        }
    )


def _shares(part: FlowPart) -> list[float]:
    totals: dict[str, int] = {}
    for flow in part.flows:
        totals[flow.source] = totals.get(flow.source, 0) + flow.amount
    return [100 * flow.amount / totals[flow.source] for flow in part.flows]


def _part(bar: DeltaGenerator, report: FlowReport) -> FlowPart:
    if len(report.parts) == 1:
        return report.parts[0]
    codes = [part.currency for part in report.parts]
    chosen = bar.selectbox("Currency of the flows", codes, key="flows_currency", label_visibility="collapsed", width=90)
    return next((part for part in report.parts if part.currency == chosen), report.parts[0])


def _heading(report: FlowReport, part: FlowPart, say: Format, by: str) -> str:
    words = [part.currency, _period(report.since, report.filters.as_of, say), "days past due"]
    if report.filters.currency == part.currency:
        words.append(f"both sides at the rates of {say.short_day(report.filters.as_of, report.filters.as_of)}")
    if by == BY[1]:
        words.append("a customer counts in each flow it has a part in")
    return ", ".join(words)


def _period(since: date, as_of: date, say: Format) -> str:
    return f"{say.short_day(since, as_of)} to {say.day(as_of)}"


def _bands(frame: shell.Frame, report: FlowReport, part: FlowPart, by: str, mark: str) -> None:
    say = frame.say
    key = f"flow_bands_{by}_{mark}"

    def clicked() -> None:
        picked = st.session_state[key]["selection"].get("pick")
        if picked:
            _click(part, picked[0]["source"], picked[0]["target"])

    bands = [
        sankey.Band(
            word(flow.source, SOURCES), word(flow.target, TARGETS),
            float(flow.customers if by == BY[1] else from_minor(flow.amount, part.currency)), _text(flow, part, say),
        )
        for flow in part.flows
    ]  # fmt: skip
    buckets = [aging_view.bucket_word(bucket) for bucket in report.buckets]
    spec = sankey.sankey(
        bands, _side(report, part, say, by, "source"), _side(report, part, say, by, "target"), buckets, "pick",
        roles=ROLES,
    )  # fmt: skip
    largest = sorted(part.flows, key=lambda flow: -flow.amount)[:3]
    st.vega_lite_chart(
        spec, key=key, on_select=clicked,
        alt="Flows between buckets, the largest: "
        + "; ".join(f"{word(f.source, SOURCES)} to {word(f.target, TARGETS)} {_text(f, part, say)}" for f in largest),
    )  # fmt: skip


def _side(report: FlowReport, part: FlowPart, say: Format, by: str, end: str) -> dict[str, str]:
    """Return the nodes of one side from the top, each with its word and what it holds."""
    causes = SOURCES if end == "source" else TARGETS
    sums: dict[str, int] = {}
    for flow in part.flows:
        name = getattr(flow, end)
        sums[name] = sums.get(name, 0) + (flow.customers if by == BY[1] else flow.amount)
    order = [name for name in (*report.buckets, *causes) if name in sums]
    return {
        word(name, causes): f"{word(name, causes)}  "
        + (say.number(sums[name]) if by == BY[1] else say.compact(sums[name], part.currency))
        for name in order
    }


def _text(flow: Flow, part: FlowPart, say: Format) -> str:
    people = f"{say.number(flow.customers)} {'customer' if flow.customers == 1 else 'customers'}"
    return f"{say.money(flow.amount, part.currency)}, {people}"


def _table(frame: shell.Frame, part: FlowPart, mark: str) -> None:
    rows, key = table(part), f"flow_table_{mark}"

    def clicked() -> None:
        cells = st.session_state[key]["selection"]["cells"]
        if cells:
            flow = part.flows[cells[0][0]]
            st.session_state[CLICKED] = (part.currency, flow.source, flow.target)

    tables.grid(
        rows, hide_index=True, row_height=tables.ROW, height=tables.height(len(rows), most=18), placeholder="–",
        column_config={
            "From": tables.text("From", width=230),
            "To": tables.text("To", width=230),
            part.currency: tables.money(part.currency, frame.say, width=140),
            "Share of from": tables.share("Share of from", width=150),
            "Customers": tables.count("Customers", width=110),
            "Documents": tables.count("Documents", width=110),
        },
        key=key, on_select=clicked, selection_mode="single-cell",
        alt="Flows between buckets; select a cell to see its documents",
    )  # fmt: skip


def _click(part: FlowPart, source: str, target: str) -> None:
    for flow in part.flows:
        if (word(flow.source, SOURCES), word(flow.target, TARGETS)) == (source, target):
            st.session_state[CLICKED] = (part.currency, flow.source, flow.target)


def _foot(report: FlowReport, part: FlowPart, say: Format) -> None:
    """Say what flows add up to, and offer them as a file."""
    began = sum(flow.amount for flow in part.flows if flow.source in report.buckets)
    ended = sum(flow.amount for flow in part.flows if flow.target in report.buckets)
    whole = sum(flow.amount for flow in part.flows)
    came, left = (say.amount(whole - each, part.currency) for each in (began, ended))
    words = (
        f"open debit items {say.amount(began, part.currency)} + came in {came} = "
        f"open debit items {say.amount(ended, part.currency)} + left {left} · unapplied credits stand apart"
    )
    st.markdown(f":small[:gray[:material/check: {as_label(words)}]]")
    facts = [f"Flows between buckets, {_period(report.since, report.filters.as_of, say)}", words]
    tables.downloads(
        "Download the flows", f"flows-{report.filters.as_of}-{part.currency}",
        **tables.files(lambda: table(part), "Flows between buckets", facts, sums=False),
    )  # fmt: skip


def _file(end: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", end.lower()).strip("-")
