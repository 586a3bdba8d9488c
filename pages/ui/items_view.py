"""The open items behind a figure, in a drawer at the right."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from arcore.analytics.buckets import EDGES
from arcore.reports.aging import AgingRow
from arcore.reports.filters import DOCUMENT
from arcore.reports.filters import By
from arcore.reports.items import ItemsReport
from arcore.reports.items import items
from pages.ui import aging_view
from pages.ui import failures
from pages.ui import shell
from pages.ui import tables
from pages.ui.format import as_label

PAGE = 15
"""Items on one page of the drawer."""


@st.dialog("Open items", position="right", width=620, icon=":material/receipt_long:")
@failures.guarded
def drawer(frame: shell.Frame, by: By, row: AgingRow | None, bucket: str | None, edges: Sequence[int] = EDGES) -> None:
    """Show the open items behind a cell of the aging, and the way to the customer.

    `row` None is the total of all, `bucket` None the whole row; `edges` are those of the aging that was clicked.
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
    listed(frame, report, key="behind_cell")
    to_customer = row is not None and by in ("customer", "rollup") and shell.exists("customer.py")
    if to_customer and st.button("Open the customer", icon=":material/arrow_forward:", key="items_customer"):
        st.switch_page(shell.page_of("customer.py"), query_params={"customer": row.key if row else ""})


def listed(frame: shell.Frame, report: ItemsReport, *, key: str) -> None:
    """Draw the items page by page, with a download of all."""
    say = frame.say
    pages = -(-len(report) // PAGE)
    number = st.pagination(pages, key=f"{key}_page") if pages > 1 else 1
    table = report.table((number - 1) * PAGE, PAGE)
    st.dataframe(
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
            "currency": tables.text("In", width=44),
        },
        alt=f"Open items, {len(report)} in all, oldest first",
    )
    if len(report):
        tables.downloads(
            "Download all", f"items-{report.filters.as_of}", **tables.files(report.frame, "Open items", frame.facts())
        )
