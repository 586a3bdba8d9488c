"""What the parts of the Reminders page share: the day's lists, where the user is, what was done and its undo."""

from __future__ import annotations

import os
from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from typing import Literal
from typing import TypeAlias
from typing import get_args

import pandas as pd
import streamlit as st
from sqlalchemy import Engine

from arcore.delivery.service import Way
from arcore.dunning import queries as dunning
from arcore.dunning.queries import Coming
from arcore.dunning.queries import Reminders
from arcore.dunning.queries import Row
from arcore.ledger.service import READ_ONLY_ROLES
from arcore.money import from_minor
from arcore.reports.filters import Filters
from arcore.settings import ROOT
from pages.ui import chosen
from pages.ui import forms
from pages.ui import shell
from pages.ui import undo
from pages.ui.format import NONE
from pages.ui.format import Format

Tab: TypeAlias = Literal["due", "held", "coming", "outbox", "golive"]
TABS: tuple[Tab, ...] = get_args(Tab)
PAGE, TAB, SEEN, MISSING = "reminders", "reminders_tab", "reminders_seen", "reminders_missing"
LEFT = "reminders_left"
"""Where the user was when the last write moved on, with the moment of that write."""
LATE = 20.0
"""Seconds that the second half of a double click may come late on a machine with far too much to do."""
WHO = "reminders_who"
"""The code of the customer whose messages the outbox shows; None for all."""
NAME = "reminder_write"
"""The form that all buttons of the page share: a double click on two of them writes once."""
NOT_SENT = "Not sent"
"""How the sentence begins that says so; it is drawn as a failure."""
STEP_COLOURS = ("gray", "yellow", "orange")
MOST_ROWS = 20
Place: TypeAlias = tuple[int, str]


@dataclass(frozen=True)
class Desk:
    """What the parts of the page work on.

    Attributes:
        found: the reminders of the day, narrowed by the shared filters.
        day: the day that is looked at; `today` the one on which letters may leave.
        way: how letters leave.
        sending: whether a run is sending at this moment.
    """

    frame: shell.Frame
    found: Reminders
    day: date
    today: date
    way: Way
    sending: bool

    @property
    def engine(self) -> Engine:
        """The open books."""
        return self.frame.books.engine

    @property
    def say(self) -> Format:
        """Figures and dates as text."""
        return self.frame.say

    @property
    def refusal(self) -> str | None:
        """Why this user may not write, None when they may."""
        actor = self.frame.actor
        return f"{actor.name} may look but not write" if actor.role in READ_ONLY_ROLES else None

    @property
    def obstacle(self) -> str | None:
        """Why nothing can leave now, None when something can."""
        if self.refusal:
            return self.refusal
        if not self.found.live:
            return "Reminders are not live yet: go live first"
        if self.day != self.today:
            return f"Letters leave on the day itself, and that is {self.say.day(self.today)}"
        if self.sending:
            return "A run is sending at this moment"
        return self.way.problem or None

    @property
    def entities(self) -> bool:
        """Whether customers owe to more than one of our companies, so that lists have to say to which."""
        return len({row.entity for row in (*self.found.due, *self.found.held)}) > 1


def of_day(engine: Engine, filters: Filters) -> Reminders:
    """Return the reminders of the day that the filters say, narrowed by them."""
    return dunning.reminders(
        engine, filters.as_of, owners=filters.owners, segments=filters.segments, entity=filters.entity
    )


def coming(engine: Engine, filters: Filters) -> tuple[Coming, ...]:
    """Return what falls due in the days after, narrowed by the filters."""
    return tuple(
        one
        for one in dunning.coming(engine, filters.as_of)
        if (not filters.owners or one.who.owner in filters.owners)
        and (not filters.segments or one.who.segment in filters.segments)
        and filters.entity in {None, one.entity}
    )


def way_in_short(way: Way) -> str:
    """Say for the grey line how letters leave."""
    if way.problem:
        return "nothing can leave"
    return "letters become files" if way.name == "file" else "letters leave by mail"


def short(words: str) -> str:
    """Write paths inside of our own folder without it: data/outbox."""
    return words.replace(f"{ROOT}{os.sep}", "")


# --- where the user is ------------------------------------------------------------------------------------------------


def go(tab: Tab, place: Place | None = None, **more: Any) -> None:
    """Open a tab, at one customer where one is given; for `on_click`. `more` goes into the session as it is."""
    st.session_state[TAB] = tab
    st.session_state[MISSING] = None
    if place is not None:
        chosen.want(f"{PAGE}_{tab}", place)
    st.session_state.update(more)


