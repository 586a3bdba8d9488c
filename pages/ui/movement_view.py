"""What moved a balance between two days: bars beside the opening and closing figure, and the same as a table."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from functools import partial

import pyarrow as pa
import streamlit as st

from arcore.money import from_minor
from arcore.reports.moved_documents import REVALUED
from arcore.reports.moved_documents import moved_documents
from arcore.reports.movement import LINES
from arcore.reports.movement import Line
from arcore.reports.movement import Movement
from arcore.reports.movement import MovementReport
from pages.ui import aging_view
from pages.ui import behind_link
from pages.ui import charts
from pages.ui import moved_view
from pages.ui import revaluation_view
from pages.ui import shell
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
MEANT = {
    "opening": "open at the end of the first day",
    "invoiced": "invoices, debit notes and late charges that count in these days",
    "credited": "credit notes and discounts; within a bucket what they took off its items",
    "collected": "receipts; within a bucket what they paid of its items",
    "refunded": "refunds and payments that bounced",
    "written_off": "write-offs less recoveries; within a bucket what they took off its items",
    "settled": "settlements that nobody has explained",
    "transferred": "moved between customers, converted",
    "exchange": "differences between the rate of an invoice and that of its payment",
    "redated": "another due date was agreed: from its old bucket to the new one",
    "aged": "what was open on the first day, taken out of the bucket it was in and put into that of the last day",
    "closing": "open at the end of the last day",
}
"""What the documents of a line are."""
ENDS = {"opening": "Before", "closing": "Now"}
CLICKED = "moved_clicked"
"""The cell of the table that was clicked since the last run: (currency, line, bucket or None for the balance)."""
LINKED = "moved"
"""How the address names a cell of the table."""
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
    """Draw the bridge of every currency by bucket: opening, each movement, closing; a click asks for the documents."""
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
        tables.grid(
            frame,
            hide_index=True,
            row_height=tables.ROW,
            height=tables.height(frame.num_rows),
            placeholder="–",
            column_config={"What": tables.text(f"{part.currency}, by bucket at the end", width=235)}
            | {name: tables.money(name, say, width=width) for name in (*names, "Open balance")},
            key=_key(report, part),
            on_select=partial(_clicked, report, part),
            selection_mode="single-cell",
            alt=f"Movement in {part.currency} by bucket; select a cell to see its documents",
        )


def _key(report: MovementReport, part: Movement) -> str:
    """Return a key of its own for what is shown: a cell selected in another table must not count here."""
    return f"moved_{part.currency}_{report.since}_{report.filters.as_of}_{len(report.columns)}_{report.columns[1]}"


def _clicked(report: MovementReport, part: Movement) -> None:
    cells = st.session_state[_key(report, part)]["selection"]["cells"]
    if not cells:
        return
    line = (part.opening, *part.lines, part.closing)[cells[0][0]]
    bucket = next((name for name in report.columns if aging_view.bucket_word(name) == cells[0][1]), None)
    if line.total if bucket is None else line.amounts[report.columns.index(bucket)]:
        st.session_state[CLICKED] = (part.currency, line.key, bucket)


def open_clicked(frame: shell.Frame, since: date, edges: tuple[int, ...], page: Mapping[str, str]) -> bool:
    """Open the documents of the cell that was clicked, or that the address names; tell whether there was one.

    `page` are the names and values that make the page show the same cell again.
    """
    linked = behind_link.asked(LINKED, 3)
    clicked = st.session_state.pop(CLICKED, None) or (linked and (linked[0], linked[1], linked[2] or None))
    if not clicked:
        return False
    currency, key, bucket = clicked
    link = behind_link.address(frame, LINKED, currency, key, bucket or "", since=since.isoformat(), **page)
    if key == REVALUED:
        revaluation_view.drawer(frame, "open", since, currency, link)
        return True
    if key not in MEANT:
        return False
    say, word = frame.say, ENDS.get(key) or LINES[key]
    where = f"{aging_view.bucket_word(bucket)} at the end" if bucket else "the open balance"
    if bucket and key == "opening":
        where = aging_view.bucket_word(bucket)
    moved_view.drawer(
        frame, f"{word}: {where[0].lower()}{where[1:]}",
        f"{say.day(since)} to {say.day(frame.filters.as_of)} · {MEANT[key]}",
        lambda: frame.read(moved_documents, since, key, currency, bucket=bucket, edges=edges),
        f"moved-{key}-{currency}-{frame.filters.as_of}",
        link,
    )  # fmt: skip
    return True


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
