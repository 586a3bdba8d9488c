"""Links that open the documents behind a figure: an address that says what of the page was clicked, read once."""

from __future__ import annotations

from urllib.parse import urlencode
from urllib.parse import urlsplit

import streamlit as st

from pages.ui import filters
from pages.ui import shell

KEY = "behind"
"""The name in the address under which stands what to open."""
NOT_THE_PAGES = {"as_of", "currency", *filters.NARROWING, "books", "explain", "known_at", KEY}
"""Names in the address that are not a page's own: filters, which books, and what to open."""
_SEEN = "behind_seen"
_PARTED = ":"


def asked(kind: str, parts: int) -> list[str] | None:
    """Return what the address asks a page to open, the first time it is read; `parts` values follow the kind.

    Only the last value may hold a colon. None where nothing, something else or something unreadable is asked for.
    """
    linked = st.query_params.get(KEY)
    if linked is None or linked == st.session_state.get(_SEEN):
        return None
    found = linked.split(_PARTED, parts)
    if found[0] != kind:
        return None
    st.session_state[_SEEN] = linked
    return found[1:] if len(found) == parts + 1 else None


def page_state() -> dict[str, str | list[str]]:
    """Return what the page itself keeps in the address, such as its view: all but the filters and what to open."""
    kept = {name: st.query_params.get_all(name) for name in sorted(st.query_params) if name not in NOT_THE_PAGES}
    return {name: values for name, values in kept.items() if any(values)}


def address(frame: shell.Frame, kind: str, *parts: str, **page: str | list[str]) -> str:
    """Return the address that opens this again with these filters; `page` are the page's own names and values."""
    values = filters.address(frame.filters) | {"books": frame.books.word} | page
    values |= {KEY: _PARTED.join([kind, *parts])}
    base = urlsplit(st.context.url or "")
    return f"{base.scheme}://{base.netloc}{base.path or '/'}?{urlencode(values, doseq=True)}"


def draw(link: str) -> None:
    """Draw a link to copy at the foot of a drawer."""
    st.markdown(":small[:gray[A link that opens this again]]")
    st.code(link, language=None, wrap_lines=True)
