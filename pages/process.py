"""Process: where days are lost between invoice, due date, first contact, promise and cash."""

from __future__ import annotations

from typing import Any
from typing import NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from arcore.analytics.quarter import ONE_DAY
from arcore.analytics.quarter import Period
from arcore.analytics.quarter import last_complete
from arcore.analytics.quarter import quarters
from arcore.dates import add_months
from arcore.dates import month_start
from arcore.reports.process import CUTS
from arcore.reports.process import By
from arcore.reports.process import Process
from arcore.reports.process import cut
from arcore.reports.process import process
from arcore.reports.walked import Of
from pages.ui import aging_view
from pages.ui import empty
from pages.ui import process_documents
from pages.ui import process_view
from pages.ui import shell

POPULATIONS: dict[str, Of] = {"Paid": "paid", "Overdue now": "overdue"}
QUARTERS = 8
"""So many quarters can be chosen, the one that still runs among them."""
YEAR = "12-months"


class Asked(NamedTuple):
    """What was chosen on the page."""

    of: Of
    period: Period
    by: By


def page(frame: shell.Frame) -> None:
    """Draw the page."""
    bar = st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="process_bar")
    of = choose_population(bar)
    asked = Asked(of, choose_period(bar, frame, of), choose_cut(bar))
    found = frame.read(process, asked.period, of=of)
    count = process_view.counted(frame.say, found.whole.now.invoices, "invoice")
    words = process_view.period_words(found, frame.say)
    running = of == "paid" and asked.period.last == frame.filters.as_of
    facts = [f"{count} paid in {words}{' so far' if running else ''}" if of == "paid" else f"{count} overdue"]
    frame.heading(facts=facts, converted=True)
    aging_view.gaps(found.gaps, frame.say)
    process_view.nothing_recorded(found)
    if not found.whole.now.payments:
        nobody(found, process_view.period_words(found, frame.say))
        return
    process_view.answer(found, frame.say)
    left, right = st.columns([5.2, 7.8], gap="small")
    with left.container(border=True, height="stretch"):
        process_view.picture(found, frame.say)
    with right.container(border=True, height="stretch"):
        process_view.changes(found, frame.say)
    process_view.act(found)
    parted = frame.read(cut, asked.period, asked.by, of=of)
    process_view.grid(frame, found, parted)
    names = {row.key: row.name for row in parted.rows}
    process_documents.open_clicked(frame, found, asked.period, asked.by, names)


def choose_population(bar: DeltaGenerator) -> Of:
    """Draw the choice between what was paid and what is overdue."""
    word = bar.segmented_control(
        "Population", list(POPULATIONS), default="Paid", required=True, key="process_of",
        label_visibility="collapsed", bind="query-params", persist_state="session",
    )  # fmt: skip
    return POPULATIONS.get(str(word), "paid")


def choose_period(bar: DeltaGenerator, frame: shell.Frame, of: Of) -> Period:
    """Draw the choice of the period, the last quarter that is over unless chosen."""
    as_of, say = frame.filters.as_of, frame.say
    usual = last_complete(as_of)
    if of == "overdue":
        return usual
    month = month_start(as_of + ONE_DAY) - ONE_DAY
    periods = {period.quarter: period for period in quarters(as_of, QUARTERS)}
    periods[YEAR] = Period(add_months(month + ONE_DAY, -12), month)

    def word(key: str) -> str:
        if key == YEAR:
            return f"12 months to {say.month(month, short=True)}"
        year, name = key.split("-")
        return f"{name} {year}"

    # The address holds the words that are shown, so they say the same on every day.
    words = {word(key): period for key, period in periods.items()}
    chosen = bar.selectbox(
        "Cash received in", list(words), index=list(words).index(word(usual.quarter)), key="process_period",
        label_visibility="collapsed", width=180, bind="query-params", persist_state="session",
    )  # fmt: skip
    return words.get(str(chosen), usual)


def choose_cut(bar: DeltaGenerator) -> By:
    """Draw the choice of what the table is cut by."""
    words: dict[str, By] = {by.capitalize(): by for by in CUTS}
    bar.markdown(":small[:gray[cut by]]", width="content")
    word: Any = bar.segmented_control(
        "Cut by", list(words), default="Reason", required=True, key="process_by", label_visibility="collapsed",
        bind="query-params", persist_state="session",
    )  # fmt: skip
    return words.get(str(word), "reason")


def nobody(found: Process, words: str) -> None:
    """Say that nothing was paid or is overdue, and what to do."""
    if found.of == "overdue":
        empty.card("Nothing is overdue", "Choose Paid to see where days were lost.", icon=":material/done_all:",
                   key="nothing_overdue")  # fmt: skip
        return
    empty.card(
        "No invoice was paid in this period",
        f"Where days are lost is read from payments of invoices. None came in {words}: choose another period, look at "
        "what is overdue now, or upload the payments.",
        icon=":material/hourglass_empty:", action="Upload payments" if shell.exists("imports.py") else "",
        page="imports.py", key="nothing_paid",
    )  # fmt: skip


frame = shell.require_shell()
if not empty.no_books(frame):
    page(frame)
