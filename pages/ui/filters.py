"""The shared filters: one set of widgets drawn by the shell, in the address, kept across pages."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import time
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.errors import StreamlitAPIException

from arcore.reports.filters import BASES
from arcore.reports.filters import CUSTOMER
from arcore.reports.filters import DOCUMENT
from arcore.reports.filters import INTERCOMPANY
from arcore.reports.filters import Basis
from arcore.reports.filters import Filters
from arcore.reports.filters import Intercompany
from pages.ui.format import Format

BASIS_WORDS: dict[Basis, str] = {
    "original": "From original due date",
    "due": "From agreed due date",
    "document": "From document date",
}
GROUP_WORDS: dict[Intercompany, str] = {
    "out": "Intercompany left out",
    "in": "Intercompany included",
    "only": "Only intercompany",
}
GROUP = "intercompany"
"""The filter that says whether companies of our own group count; also its name in the address."""
WHOSE, BELOW = "whose", "With those below"
"""The name in the address under which the page of a customer shows its family, and what it says then."""
CURRENCY_WORDS = {DOCUMENT: "As invoiced", CUSTOMER: "Customers' own"}
OPEN = "filters_open"
"""Whether the second row of filters was asked for."""
FIRST_CURRENCY = "currency_first"
"""What was the first of the currencies in the run before."""
NARROWING: dict[str, Any] = {
    "segment": [], "owner": [], "entity": None, GROUP: INTERCOMPANY[0], "basis": BASES[0], "known": None,
}  # fmt: skip
"""The filters of the second row and what they are when nothing is chosen; also their names in the address."""


@dataclass(frozen=True)
class Choices:
    """What the open books can be filtered by.

    Attributes:
        today: the day that is looked at unless another is chosen.
        currencies: codes to convert into; the first is taken unless another is chosen.
        own_currencies: whether the books hold more than one currency, or customers another one than the books.
        group: whether some customer is a company of our own group.
    """

    today: date
    currencies: Sequence[str]
    own_currencies: bool = False
    segments: Sequence[str] = ()
    owners: Sequence[str] = ()
    entities: Sequence[str] = ()
    group: bool = False


def clear() -> None:
    """Set the second row back to everything; for `on_click`."""
    st.session_state[OPEN] = False
    for key, nothing in NARROWING.items():
        if key in st.session_state:
            st.session_state[key] = nothing


def draw(bar: DeltaGenerator, row: DeltaGenerator, choices: Choices, say: Format, *, own_day: bool = False) -> Filters:
    """Draw the filters, currency and date into `bar`, the others into `row` below it, and return what they say.

    With `own_day` the page has a day of its own: the shared one is kept and can't be chosen there.
    The widgets of the row are drawn only when asked for or set. They must not hide in a popover: Streamlit keeps
    only widgets on the screen in the address.
    """
    currency = _currency(bar, choices)
    as_of = _as_of(bar, choices, say, own_day=own_day)
    bar.button("Filter", icon=":material/filter_list:", key="more_filters", on_click=_toggle)
    if not (st.session_state.get(OPEN) or _any_set()):
        return Filters(as_of=as_of, currency=currency)
    with row, st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="filter_row"):
        chosen = Filters(
            as_of=as_of,
            currency=currency,
            segments=_several("Segment", choices.segments, "segment", "All segments"),
            owners=_several("Owner", choices.owners, "owner", "All owners"),
            entity=_entity(choices.entities),
            intercompany=_group() if choices.group else "out",
            basis=_basis(),
            known_at=_known(say),
        )
        st.button("Clear", key="clear_filters", type="tertiary", icon=":material/close:", on_click=clear)
    return chosen


def words(filters: Filters, say: Format) -> list[str]:
    """Say which filters are set, as facts for the grey line."""
    facts = [" or ".join(filters.segments), " or ".join(f"owner {name}" for name in filters.owners)]
    facts.append(f"entity {filters.entity}" if filters.entity else "")
    facts.append(GROUP_WORDS[filters.intercompany].lower() if filters.intercompany != INTERCOMPANY[0] else "")
    facts.append(BASIS_WORDS[filters.basis].lower() if filters.basis != BASES[0] else "")
    facts.append(f"as known on {say.day(filters.known_at.date())}" if filters.known_at else "")
    return [fact for fact in facts if fact]


def address(filters: Filters) -> dict[str, str | list[str]]:
    """Return the names and values under which these filters stand in an address."""
    values: dict[str, str | list[str]] = {
        "as_of": filters.as_of.isoformat(),
        "currency": _currency_word(filters.currency),
        "segment": list(filters.segments),
        "owner": list(filters.owners),
        "entity": filters.entity or "",
        GROUP: GROUP_WORDS[filters.intercompany] if filters.intercompany != INTERCOMPANY[0] else "",
        "basis": BASIS_WORDS[filters.basis] if filters.basis != BASES[0] else "",
        "known": filters.known_at.date().isoformat() if filters.known_at else "",
    }
    return {name: value for name, value in values.items() if value}


def _toggle() -> None:
    st.session_state[OPEN] = not st.session_state.get(OPEN, False)


def _any_set() -> bool:
    """Tell whether a filter of the second row is set, in this session or by the address of a link."""
    set_here = any(st.session_state.get(key, nothing) != nothing for key, nothing in NARROWING.items())
    return set_here or any(key in st.query_params for key in NARROWING)


def _currency(bar: DeltaGenerator, choices: Choices) -> str:
    _follow(choices.currencies[0])
    chosen = bar.selectbox(
        "Currency",
        [*choices.currencies, *(CURRENCY_WORDS if choices.own_currencies else [])],
        format_func=_currency_word,
        key="currency",
        label_visibility="collapsed",
        width=140,
        bind="query-params",
        persist_state="session",
    )
    return str(chosen)


def _follow(first: str) -> None:
    """Let a currency that nobody chose follow what is first now: an import may have brought another."""
    before = st.session_state.get(FIRST_CURRENCY, first)
    st.session_state[FIRST_CURRENCY] = first
    if before != first and st.session_state.get("currency") == before and "currency" not in st.query_params:
        st.session_state["currency"] = first


def _as_of(bar: DeltaGenerator, choices: Choices, say: Format, *, own_day: bool) -> date:
    chosen: Any = bar.date_input(
        "As of",
        value=choices.today,
        key="as_of",
        format=say.date_input,
        label_visibility="collapsed",
        width=135,
        disabled=own_day,
        bind="query-params",
        persist_state="session",
    )
    return chosen if isinstance(chosen, date) else choices.today


def _several(label: str, options: Sequence[str], key: str, everything: str) -> tuple[str, ...]:
    if not options:
        return ()
    return tuple(
        st.multiselect(
            label, list(options), key=key, placeholder=everything, label_visibility="collapsed", width=230,
            bind="query-params", persist_state="session",
        )
    )  # fmt: skip


def _entity(options: Sequence[str]) -> str | None:
    if len(options) < 2:
        return None
    return st.selectbox(
        "Entity", list(options), index=None, key="entity", placeholder="All entities", label_visibility="collapsed",
        width=170, bind="query-params", persist_state="session",
    )  # fmt: skip


def _group() -> Intercompany:
    chosen = st.selectbox(
        "Companies of our own group",
        INTERCOMPANY,
        format_func=GROUP_WORDS.__getitem__,
        key=GROUP,
        label_visibility="collapsed",
        width=200,
        bind="query-params",
        persist_state="session",
    )
    return next((choice for choice in INTERCOMPANY if choice == chosen), INTERCOMPANY[0])


def let_group(choice: Intercompany) -> None:
    """Say whether companies of our own group count; for `on_click`."""
    st.session_state[GROUP] = choice
    # A widget that is not on the screen yet takes its value from here, but leaves the address as it was.
    with suppress(StreamlitAPIException):
        if choice == INTERCOMPANY[0]:
            st.query_params.pop(GROUP, None)
        else:
            st.query_params[GROUP] = GROUP_WORDS[choice]


def _basis() -> Basis:
    chosen = st.selectbox(
        "Days past due",
        BASES,
        format_func=BASIS_WORDS.__getitem__,
        key="basis",
        label_visibility="collapsed",
        width=210,
        bind="query-params",
        persist_state="session",
    )
    # An empty `basis=` in the address arrives as None.
    return next((basis for basis in BASES if basis == chosen), BASES[0])


def _known(say: Format) -> datetime | None:
    st.markdown(":small[:gray[As known at the end of]]", width="content")
    day = st.date_input(
        "As known at the end of",
        value=None,
        key="known",
        format=say.date_input,
        label_visibility="collapsed",
        width=135,
        bind="query-params",
        persist_state="session",
    )
    return datetime.combine(day, time.max, UTC) if isinstance(day, date) else None


def _currency_word(code: str) -> str:
    return CURRENCY_WORDS.get(code, f"All in {code}")
