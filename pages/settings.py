"""Settings: our company, the targets it judges by, its exchange rates, who looks after whom."""

from __future__ import annotations

import streamlit as st

from pages.ui import failures
from pages.ui import settings_view
from pages.ui import shell

TABS = {
    "Company": settings_view.ours,
    "Targets": settings_view.targets,
    "Exchange rates": settings_view.rates,
    "Owners and segments": settings_view.people,
}

frame = shell.require_shell()
frame.heading(facts=[f"changes are recorded as {frame.actor.name}"])
for tab, draw in zip(st.tabs(list(TABS)), TABS.values(), strict=True):
    with tab, failures.shown(draw.__name__):
        draw(frame)
