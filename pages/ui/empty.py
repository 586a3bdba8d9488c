"""What stands where there is nothing yet: one card, what it will hold, one way on."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from pages.ui import books
from pages.ui import shell


def card(
    title: str, caption: str, *, icon: str, action: str = "", page: str = "", key: str = "empty",
    beside: Callable[[], None] | None = None,
) -> None:  # fmt: skip
    """Draw a bordered card with a title, a caption and at most one primary button that opens `page`.

    `beside` draws what stands under the button: a second, quieter way on.
    """
    with st.container(border=True, horizontal_alignment="center", key=key):
        st.markdown(f"{icon} **{title}**", text_alignment="center")
        st.caption(caption, text_alignment="center")
        if action and st.button(action, type="primary", key=f"{key}_go"):
            st.switch_page(shell.page_of(page), query_params={})
        if beside is not None:
            beside()


def no_books(frame: shell.Frame) -> bool:
    """Draw the card for empty books and tell whether it was drawn: then the page has nothing else to show.

    It says what the page will show, and where that comes from.
    """
    if not frame.books.empty:
        return False
    card(
        "No invoices yet",
        f"{frame.about} It needs invoices: upload the list of invoices or open items that your accounting system "
        "exports. Nothing is booked before you have seen what will change.",
        icon=":material/upload_file:",
        action="Upload a file" if shell.exists("imports.py") else "",
        page="imports.py",
        key="no_books",
        beside=partial(_before, frame) if frame.books.which == books.MINE else None,
    )
    return True


def _before(frame: shell.Frame) -> None:
    """Offer what may come before the first file: a look at the sample, and our own company's name and currency."""
    with st.container(horizontal=True, horizontal_alignment="center", vertical_alignment="center", gap="medium"):
        st.button(
            "Look at the sample company first", type="tertiary", key="see_sample", icon=":material/domain:",
            on_click=books.switch, args=(books.SAMPLE,),
        )  # fmt: skip
        if not frame.company.set_up:
            st.page_link(
                shell.page_of("settings.py"), label="Tell arcore about your company first", icon=":material/tune:",
                width="content",
            )  # fmt: skip
