"""The documents behind a flow or a line of a bridge, and the same by customer, in a drawer at the right."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import streamlit as st

from arcore.reports.bucket_flows import customers_of
from arcore.reports.explain import DocumentsBehind
from pages.ui import behind_link
from pages.ui import failures
from pages.ui import shell
from pages.ui import tables
from pages.ui.format import as_label

PAGE = 15
"""Rows on one page of the drawer."""
SPLITS = ("Documents", "Customers")


def drawer(
    frame: shell.Frame, title: str, period: str, read: Callable[[], DocumentsBehind], name: str, link: str = "",
    explain: Callable[[], None] | None = None,
) -> None:  # fmt: skip
    """Open the drawer; `title` and `period` are plain text, `name` is for the file: letters, digits and - only.

    `link` is the address that opens it again; `explain` draws how the sum is made and what moved it, above the list.
    """
    st.dialog(as_label(title), position="right", width=620, icon=":material/receipt_long:")(failures.guarded(_body))(
        frame, title, period, read, name, link, explain
    )


def _body(
    frame: shell.Frame, title: str, period: str, read: Callable[[], DocumentsBehind], name: str, link: str,
    explain: Callable[[], None] | None,
) -> None:  # fmt: skip
    behind, say = read(), frame.say
    people = customers_of(behind)
    count = f"{say.number(len(behind))} {'document' if len(behind) == 1 else 'documents'}"
    who = f"{say.number(people.num_rows)} {'customer' if people.num_rows == 1 else 'customers'}"
    st.markdown(f":gray[{as_label(period)}]")
    st.markdown(
        f"**{as_label(say.number(behind.total, 2))} {behind.currency}** "
        f":gray[:small[{as_label(f'{count} of {who}, largest first')}]]"
    )
    if explain is not None:
        explain()
    split = st.segmented_control(
        "Show", SPLITS, default=SPLITS[0], required=True, key="moved_split", label_visibility="collapsed"
    )
    if split == SPLITS[1]:
        _paged(people.num_rows, lambda start: _customers(frame, people.slice(start, PAGE), behind.currency))
        _download(frame, people, f"{name}-customers", title, period)
    else:
        _paged(len(behind), lambda start: _documents(frame, behind.table(start, PAGE), behind.currency))
        _download(frame, behind.table, name, title, period)
    if link:
        behind_link.draw(link)


def _paged(rows: int, draw: Callable[[int], None]) -> None:
    draw(tables.paged(rows, PAGE, "moved_page"))


def _documents(frame: shell.Frame, table: pa.Table, currency: str) -> None:
    tables.grid(
        table.select(["document", "name", "document_date", "due_date", "amount"]), hide_index=True,
        row_height=tables.ROW, height=tables.height(table.num_rows),
        column_config={
            "document": tables.text("Document", width=100),
            "name": tables.text("Customer", width=165),
            "document_date": tables.day("Date", frame.say, width=92),
            "due_date": tables.day("Due", frame.say, width=92),
            "amount": tables.money(currency, frame.say, width=105),
        },
        alt="Documents, largest first",
    )  # fmt: skip


def _customers(frame: shell.Frame, table: pa.Table, currency: str) -> None:
    tables.grid(
        table, hide_index=True, row_height=tables.ROW, height=tables.height(table.num_rows),
        column_config={
            "customer": tables.text("Code", width=95),
            "name": tables.text("Customer", width=245),
            "documents": tables.count("Documents", width=85),
            "amount": tables.money(currency, frame.say, width=115),
        },
        alt="Customers, largest first",
    )  # fmt: skip


def _download(frame: shell.Frame, data: pa.Table | Callable[[], pa.Table], name: str, title: str, period: str) -> None:
    tables.downloads("Download all", name, **tables.files(data, title[:30], [*frame.facts(), title, period]))
