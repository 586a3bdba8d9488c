"""Reads for the pages, remembered per version of the books and per filters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from typing import Concatenate
from typing import ParamSpec
from typing import TypeVar

import streamlit as st
from sqlalchemy import Engine

from arcore.company import queries as company
from arcore.company.profile import Profile
from arcore.reports.book import book
from arcore.reports.filters import Filters
from arcore.sample import service as sample
from pages.ui.books import SAMPLE
from pages.ui.books import Books
from pages.ui.filters import Choices

P = ParamSpec("P")
T = TypeVar("T")


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
    answer: T = _remembered(name, key, lambda: query(opened.engine, filters, *args, **kwargs))
    return answer


def profile(opened: Books) -> Profile:
    """Return our own company as the open books know it."""
    ours: Profile = _remembered("profile", opened.version, lambda: company.profile(opened.engine))
    return ours


def choices(opened: Books, ours: Profile) -> Choices:
    """Return what the open books can be filtered by, and the day they are looked at on unless told otherwise."""
    held = book(opened.engine)
    facts = held.around.customers.facts
    today = company.today(ours.time_zone)
    if opened.which == SAMPLE:
        # A sample that somebody works in keeps its calendar: its last day says more than an empty today.
        last = _remembered("standing", opened.version, lambda: sample.standing(opened.engine)).day
        today = min(today, last or today)
    return Choices(
        today=today,
        currencies=(ours.currency, *(code for code in sorted(held.currencies) if code != ours.currency)),
        own_currencies=len(held.currencies) > 1,
        segments=sorted({*facts["segment"].labels, *ours.segments}),
        owners=sorted({*facts["owner"].labels, *ours.owners}),
        entities=sorted(held.entities),
    )


# Not cache_data: answers are frozen, and copying them for each visitor costs more than most of the reads.
@st.cache_resource(max_entries=256, show_spinner=False)
def _remembered(name: str, key: Any, _make: Callable[[], Any]) -> Any:  # noqa: ARG001  the key is what it is kept by
    return _make()
