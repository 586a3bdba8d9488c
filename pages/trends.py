"""Trends: how the measures went over three years, and with which figures."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import streamlit as st

from arcore.reports.choices import meant
from arcore.reports.choices import tail
from arcore.reports.kpis import MONTHS
from arcore.reports.kpis import trend
from pages.ui import annotation_list
from pages.ui import bridge_view
from pages.ui import drawer
from pages.ui import empty
from pages.ui import goal_form
from pages.ui import goal_list
from pages.ui import goal_view
from pages.ui import shell
from pages.ui import tables
from pages.ui import trend_view
from pages.ui.trend_view import Shown

TABLE = "figures_by_month"


class Card(NamedTuple):
    """One measure to draw: its name, title, the grey tail of the heading, and what is drawn with it."""

    name: str
    title: str
    tail: str
    beside: tuple[tuple[str, str], ...] = ()


FIRST = (
    Card("dso", "DSO", "days, trailing three months", (("bpdso", "Best possible"), ("dso.countback", "Count-back"))),
    Card("cei", "CEI", "%, trailing three months", (("cei.cash", "Cash only"),)),
    Card("add", "Average days delinquent", "days, trailing three months"),
    Card("days_to_pay", "Days to pay", "invoice to receipt, weighted, three months", (("days_late", "Days late"),)),
    Card("share_current", "Share current", "% of open debit items, not yet due"),
    Card("cash_in", "Cash in", "by month, less refunds and bounced payments"),
)
MORE = (
    Card("share_overdue", "Share overdue", "% of open debit items"),
    Card("share_over_90", "Share over 90 days", "% of open debit items"),
    Card(
        "open_age", "Age of what is open", "days, weighted", (("days_to_pay.unweighted", "Days to pay, per invoice"),)
    ),
    Card("dso.true", "True DSO", "days", (("dso.sales_weighted", "Sales-weighted"),)),
    Card(
        "dso.average_balance",
        "DSO on the average balance",
        "days, three months",
        (("dso.month_ends", "On all month-ends"),),
    ),
    Card("dso.countback_months", "DSO in months", "count-back"),
    Card("delinquent_dso", "Delinquent DSO", "days, three months", (("extended_dso", "Beyond the terms"),)),
    Card("add.countback", "Days sales overdue", "days, count-back"),
    Card("terms", "Terms of what was paid", "days, weighted, three months"),
    Card("cei.rolling_12", "CEI of twelve months", "%", (("cei.cash_rolling_12", "Cash only"),)),
    Card(
        "turnover",
        "Receivables turnover",
        "times a year, higher is better",
        (("turnover.thirteen_point", "On 13 month-ends"), ("turnover.period_end", "On the closing balance")),
    ),
    Card("ar_days", "Turnover in days", "twelve months"),
    Card(
        "roll_rate.not_due",
        "Roll rate into late",
        "% in 30 days",
        (("roll_rate.1_30", "1-30 to 31-60"),),
    ),
    Card(
        "roll_rate.31_60",
        "Roll rate of the old",
        "% in 30 days, 31-60 to 61-90",
        (("roll_rate.61_90", "61-90 to 91-120"),),
    ),
    Card("bad_debt", "Bad debt", "% of sales, twelve months", (("bad_debt.net_of_tax", "Net of tax"),)),
    Card("bad_debt.gross", "Bad debt before recoveries", "% of credit sales, twelve months"),
    Card("bad_debt.of_balance", "Bad debt of the balance", "% of the average balance, twelve months"),
    Card("write_offs", "Other write-offs", "% of sales, twelve months"),
    Card("dilution", "Dilution", "% of invoiced, twelve months", (("dilution.with_discounts", "With discounts"),)),
    Card("discount_cost", "Cost of discounts", "% a year, twelve months", (("discount_cost.effective", "Compounded"),)),
    Card("top_customers", "Largest customers", "% of what is owed", (("top_customers.sales", "Of sales"),)),
    Card("hhi", "Concentration", "HHI, 0 to 10,000", (("hhi.sales", "Of sales"),)),
    Card("large_customers", "Large customers", "with 10% of sales or more"),
    Card("exposure", "Exposure", "what customers owe, each net"),
    Card("utilisation", "Use of credit limits", "%", (("utilisation.p90", "90th percentile"),)),
    Card("over_limit", "Over the limit", "beyond credit limits"),
    Card("promises_kept", "Promises kept", "%, twelve months", (("promises_kept.value", "By value"),)),
    Card("dispute_rate", "Invoices disputed", "% of issued", (("dispute_rate.value", "Of what is open"),)),
    Card("revised_rate", "Invoices revised", "% of issued, three months"),
    Card("invoice_latency", "Invoice latency", "days from date to recording"),
    Card("days_late.unweighted", "Days late, per invoice", "last receipt, three months"),
    Card("active_customers", "Active customers", "with business in twelve months"),
    Card("contacts_reached", "Contacts reached", "% of those tried, three months"),
    Card("cash_cycle", "Cash conversion cycle", "days"),
    Card("collection_cost", "Cost of collection", "% of cash in"),
)


def page(frame: shell.Frame) -> None:
    """Draw the page."""
    view = bridge_view.choose_view(frame.actions)
    if view == bridge_view.VIEWS[2]:
        frame.heading(converted=True)
        goal_list.draw(frame)
        drawer.open_asked(frame)
        return
    if view == bridge_view.VIEWS[1]:
        frame.heading(facts=["what moved it since another day"])
        bridge_view.draw(frame, drawer.ask)
        drawer.open_asked(frame)
        return
    frame.heading(facts=[f"{MONTHS} month-ends"], converted=True)
    annotation_list.button(frame)
    goal_form.outcome(frame)
    cards(frame, FIRST, columns=2, height=262)
    annotation_list.draw(frame)
    more = st.expander("More measures", on_change="rerun", key="more_measures")
    if more.open:
        with more:
            cards(frame, MORE, columns=3, height=190)
    figures = st.expander("All figures by month, as a table", on_change="rerun", key="all_figures")
    if figures.open:
        with figures:
            table(frame)
    drawer.open_asked(frame)


def cards(frame: shell.Frame, wanted: tuple[Card, ...], *, columns: int, height: int) -> None:
    """Draw cards in rows of equal width."""
    for start in range(0, len(wanted), columns):
        for place, card in zip(st.columns(columns, gap="small"), wanted[start : start + columns], strict=False):
            with place.container(border=True, height="stretch"):
                trend_view.card(
                    frame,
                    card.name,
                    card.title,
                    frame.read(tail, card.name, card.tail),
                    partial(shown, frame, card),
                    place="trends",
                    goal=goal_view.shown(frame, card.name),
                    notes=annotation_list.shown(frame),
                    explain=drawer.ask,
                    aim=goal_form.ask,
                    beside=others(frame, card),
                    height=height,
                )


def shown(frame: shell.Frame, card: Card) -> list[Shown]:
    """Return a measure and what is drawn with it."""
    beside = [Shown(word, frame.read(trend, name)) for name, word in others(frame, card)]
    return [Shown(card.title, frame.read(trend, card.name)), *beside]


def others(frame: shell.Frame, card: Card) -> list[tuple[str, str]]:
    """Return what is drawn with a measure, unless the company counts the measure itself that way."""
    own = frame.read(meant, card.name)
    return [(name, word) for name, word in card.beside if frame.read(meant, name) is not own]


def table(frame: shell.Frame) -> None:
    """Draw every measure by month, newest first, to read and to download."""
    wanted = [name for card in (*FIRST, *MORE) for name in (card.name, *(other for other, _ in card.beside))]
    named = {frame.read(meant, name).label: name for name in reversed(wanted)}
    names = list(dict.fromkeys(name for name in wanted if name in named.values()))
    every = [Shown(frame.read(meant, name).label, frame.read(trend, name)) for name in names]
    text = trend_view.table(every, frame.say)
    tables.downloads(
        "Download", "trends", **tables.files(trend_view.exact(every), "Trends", frame.facts(converted=True), sums=False)
    )
    days = [figure.as_of for figure in every[0].figures][::-1]

    def clicked() -> None:
        cells = st.session_state[TABLE]["selection"]["cells"]
        place = list(text.columns).index(cells[0][1]) - 1 if cells else -1
        if place >= 0:
            drawer.ask(names[place])
            st.session_state[f"explain_day_{names[place]}"] = days[cells[0][0]]

    tables.grid(
        text, hide_index=True, row_height=tables.ROW, height=tables.height(len(text), most=20), placeholder="–",
        key=TABLE, on_select=clicked, selection_mode="single-cell",
        alt="Every measure by month; select a figure to see how it is made",
    )  # fmt: skip


frame = shell.require_shell()
if not empty.no_books(frame):
    page(frame)
