"""What moved a balance between two days: bars beside the opening and closing figure, and the same as a table."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import streamlit as st

from arcore.money import from_minor
from arcore.reports.movement import Line
from arcore.reports.movement import Movement
from arcore.reports.movement import MovementReport
from pages.ui import aging_view
from pages.ui import charts
from pages.ui import tables
from pages.ui.format import Format
from pages.ui.format import as_label

SHORT = {
    "invoiced": "Invoiced",
    "credited": "Credit|notes",
    "collected": "Cash in",
    "refunded": "Refunded,|bounced",
    "written_off": "Written|off",
    "settled": "Settled,|unexplained",
    "transferred": "Transferred",
    "exchange": "Exchange|difference",
    "currency": "Revalued",
}
"""Words under the bars; lines that only move between buckets have no bar, their total is nothing."""
ROOM = 1050
"""Pixels for the amounts of the table beside the words."""


def card(report: MovementReport, say: Format) -> None:
    """Draw the bridge of the first currency: before, what moved, now."""
    period = f"{say.short_day(report.since, report.filters.as_of)} to {say.day(report.filters.as_of)}"
    if not report.parts:
        st.markdown(f"**Movement** :gray[:small[{as_label(period)}]]")
        st.caption("Nothing was open and nothing moved.")
        return
    part = report.parts[0]
    period += ", other currencies in the table below" if len(report.parts) > 1 else ""
    st.markdown(f"**Movement** :gray[:small[{as_label(f'{part.currency}, {period}')}]]")
    left, right = st.columns([1, 3.4], gap="small", vertical_alignment="center")
    with left:
        for label, line in (("Before", part.opening), ("Now", part.closing)):
            st.metric(label, as_label(say.compact(line.total, part.currency)))
        change = part.closing.total - part.opening.total
        st.metric("Change", as_label(("+" if change > 0 else "") + say.compact(change, part.currency)))
    with right:
        charts.draw(charts.waterfall(_steps(part, say)), alt=_alt(part, say), key="movement_bars")


def table(report: MovementReport, say: Format) -> None:
    """Draw the bridge of every currency by bucket: opening, each movement, closing."""
    names = [aging_view.bucket_word(column) for column in report.columns]
    width = min(125, max(95, ROOM // (len(names) + 1)))
    for part in report.parts:
        lines = (part.opening, *part.lines, part.closing)
        frame = pa.table(
            {
                "What": [line.label for line in lines],
                **{name: _amounts(lines, place, part.currency) for place, name in enumerate(names)},
                "Open balance": [float(from_minor(line.total, part.currency)) for line in lines],
            }
        )
        st.dataframe(
            frame,
            hide_index=True,
            row_height=tables.ROW,
            height=tables.height(frame.num_rows),
            placeholder="–",
            column_config={"What": tables.text(f"{part.currency}, by bucket at the end", width=235)}
            | {name: tables.money(name, say, width=width) for name in (*names, "Open balance")},
            alt=f"Movement in {part.currency} by bucket",
        )


def _steps(part: Movement, say: Format) -> list[charts.Step]:
    return [
        charts.Step(
            SHORT[line.key],
            float(from_minor(line.total, part.currency)),
            say.signed(line.total, part.currency, decimals=0),
        )
        for line in part.lines
        if line.key in SHORT and line.total
    ]


def _alt(part: Movement, say: Format) -> str:
    moved = ", ".join(f"{line.label} {say.signed(line.total, part.currency)}" for line in part.lines if line.total)
    before, now = (say.amount(line.total, part.currency) for line in (part.opening, part.closing))
    return f"Open balance from {before} to {now} {part.currency}: {moved or 'no movement'}"


def _amounts(lines: Sequence[Line], place: int, currency: str) -> pa.Array:
    """Return a column of the table, empty where nothing moved."""
    amounts = [float(from_minor(line.amounts[place], currency)) or None for line in lines]
    return pa.array(amounts, pa.float64())
