"""Reads for the pages, and what is drawn from them, remembered per version of the books and per filters.

Three stores, by what is in them: answers of queries, which may be large; small values prepared from them for the
screen; and elements as they were drawn, without which half of the work of a page would be done again.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Hashable
from dataclasses import replace
from datetime import date
from typing import Concatenate
from typing import ParamSpec
from typing import TypeVar

import streamlit as st
from sqlalchemy import Engine

from arcore.company import queries as company
from arcore.company.profile import Profile
from arcore.reports.book import Book
from arcore.reports.book import book
from arcore.reports.book import pinned
from arcore.reports.filters import Filters
from arcore.reports.memo import Memo
from arcore.sample import service as sample
from pages.ui.books import SAMPLE
from pages.ui.books import Books
from pages.ui.filters import Choices

P = ParamSpec("P")
T = TypeVar("T")

ANSWERS = Memo(kept=256)
PREPARED = Memo(kept=4096)
"""Small values only: a screen's worth of text and numbers each."""
DRAWN_KEPT = 8192
"""Drawings are some kilobytes each; `server.maxCacheDataSize` bounds them all."""


def read(
    opened: Books,
    filters: Filters,
    query: Callable[Concatenate[Engine, Filters, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Return `query(engine, filters, …)`, remembered for this version of the books and these arguments.

    The answer is shared by everybody who looks at the same thing: never change it. Arguments must be hashable values.
    """
    name = f"{query.__module__}.{query.__qualname__}"
    key = (opened.version, filters.key(), args, tuple(sorted(kwargs.items())))
    answer: T = ANSWERS.get((name, key), lambda: _asked(opened, lambda: query(opened.engine, filters, *args, **kwargs)))
    return answer


def prepared(opened: Books, key: Hashable, make: Callable[[], T]) -> T:
    """Return what `make` gives, remembered for this version of the books by a key that says all else it depends on.

    It must be small: there are thousands.
    """
    found: T = PREPARED.get((opened.version, key), lambda: _asked(opened, make))
    return found


def drawn(opened: Books, key: Hashable, draw: Callable[[], None]) -> None:
    """Draw what `draw` draws; under a key that was drawn before the elements are put there again without it.

    `draw` may use containers of its own, texts, metrics, charts and plain tables, but nothing that people can operate,
    and no container from outside. What it draws must follow from the version of the books and the key alone.
    """
    _replayed(repr((opened.version, key)), lambda: _asked(opened, draw))


def _asked(opened: Books, make: Callable[[], T]) -> T:
    """Ask for the books once, however many queries are made."""
    with pinned(opened.engine, opened.at):
        return make()


def profile(opened: Books) -> Profile:
    """Return our own company as the open books know it."""
    return prepared(opened, "profile", lambda: company.profile(opened.engine))


def choices(opened: Books, ours: Profile) -> Choices:
    """Return what the open books can be filtered by, and the day they are looked at on unless told otherwise."""
    held = prepared(opened, "choices", lambda: _choices(opened, ours))
    today = company.today(ours.time_zone)
    if opened.which == SAMPLE:
        # A sample that somebody works in keeps its calendar: its last day says more than an empty today.
        last = prepared(opened, "standing", lambda: sample.standing(opened.engine)).day
        today = min(today, last or today)
    return replace(held, today=today)


def _choices(opened: Books, ours: Profile) -> Choices:
    held = book(opened.engine)
    facts = held.around.customers.facts
    return Choices(
        today=date.min,
        currencies=_currencies(held, ours.currency),
        own_currencies=len({*held.currencies, *held.around.customers.currencies} - {""}) > 1,
        segments=sorted({*facts["segment"].labels, *ours.segments}),
        owners=sorted({*facts["owner"].labels, *ours.owners}),
        entities=sorted(held.entities),
        group=bool(held.around.customers.intercompany.any()),
    )


def _currencies(held: Book, reporting: str) -> tuple[str, ...]:
    """Return what amounts can be shown in, first what they are shown in unless told otherwise.

    That is the reporting currency; but books in one other currency, without a rate into it, would show nothing in it.
    """
    pairs, codes = held.around.rates.quotes, set(held.currencies)
    alone = len(codes) == 1 and not any(codes <= set(pair) and reporting in pair for pair in pairs)
    first = next(iter(codes)) if alone else reporting
    return tuple(dict.fromkeys((first, reporting, *sorted(codes))))


@st.cache_data(max_entries=DRAWN_KEPT, show_spinner=False)
def _replayed(key: str, _draw: Callable[[], None]) -> None:  # noqa: ARG001  the key is what it is kept by
    _draw()


def forget() -> None:
    """Drop what is remembered here, for tests that put other books under the same version."""
    ANSWERS.clear()
    PREPARED.clear()
    _replayed.clear()
