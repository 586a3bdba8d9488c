"""A month-end as frozen, or as known on a day, beside what is known today, and the rows that made the difference."""

from __future__ import annotations

from datetime import date
from datetime import datetime
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from arcore.analytics import written as measures
from arcore.company.queries import Close
from arcore.money import from_minor
from arcore.reports.agreement import end_of_day
from arcore.reports.as_known import AsKnown
from arcore.reports.as_known import as_known
from arcore.reports.filters import Filters
from pages.ui import cached
from pages.ui import drawer
from pages.ui import month_end_agreement
from pages.ui import month_end_documents
from pages.ui import shell
from pages.ui import tables
from pages.ui.customer_view import counted
from pages.ui.format import NONE
from pages.ui.format import as_label

SINCE = "Since it was frozen"
ON_DAY = "As known on a day"
EXPLAINED = "explained_as_known"
"""The moment of the knowledge that the explanation asked for is of, None for today's."""
UNKNOWN = "not yet known"
"""What stands for a figure of a moment before anything was recorded."""
USUAL_DAYS = 5
"""Days after the month that are looked at unless another day is chosen."""


def draw(frame: shell.Frame, filters: Filters, close: Close | None) -> None:
    """Draw both states of knowledge, the difference, and the rows that made it."""
    known_at, words = choose(frame, filters.as_of, close)
    found = cached.read(frame.books, filters, as_known, known_at)
    headline(frame, found, frozen=close is not None and known_at == close.at)
    left, right = st.columns(2, gap="medium")
    with left:
        balances(frame, found)
    with right:
        kpis(frame, found)
    rows(frame, found, words)


