"""Measures that left their band, on the overview: a line when there are any, nothing when there are none."""

from __future__ import annotations

import streamlit as st

from arcore.reports import target_words
from arcore.reports.targets import alerts
from pages.ui import drawer
from pages.ui import shell
from pages.ui.format import as_label

MOST = 3
"""How many are named; the others are counted."""


def draw(frame: shell.Frame) -> None:
    """Draw the alerts of the day; each leads to the explanation of its figure."""
    found = frame.read(alerts)
    if not found:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="goal_alerts"):
        one = len(found) == 1
        words = "1 measure is outside its band" if one else f"{len(found)} measures are outside their bands"
        st.markdown(f":red[:material/notifications_active:] **{words}**", width="content")
        for status in found[:MOST]:
            if status.alert is None:
                continue
            goal = status.goal
            st.button(
                as_label(target_words.alert(status, status.alert, frame.say, frame.filters.as_of)), type="tertiary",
                key=f"alert_{goal.name}_{goal.segment}", on_click=drawer.ask, args=(goal.name, goal.segment),
                help="How this figure is made", icon=":material/chevron_right:", icon_position="right",
            )  # fmt: skip
        more = len(found) - MOST
        st.page_link(
            shell.page_of("trends.py"), label=f"{more} more" if more > 0 else "All targets", icon=":material/flag:",
            query_params={"view": "Targets"},
        )  # fmt: skip
