"""The documents behind an open balance of Month-end, in a drawer: of one entity and currency, as known then or now."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from datetime import datetime

import streamlit as st

from arcore.reports.aging import aging
from arcore.reports.filters import DOCUMENT
from arcore.reports.filters import Filters
from arcore.reports.view import month_before
from pages.ui import behind_link
from pages.ui import items_view
from pages.ui import shell

CLICKED = "month_end_balance"
"""The balance that was clicked since the last run: day, entity, currency, moment of the knowledge."""
LINKED = "balance"
"""How the address names a balance."""


def ask(day: date, entity: str, currency: str, moment: str = "") -> None:
    """Ask for the documents of a balance; `moment` is when it was known, in ISO form, "" for today."""
    st.session_state[CLICKED] = [day.isoformat(), currency, entity, moment]


def open_asked(frame: shell.Frame) -> None:
    """Open the documents that were asked for, by a click or by the address; among the last statements of the page."""
    linked = behind_link.asked(LINKED, 4)
    asked = st.session_state.pop(CLICKED, linked)
    if asked is None:
        return
    try:
        day, known_at = date.fromisoformat(asked[0]), datetime.fromisoformat(asked[3]) if asked[3] else None
    except ValueError:
        return
    currency, entity = asked[1], asked[2]
    filters = Filters(as_of=day, currency=DOCUMENT, entity=entity, basis=frame.filters.basis, known_at=known_at)
    row = next((row for row in aging(frame.books.engine, filters, by="currency").cells if row.key == currency), None)
    items_view.drawer(
        replace(frame, filters=filters), "currency", row, None, since=month_before(day),
        link=behind_link.address(frame, LINKED, *asked, month=f"{day:%Y-%m}"),
    )  # fmt: skip
