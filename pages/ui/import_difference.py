"""Step three of an import: what will change, what has to be answered first, and the booking itself."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from arcore.intake import queries
from arcore.intake.changes import NEVER_ACCEPTED
from arcore.intake.changes import ChangeKind
from arcore.intake.changes import Plan
from arcore.money import ZERO
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
    """Count the differences by kind, with what they do to the open balance."""
    shown = [total for total in queries.kind_totals(plan) if total.documents or total.kind in ALWAYS]
    with st.grid(max(5, len(shown)), min_column_width=130, gap="small", key="plan_tiles"):
        for total in shown:
            moved = {code: total.after.get(code, ZERO) - total.before.get(code, ZERO)
                     for code in {*total.before, *total.after}}  # fmt: skip
            worth = " · ".join(f"{frame.say.number(amount)} {code}" for code, amount in sorted(moved.items()) if amount)
            st.metric(
                WORDS[total.kind],
                frame.say.number(total.documents),
                border=True,
                height="stretch",
                delta_description=as_label(f"open {worth}") if worth else " ",
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
    names = [kind.value for kind, word in WORDS.items() if word in kinds]
    table = listed(plan, names, text)
    codes = sorted({code for code in table["Currency"] if code})
    money = f", {codes[0]}" if len(codes) == 1 else ""
    shown = table.drop(columns=["Currency"] if money else []).head(LONG_LIST)
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


def listed(plan: Plan, kinds: Sequence[str], find: str) -> pd.DataFrame:
    """Lay out refused lines and differences as people read them; what is unchanged comes last."""
    rows: list[tuple[Any, ...]] = []
    if not kinds or ChangeKind.REFUSED in kinds:
        rows += [
            (["Refused"], r.number, r.customer, None, None, None, "", f"{r.column} {r.value}: {r.reason}", r.line)
            for r in plan.refused
            if all(word in f"{r.number} {r.customer}".casefold() for word in find.casefold().split())
        ]
    found = queries.differences(plan, kinds=kinds, find=find)
    for one in sorted(found, key=lambda d: d.kind == ChangeKind.UNCHANGED):
        amounts = [None if amount is None else float(amount) for amount in (one.amount, one.before, one.after)]
        rows.append(
            ([WORDS[ChangeKind(one.kind)]], one.number, one.customer, *amounts, one.currency, one.why, one.line)
        )
    names = ["What", "Document", "Customer", "Amount", "Open before", "Open after", "Currency", "Why", "Line"]
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
            partial(queries.refused_csv, plan.refused),
            file_name="refused.csv",
            mime="text/csv",
            key="refused_download",
            on_click="ignore",
            icon=":material/download:",
        )
