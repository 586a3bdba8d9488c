"""Step three of an import: what will change, what has to be answered first, and the booking itself."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from arcore.intake.changes import NEVER_ACCEPTED
from arcore.intake.changes import Change
from arcore.intake.changes import ChangeKind
from arcore.intake.changes import Plan
from arcore.intake.queries import refused_csv
from arcore.intake.understood import RefusedRow
from arcore.money import digits
from pages.ui import import_state
from pages.ui import shell
from pages.ui import tables
from pages.ui.format import as_label
from pages.ui.import_state import Upload

WORDS = {
    ChangeKind.NEW: "New",
    ChangeKind.CHANGED: "Changed",
    ChangeKind.SETTLED: "Settled",
    ChangeKind.PART_PAID: "Part paid",
    ChangeKind.REOPENED: "Re-opened",
    ChangeKind.PENDING_IN_SOURCE: "Pending in source",
    ChangeKind.UNCHANGED: "Unchanged",
    ChangeKind.REFUSED: "Refused",
}
ALWAYS = (ChangeKind.NEW, ChangeKind.CHANGED, ChangeKind.SETTLED, ChangeKind.UNCHANGED, ChangeKind.REFUSED)
"""Counted even when there are none."""
COLOURS = {
    "New": "blue",
    "Changed": "yellow",
    "Settled": "green",
    "Part paid": "green",
    "Re-opened": "orange",
    "Pending in source": "gray",
    "Unchanged": "gray",
    "Refused": "red",
}
MOST_ROWS = 14
LONG_LIST = 5000
"""Differences drawn at once; the download has all of them."""


def tiles(frame: shell.Frame, plan: Plan) -> None:
    """Count the differences by kind, with what they are worth."""
    counts = plan.counts()
    shown = {kind: word for kind, word in WORDS.items() if counts[kind.value] or kind in ALWAYS}
    with st.grid(max(5, len(shown)), min_column_width=130, gap="small", key="plan_tiles"):
        for kind, word in shown.items():
            amounts: dict[str, int] = {}
            for change in plan.changes:
                if change.kind is kind:
                    moved = change.amount if kind is ChangeKind.NEW else (change.after or 0) - (change.before or 0)
                    amounts[change.currency] = amounts.get(change.currency, 0) + moved
            worth = " · ".join(frame.say.compact(amount, code) for code, amount in amounts.items() if amount)
            st.metric(
                word,
                frame.say.number(counts[kind.value]),
                border=True,
                height="stretch",
                delta_description=as_label(worth) if worth else " ",
            )


def questions(upload: Upload, plan: Plan) -> None:
    """Draw what has to be answered before anything is booked."""
    for question in plan.questions:
        if question.id in NEVER_ACCEPTED:
            st.warning(as_label(question.text), icon=":material/help:")
            continue
        with st.container(border=True, gap="xsmall"):
            st.markdown(f":orange[:material/help:] **{as_label(question.text)}**")
            accepted = st.checkbox("Yes, book it so", value=question.id in upload.accepted, key=f"answer_{question.id}")
        if accepted != (question.id in upload.accepted):
            change = upload.accepted | {question.id} if accepted else upload.accepted - {question.id}
            import_state.change(accepted=change)
            st.rerun()


def differences(frame: shell.Frame, plan: Plan) -> None:
    """Draw every difference, searchable, refused lines first."""
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="plan_bar"):
        present = [word for kind, word in WORDS.items() if plan.counts()[kind.value]]
        kinds = st.pills("Kind", present, selection_mode="multi", key="plan_kinds", label_visibility="collapsed")
        text = st.text_input(
            "Find", key="plan_find", type="search", placeholder="Number or customer", label_visibility="collapsed",
            width=240,
        )  # fmt: skip
    table = listed(plan.changes, plan.refused)
    if kinds:
        table = table[table["What"].str[0].isin(kinds)]
    for word in text.casefold().split():
        table = table[table["Search"].str.contains(word, regex=False)]
    codes = sorted({code for code in table["Currency"] if code})
    money = f", {codes[0]}" if len(codes) == 1 else ""
    shown = table.drop(columns=["Search", *(["Currency"] if money else [])]).head(LONG_LIST)
    if len(table) > len(shown):
        st.caption(f"The first {LONG_LIST:,} of {len(table):,}; narrow by kind, number or customer.")
    st.dataframe(
        shown,
        hide_index=True,
        row_height=tables.ROW,
        height=tables.height(len(shown), most=MOST_ROWS),
        placeholder="–",
        column_config={
            "What": st.column_config.MultiselectColumn(
                "What", options=list(COLOURS), color=list(COLOURS.values()), width=95
            ),
            "Document": tables.text("Document", width=90),
            "Customer": tables.text("Customer", width=160),
            "Amount": tables.money(f"Amount{money}", frame.say, width=100),
            "Open before": tables.money("Open before", frame.say, width=96),
            "Open after": tables.money("Open after", frame.say, width=96),
            "Currency": tables.text("", width=48),
            "Why": tables.text("Why", width=235),
            "Line": tables.count("Line", width=55),
        },
        alt=f"{len(table)} differences between the files and what the source said last",
    )


def listed(changes: Sequence[Change], refused: Sequence[RefusedRow]) -> pd.DataFrame:
    """Lay out refused lines and differences as people read them."""
    rows: list[tuple[Any, ...]] = [
        (["Refused"], r.number, r.customer, None, None, None, "", f"{r.column}: {r.value} – {r.reason}", r.line,
         f"{r.number} {r.customer}".casefold())
        for r in refused
    ]  # fmt: skip
    for c in sorted(changes, key=lambda c: c.kind is ChangeKind.UNCHANGED):
        scale = 10 ** -digits(c.currency) if c.currency else 1
        amounts = [None if units is None else units * scale for units in (c.amount, c.before, c.after)]
        search = f"{c.number} {c.customer} {c.customer_name}".casefold()
        rows.append(
            ([WORDS[c.kind]], c.number, c.customer_name or c.customer, *amounts, c.currency, c.why, c.line, search)
        )
    names = ["What", "Document", "Customer", "Amount", "Open before", "Open after", "Currency", "Why", "Line", "Search"]
    return pd.DataFrame(rows, columns=names)


def side(frame: shell.Frame, plan: Plan) -> None:
    """Draw what speaks for and against the files: their own totals, warnings, refused lines, what is left out."""
    for file in plan.files:
        for total in file.understood.file_totals:
            good = total.difference == 0
            words = f"Line {total.line}: the file's own total {frame.say.number(total.stated, 2)} "
            words += "agrees" if good else f"differs from the rows by {frame.say.number(total.difference, 2)}"
            icon = ":green[:material/check_circle:]" if good else ":orange[:material/warning:]"
            st.markdown(f"{icon} :small[{as_label(words)}]")
    for warning in plan.warnings:
        st.markdown(f":orange[:material/warning:] :small[{as_label(warning)}]")
    for reason, count in plan.left_out.items():
        st.markdown(f":gray[:material/filter_alt_off: :small[{count} {as_label(reason)} left out]]")
    new = sum(file.new_customers for file in plan.files)
    if new:
        st.markdown(f":blue[:material/person_add:] :small[{new} new customers]")
    if plan.refused:
        st.download_button(
            f"Download {len(plan.refused)} refused line{'s' * (len(plan.refused) > 1)}",
            partial(refused_csv, plan),
            file_name="refused.csv",
            mime="text/csv",
            key="refused_download",
            on_click="ignore",
            icon=":material/download:",
        )
