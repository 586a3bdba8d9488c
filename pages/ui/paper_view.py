"""A paper in a list or in the story of its document: what it is, its pages as pictures, the file itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from arcore.intake import paper_pages
from arcore.intake import papers
from arcore.intake.papers import Kept
from pages.ui import shell
from pages.ui.books import Books
from pages.ui.format import as_label
from pages.ui.import_words import size

LOOKED = "paper_looked_at"
"""Which paper is looked at, and which page of it."""
KEPT_PAGES, KEPT_SECONDS = 40, 3600


def of_document(frame: shell.Frame, document_id: int) -> None:
    """Draw the papers of one document; nothing where it has none."""
    found = papers.papers(frame.books.engine, document_id=document_id)
    if found:
        st.markdown("**Papers**")
    for one in found:
        row(frame, one)


def row(frame: shell.Frame, one: Kept, *, more: Callable[[], None] | None = None, note: str = "") -> None:
    """Draw a paper with what can be done about it, and its page below where somebody looks at it."""
    pages = f"{one.pages} {'page' if one.pages == 1 else 'pages'}" if one.pages else ""
    facts = [papers.LABELS[one.kind], one.number, one.customer, pages, size(one.size, frame.say)]
    number, page = st.session_state.get(LOOKED, (0, 1))
    looked = number == one.id
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key=f"paper_{one.id}"):
        words = as_label(" · ".join(fact for fact in facts if fact))
        lines = [f"{as_label(one.name)} :small[:gray[{words}]]", *([f":small[{as_label(note)}]"] if note else [])]
        st.markdown("  \n".join(lines), width="stretch")
        st.button(
            "", key=f"paper_look_{one.id}", icon=":material/visibility_off:" if looked else ":material/visibility:",
            type="tertiary", on_click=partial(_look, 0 if looked else one.id, 1),
            help="Close it" if looked else "Look at it here",
        )  # fmt: skip
        st.download_button(
            "", partial(papers.content_of, frame.books.engine, one.id), file_name=f"paper-{one.id}.pdf",
            mime="application/pdf", key=f"paper_file_{one.id}", icon=":material/download:", type="tertiary",
            on_click="ignore", help="The paper as it came",
        )  # fmt: skip
        if more is not None:
            more()
    if looked:
        _page(frame, one, page)


def _page(frame: shell.Frame, one: Kept, page: int) -> None:
    """Draw one page as a picture, with the way to the others."""
    with st.container(border=True, gap="xsmall", key=f"paper_page_{one.id}"):
        with st.spinner("Drawing the page"):
            made = picture(frame.books, one.id, page)
        if made is None:
            st.caption("This page can't be drawn here; the download has the file as it came.")
            return
        st.image(made, width="content")
        last = one.pages or 1
        if last == 1:
            return
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="center", gap="small"):
            for icon, step, hint in (("chevron_left", -1, "The page before"), ("chevron_right", 1, "The next page")):
                st.button(
                    "", key=f"paper_turn_{icon}", icon=f":material/{icon}:", type="tertiary", help=hint,
                    disabled=not 1 <= page + step <= last, on_click=partial(_look, one.id, page + step),
                )  # fmt: skip
                if step < 0:
                    st.markdown(f":small[{page} of {last}]", width="content")


def picture(books: Books, attachment_id: int, page: int) -> bytes | None:
    """Return a page of a paper as PNG, None where it can't be drawn; drawn once."""
    made: bytes | None = _picture(books.store_id, attachment_id, page, books)
    return made


@st.cache_resource(max_entries=KEPT_PAGES, ttl=KEPT_SECONDS, show_spinner=False)
def _picture(store_id: str, attachment_id: int, page: int, _books: Books) -> bytes | None:  # noqa: ARG001  kept by these
    return paper_pages.picture(papers.content_of(_books.engine, attachment_id), page)


def _look(attachment_id: int, page: int) -> None:
    st.session_state[LOOKED] = attachment_id, page
