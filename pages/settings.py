"""Settings: our company, its targets and rates, who looks after whom; when and how customers are reminded."""

from __future__ import annotations

import streamlit as st

from pages.ui import failures
from pages.ui import settings_delivery
from pages.ui import settings_letters
from pages.ui import settings_reminders
from pages.ui import settings_view
from pages.ui import shell

TABS = {
    "Company": settings_view.ours,
    "Targets": settings_view.targets,
    "Exchange rates": settings_view.rates,
    "Owners and segments": settings_view.people,
    "Reminders": settings_reminders.draw,
    "Letters": settings_letters.draw,
    "Delivery": settings_delivery.draw,
}

frame = shell.require_shell()
frame.heading(facts=[f"changes are recorded as {frame.actor.name}"])
# The address says which is open, so that another page can lead to one.
for tab, draw in zip(st.tabs(list(TABS), key="tab", bind="query-params"), TABS.values(), strict=True):
    with tab, failures.shown(f"settings {draw.__module__}"):
        draw(frame)
