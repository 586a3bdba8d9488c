"""A section of the Clean-up page: count and sum, why it matters, search and order, a list to tick, its buttons."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any
from typing import TypeVar

import numpy as np
import pandas as pd
import streamlit as st

from arcore.money import digits
from arcore.reports.tidy.listing import Line
from arcore.reports.tidy.listing import Listing
from arcore.reports.tidy.listing import Order
from arcore.reports.tidy.summary import TITLES
from arcore.reports.tidy.summary import Name
from arcore.reports.tidy.summary import Section
from pages.ui import empty
from pages.ui import tables
from pages.ui import total_drawer
from pages.ui.clean_up_desk import counted
from pages.ui.clean_up_desk import money
from pages.ui.clean_up_desk import worth
from pages.ui.clean_up_words import ORDERS
from pages.ui.clean_up_words import SECTIONS
from pages.ui.format import as_label
from pages.ui.plan_desk import Desk

ROWS = 100
"""Rows on one page of a list."""
MOST_SHOWN = 15
MOST_FILE = 20_000
MOST_AT_ONCE = 5_000
"""What one click may put right: the books are locked while it is booked, some seconds for so many."""
T = TypeVar("T")


def headline(desk: Desk, section: Section) -> None:
    """Write count and sum, then why it matters."""
    words = SECTIONS[section.name]
    parts = [f"**{as_label(counted(section.count, words.noun))}**"]
    if section.by_currency:
        parts.append(f"**{as_label(money(desk, section.by_currency))}**")
    if len(section.by_currency) > 1 and section.reporting is not None:
        total = desk.say.money(section.reporting, section.currency)
        parts.append(f":gray[{as_label(f'{total} at the rates of the day')}]")
    elif section.by_currency and section.reporting is None:
        parts.append(":gray[no rate to add them up]")
    total_drawer.figure(" · ".join(parts), section.name, TITLES[section.name].lower())
    st.markdown(f":small[:gray[{as_label(words.why)}]]")


def nothing(name: Name, *, searched: bool = False) -> None:
    """Say in words that there is nothing."""
    if searched:
        empty.card(
            "Nothing like this", "Search for less, or clear the filters.", icon=":material/search_off:", key="not_found"
        )
        return
    words = SECTIONS[name]
    empty.card(f"Nothing here: {words.nothing}", words.why, icon=words.icon, key=f"nothing_{name}")


def search() -> str:
    """Draw the field that narrows a list."""
    return str(
        st.text_input(
            "Search", key="find", type="search", live="300ms", label_visibility="collapsed", width=230,
            placeholder="Customer, number or reference", bind="query-params",
        )
        or ""
    )  # fmt: skip


def order() -> Order:
    """Draw the choice of the order."""
    by_word = {word: name for name, word in ORDERS.items()}
    chosen = st.selectbox(
        "Order", list(by_word), key="order", label_visibility="collapsed", width=150, bind="query-params"
    )
    return by_word.get(str(chosen), "largest")


def paged(count: int, key: str) -> tuple[int, int]:
    """Draw the pages of a list where there are several; return its first row and how many there are."""
    # Another number of pages is another control: its page may not be there any more.
    first = tables.paged(count, ROWS, f"{key}_page_{-(-count // ROWS)}", visible=7)
    return first, min(ROWS, count - first)


def grid(data: pd.DataFrame, config: Mapping[str, Any], key: str, *, alt: str) -> list[int]:
    """Draw rows with tick boxes and return the places of those ticked."""
    picked = tables.grid(
        data,
        key=key,
        hide_index=True,
        row_height=tables.ROW,
        height=tables.height(len(data), most=MOST_SHOWN),
        on_select="rerun",
        selection_mode="multi-row",
        placeholder="–",
        column_config=dict(config),
        alt=alt,
    )
    return [place for place in picked.selection.rows if place < len(data)]


def ticked_lines(
    desk: Desk, name: Name, listing: Listing, columns: Callable[[Sequence[Line]], dict[str, Any]],
    config: Mapping[str, Any],
) -> list[int]:  # fmt: skip
    """Draw one page of a listing and return the places in it of what is ticked."""
    pages = st.container()
    start, count = paged_below(len(listing), name)
    lines = listing.lines(desk.engine, start, count)
    with pages:
        key = f"clean_{name}_{start}_{desk.frame.books.seq}_{hash((len(listing), desk.frame.filters.key()))}"
        places = grid(pd.DataFrame(columns(lines)), config, key, alt=f"{len(listing)} entries of {name}")
    return [start + place for place in places]


def paged_below(count: int, name: str) -> tuple[int, int]:
    """Draw the pages under a list that is drawn above them."""
    start, size = paged(count, f"clean_{name}")
    if count > ROWS:
        st.caption(f"{start + 1:,}–{start + size:,} of {count:,}")
    return start, size


def of_lines(lines: Sequence[Line], cell: Callable[[Line], T]) -> list[T]:
    """Return one cell of every line."""
    return [cell(line) for line in lines]


def amounts(lines: Sequence[Line]) -> list[float | None]:
    """Return the amounts of lines for a grid."""
    return [worth(line.amount, line.currency) for line in lines]


def places_of(lines: Sequence[Line]) -> int:
    """Return how many decimals the amounts of a list need."""
    return max((digits(line.currency) for line in lines), default=2)


def chosen(
    listing: Listing, ticked: Sequence[int], noun: str, *, most: int | None = MOST_AT_ONCE
) -> tuple[Listing, str]:
    """Return what a button acts on, and how to say it: what is ticked, or everything, as far as one click goes.

    `most` is None for what is done in portions.
    """
    if ticked:
        return listing.only(np.array(list(ticked), np.int64)), counted(len(ticked), noun)
    if most is None or len(listing) <= most:
        return listing, f"all {len(listing):,}"
    return listing.only(np.arange(most)), f"the first {most:,}"


def download(desk: Desk, name: str, title: str, build: Callable[[], pd.DataFrame]) -> None:
    """Offer what is on the screen as a file."""
    files = tables.files(build, title, desk.frame.facts())
    tables.downloads("Download", f"clean-up-{name}-{desk.frame.filters.as_of}", place=desk.frame.actions, **files)
