"""The documents behind an input of a measure: which add up to it, page by page, and all as a file."""

from __future__ import annotations

import re
from typing import Any

import pyarrow as pa
import streamlit as st

from arcore.analytics import wording
from arcore.reports.cases_behind import OF_CASES
from arcore.reports.cases_behind import cases
from arcore.reports.explain import DocumentsBehind
from arcore.reports.explain import Explanation
from arcore.reports.explain import documents
from arcore.reports.filters import Filters
from pages.ui import cached
from pages.ui import shell
from pages.ui import tables
from pages.ui.format import as_label

PAGE = 10
"""Documents on one page of the drawer."""
BALANCES = ("ar_begin", "ar_end", "ar_current", "overdue", "over_90", "gross_debits", "unapplied", "ar_end_current",
            "not_due")  # fmt: skip
"""Inputs made of what is open: their documents have a due date that matters; the others were booked on a day."""

OWN = {"open": ("ar_end",), "overdue": ("overdue",)}
"""Measures that are a list themselves: that list comes first."""


PROMISED = ("kept", "broken", "promised", "received")
NOUNS = {
    **dict.fromkeys(PROMISED, ("promise", "promises")),
    **dict.fromkeys(("contacts_tried", "contacts_reached"), ("attempt", "attempts")),
}
"""What is counted of inputs that are not made of documents; else customers."""


def draw(frame: shell.Frame, filters: Filters, name: str, found: Explanation, months: int | None = None) -> None:
    """Draw the documents behind the input that is chosen; `months` is the window where it is not the measure's own."""
    listed = tuple(part for part in found.figure.inputs if part in OF_CASES)
    parts = tuple(dict.fromkeys((*OWN.get(found.kpi.name, ()), *found.traceable, *listed)))
    if not parts:
        return
    title = "Documents behind it" if found.traceable else "What it is made of"
    st.markdown(f"**{title}** :gray[:small[largest first]]")
    part = parts[0]
    if len(parts) > 1:
        part = st.selectbox(
            "Input", parts, format_func=wording.INPUTS.__getitem__, key=f"behind_{name}",
            label_visibility="collapsed",
        )  # fmt: skip
    if part in OF_CASES:
        _cases(frame, filters, name, part, months)
        return
    behind = cached.read(frame.books, filters, documents, name.partition("@")[0], part, months=months)
    _sum(frame, behind)
    if len(behind) == 0:
        return
    _grid(frame, behind, behind.table(tables.paged(len(behind), PAGE, f"behind_{name}_{part}_page"), PAGE))
    facts = [*frame.facts(converted=True), f"documents behind {wording.INPUTS[part].lower()}"]
    tables.downloads(
        "Download the list", f"{re.sub('[.@]', '-', name)}-{part}-{filters.as_of}",
        **tables.files(behind.table, f"{wording.TITLES[wording.key_of(found.kpi)]}: {wording.INPUTS[part]}", facts),
    )  # fmt: skip


def _cases(frame: shell.Frame, filters: Filters, name: str, part: str, months: int | None) -> None:
    """Draw the promises, attempts or customers behind an input."""
    total = cached.read(frame.books, filters, cases, name.partition("@")[0], part, months=months)
    say, key = frame.say, f"behind_{name}_{part}"
    words = [f"{say.number(len(total.entries))} {NOUNS.get(part, ('customer', 'customers'))[len(total.entries) != 1]}"]
    if total.currency and total.entries:
        words.append(f"{say.money(total.worth, total.currency)} in all")
    st.markdown(f":small[:gray[{as_label(', '.join(words))}]]")
    if not total.entries:
        return
    table = total.table(tables.paged(len(total.entries), PAGE, f"{key}_page"), PAGE)
    dated = any(entry.day for entry in total.entries)
    names = ["name", "what", *(["day"] if dated else []), *(["amount"] if total.currency else [])]
    tables.grid(
        table.select(names), hide_index=True, row_height=tables.ROW, height=tables.height(table.num_rows),
        column_config={
            "name": tables.text("Customer", width=190),
            "what": tables.text("For" if part in PROMISED else "What", width=130),
            "day": tables.day("By" if part in PROMISED else "On", say, width=92),
            "amount": tables.money(f"In {total.currency}", say, width=100),
        },
        alt=f"What is behind {wording.INPUTS[part].lower()}, largest first",
    )  # fmt: skip
    facts = [*frame.facts(converted=True), wording.INPUTS[part]]
    tables.downloads(
        "Download the list", f"{re.sub('[.@]', '-', name)}-{part}-{filters.as_of}",
        **tables.files(total.table, f"{wording.INPUTS[part]}"[:30], facts, sums=bool(total.currency)),
    )  # fmt: skip


def _sum(frame: shell.Frame, behind: DocumentsBehind) -> None:
    """Say how many there are and what they add up to."""
    say, count = frame.say, len(behind)
    words = f"{say.number(count)} {'document' if count == 1 else 'documents'}"
    if behind.part.startswith("paid_amount_days"):
        words += ", each amount times its days"
    if behind.total is not None and not behind.behind.counts:
        words += f", {say.number(behind.total, 2)} {behind.currency} in all"
    st.markdown(f":small[:gray[{as_label(words)}]]")


def _grid(frame: shell.Frame, behind: DocumentsBehind, table: pa.Table) -> None:
    say, names = frame.say, table.column_names
    columns: dict[str, Any] = {
        "document": tables.text("Document", width=88),
        "name": tables.text("Customer", width=150 if "received" in names else 190),
    }
    if "received" in names:
        late = behind.part.endswith("late")
        columns["received"] = tables.day("Received", say, width=90)
        columns["days_late" if late else "days"] = tables.count("Days late" if late else "Days", width=62)
        columns["paid"] = tables.money("Paid", say, width=90)
    else:
        due = behind.part in BALANCES
        columns["due_date" if due else "document_date"] = tables.day("Due" if due else "Date", say, width=92)
        if behind.behind.counts:
            columns["amount"] = tables.count("Days" if "days" in behind.part else "Counts", width=80)
        else:
            columns["amount"] = tables.money(f"In {behind.currency}", say, width=110)
    tables.grid(
        table.select(list(columns)), hide_index=True, row_height=tables.ROW, height=tables.height(table.num_rows),
        column_config=columns, alt=f"Documents behind {wording.INPUTS[behind.part].lower()}, largest first",
    )  # fmt: skip
