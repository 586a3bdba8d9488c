"""Step two of an import: what was understood of each file, with evidence, and how to correct it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import islice

import pandas as pd
import streamlit as st

from arcore.intake.columns import BY_HAND
from arcore.intake.understood import BOOKS
from arcore.intake.understood import GUESSED
from arcore.intake.understood import OTHER
from arcore.intake.understood import ColumnMatch
from arcore.intake.understood import Understood
from pages.ui import import_explain
from pages.ui import import_profiles
from pages.ui import import_questions
from pages.ui import import_reading
from pages.ui import import_rows
from pages.ui import import_state
from pages.ui import shell
from pages.ui import tables
from pages.ui.format import Format
from pages.ui.format import as_label
from pages.ui.import_state import Found
from pages.ui.import_state import Upload
from pages.ui.import_words import FIELD_WORDS
from pages.ui.import_words import NOT_USED

HINT = "If it is a list of what customers owe all the same, choose under “Taken for” what its columns are."
EXAMPLES = 3
"""Values of a column that are shown beside its name."""
LONGEST_EXAMPLE = 28
"""Characters; a longer value is cut where one can see it."""
MOST_COLUMNS = 14


def draw(frame: shell.Frame, upload: Upload, found: Found) -> None:
    """Draw every file of the upload, those that can't be read first."""
    for unread in found.unread:
        st.error(as_label(unread.sentence), icon=":material/error:")
    for place in range(len(found.files)):
        with st.container(border=True, gap="small", key=f"file_{place}"):
            _file(frame, upload, found, place)


def _file(frame: shell.Frame, upload: Upload, found: Found, place: int) -> None:
    one, currency = found.files[place], found.currency or import_questions.company_currency(upload)
    with st.container(gap=None):
        st.markdown(import_reading.title(one))
        _sums(import_reading.sums(one, frame.say, currency=currency), place, arrow=bool(one.rows))
        if one.reason:
            st.markdown(f":small[:gray[:material/info:] {as_label(one.reason)}]")
        for warning in one.warnings:
            st.markdown(f":small[:orange[:material/warning:] {as_label(warning)}]")
    for question in one.questions:
        words = as_label(question.text)
        st.markdown(f":small[:orange[:material/help:] {words} :gray[It is asked for in the next step.]]")
    import_questions.of_file(frame, upload, found, place)
    if not one.columns:
        return
    if one.kind == OTHER and not any(column.field for column in one.columns):
        st.markdown(f":small[:gray[{HINT}]]")
    # Alone it stands open without a fold; among several it opens where something needs a look.
    place_of = st.container() if len(found.files) == 1 else None
    with place_of or st.expander("Columns", expanded=bool(one.questions or one.refused), type="compact"):
        left, right = st.columns([8, 4], gap="small")
        with left:
            _mapping(frame.say, upload, found, place)
            import_profiles.save_as(frame, upload, one, place)
        with right:
            import_reading.facts(one, frame.say, currency=currency, place=place)
    import_rows.draw(one, frame.say)


def _sums(lines: Sequence[str], place: int, *, arrow: bool) -> None:
    """Draw what a file holds, with the way to the documents that make it."""
    if not lines:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap=None):
        st.markdown("  \n".join(f":small[{as_label(line)}]" for line in lines), width="content")
        if arrow:
            import_explain.arrow(f"holds_{place}", "this sum")


def _mapping(say: Format, upload: Upload, found: Found, place: int) -> None:
    """Draw what each column was taken for; a change is remembered for files with the same header."""
    one = found.files[place]
    columns = sorted(one.columns, key=lambda column: not column.field)
    table = pd.DataFrame(
        {
            "Column": [column.column or f"({column.position + 1}, no name)" for column in columns],
            "First values": [_examples(one, column) for column in columns],
            "Taken for": [FIELD_WORDS.get(column.field, NOT_USED) for column in columns],
            "Sure": [f"{100 * column.score:.0f} %" if column.field else "" for column in columns],
            "Why": [_why(say, upload, found, one, column) for column in columns],
        }
    )
    edited = st.data_editor(
        table,
        key=f"mapping_{place}_{upload.key()[:12]}",
        hide_index=True,
        disabled=["Column", "First values", "Sure", "Why"],
        row_height=tables.ROW,
        height=tables.height(len(table), most=MOST_COLUMNS),
        column_config={
            "Column": tables.text("Column", width=135),
            "First values": tables.text("First values", width=170),
            "Taken for": st.column_config.SelectboxColumn(
                "Taken for", options=[NOT_USED, *FIELD_WORDS.values()], required=True, width=160
            ),
            "Sure": tables.text("Sure", width=58),
            "Why": tables.text("Why", width=272),
        },
    )
    taken = dict(zip((column.position for column in columns), edited["Taken for"], strict=True))
    correct(upload, one, taken)
    _remembered(say, upload, found, one)


def correct(upload: Upload, one: Understood, taken: dict[int, str]) -> None:
    """Take over what columns are taken for now, by position, in the words of the page; reads again after a change."""
    fields = {word: name for name, word in FIELD_WORDS.items()}
    before = {column.position: column.field for column in one.columns}
    changed = {position: fields.get(word, "") for position, word in taken.items()}
    changed = {position: name for position, name in changed.items() if name != before[position]}
    if not changed:
        return
    mark = one.header_fingerprint
    # A field serves one column: another that a person gave it to before is let go.
    mine = {p: name for p, name in upload.mapping.get(mark, {}).items() if name not in changed.values() or not name}
    import_state.change(mapping=upload.mapping | {mark: mine | changed})
    st.rerun()


def _remembered(say: Format, upload: Upload, found: Found, one: Understood) -> None:
    """Say that corrections of an earlier import count, and let them be forgotten."""
    mark = one.header_fingerprint
    day = found.known.corrected_on.get(mark)
    if day is None or mark in upload.afresh:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f":small[:blue[:material/history:] Read as corrected on {as_label(say.day(day))}]", width="content")
        st.button(
            "Read it afresh",
            key=f"afresh_{mark}",
            type="tertiary",
            on_click=partial(import_state.change, afresh=upload.afresh | {mark}),
        )


def _why(say: Format, upload: Upload, found: Found, one: Understood, column: ColumnMatch) -> str:
    """Return the reason in short: what proves dates and decimals stands among the facts."""
    parts = [part for part in column.why.split("; ") if not part.startswith(import_reading.AMONG_FACTS)]
    why = "; ".join(part for part in parts if part != GUESSED)
    if not why.startswith(BY_HAND):
        return why.replace("name", "by its name", 1) if why.startswith("name") else why
    mark = one.header_fingerprint
    now = column.position in upload.mapping.get(mark, {})
    day = found.known.corrected_on.get(mark)
    return BY_HAND if now or day is None else f"as corrected on {say.day(day)}"


def _examples(one: Understood, column: ColumnMatch) -> str:
    """Return the first different values of a column."""
    cells = (row[column.position] for row in one.preview[1:] if column.position < len(row))
    return " · ".join(_cut(cell) for cell in islice(dict.fromkeys(filter(None, cells)), EXAMPLES))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_EXAMPLE else f"{text[: LONGEST_EXAMPLE - 1].rstrip()}…"


def usable(found: Sequence[Understood]) -> bool:
    """Tell whether anything of the files can be booked or compared."""
    return any(one.rows or one.customers or one.kind == BOOKS for one in found)
