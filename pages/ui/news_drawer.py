"""How a line of the news is made, with its figures, and what moved it since the working day before."""

from __future__ import annotations

from datetime import date

import streamlit as st

from arcore.errors import NotFound
from arcore.reports.news import Kind
from arcore.reports.news import News
from arcore.reports.news import working_day_before
from arcore.reports.news_documents import news_before
from pages.ui import shell
from pages.ui import total_drawer
from pages.ui.format import as_label

MEANT: dict[Kind, str] = {
    "cash_in": "receipts, before refunds and bounced payments",
    "turned_overdue": "open debit items that were not past due before",
    "invoiced": "invoices, debit notes and late charges",
    "credited": "credit notes and early-payment discounts",
    "refunded": "refunds and payments that bounced",
    "written_off": "write-offs less recoveries",
    "settled": "settlements that nobody has explained",
    "transferred": "moved between customers, converted",
    "dispute_opened": "documents that were put in dispute, each with what is contested of it",
    "closed_period": "recorded in these days, counting in a month frozen before; the effect on the balance",
}
"""What the documents of a line are."""
RATES: dict[Kind, str] = {"turned_overdue": "the as-of day"}
"""Of which day the rates are; else of the day on which each counts."""


def explain(frame: shell.Frame, row: News, first: date) -> None:
    """Draw sum, what moved it, and what it rests on; by customer: the documents of two days are never the same."""
    say = frame.say
    try:
        before, now = frame.read(news_before, first, row.kind)
    except NotFound as error:
        st.caption(as_label(f"Nothing to compare: {error.message}"))
        return
    with st.container(border=True, gap="xsmall"):
        st.markdown(as_label(f"{row.label} = {MEANT[row.kind]}, added up by customer"))
        worth = total_drawer.written(now.worth, now, say)
        st.markdown(f"{as_label(total_drawer.filled(now, say))} = **{as_label(worth)}**")
    days = [f"{say.short_day(one, frame.filters.as_of)}" for one in (working_day_before(first), first)]
    ends = (f"{days[0]} to {days[1]}", f"{days[1]} to {say.short_day(frame.filters.as_of, frame.filters.as_of)}")
    total_drawer.why(frame, before, now, f"against {ends[0]}", ends, "Customers")
    rests = f"all that is recorded of these days, at the rates of {RATES.get(row.kind, 'the day on which each counts')}"
    st.markdown(f":small[:gray[Rests on: {as_label(rests)}]]")
