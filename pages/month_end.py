"""Month-end: does it agree with the general ledger, and what came to be known of it since."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import streamlit as st

from arcore.company.queries import Close
from arcore.dates import month_ends
from arcore.reports.agreement import agreement
from arcore.reports.as_known import frozen_months
from arcore.reports.filters import Filters
from pages.ui import cached
from pages.ui import empty
from pages.ui import month_end_agreement
from pages.ui import month_end_freeze
from pages.ui import month_end_known
from pages.ui import month_end_stated
from pages.ui import shell
from pages.ui.month_end_known import moment_words

MONTHS = 24
"""So many months that are over can be chosen."""


def page(frame: shell.Frame) -> None:
    """Draw the page."""
    closes = frozen_months(frame.books.engine)
    day = choose(frame, closes)
    close = closes.get(day)
    month_end_freeze.button(frame, day, close)
    narrowed = Filters(
        as_of=day, currency=frame.filters.currency, entity=frame.filters.entity, basis=frame.filters.basis
    )
    frame.heading(facts=facts(frame, day, close))
    month_end_freeze.said()
    compared = cached.read(frame.books, narrowed, agreement)
    left, right = st.columns([7.6, 4.4], gap="small")
    with left.container(border=True, height="stretch"):
        month_end_agreement.draw(frame, compared)
    with right.container(border=True, height="stretch"):
        month_end_stated.draw(frame, day)
    with st.container(border=True):
        month_end_known.draw(frame, narrowed, close)


def choose(frame: shell.Frame, closes: Mapping[date, Close]) -> date:
    """Draw the choice of the month, the last one that is over unless chosen."""
    over = [day for day in month_ends(frame.today, MONTHS + 1) if day < frame.today][-MONTHS:][::-1]
    words = {f"{day:%Y-%m}": day for day in over}

    def word(month: str) -> str:
        mark = " · frozen" if words[month] in closes else ""
        return f"{frame.say.month(words[month])}{mark}"

    chosen = frame.actions.selectbox(
        "Month", list(words), format_func=word, key="month", label_visibility="collapsed", width=220,
        bind="query-params",
    )  # fmt: skip
    return words.get(str(chosen), over[0])


def facts(frame: shell.Frame, day: date, close: Close | None) -> list[str]:
    """Say which day it is about and whether it is frozen."""
    where = frame.filters.entity or "all entities"
    if close is None:
        return [f"As of {frame.say.weekday(day)}", where, "not frozen"]
    when = moment_words(frame, close.at)
    return [f"As of {frame.say.weekday(day)}", where, f"frozen {when} by {close.by}"]


frame = shell.require_shell()
if not empty.no_books(frame):
    page(frame)
