"""How a figure of an upload is made, in a drawer: words, formula, this formula with these figures, the rows behind."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from pages.ui import failures
from pages.ui import shell
from pages.ui import tables
from pages.ui.format import Format
from pages.ui.format import as_label
from pages.ui.import_words import counted

CLICKED = "import_explain"
"""The figure that was asked for since the last run."""
PAGE = 12
"""Rows on one page of the drawer."""
NOT_KEPT = "Nothing of it is booked yet, so no link leads here: reading the same files again gives the same figures."


@dataclass(frozen=True)
class Made:
    """How a figure is made; all words are plain text.

    Attributes:
        formula: how, in words.
        filled: the formula with these figures, a line each; what is behind the last "= " is drawn bold.
        rows: what it is made of.
        nouns: what one of the rows is called, and several.
        columns: the grid's columns by name; a column that is not named is not drawn.
        notes: what it leaves out or rests on.
        link: the address that opens it again, "" where there is none.
        heading: what stands above the rows.
    """

    title: str
    meaning: str
    formula: str
    filled: Sequence[str]
    rows: pd.DataFrame
    nouns: tuple[str, str]
    columns: Mapping[str, Any]
    notes: Sequence[str] = ()
    link: str = ""
    heading: str = "What it is made of"


def ask(key: str) -> None:
    """Ask for the explanation of a figure; for `on_click`."""
    st.session_state[CLICKED] = key


def arrow(key: str, title: str) -> None:
    """Draw the arrow that opens an explanation; beside its figure."""
    st.button(
        "", icon=":material/chevron_right:", key=f"explain_import_{key}", type="tertiary", help=f"How {title} is made",
        on_click=partial(ask, key),
    )  # fmt: skip


def open_asked(frame: shell.Frame, known: Callable[[str], Made | None]) -> None:
    """Open the explanation that was asked for; among the last statements of a step. `known` makes it by its key."""
    wanted = st.session_state.pop(CLICKED, None)
    made = known(wanted) if wanted else None
    if made is not None:
        opened(frame, made)


def opened(frame: shell.Frame, made: Made) -> None:
    """Open an explanation."""
    st.dialog(made.title, position="right", width=690, icon=":material/functions:")(failures.guarded(_body))(
        frame, made
    )


def _body(frame: shell.Frame, made: Made) -> None:
    st.markdown(as_label(made.meaning))
    with st.container(border=True, gap="xsmall"):
        st.markdown(as_label(f"{made.title} = {made.formula}"))
        for line in made.filled:
            begin, equal, end = line.rpartition(" = ")
            st.markdown(f"{as_label(begin)}{equal}**{as_label(end)}**" if equal else as_label(line))
    if made.notes:
        st.markdown("  \n".join(f":small[:gray[{as_label(note)}]]" for note in made.notes if note))
    if len(made.rows):
        count = counted(len(made.rows), *made.nouns, frame.say)
        st.markdown(f"**{as_label(made.heading)}** :gray[:small[{as_label(count)}]]")
        _rows(made, frame.say)
    if made.link:
        st.markdown(":small[:gray[A link that opens this again]]")
        st.code(made.link, language=None, wrap_lines=True)
    else:
        st.caption(NOT_KEPT)


def _rows(made: Made, say: Format) -> None:
    first = tables.paged(len(made.rows), PAGE, f"import_explain_{made.title}")
    shown = made.rows.iloc[first : first + PAGE]
    # What no row says takes room from the rest.
    told = [name for name in made.columns if name in shown and shown[name].map(_says).any()]
    tables.grid(
        shown[told], hide_index=True, row_height=tables.ROW, height=tables.height(len(shown)), placeholder="–",
        column_config={name: made.columns[name] for name in told},
        alt=f"{made.title}: {counted(len(made.rows), *made.nouns, say)}",
    )  # fmt: skip
    name = "".join(letter if letter.isalnum() else "-" for letter in made.title.lower())
    whole = made.rows[[name for name in made.columns if name in made.rows]]
    files = tables.files(whole, made.title[:30], [made.formula], sums=False)
    tables.downloads("Download all", f"behind-{name}", **files)


def _says(value: Any) -> bool:
    return isinstance(value, list) or not (value == "" or pd.isna(value))
