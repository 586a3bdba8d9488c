"""Clean-up: what in the books looks wrong, why it matters, and its fix with a preview and an undo."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from functools import partial

import streamlit as st

from arcore.reports.tidy.summary import TITLES
from arcore.reports.tidy.summary import Name
from arcore.reports.tidy.summary import Section
from arcore.reports.tidy.summary import summary
from pages.ui import clean_up_desk
from pages.ui import clean_up_findings
from pages.ui import clean_up_fixes
from pages.ui import clean_up_progress
from pages.ui import clean_up_same
from pages.ui import clean_up_sections
from pages.ui import clean_up_totals
from pages.ui import empty
from pages.ui import shell
from pages.ui import total_drawer
from pages.ui.plan_desk import Desk

DRAWN: Mapping[Name, Callable[[Desk, Section], None]] = {
    "unapplied": clean_up_sections.draw_unapplied,
    "credit_balances": clean_up_sections.draw_credit_balances,
    "unexplained": clean_up_sections.draw_unexplained,
    "duplicates": clean_up_findings.draw_duplicates,
    "gaps": clean_up_findings.draw_gaps,
    "oddities": clean_up_findings.draw_oddities,
    "same_customers": clean_up_same.draw,
}


def page(frame: shell.Frame) -> None:
    """Draw the page."""
    desk = Desk(frame)
    sections = {one.name: one for one in frame.read(summary, frame.today, clean_up_sections.older_than())}
    frame.heading(facts=[clean_up_desk.counted(sum(one.count for one in sections.values()), "thing") + " to look at"])
    if not clean_up_progress.draw(frame.books.store_id):
        clean_up_desk.outcome(desk)
    name = choose(sections)
    with st.container(gap="xsmall", key="clean_section_body"):
        DRAWN[name](desk, sections[name])
    asked = clean_up_desk.ASKED in st.session_state
    clean_up_desk.open_asked(desk, {**clean_up_fixes.DIALOGS, **clean_up_same.DIALOGS})
    if not asked:
        total_drawer.open_asked(frame, partial(clean_up_totals.known, desk, clean_up_sections.older_than()))


def choose(sections: Mapping[Name, Section]) -> Name:
    """Draw the choice of the section, each with its count; the address names it without the count."""
    first: Name = next((name for name, one in sections.items() if one.count), "unapplied")
    asked = st.query_params.get("section", "")
    if asked in sections and asked != st.session_state.get("section_seen"):
        st.session_state["clean_section"] = asked
    st.session_state.setdefault("clean_section", first)
    st.segmented_control(
        "Section", list(sections), key="clean_section", required=True, label_visibility="collapsed",
        format_func=lambda name: f"{TITLES[name]} {sections[name].count:,}",
    )  # fmt: skip
    chosen: Name = st.session_state["clean_section"] or first
    if asked != chosen:
        st.query_params["section"] = chosen
    st.session_state["section_seen"] = chosen
    return chosen


frame = shell.require_shell()
if not empty.no_books(frame):
    page(frame)
