"""First rows of a file before and after: the cells as they stand in it, and the documents that were understood."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from arcore.intake.understood import Row
from arcore.intake.understood import Understood
from arcore.ledger.kinds import BY_NAME
from pages.ui import tables
from pages.ui.format import Format

MOST = 6
"""Rows of each."""
NARROW, WIDE = 80, 170
"""Pixels of a column of the file, by what stands in it."""
LETTER = 7
"""Pixels that a letter takes."""


def draw(one: Understood, say: Format) -> None:
    """Draw the first rows of the file and, under them, what became of the first documents; nothing without rows."""
    if len(one.preview) <= 1 or not (one.rows or one.customers):
        return
    place = st.expander("First rows, before and after", icon=":material/table_rows:", expanded=True, type="compact")
    with place, st.container(gap="xsmall"):
        st.markdown(":small[**In the file**]")
        _before(one)
        st.markdown(":small[**As understood**]")
        if one.rows:
            _after(sorted(one.rows, key=lambda row: row.line)[:MOST], one, say)
        else:
            _customers(one)


def _before(one: Understood) -> None:
    names = _different(one.preview[0])
    rows = [list(row[: len(names)]) + [""] * (len(names) - len(row)) for row in one.preview[1 : MOST + 1]]
    data = pd.DataFrame(rows, columns=names)
    longest = {name: max([len(name), *(len(str(cell)) for cell in data[name])]) for name in names}
    tables.grid(
        data, hide_index=True, row_height=tables.ROW, height=tables.height(len(data)), placeholder="",
        column_config={
            name: tables.text(name, width=min(max(NARROW, longest[name] * LETTER + 20), WIDE)) for name in names
        },
        alt="The first rows as they stand in the file",
    )  # fmt: skip


def _after(rows: Sequence[Row], one: Understood, say: Format) -> None:
    data = pd.DataFrame(
        {
            "Line": [row.line for row in rows],
            "Kind": [BY_NAME[row.kind].label if row.kind in BY_NAME else row.kind for row in rows],
            "Document": [row.number for row in rows],
            "Customer": [row.customer_name or row.customer_code for row in rows],
            "Date": [row.document_date for row in rows],
            "Due date": [row.due_date for row in rows],
            "Amount": [float(row.amount) for row in rows],
            "Open": [None if row.open_amount is None else float(row.open_amount) for row in rows],
            "Currency": [row.currency for row in rows],
            "Pays": [row.applies_to for row in rows],
        }
    )
    told = [name for name in map(str, data) if data[name].notna().any() and (data[name] != "").any()]
    config = {
        "Line": tables.count("Line", width=55), "Kind": tables.text("Kind", width=110),
        "Document": tables.text("Document", width=110), "Customer": tables.text("Customer", width=215),
        "Date": tables.day("Date", say), "Due date": tables.day("Due date", say),
        "Amount": tables.money("Amount", say), "Open": tables.money("Open", say),
        "Currency": tables.text("Currency", width=75), "Pays": tables.text("Pays", width=110),
    }  # fmt: skip
    tables.grid(
        data[told], hide_index=True, row_height=tables.ROW, height=tables.height(len(data)), placeholder="–",
        column_config={name: config[name] for name in told}, alt=f"The first documents of {one.path} as understood",
    )  # fmt: skip


def _customers(one: Understood) -> None:
    rows = one.customers[:MOST]
    fields = {
        "Line": "line", "Number": "code", "Name": "name", "E-mail": "email", "Contact": "contact_name",
        "Terms": "terms", "Owner": "owner", "Segment": "segment",
    }  # fmt: skip
    data = pd.DataFrame({word: [getattr(row, name) for row in rows] for word, name in fields.items()})
    told = [name for name in map(str, data) if (data[name].astype(str) != "").any()]
    tables.grid(
        data[told], hide_index=True, row_height=tables.ROW, height=tables.height(len(data)), placeholder="–",
        alt=f"The first customers of {one.path} as understood",
    )  # fmt: skip


def _different(header: Sequence[str]) -> list[str]:
    """Return the names of columns, each another one."""
    found: list[str] = []
    for place, name in enumerate(header):
        word = str(name).strip() or f"({place + 1})"
        found.append(word if word not in found else f"{word} ({place + 1})")
    return found
