"""The payments or open invoices behind a step of the process review, in a drawer at the right."""

from __future__ import annotations

import re

import streamlit as st

from arcore.analytics.quarter import Period
from arcore.money import from_minor
from arcore.reports.process import By
from arcore.reports.process import Process
from arcore.reports.walked_documents import StepDocuments
from arcore.reports.walked_documents import step_documents
from pages.ui import failures
from pages.ui import shell
from pages.ui import tables
from pages.ui.format import as_label

CLICKED = "process_clicked"
"""What was clicked since the last run: (step, key of the part or None for all, its name)."""
PAGE = 15
"""Rows on one page of the drawer."""


def ask(step: str, key: str | None = None, name: str | None = None) -> None:
    """Ask for the drawer of a step, of one part of the cut or of all."""
    st.session_state[CLICKED] = (step, key, name or "")


def open_clicked(frame: shell.Frame, found: Process, period: Period, by: By) -> None:
    """Open the drawer that was asked for since the last run, if one was."""
    if CLICKED not in st.session_state:
        return
    step, key, name = st.session_state.pop(CLICKED)
    labels = {each.key: each.label for each in (*found.chain, found.whole)}
    title = labels.get(step, found.whole.label)
    st.dialog(as_label(title), position="right", width=760, icon=":material/timeline:")(failures.guarded(_body))(
        frame, found, period, by, step, key, name
    )


def _body(frame: shell.Frame, found: Process, period: Period, by: By, step: str, key: str | None, name: str) -> None:
    say = frame.say
    behind = frame.read(step_documents, period, step, of=found.of, by=by, key=key)
    words = [name or "All", f"{say.day(found.period.first)} to {say.day(found.period.last)}"]
    if found.of == "overdue":
        words[1] = f"overdue on {say.day(found.period.last)}"
    st.markdown(f":gray[{' · '.join(map(as_label, words))}]")
    if not len(behind):
        st.caption("No invoice went through this step.")
        return
    mean = say.number(behind.amount_days / behind.amount if behind.amount else None, 1)
    noun = "payment" if found.of == "paid" else "item"
    count = f"{say.number(len(behind))} {noun if len(behind) == 1 else noun + 's'}"
    product = say.number(from_minor(behind.amount_days, found.currency))
    tail = f"{count}, {say.money(behind.amount, found.currency, decimals=0)}, {product} {found.currency} × days"
    st.markdown(f"**{mean} days** :gray[:small[{as_label(tail)}; largest first]]")
    _listed(frame, behind, found)
    if key is not None and by == "customer" and shell.exists("customer.py"):
        st.page_link(
            shell.page_of("customer.py"), label="Open the customer", icon=":material/arrow_forward:",
            query_params={"customer": key},
        )  # fmt: skip


def _listed(frame: shell.Frame, behind: StepDocuments, found: Process) -> None:
    pages = -(-len(behind) // PAGE)
    number = st.pagination(pages, key="process_page", max_visible_pages=5) if pages > 1 else 1
    table = behind.table((min(number, pages) - 1) * PAGE, PAGE)
    say = frame.say
    names = ["document", "name", "due_date", "first_contact", "promise", "end", "days", "amount"]
    unused = [each for each in ("first_contact", "promise") if table[each].null_count == table.num_rows]
    st.dataframe(
        table.select([each for each in names if each not in unused]), hide_index=True, row_height=tables.ROW,
        height=tables.height(table.num_rows), placeholder="–",
        column_config={
            "document": tables.text("Invoice", width=88),
            "name": tables.text("Customer", width=150),
            "due_date": tables.day("Due", say, width=88),
            "first_contact": tables.day("Contact", say, width=88),
            "promise": tables.day("Promise", say, width=88),
            "end": tables.day("Cash" if found.of == "paid" else "Today", say, width=88),
            "days": tables.count("Days", width=50),
            "amount": tables.money(found.currency, say, width=100),
        },
        alt="Invoices, most amount × days first",
    )  # fmt: skip
    name = re.sub(r"[^a-z0-9]+", "-", f"process-{found.period.first}-{found.period.last}".lower())
    tables.downloads(
        "Download all", name, **tables.files(behind.table, "Process review", frame.facts(converted=True), sums=False)
    )
