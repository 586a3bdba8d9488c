"""The board pack of a month: its first page, both files, what they rest on, and the managers' notes in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import date
from functools import partial

import pandas as pd
import streamlit as st
from sqlalchemy import Engine

from arcore.analytics import written as measures
from arcore.company import queries as company_queries
from arcore.company import service as company
from arcore.company.notes import LONGEST
from arcore.company.queries import MonthNote
from arcore.errors import BooksMoved
from arcore.reports.board.checks import Check
from arcore.reports.board.checks import checks
from arcore.reports.board.contents import Pack
from arcore.reports.board.contents import pack
from arcore.reports.board.paper import first_page
from arcore.reports.board.paper import pdf
from arcore.reports.board.printed import posted_sentence
from arcore.reports.board.workbook import xlsx
from arcore.reports.filters import Filters
from arcore.store.engine import reading
from pages.ui import cached
from pages.ui import drawer
from pages.ui import forms
from pages.ui import shell
from pages.ui import tables
from pages.ui.customer_view import counted
from pages.ui.format import NONE
from pages.ui.format import as_label
from pages.ui.forms import Form
from pages.ui.month_end_known import moment_words
from pages.ui.settings_view import refusal

NOTE = "month_note"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LINES = 230
"""Pixels of the field for notes."""


@dataclass(frozen=True, eq=False)
class Made:
    """A pack with the picture of its first page; the files are made when they are asked for."""

    pack: Pack
    picture: bytes


def draw(frame: shell.Frame, day: date) -> Pack:
    """Draw the pack of the month that `day` lies in, and return it."""
    month = frame.say.month(day)
    # Before the pack is made: that takes longer than what was saved is told again to the second half of a click.
    forms.outcome(form_name(day))
    left, right = st.columns([7.6, 4.4], gap="small")
    with left.container(border=True, height="stretch"):
        with st.spinner(f"Making the board pack of {as_label(month)} …"):
            made = cached.read(frame.books, replace(frame.filters, known_at=None), made_of, day, frame.today)
        st.image(made.picture, width="stretch", alt=f"First page of the board pack of {month}")
    with right:
        with st.container(border=True):
            files(frame, made.pack)
        with st.container(border=True, height="stretch"):
            notes(frame, made.pack)
    outcomes(frame, made.pack)
    return made.pack


def outcomes(frame: shell.Frame, made: Pack) -> None:
    """Draw every measure of the pack as a table; a click on one opens its explanation."""
    say, key = frame.say, f"pack_outcomes_{made.month.name}"
    shown = [one for one in made.outcomes if one.now.exact is not None]
    table = pd.DataFrame(
        [
            (
                one.kpi.label, measures.in_full(one.now, say), measures.in_full(one.before, say),
                NONE if one.change is None else measures.change(one.change, one.now, say, of=one.now.exact),
                measures.in_full(one.year_before, say),
            )
            for one in shown
        ],
        columns=["Measure", "Now", "Before", "Change", "A year before"],
    )  # fmt: skip

    def clicked() -> None:
        cells = st.session_state[key]["selection"]["cells"]
        if cells:
            figure = shown[cells[0][0]].now
            drawer.ask(f"{figure.name}.{figure.variant}")

    with st.expander(f"Its figures, {counted(len(shown), 'measure')}: select one to see how it is made"):
        tables.grid(
            table, hide_index=True, row_height=tables.ROW, height=tables.height(len(table), most=18), key=key,
            on_select=clicked, selection_mode="single-cell",
            column_config={
                "Measure": tables.text("Measure", width=300),
                **{name: tables.figure(name, width=170) for name in table.columns[1:]},
            },
            alt="Measures of the board pack; select one to see how it is made",
        )  # fmt: skip


def made_of(engine: Engine, filters: Filters, day: date, today: date) -> Made:
    """Make the pack of a month and draw its first page."""
    found = pack(engine, day, filters, today=today)
    return Made(found, first_page(found))


def files(frame: shell.Frame, made: Pack) -> None:
    """Draw the two downloads and what the figures rest on."""
    name = f"board-pack-{made.month.name}"
    st.markdown(f"**Board pack** :gray[:small[{as_label(f'{frame.say.month(made.month.last)}, in {made.currency}')}]]")
    with st.container(horizontal=True, gap="xsmall"):
        st.download_button(
            "Download PDF", partial(pdf, made), f"{name}.pdf", "application/pdf", key="pack_pdf", on_click="ignore",
            type="primary", icon=":material/picture_as_pdf:",
        )  # fmt: skip
        st.download_button(
            "Download XLSX", partial(xlsx, made), f"{name}.xlsx", SHEET, key="pack_xlsx", on_click="ignore",
            icon=":material/table:",
        )  # fmt: skip
    for line in rests_on(frame, made):
        st.markdown(line)


def rests_on(frame: shell.Frame, made: Pack) -> list[str]:
    """Say in lines of Markdown whether everything adds up, what is missing, and what knowledge it is."""
    lines = [checked(checks(made))]
    if not made.month.over:
        text = f"The month still runs: figures as of {frame.say.day(made.month.last)}"
        lines.append(f":orange[:material/schedule:] :small[{as_label(text)}]")
    if made.month.close is not None:
        when = moment_words(frame, made.month.close.at)
        frozen = f"As frozen {when} by {made.month.close.by}, ledger version {made.ledger}."
        text = f"{frozen} {posted_sentence(made, frame.say)}"
        icon = (
            ":gray[:material/lock:]" if made.posted is None or made.posted.same else ":orange[:material/edit_calendar:]"
        )
        lines.append(f"{icon} :small[{as_label(text)}]")
    lines += [f":red[:material/error:] :small[{as_label(f'Missing: {gap}')}]" for gap in made.gaps]
    return lines


def checked(made: Sequence[Check]) -> str:
    """Say whether the sums of the pack agree with each other."""
    off = [check for check in made if not check.ok]
    if not off:
        text = f"{counted(len(made), 'check')}, every difference zero"
        return f":green[:material/check:] :small[:gray[{as_label(text)}]]"
    text = "; ".join(f"{check.name}: {check.written} {check.currency}" for check in off)
    return f":red[:material/error:] :small[{as_label(f'Does not add up: {text}')}]"


def notes(frame: shell.Frame, made: Pack) -> None:
    """Draw the notes of the month as a form, and what was said before."""
    month, refused = made.month.first, refusal(frame)
    said = cached.read(frame.books, frame.filters, notes_of, month)
    with forms.form(form_name(month), border=False) as form:
        seen = form.key("seen")
        st.session_state.setdefault(seen, said[0].audit_seq if said else 0)
        st.text_area(
            f"Notes for {as_label(frame.say.month(month))}", said[0].text if said else "", key=form.key("text"),
            height=LINES, max_chars=LONGEST, disabled=refused is not None,
            placeholder="What the board should know: new terms, a customer in trouble, what is done about it.",
        )  # fmt: skip
        form.submit("Save notes", partial(_save, frame, month), kind="secondary", disabled=refused is not None)
    st.caption(refused or "They stand in both files. What was said before is kept.")
    if said:
        history(frame, said)


def form_name(day: date) -> str:
    """Return what the form of a month's notes is called: each month has its own."""
    return f"{NOTE}_{day:%Y_%m}"


def history(frame: shell.Frame, said: Sequence[MonthNote]) -> None:
    """Draw everything that was said about the month, the latest first."""
    with st.expander(f"History, {counted(len(said), 'version')}"):
        for note in said:
            when = f"{note.recorded_by}, {moment_words(frame, note.recorded_at)}"
            st.markdown(f":small[:gray[{as_label(when)}]]")
            st.text(note.text or "Notes taken away.")


def notes_of(engine: Engine, filters: Filters, month: date) -> tuple[MonthNote, ...]:
    """Read everything that was said about a month; filters change nothing of it."""
    del filters
    with reading(engine) as session:
        return company_queries.month_notes(session, month)


def _save(frame: shell.Frame, month: date, form: Form) -> str:
    text, seen = str(form.value("text", "")), form.key("seen")
    try:
        company.save_note(
            frame.books.engine,
            month=month,
            text=text,
            actor=frame.actor,
            seen=st.session_state.get(seen),
            key=form.token,
        )
    except BooksMoved:
        # What was typed stays; the next click is made knowing what the other one wrote, which stands in the history.
        st.session_state.pop(seen, None)
        raise
    name = frame.say.month(month)
    return f"Saved the notes for {name}." if text.strip() else f"Took the notes for {name} away."
