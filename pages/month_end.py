"""Month-end: does it agree with the general ledger, what came to be known of it since, and its board pack.

All of the page is as of one day: the end of the month chosen, or today while that month still runs. The shared day of
the other pages does not count here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from zoneinfo import ZoneInfo

import streamlit as st

from arcore.company.queries import Close
from arcore.dates import month_end
from arcore.dates import month_ends
from arcore.reports.agreement import agreement
from arcore.reports.as_known import frozen_months
from arcore.reports.filters import Filters
from pages.ui import cached
from pages.ui import drawer
from pages.ui import empty
from pages.ui import filters
from pages.ui import month_end_agreement
from pages.ui import month_end_documents
from pages.ui import month_end_freeze
from pages.ui import month_end_known
from pages.ui import month_end_pack
from pages.ui import month_end_stated
from pages.ui import shell
from pages.ui.format import as_label

MONTH = "month"
PARTS = ("Close", "Board pack")
PACK = PARTS[1]
MONTHS = 24
"""So many months that are over can be chosen."""


def page(frame: shell.Frame) -> None:
    """Draw the page."""
    closes = frozen_months(frame.books.engine)
    part = frame.actions.segmented_control(
        "Part", PARTS, default=PARTS[0], required=True, key="part", label_visibility="collapsed", bind="query-params",
    )  # fmt: skip
    day = choose(frame, closes)
    close = closes.get(day)
    if part == PACK:
        pack(frame, day, close)
    elif day < frame.today:
        agreed(frame, day, close)
    else:
        still_running(frame, day)


def pack(frame: shell.Frame, day: date, close: Close | None) -> None:
    """Draw the board pack of a month, of the running one too."""
    known = facts(frame, day, close)
    others = replace(frame.filters, entity=None, known_at=None)
    frame.heading(facts=[*known, *filters.words(others, frame.say)])
    made = month_end_pack.draw(frame, day)
    asked = drawer.KEY in st.session_state
    drawer.open_asked(replace(frame, filters=made.month.filters) if asked else frame)


def still_running(frame: shell.Frame, day: date) -> None:
    """Say what can't be done yet with a month that is not over."""
    frame.heading(facts=facts(frame, day, None))
    with st.container(border=True):
        st.markdown(f"**{as_label(frame.say.month(day))} still runs**")
        st.caption(
            f"It is compared with the general ledger, and frozen, from the day after {as_label(frame.say.day(day))}. "
            "Its figures so far stand in its board pack."
        )
        st.button(
            "See its board pack so far", icon=":material/arrow_forward:", key="pack_so_far",
            on_click=partial(st.session_state.__setitem__, "part", PACK),
        )  # fmt: skip


def agreed(frame: shell.Frame, day: date, close: Close | None) -> None:
    """Draw the agreement of a month that is over, and what was posted into it since."""
    narrowed = Filters(
        as_of=day, currency=frame.filters.currency, entity=frame.filters.entity, basis=frame.filters.basis
    )
    frame.heading(facts=facts(frame, day, close))
    month_end_freeze.said()
    compared = cached.read(frame.books, narrowed, agreement)
    left, right = st.columns([7.6, 4.4], gap="small")
    with left.container(border=True, height="stretch"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="small"):
            st.markdown(
                "**Agreement** :gray[:small[our open balance beside the general ledger's, by entity and currency]]"
            )
            month_end_freeze.button(frame, day, close)
        month_end_agreement.draw(frame, compared)
    with right.container(border=True, height="stretch"):
        month_end_stated.draw(frame, day)
    with st.container(border=True):
        month_end_known.draw(frame, narrowed, close)
    asked = drawer.KEY in st.session_state
    moment = st.session_state.pop(month_end_known.EXPLAINED, None)
    drawer.open_asked(replace(frame, filters=replace(narrowed, known_at=moment)) if asked else frame)
    month_end_documents.open_asked(frame)


def choose(frame: shell.Frame, closes: Mapping[date, Close]) -> date:
    """Draw the choice of the month, the last one that is over unless chosen; the running one stands last."""
    over = [day for day in month_ends(frame.today, MONTHS + 1) if day < frame.today][-MONTHS:][::-1]
    words = {f"{day:%Y-%m}": day for day in [*over, month_end(frame.today)]}

    def word(month: str) -> str:
        mark = " · frozen" if words[month] in closes else " · so far" if words[month] >= frame.today else ""
        return f"{frame.say.month(words[month])}{mark}"

    # By hand, not bound: in the address a month is called 2026-10, frozen or not, in every language.
    asked = st.query_params.get(MONTH, "")
    if MONTH not in st.session_state and asked in words:
        st.session_state[MONTH] = asked
    chosen = frame.actions.selectbox(
        "Month", list(words), format_func=word, key=MONTH, label_visibility="collapsed", width=190,
        persist_state="session",
    )  # fmt: skip
    if chosen == f"{over[0]:%Y-%m}":
        st.query_params.pop(MONTH, None)
    else:
        st.query_params[MONTH] = chosen
    return words[chosen]


def shown_on(day: date, today: date) -> date:
    """Return the day that all of the page is as of: the end of the month chosen, of the month that still runs today."""
    return min(day, today)


def facts(frame: shell.Frame, day: date, close: Close | None) -> list[str]:
    """Say which day the page is as of and why, and whether the month is frozen; `day` is the month's last."""
    shown = shown_on(day, frame.today)
    running = day >= frame.today
    why = f", today: {frame.say.month(day)} still runs" if running else "" if close else ", month's end"
    known = [f"As of {frame.say.day(shown)}{why}", *([frame.filters.entity] if frame.filters.entity else [])]
    if running:
        return known
    if close is None:
        return [*known, "not frozen"]
    there = close.at.astimezone(ZoneInfo(frame.company.time_zone))
    return [*known, f"frozen {frame.say.day(there.date())} by {close.by}"]


frame = shell.require_shell()
if not empty.no_books(frame):
    page(frame)
