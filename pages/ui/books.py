"""Which books are open: my own or the sample company, each a store of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import streamlit as st
from sqlalchemy import Engine
from streamlit.delta_generator import DeltaGenerator

from arcore.sample import service as sample
from arcore.settings import settings
from arcore.store.engine import open_engine
from arcore.store.migrate import Position
from arcore.store.migrate import migrate
from arcore.store.migrate import position_of
from pages.ui import filters

Which = Literal["mine", "sample"]

MINE: Which = "mine"
SAMPLE: Which = "sample"
WORDS: dict[Which, str] = {MINE: "My books", SAMPLE: "Sample company"}
KEY = "books"
"""The widget, and the name in the address: `?books=Sample+company`."""


@dataclass(frozen=True)
class Books:
    """One open store, at one version.

    Attributes:
        which: my own books or the sample company.
        engine: to hand to services and queries.
        at: how far the store was when it was opened.
    """

    which: Which
    engine: Engine
    at: Position

    @property
    def store_id(self) -> str:
        """Return the random id of the store."""
        return self.at.store_id

    @property
    def seq(self) -> int:
        """Return the last audit sequence; it grows with every write."""
        return self.at.audit_seq

    @property
    def empty(self) -> bool:
        """Tell whether nothing was booked yet."""
        return self.at.document_id == 0

    @property
    def word(self) -> str:
        """Return what the books are called on the screen and in the address."""
        return WORDS[self.which]

    @property
    def version(self) -> tuple[str, int]:
        """Return what a cached read of these books is keyed by."""
        return self.store_id, self.seq


def url_of(which: Which) -> str:
    """Return the address of a store."""
    return settings().store_url if which == MINE else settings().sample_url


def open_books(which: Which) -> Books:
    """Open a store and read its head. Raises Unavailable when it can't be read."""
    if which == SAMPLE:
        _sample_ready(url_of(SAMPLE), sample.current_day())
    engine = engine_of(url_of(which))
    return Books(which, engine, position_of(engine))


@st.cache_resource(max_entries=4, show_spinner="Building the sample company; some seconds, only once")
def _sample_ready(url: str, day: date) -> None:
    """See to it, once a day, that there is a sample company whose calendar ends today."""
    sample.ensure(url, day)


@st.cache_resource(max_entries=4, show_spinner=False)
def engine_of(url: str) -> Engine:
    """Open and migrate a store once per process."""
    engine = open_engine(url)
    migrate(engine)
    return engine


def choose(bar: DeltaGenerator) -> Books:
    """Draw the choice between my books and the sample, and open what is chosen."""
    mine = open_books(MINE)
    # Mine open by themselves once they hold anything, before that the sample.
    first = MINE if mine.seq > 0 else SAMPLE
    word = bar.selectbox(
        "Books",
        # The usual books come first, as the default: an `index` beside a choice made by `switch` makes Streamlit warn.
        [WORDS[first], *(word for which, word in WORDS.items() if which != first)],
        key=KEY,
        on_change=filters.clear,
        label_visibility="collapsed",
        width=160,
        bind="query-params",
        persist_state="session",
    )
    return open_books(SAMPLE) if word == WORDS[SAMPLE] else mine


def switch(which: Which) -> None:
    """Open other books, with all of their customers; for `on_click`."""
    st.session_state[KEY] = WORDS[which]
    filters.clear()
