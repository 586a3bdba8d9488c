"""A letter as its reader gets it, drawn with the page's own means: whatever stands in it is text."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from arcore.dunning.letters import Letter
from arcore.dunning.parts import LEFT
from arcore.dunning.parts import Payment
from arcore.dunning.parts import Table
from pages.ui.format import as_label

_TOTAL = "font-weight: 700"
_APART = "\u200b"
"""Keeps columns apart that a company gave the same name: it has no width."""


def draw(letter: Letter) -> None:
    """Draw the words, the tables and where to pay, in the order of the letter."""
    for part in letter.parts:
        if isinstance(part, Table):
            _table(part)
        elif isinstance(part, Payment):
            _payment(part)
        else:
            st.markdown(_lines(part.lines))


def _table(table: Table) -> None:
    """Draw a table: the dates under the document, so that it fits beside a list."""
    heads = [head + _APART * number for number, head in enumerate(table.heads)]
    names, columns = [heads[0], *heads[LEFT + 1 :]], range(len(table.sums))
    said: list[dict[int, str]] = [{} for _ in columns]
    lines = []
    for row in table.rows:
        dated = f"{row.cells[1]} · {table.heads[2]} {row.cells[2]} · {table.heads[LEFT]}: {row.cells[LEFT]}"
        notes = "  \n".join(f":small[:gray[{as_label(note)}]]" for note in (dated, row.note) if note)
        lines.append([f"{as_label(row.cells[0])}  \n{notes}", *row.units])
        for column in columns:
            said[column][row.units[column]] = row.cells[LEFT + 1 + column]
    lines.append([as_label(table.total[0]), *table.sums])
    for column in columns:
        said[column][table.sums[column]] = table.total[1 + column]
    frame = pd.DataFrame(lines, columns=names)
    last = len(frame) - 1
    write: Any = {name: said[column].__getitem__ for column, name in enumerate(names[1:])}
    styled = frame.style.format(write).apply(lambda row: [_TOTAL if row.name == last else ""] * len(row), axis=1)
    st.table(styled, border="horizontal", hide_index=True, alt=f"What the letter asks for, {table.currency}")


def _payment(payment: Payment) -> None:
    with st.container(gap=None):
        st.markdown(_lines([payment.heading, *payment.lines]))
        rows: dict[str, Any] = {f":gray[{as_label(label)}]": as_label(value) for label, value in payment.rows}
        st.table(rows, border="horizontal", width="content")


def _lines(lines: Any) -> str:
    return "  \n".join(map(as_label, lines))
