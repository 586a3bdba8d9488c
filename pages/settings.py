"""Settings: our company, its targets and rates, who looks after whom; when and how customers are reminded."""

from __future__ import annotations

import streamlit as st

from pages.ui import failures
from pages.ui import settings_delivery
from pages.ui import settings_letters
from pages.ui import settings_measures
from pages.ui import settings_reminders
from pages.ui import settings_view
from pages.ui import shell

TABS = {
    "Company": settings_view.ours,
    "Targets": settings_view.targets,
    "Measures": settings_measures.draw,
    "Exchange rates": settings_view.rates,
    "Owners and segments": settings_view.people,
    "Reminders": settings_reminders.draw,
    "Letters": settings_letters.draw,
    "Delivery": settings_delivery.draw,
}

frame = shell.require_shell()
frame.heading(facts=[f"changes are recorded as {frame.actor.name}"])
# The address says which is open, so that another page can lead to one.
tabs = st.tabs(list(TABS), key="tab", bind="query-params", on_change="rerun")
for tab, draw in zip(tabs, TABS.values(), strict=True):
    if draw is settings_measures.draw and not tab.open:
        continue  # it measures the books anew for every choice
    with tab, failures.shown(f"settings {draw.__module__}"):
        draw(frame)