def follow(desk: Desk) -> str | None:
    """Go where the address leads, when it is another one than before; return the code of a customer not found there.

    A customer is shown wherever it stands: due, held back, else in the outbox. The second half of a double click brings
    the address of before the write, which is no link to go to.
    """
    store, before = desk.frame.books.store_id, st.session_state.get(SEEN)
    if before is not None and before[2] != store:
        # Other books were opened: the customer in the address is one of those before.
        st.query_params.pop("customer", None)
        st.session_state[WHO] = None
    asked = (st.query_params.get("tab", ""), st.query_params.get("customer", ""), store)
    if asked == before or (forms.wrote_within(LATE) and st.session_state.get(LEFT) == (forms.wrote_at(), asked)):
        return st.session_state.get(MISSING)
    st.session_state[SEEN] = asked
    st.session_state[MISSING] = None
    tab, code, _ = asked
    st.session_state[TAB] = tab if tab in TABS else "due"
    known = dunning.survivor_code(desk.engine, code) if code else None
    if tab == "outbox" and known:
        st.session_state[WHO] = known
    if not code or tab in {"outbox", "coming", "golive"}:
        return None
    row = next((row for row in (*desk.found.due, *desk.found.held) if row.who.code == known), None)
    if row is None:
        st.session_state[MISSING] = code
        return code
    show(row)
    return None


def show(row: Row) -> None:
    """Go to a customer where it stands; for `on_change` too."""
    if row.code is None:
        go("due", row.place, reminders_steps=[])
    else:
        go("held", row.place, reminders_held_reason_wanted=row.code)


def keep_address(tab: Tab, code: str) -> None:
    """Let the address lead back to what is on the screen, so that it can be shared."""
    wanted = {"tab": "" if tab == "due" else tab, "customer": code}
    for name, value in wanted.items():
        if value and st.query_params.get(name) != value:
            st.query_params[name] = value
        elif not value and name in st.query_params:
            del st.query_params[name]
    before = st.session_state[SEEN]
    now = (wanted["tab"], code, before[2])
    wrote = forms.wrote_at()
    if now != before and st.session_state.get(LEFT, (None, before))[0] != wrote:
        st.session_state[LEFT] = wrote, before
    st.session_state[SEEN] = now


# --- what was done ----------------------------------------------------------------------------------------------------


def keep_undo(desk: Desk, words: str, back: Callable[[str], object]) -> None:
    """Offer to take the last write back; `back` is given the idempotency key to do it under."""
    undo.keep(PAGE, words, desk.frame.books.store_id, back)


def drop_undo() -> None:
    """Offer to take nothing back: the last write has no undo."""
    undo.drop(PAGE)


def outcome(desk: Desk) -> None:
    """Say what was done, with its undo beside it."""
    said = st.session_state.get(f"{NAME}_said")
    if said and said[1].startswith(NOT_SENT):
        st.session_state[f"{NAME}_said"] = (False, *said[1:])
    undo.outcome(PAGE, desk.frame.books.store_id, by=NAME)


# --- lists ------------------------------------------------------------------------------------------------------------


def pick(
    name: str, data: pd.DataFrame, ids: Sequence[Any], config: Mapping[str, Any], *, alt: str, most: int = MOST_ROWS
) -> int:
    """Draw a list of which one row is always chosen, and return its number."""
    at, anew = chosen.pick(f"{PAGE}_{name}", data, ids, config, alt=alt, most=most)
    if anew:
        st.session_state[MISSING] = None
    return at


def worth(minor: int | None, currency: str) -> float | None:
    """Return an amount for a grid, None where a rate is missing."""
    return None if minor is None else float(from_minor(minor, currency))


def amounts(pairs: Sequence[tuple[str, int]], say: Format) -> str:
    """Write amounts by currency in one line: €40.00 + £12.50."""
    return " + ".join(say.money(units, code) for code, units in pairs) or NONE


def total(worths: Sequence[int | None], currency: str, say: Format) -> str:
    """Write a sum in the reporting currency, and how many could not be converted into it."""
    missing = sum(one is None for one in worths)
    if missing and missing == len(worths):
        return f"{missing} without a rate"
    text = say.compact(sum(one or 0 for one in worths), currency)
    return f"{text} and {missing} without a rate" if missing else text


def step_column(label: str = "Step", *, names: Sequence[str], width: int = 84) -> Any:
    """Return a column of badges for steps."""
    return st.column_config.MultiselectColumn(label, options=list(names), color=list(STEP_COLOURS), width=width)


def steps(desk: Desk) -> list[str]:
    """Return the names of the steps as badges show them."""
    return [step.name.capitalize() for step in desk.found.policy.steps]


def named(row: Row | Coming, desk: Desk) -> str:
    """Return the customer's name, with our company where there are several."""
    return f"{row.who.name} · {row.entity}" if desk.entities else row.who.name
