"""The drawer that answers "why is this open?": every step of one document, and what can be taken back."""

from __future__ import annotations

from functools import partial

import streamlit as st
from sqlalchemy import Engine

from arcore.errors import ArcoreError
from arcore.intake import queries as intake
from arcore.money import to_minor
from arcore.reports.story import Line
from arcore.reports.story import Story
from arcore.reports.story import story
from pages.ui import failures
from pages.ui import paper_view
from pages.ui import shell
from pages.ui.customer_desk import Desk
from pages.ui.customer_desk import ask
from pages.ui.customer_desk import close_when_done
from pages.ui.format import Format
from pages.ui.format import as_label
from pages.ui.import_words import system

ROWS_SHOWN = 2
"""Of the words of a source on one document, so many are shown beside the first: the last ones."""


@st.dialog("Why is this open?", position="right", width=600, icon=":material/history:")
@failures.guarded
def drawer(desk: Desk, document_id: int) -> None:
    """Tell a document's story; each step that still stands can be taken back."""
    close_when_done()
    try:
        told = story(desk.frame.books.engine, document_id)
    except ArcoreError as error:
        failures.sentence(error)
        return
    heading(told, desk)
    for place, line in enumerate(told.lines):
        step(desk, line, told.document.currency, place)
    origins(desk, told)
    paper_view.of_document(desk.frame, document_id)
    actions(desk, told)


def heading(told: Story, desk: Desk) -> None:
    """Name the document, what is open of it, and whose it is where that is somebody else's."""
    say, document = desk.frame.say, told.document
    days = f"dated {say.day(document.document_date)} · due {', '.join(map(say.day, told.due_dates))}"
    if told.agreed:
        days += f", agreed {', '.join(map(say.day, told.agreed))}"
    if told.delivered_on is not None:
        days = f"delivered {say.day(told.delivered_on)} · {days}"
    opened = say.money(told.open, document.currency)
    state = "taken back" if told.taken_back_by else "settled" if told.open == 0 else f"{opened} open"
    st.markdown(
        f"**{as_label(name_of(told))}**  \n**{as_label(state)}** "
        f":gray[of {as_label(say.money(document.amount, document.currency))} · {as_label(days)}]"
    )
    if told.code not in (desk.about.code, *(r.code for r in desk.about.relatives if r.role == "merged")):
        st.page_link(
            shell.page_of("customer.py"), label=as_label(told.name), query_params={"customer": told.code},
            icon=":material/arrow_forward:",
        )  # fmt: skip


def step(desk: Desk, line: Line, code: str, place: int) -> None:
    """Draw one step: day, what happened, amount, balance after it."""
    say = desk.frame.say
    with st.container(horizontal=True, vertical_alignment="center", gap="small", border=True, wrap=False):
        other = f" {line.other_kind} {line.other_number or line.other_id}" if line.other_kind else ""
        agreed = f" {say.day(line.due_date)}" if line.due_date else ""
        words = as_label(f"{line.what}{other}{agreed}")
        title = words if line.standing else f"~~{words}~~ :gray[:small[no longer counts]]"
        amount = f" {as_label(say.signed(line.amount, code))}" if line.amount else ""
        tail = as_label(
            f"{say.day(line.on)} · balance {say.amount(line.balance, code)} · {line.recorded_by}, "
            f"recorded {say.day(line.recorded_at.date())}"
        )
        st.markdown(f"{title}{amount}  \n:small[:gray[{tail}]]", width="stretch")
        if line.application_id is not None:
            st.button(
                "Take back",
                key=f"story_back_{place}",
                type="tertiary",
                disabled=desk.refusal is not None,
                help=desk.refusal,
                on_click=partial(ask, "unapply", line.application_id),
            )
        if line.other_id is not None:
            st.button(
                "",
                icon=":material/chevron_right:",
                key=f"story_other_{place}",
                help="Its story",
                type="tertiary",
                on_click=partial(ask, "story", line.other_id),
            )


def origins(desk: Desk, told: Story) -> None:
    """Say which file and row the document came from, and what files said of it since."""
    words = intake.provenance(desk.frame.books.engine, told.document.id or 0)
    if not words:
        st.caption(as_label(f"Entered here by {told.document.recorded_by}, not from a file."))
        return
    for place, word in enumerate(words):
        if 0 < place < len(words) - ROWS_SHOWN:
            continue
        if place and place == len(words) - ROWS_SHOWN and place > 1:
            st.caption(f"Told by {desk.frame.say.number(place - 1)} more imports in between.")
        row = _row(desk.frame.books.store_id, word.import_id, word.file, word.line, desk.frame.books.engine)
        st.markdown(origin(word, told.document.currency, row, desk.frame.say))


def origin(word: intake.Provenance, code: str, row: str, say: Format) -> str:
    """Write what a file said of a document, with the row itself, as Markdown."""
    where = f"{word.file}, line {say.number(word.line)}" if word.line else word.file or "No longer listed"
    named = f" ({system(word.system)})" if system(word.system) else ""
    left = "" if word.open_amount is None else f", {say.money(to_minor(word.open_amount, code), code)} open"
    undone = ", undone since" if word.undone else ""
    head = f"{where}{named}{left} · import {word.import_id} of {say.day(word.at.date())} by {word.by}{undone}"
    text = f":small[:gray[:material/description: {as_label(head)}]]"
    return f"{text}  \n:small[{as_label(row)}]" if row else text


@st.cache_data(max_entries=500, show_spinner=False)
def _row(store_id: str, import_id: int, name: str, line: int | None, _engine: Engine) -> str:  # noqa: ARG001
    """Return a row as it stood in its file; kept, for what was imported never changes and opening it takes long."""
    return intake.row_text(_engine, import_id, name, line)


def actions(desk: Desk, told: Story) -> None:
    """Offer what can be done with the whole document."""
    if told.taken_back_by is not None or told.document.reverses_id is not None:
        return
    document, name = told.document, name_of(told)
    with st.container(horizontal=True, gap="xsmall"):
        offers = [("Void", ":material/block:", "void")]
        if document.kind == "payment":
            offers.insert(0, ("It bounced", ":material/undo:", "bounce"))
        for label, icon, dialog in offers:
            st.button(
                label, icon=icon, key=f"story_{dialog}", disabled=desk.refusal is not None, help=desk.refusal,
                on_click=partial(ask, dialog, document.id, name),
            )  # fmt: skip


def name_of(told: Story) -> str:
    """Return what people call the document: "Invoice INV-7"."""
    return f"{told.label} {told.document.number or told.document.id}"
