"""Overview: what is owed, is it good, why, who, and what changed."""

from __future__ import annotations

import streamlit as st

from arcore.reports.aging import aging
from arcore.reports.kpis import trend
from arcore.reports.view import month_before
from pages.ui import aging_view
from pages.ui import drawer
from pages.ui import empty
from pages.ui import shell
from pages.ui import trend_view
from pages.ui.format import as_label
from pages.ui.trend_view import Shown


def page(frame: shell.Frame) -> None:
    """Draw the page."""
    report = aging(frame.books.engine, frame.filters, by="none")
    before = aging(frame.books.engine, frame.filters.on(month_before(frame.filters.as_of)), by="none", control=False)
    left, right = st.columns([5, 7], gap="small")
    with left.container(border=True, height="stretch"):
        st.markdown("**Aging** :gray[:small[EUR, by days past due]]")
        aging_view.bar(report, before, frame.say)
    with right.container(border=True, height="stretch"):
        dso, cei = st.columns(2, gap="small")
        with dso:
            shown = [Shown("DSO", frame.read(trend, "dso")), Shown("Best possible", frame.read(trend, "bpdso"))]
            trend_view.card("dso", "DSO", "days, last 36 months", shown, frame.say, target=frame.company.targets.get("dso"), explain=drawer.ask)
        with cei:
            trend_view.card("cei", "CEI", "%, last 36 months", [Shown("CEI", frame.read(trend, "cei"))], frame.say, target=frame.company.targets.get("cei"), explain=drawer.ask)
    drawer.open_asked(frame)


frame = shell.require_shell()
if not empty.no_books(frame):
    page(frame)