def choose(frame: shell.Frame, day: date, close: Close | None) -> tuple[datetime, str]:
    """Draw the choice of the earlier knowledge; return its moment and what it is called."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown("**Posted since, and as known then**", width="content")
        how = SINCE if close is not None else ON_DAY
        if close is not None:
            how = st.segmented_control(
                "Knowledge", [SINCE, ON_DAY], default=SINCE, required=True, key="knowledge",
                label_visibility="collapsed",
            ) or SINCE  # fmt: skip
        if close is not None and how == SINCE:
            st.markdown(f":small[:gray[ledger version {close.seq}]]", width="content")
            return close.at, f"as frozen, ledger version {close.seq}"
        usual = min(frame.today, day + timedelta(days=USUAL_DAYS))
        chosen: Any = st.date_input(
            "Known on", value=usual, min_value=day, max_value=frame.today, key=f"known_on_{day}",
            format=frame.say.date_input, label_visibility="collapsed", width=135,
        )  # fmt: skip
    on: date = chosen if isinstance(chosen, date) else usual
    return end_of_day(on, ZoneInfo(frame.company.time_zone)), f"known {frame.say.short_day(on, frame.today)}"


def headline(frame: shell.Frame, found: AsKnown, *, frozen: bool) -> None:
    """Say in a line what came since."""
    say, month = frame.say, frame.say.month(found.day)
    by = say.day(found.day)
    if found.known_from is not None:
        there = found.known_from.astimezone(ZoneInfo(frame.company.time_zone)).date()
        known = f"it is known from **{as_label(say.day(there))}** on."
        st.markdown(f":material/visibility_off: These books knew nothing of it yet; {known}")
        return
    if found.same:
        text = f"Nothing was posted into {month} since." if frozen else f"Nothing that counts by {by} came later."
        st.markdown(f":green[:material/check:] :small[:gray[{as_label(text)}]]")
        return
    where = f"posted into a closed period, {month}" if frozen else f"recorded later, counting by {by}"
    parts = [f"{counted(found.count, 'document')} {where}"] if found.count else []
    parts += [f"{counted(found.matches, 'amount')} matched or taken apart"] if found.matches else []
    moved = [f"{say.signed(b.change, b.currency)} {b.currency} in {b.entity}" for b in found.balances if b.change]
    parts.append(f"balance {', '.join(moved)}" if moved else "no balance moved")
    st.markdown(f":orange[:material/edit_calendar:] {as_label(' · '.join(parts))}")


def balances(frame: shell.Frame, found: AsKnown) -> None:
    """Draw the open balance of every place under both states of knowledge."""
    amounts = [
        (None if found.known_from else b.then, b.now, None if found.known_from else b.change) for b in found.balances
    ]
    table = pd.DataFrame(
        [
            (b.entity, b.currency, *(None if units is None else float(from_minor(units, b.currency)) for units in each))
            for b, each in zip(found.balances, amounts, strict=True)
        ],
        columns=["Entity", "Currency", "Then", "Today", "Difference"],
    ).astype(dict.fromkeys(("Then", "Today", "Difference"), float))
    if found.known_from:
        table = table.drop(columns="Difference")
    if table.empty:
        st.caption("Nothing was open, then or as known today.")
        return
    key = f"known_balances_{found.day}_{found.known_at.isoformat()}"

    def clicked() -> None:
        cells = st.session_state[key]["selection"]["cells"]
        if cells:
            one = found.balances[cells[0][0]]
            moment = found.known_at.isoformat() if cells[0][1] == "Then" else ""
            if not (moment and found.known_from):
                month_end_documents.ask(found.day, one.entity, one.currency, moment)

    tables.grid(
        table, hide_index=True, row_height=tables.ROW, height=tables.height(len(table)), key=key, on_select=clicked,
        selection_mode="single-cell", placeholder=UNKNOWN if found.known_from else NONE,
        column_config={
            "Entity": tables.text("Entity", width=110),
            "Currency": tables.text("Currency", width=75),
            **{name: tables.money(name, frame.say, width=125) for name in ("Then", "Today")},
            "Difference": tables.change("Difference", frame.say, places=2, width=125),
        },
        alt="Open balance as known then and today; select one to see its documents",
    )  # fmt: skip


def kpis(frame: shell.Frame, found: AsKnown) -> None:
    """Draw the measures under both states of knowledge."""
    say = frame.say
    table = pd.DataFrame(
        [
            (one.label, UNKNOWN, measures.in_full(one.now, say), NONE)
            if found.known_from
            else (one.label, *measures.side_by_side(one.then, one.now, say))
            for one in found.measures
        ],
        columns=["Measure", "Then", "Today", "Difference"],
    )  # fmt: skip
    key = f"known_measures_{found.day}_{found.known_at.isoformat()}"

    def clicked() -> None:
        cells = st.session_state[key]["selection"]["cells"]
        if cells:
            place, column = cells[0]
            figure = found.measures[place].now
            if column == "Then" and found.known_from:
                return
            drawer.ask(f"{figure.name}.{figure.variant}")
            st.session_state[EXPLAINED] = found.known_at if column == "Then" else None

    tables.grid(
        table, hide_index=True, row_height=tables.ROW, height=tables.height(len(table)), key=key, on_select=clicked,
        selection_mode="single-cell",
        column_config={
            "Measure": tables.text("Measure", width=160),
            **{name: tables.figure(name, width=118) for name in ("Then", "Today", "Difference")},
        },
        alt="Measures as known then and today; select one to see how it is made",
    )  # fmt: skip
    why: dict[str, list[str]] = {}
    for one in found.measures:
        shown = (one.now,) if found.known_from else (one.then, one.now)
        for reason in {figure.undefined for figure in shown if figure.undefined}:
            why.setdefault(reason, []).append(one.label)
    for reason, labels in sorted(why.items()):
        sentence = f"{', '.join(labels)}: {reason}"
        st.markdown(f":small[:gray[{NONE} {as_label(sentence)}]]")


def rows(frame: shell.Frame, found: AsKnown, words: str) -> None:
    """Draw the documents and matches that made the difference; none where nothing was known: it would be all."""
    if found.known_from is not None:
        return
    if found.entries:
        table = month_end_agreement.listed(found.entries)
        month_end_agreement.grid(table, frame.say, "Documents recorded since that count by the day")
        tables.downloads(
            "Download the documents", f"since-{found.day}",
            **tables.files(table, f"Recorded since, counting by {found.day}", [words]),
        )  # fmt: skip
    if found.matched:
        with st.expander(f"{counted(found.matches, 'amount')} matched, or taken apart, since"):
            matched = pd.DataFrame(
                [
                    (m.source, m.target, m.name, m.currency, m.effective_on, float(from_minor(m.amount, m.currency)))
                    for m in found.matched
                ],
                columns=["From", "To", "Customer", "Currency", "Counts from", "Amount"],
            )
            tables.grid(
                matched,
                hide_index=True,
                row_height=tables.ROW,
                height=tables.height(len(matched), most=12),
                column_config={
                    "Counts from": tables.day("Counts from", frame.say),
                    "Amount": tables.money("Amount", frame.say),
                },
                alt="Amounts matched since",
            )


def moment_words(frame: shell.Frame, moment: datetime) -> str:
    """Write a moment as day and time where the company is."""
    there = moment.astimezone(ZoneInfo(frame.company.time_zone))
    return f"{frame.say.day(there.date())} {frame.say.time(there)}"
