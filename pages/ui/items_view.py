"""The open items behind a figure, in a drawer at the right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from arcore.analytics import wording
from arcore.analytics.buckets import EDGES
from arcore.analytics.buckets import NOT_DUE
from arcore.analytics.buckets import UNAPPLIED
from arcore.reports.aging import AgingRow
from arcore.reports.aging import aging
from arcore.reports.filters import DOCUMENT
from arcore.reports.filters import Basis
from arcore.reports.filters import By
from arcore.reports.filters import Filters
from arcore.reports.items import ItemsReport
from arcore.reports.items import items
from arcore.reports.movement import Line
from arcore.reports.movement import between
from pages.ui import aging_view
from pages.ui import behind_link
from pages.ui import cached
from pages.ui import failures
from pages.ui import filters
from pages.ui import shell
from pages.ui import tables
from pages.ui.format import as_label

PAGE = 15
"""Items on one page of the drawer."""


@st.dialog("Open items", position="right", width=620, icon=":material/receipt_long:")
@failures.guarded
def drawer(
    frame: shell.Frame, by: By, row: AgingRow | None, bucket: str | None, edges: Sequence[int] = EDGES, *,
    since: date | None = None, link: str = "",
) -> None:  # fmt: skip
    """Explain a cell of the aging: what it means, what moved it since a day, its open items, the way to the customer.

    `row` None is the total of all, `bucket` None the whole row; `edges` are those of the aging that was clicked.
    `link` is the address that opens it again.
    """
    key = row.key if row else None
    report = items(frame.books.engine, frame.filters, by=by, key=key, bucket=bucket, edges=edges)
    say = frame.say
    words = [row.name if row else "All", aging_view.bucket_word(bucket) if bucket else "every age"]
    st.markdown(f":gray[{' · '.join(map(as_label, [*words, f'as of {say.day(frame.filters.as_of)}']))}]")
    totals = [say.money(total, currency) for currency, total in report.totals.items()]
    if report.filters.currency != DOCUMENT and report.asked_totals != report.totals:
        # What has no rate stays as it is, so there may be more than one again.
        asked = [say.money(total, currency) for currency, total in report.asked_totals.items()]
        totals = [f"{' + '.join(totals)} = {' + '.join(asked)}"]
    count = f"{say.number(len(report))} {'item' if len(report) == 1 else 'items'}"
    st.markdown(f"**{as_label(' · '.join(totals) or '0')}** :gray[:small[{count}, oldest first]]")
    st.markdown(meaning(bucket, frame.filters.basis))
    if since is not None:
        why(frame, by, row, bucket, edges, since)
    listed(frame, report, key="behind_cell")
    to_customer = row is not None and by in ("customer", "rollup") and shell.exists("customer.py")
    if to_customer and st.button("Open the customer", icon=":material/arrow_forward:", key="items_customer"):
        st.switch_page(shell.page_of("customer.py"), query_params={"customer": row.key if row else ""})
    if link:
        behind_link.draw(link)


def meaning(bucket: str | None, basis: Basis) -> str:
    """Say in words what a column of the aging holds."""
    if bucket is None:
        return wording.DEFINITIONS["open"]
    if bucket == UNAPPLIED:
        return wording.DEFINITIONS["unapplied"]
    counted = f"days past due are counted {filters.BASIS_WORDS[basis].lower()}"
    if bucket == NOT_DUE:
        return f"What is left of invoices and other debit items that are not past due; {counted}."
    days = aging_view.bucket_word(bucket).replace("+", " or more")
    return f"What is left of invoices and other debit items that are {days} days past due; {counted}."


def part_of(chosen: Filters, by: By, key: str | None) -> Filters | None:
    """Return the filters under which a row of the aging is the whole; None where no filter tells."""
    if key is None or by in {"none", "currency"}:
        return chosen
    if by in {"customer", "rollup", "family"}:
        return replace(chosen, customer=key, below=by != "customer")
    if by == "entity":
        return replace(chosen, entity=key)
    return replace(chosen, segments=(key,)) if by == "segment" else replace(chosen, owners=(key,))


def why(
    frame: shell.Frame, by: By, row: AgingRow | None, bucket: str | None, edges: Sequence[int], since: date
) -> None:
    """Draw what moved the amount since a day; nothing where no movement ends in it."""
    shown, narrowed = row or _whole(frame, edges), part_of(frame.filters, by, row.key if row else None)
    if shown is None or narrowed is None or since >= narrowed.as_of:
        return
    moved = cached.read(frame.books, narrowed, between, since, edges=tuple(edges))
    part = next((part for part in moved.parts if part.currency == shown.currency), None)
    place = None if bucket is None else moved.columns.index(bucket)
    amount = shown.open if place is None else aging_view.amounts_of(shown)[place]
    if part is None or _of(part.closing, place) != amount:
        return
    say, code = frame.say, part.currency
    before = _of(part.opening, place)
    rows = [(line.label, _of(line, place)) for line in part.lines if _of(line, place)]
    ends = [(say.short_day(since, narrowed.as_of), before), *rows, (say.day(narrowed.as_of), amount)]
    st.markdown(
        f"**Why it moved** :gray[:small[{as_label(f'{say.signed(amount - before, code)} {code}')} since "
        f"{as_label(say.short_day(since, narrowed.as_of))}]]"
    )
    table: Any = pd.DataFrame(ends, columns=["Because of", code]).style
    signed = table.format({code: lambda units: say.signed(units, code)})
    last = [0, len(ends) - 1]
    plain = signed.format({code: lambda units: say.amount(units, code)}, subset=(last, [code]))
    st.table(
        plain.set_properties(subset=(last, ["Because of", code]), **{"font-weight": "700"}), border="horizontal",
        hide_index=True, alt="Why it moved",
    )  # fmt: skip


def _whole(frame: shell.Frame, edges: Sequence[int]) -> AgingRow | None:
    """Return the total of all, where it is one."""
    totals = frame.read(aging, by="none", edges=tuple(edges), control=False).totals
    return totals[0] if len(totals) == 1 else None


def _of(line: Line, place: int | None) -> int:
    return line.total if place is None else line.amounts[place]


def listed(frame: shell.Frame, report: ItemsReport, *, key: str) -> None:
    """Draw the items page by page, with a download of all."""
    say = frame.say
    if not len(report):
        st.caption("Nothing is open here on this day.")
        return
    pages = -(-len(report) // PAGE)
    number = st.pagination(pages, key=f"{key}_page") if pages > 1 else 1
    table = report.table((number - 1) * PAGE, PAGE)
    tables.grid(
        table.select(["document", "name", "due_date", "days_past_due", "open", "currency"]),
        hide_index=True,
        row_height=tables.ROW,
        height=tables.height(table.num_rows),
        column_config={
            "document": tables.text("Document", width=98),
            "name": tables.text("Customer", width=165),
            "due_date": tables.day("Due", say, width=92),
            "days_past_due": tables.count("Late", width=50),
            "open": tables.money("Open", say, width=98),
            "currency": tables.text("Currency", width=72),
        },
        alt=f"Open items, {len(report)} in all, oldest first",
    )
    tables.downloads(
        "Download all", f"items-{report.filters.as_of}", **tables.files(report.frame, "Open items", frame.facts())
    )
