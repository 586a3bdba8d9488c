"""Settings: our company, its targets and rates, who looks after whom; when and how customers are reminded."""

from __future__ import annotations

import streamlit as st

from pages.ui import drawer
from pages.ui import failures
from pages.ui import goal_list
from pages.ui import settings_delivery
from pages.ui import settings_letters
from pages.ui import settings_measures
from pages.ui import settings_reminders
from pages.ui import settings_view
from pages.ui import shell

TABS = {
    "Company": settings_view.ours,
    "Targets": goal_list.draw,
    "Measures": settings_measures.draw,
    "Exchange rates": settings_view.rates,
    "Owners and segments": settings_view.people,
    "Reminders": settings_reminders.draw,
    "Letters": settings_letters.draw,
    "Delivery": settings_delivery.draw,
}
MEASURING = (settings_measures.draw, goal_list.draw)
"""What measures the books, and so is drawn only where it is looked at."""

frame = shell.require_shell()
frame.heading(facts=[f"Changes are recorded as {frame.actor.name}"])
# The address says which is open, so that another page can lead to one.
tabs = st.tabs(list(TABS), key="tab", bind="query-params", on_change="rerun")
for tab, draw in zip(tabs, TABS.values(), strict=True):
    if draw in MEASURING and not tab.open:
        continue
    with tab, failures.shown(f"settings {draw.__module__}"):
        draw(frame)
drawer.open_asked(frame)
