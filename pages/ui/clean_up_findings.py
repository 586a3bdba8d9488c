"""The sections about documents: possible duplicates, gaps in numbering, odd dates and amounts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from arcore.cleanup.queries import run_subject
from arcore.money import digits
from arcore.money import from_minor
from arcore.reports.tidy.doubles import Doubles
from arcore.reports.tidy.doubles import doubles
from arcore.reports.tidy.gaps import Gap
from arcore.reports.tidy.gaps import gaps
from arcore.reports.tidy.listing import Line
from arcore.reports.tidy.listing import Listing
from arcore.reports.tidy.oddities import ODDITIES
from arcore.reports.tidy.oddities import oddities
from arcore.reports.tidy.oddities import subjects
from arcore.reports.tidy.summary import Section
from pages.ui import clean_up_list as lists
from pages.ui import tables
from pages.ui.clean_up_desk import Action
from pages.ui.clean_up_desk import buttons
from pages.ui.clean_up_desk import counted
from pages.ui.clean_up_sections import as_file
from pages.ui.plan_desk import Desk

DATED = ("due_before", "long_terms")
"""Oddities that another due date mends."""


def draw_duplicates(desk: Desk, section: Section) -> None:
    """Draw pairs of documents that may be one."""
    lists.headline(desk, section)
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="clean_bar"):
        text = lists.search()
        place = st.container(horizontal=True, gap="xsmall", width="content")
    found = desk.frame.read(doubles)
    shown = found.only(_either(desk, found, text)) if text else found
    if not len(shown):
        lists.nothing("duplicates", searched=bool(text))
        return
    places = max(digits(code) for code in shown.later.sums.by_currency)
    config = {
        "Customer": tables.text("Customer", width=220),
        "Earlier": tables.text("Earlier", width=130),
        "Dated": tables.day("Dated", desk.say, width=100),
        "Later": tables.text("Later", width=130),
        "Dated ": tables.day("Dated", desk.say, width=100),
        "Amount": tables.money("Amount", desk.say, places=places, width=110),
        "In": tables.text("Currency", width=78),
        "Why": tables.text("Why", width=270),
    }

    def cells(lines: Sequence[Line]) -> dict[str, Any]:
        wanted = np.array([line.row for line in lines], np.int64)
        places = [int(np.flatnonzero(shown.later.row == row)[0]) for row in wanted.tolist()]
        earlier = shown.earlier.only(np.array(places, np.int64)).lines(desk.engine)
        return {
            "Customer": lists.of_lines(lines, lambda line: line.name),
            "Earlier": lists.of_lines(earlier, lambda line: line.document),
            "Dated": lists.of_lines(earlier, lambda line: line.document_date),
            "Later": lists.of_lines(lines, lambda line: line.document),
            "Dated ": lists.of_lines(lines, lambda line: line.document_date),
            "Amount": lists.amounts(lines),
            "In": lists.of_lines(lines, lambda line: line.currency),
            "Why": lists.of_lines(lines, lambda line: line.what),
        }

    ticked = lists.ticked_lines(desk, "duplicates", shown.later, cells, config)
    with place:
        buttons(desk, pair_actions(shown, ticked))
    lists.download(desk, "duplicates", "Possible duplicates", lambda: pairs_file(desk, shown))


def pair_actions(shown: Doubles, ticked: Sequence[int]) -> list[Action]:
    """Say what can be done with the pairs that are ticked."""
    hint = "" if ticked else "Tick the pairs"
    chosen = shown.only(np.array(list(ticked), np.int64))
    pairs = tuple(zip(chosen.earlier.document_ids.tolist(), chosen.later.document_ids.tolist(), strict=True))
    return [
        Action("void", "Void one of the two", ":material/block:", "void_pairs", (pairs,), hint, primary=True),
        Action("twins", "Not a duplicate", ":material/check:", "decide", ("duplicate", tuple(chosen.subjects())), hint),
    ]


def pairs_file(desk: Desk, shown: Doubles) -> pd.DataFrame:
    """Lay out pairs for a file."""
    most = lists.MOST_FILE
    earlier, later = shown.earlier.lines(desk.engine, 0, most), shown.later.lines(desk.engine, 0, most)
    pairs = list(zip(earlier, later, strict=True))
    return pd.DataFrame(
        {
            "Customer": [two.customer for _, two in pairs],
            "Name": [two.name for _, two in pairs],
            "Earlier": [one.document for one, _ in pairs],
            "Earlier dated": [one.document_date for one, _ in pairs],
            "Later": [two.document for _, two in pairs],
            "Later dated": [two.document_date for _, two in pairs],
            "Amount": pd.Series([from_minor(two.amount, two.currency) for _, two in pairs], dtype=object),
            "Currency": [two.currency for _, two in pairs],
            "Why": [two.what for _, two in pairs],
        }
    )


def _either(desk: Desk, found: Doubles, text: str) -> np.ndarray[Any, np.dtype[np.bool_]]:
    rows = [set(side.searched(desk.engine, text).row.tolist()) for side in (found.earlier, found.later)]
    pairs = zip(found.earlier.row.tolist(), found.later.row.tolist(), strict=True)
    return np.array([one in rows[0] or other in rows[1] for one, other in pairs], np.bool_)


def draw_gaps(desk: Desk, section: Section) -> None:
    """Draw numbers that are missing."""
    found = desk.frame.read(gaps)
    lists.headline(desk, section)
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="clean_bar"):
        text = lists.search().casefold()
        explained = st.toggle("Explained", key="explained", bind="query-params")
        place = st.container(horizontal=True, gap="xsmall", width="content")
    if found.unsure:
        st.markdown(
            ":small[:gray[:material/info: Sales of these books are not complete from any day on: a missing number may "
            "only not have been in a file.]]"
        )
    rows = [gap for gap in (found.explained if explained else found.open) if text in gap.text.casefold()]
    if not rows:
        lists.nothing("gaps", searched=bool(text) or explained)
        return
    start, count = lists.paged(len(rows), "clean_gaps")
    page = rows[start : start + count]
    key = f"clean_gaps_{start}_{desk.frame.books.seq}_{explained}_{text}"
    ticked = lists.grid(
        _gap_table(page, explained=explained), _gap_columns(desk, rows), key, alt=f"{len(rows)} gaps, by series"
    )
    with place:
        buttons(desk, gap_actions([page[at] for at in ticked], explained=explained))
    lists.download(desk, "gaps", "Missing numbers", lambda: _gap_table(rows, explained=explained))


def gap_actions(ticked: Sequence[Gap], *, explained: bool) -> list[Action]:
    """Say what can be done with the gaps that are ticked."""
    named = tuple(run_subject(gap.run) for gap in ticked)
    if explained:
        hint = "" if ticked else "Tick what is to be asked again"
        return [Action("again", "Ask again", ":material/restart_alt:", "again", ("gap", named), hint)]
    words = f"Explain {counted(sum(gap.count for gap in ticked), 'number')}" if ticked else "Explain"
    what = (named, tuple(gap.text for gap in ticked))
    return [Action("gap", words, ":material/edit_note:", "gap", what, "" if ticked else "Tick the gaps", primary=True)]


def _gap_table(rows: Sequence[Gap], *, explained: bool) -> pd.DataFrame:
    cells: dict[str, Any] = {
        "Entity": [gap.run.entity for gap in rows],
        "Series": [gap.run.prefix or "digits only" for gap in rows],
        "Missing": [gap.text for gap in rows],
        "Count": [gap.count for gap in rows],
    }
    if explained:
        return pd.DataFrame(cells | {"Why": [gap.note for gap in rows], "Explained": [gap.before for gap in rows]})
    return pd.DataFrame(cells | {"After": [gap.before for gap in rows], "Before": [gap.after for gap in rows]})


def _gap_columns(desk: Desk, rows: Sequence[Gap]) -> dict[str, Any]:
    return {
        "Entity": tables.text("Entity", width=100) if len({gap.run.entity for gap in rows}) > 1 else None,
        "Series": tables.text("Series", width=160),
        "Missing": tables.text("Missing", width=300),
        "Count": tables.count("How many", width=90),
        "After": tables.day("After the one of", desk.say, width=140),
        "Before": tables.day("Before the one of", desk.say, width=140),
        "Why": tables.text("Why", width=320),
        "Explained": tables.day("Explained on", desk.say, width=120),
    }


def draw_oddities(desk: Desk, section: Section) -> None:
    """Draw odd dates and amounts."""
    lists.headline(desk, section)
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="clean_bar"):
        text, order = lists.search(), lists.order()
        kind = st.selectbox(
            "What", ["Everything", *ODDITIES.values()], key="odd", label_visibility="collapsed", width=230,
            bind="query-params",
        )  # fmt: skip
        accepted = st.toggle("Accepted", key="accepted", bind="query-params")
        place = st.container(horizontal=True, gap="xsmall", width="content")
    found = desk.frame.read(oddities, desk.frame.today, accepted=accepted)
    words = list(ODDITIES.values())
    if kind in words:
        found = found.only(found.what == words.index(str(kind)))
    shown = found.searched(desk.engine, text).ordered(order)
    if not len(shown):
        lists.nothing("oddities", searched=bool(text) or accepted or kind in words)
        return
    ticked = lists.ticked_lines(desk, "oddities", shown, _odd_cells, _odd_columns(desk, shown))
    with place:
        buttons(desk, odd_actions(shown, ticked, accepted=accepted))
    lists.download(desk, "oddities", "Odd documents", lambda: as_file(desk, shown))


def odd_actions(shown: Listing, ticked: Sequence[int], *, accepted: bool) -> list[Action]:
    """Say what can be done with the documents that are ticked."""
    chosen = shown.only(np.array(list(ticked), np.int64))
    named, hint = tuple(subjects(chosen)), "" if ticked else "Tick the documents"
    if accepted:
        return [Action("again", "Ask again", ":material/restart_alt:", "again", ("oddity", named), hint)]
    keys = list(ODDITIES)
    dated = len(ticked) == 1 and keys[int(chosen.what[0])] in DATED
    documents = tuple(dict.fromkeys(chosen.document_ids.tolist()))
    redate = "" if dated else "Tick one document whose due date is odd"
    items = tuple(chosen.item_ids.tolist())
    return [
        Action("redate", "New due date", ":material/event:", "redate", (items[:1],), redate, primary=True),
        Action("void", "Void", ":material/block:", "void", (documents,), hint),
        Action("accept", "Accept", ":material/check:", "decide", ("oddity", named), hint),
    ]


def _odd_cells(lines: Sequence[Line]) -> dict[str, Any]:
    return {
        "What": lists.of_lines(lines, lambda line: line.what),
        "Document": lists.of_lines(lines, lambda line: line.document),
        "Customer": lists.of_lines(lines, lambda line: line.name),
        "Dated": lists.of_lines(lines, lambda line: line.document_date),
        "Due": lists.of_lines(lines, lambda line: line.due_date),
        "Amount": [from_minor_float(line) for line in lines],
        "In": lists.of_lines(lines, lambda line: line.currency),
    }


def from_minor_float(line: Line) -> float:
    """Return an amount for a grid; zero is the point of some of these rows."""
    return float(from_minor(line.amount, line.currency))


def _odd_columns(desk: Desk, shown: Listing) -> dict[str, Any]:
    return {
        "What": tables.text("What", width=220),
        "Document": tables.text("Document", width=140),
        "Customer": tables.text("Customer", width=250),
        "Dated": tables.day("Dated", desk.say, width=110),
        "Due": tables.day("Due", desk.say, width=110),
        "Amount": tables.money("Amount", desk.say, places=max(digits(c) for c in shown.sums.by_currency), width=120),
        "In": tables.text("Currency", width=78),
    }
