"""Overview: what is owed, is it good, why, who, and what changed."""

from __future__ import annotations

from functools import partial

import streamlit as st

from arcore.reports.aging import aging
from arcore.reports.filters import MANY
from arcore.reports.kpis import trend
from arcore.reports.news import since
from arcore.reports.overview import Counts
from arcore.reports.overview import counts
from arcore.reports.overview import tiles
from arcore.reports.priorities import customers_that_matter
from pages.ui import aging_view
from pages.ui import annotation_list
from pages.ui import case_totals
from pages.ui import drawer
from pages.ui import empty
from pages.ui import goal_alerts
from pages.ui import goal_form
from pages.ui import goal_view
from pages.ui import group_view
from pages.ui import overview_view
from pages.ui import plan_card
from pages.ui import posting_desk
from pages.ui import shell
from pages.ui import total_drawer
from pages.ui import trend_view
from pages.ui.format import as_label
from pages.ui.tiles import Tile
from pages.ui.tiles import draw
from pages.ui.trend_view import Shown


def page(frame: shell.Frame) -> None:
    """Draw the page."""
    say, held = frame.say, frame.prepared("counts", lambda: counts(frame.books.engine, frame.filters))
    frame.heading(facts=[say.counted(held.customers, "customer"), say.counted(held.items, "open item")], converted=True)
    goal_form.outcome(frame)
    goal_alerts.draw(frame)
    posting_desk.alert(frame)
    for place, tile in zip(
        st.columns(5, gap="small"), frame.prepared("tiles", lambda: tile_words(frame, held)), strict=True
    ):
        with place:
            draw(tile, drawer.ask, frame.drawn)
    left, right = st.columns([5, 7], gap="small")
    with left.container(border=True, height="stretch"):
        aging_card(frame)
    with right.container(border=True, height="stretch"):
        for place, (name, beside) in zip(st.columns(2, gap="small"), (("dso", True), ("cei", False)), strict=True):
            with place:
                trend_card(frame, name, best=beside)
    left, right = st.columns([8.4, 3.6], gap="small")
    with left:
        matter(frame)
    with right:
        lately(frame)
        plan_card.of_everybody(frame)
    drawer.open_asked(frame)
    overview_view.open_bucket(frame)
    group_view.open_asked(frame)
    total_drawer.open_asked(frame, partial(case_totals.known, frame))
    if overview_view.CLICKED in st.session_state:
        code = st.session_state.pop(overview_view.CLICKED)
        if shell.exists("customer.py"):
            st.switch_page(shell.page_of("customer.py"), query_params={"customer": code})


def tile_words(frame: shell.Frame, held: Counts) -> tuple[Tile, ...]:
    """Return what the tiles say."""
    beside = {"open": f"owed by {frame.say.counted(held.customers, 'customer')}"}
    if frame.filters.currency in MANY:
        # A tile is one figure in one currency: what it is made of stands below, as the filter asks for it.
        beside |= overview_view.as_asked(frame, aging(frame.books.engine, frame.filters, by="none", control=False))
    return tuple(
        overview_view.tile(measured, frame, **({"held": beside[measured.name]} if measured.name in beside else {}))
        for measured in frame.read(tiles)
    )


def aging_card(frame: shell.Frame) -> None:
    """Draw what is open by days past due, with the change since the last month-end."""
    filters = frame.filters
    if filters.currency in MANY:
        filters = filters.in_currency(frame.company.currency)
    report = frame.prepared("aging", lambda: aging(frame.books.engine, filters, by="none"))
    tail = f"{report.totals[0].currency if report.totals else filters.currency}, by days past due"
    mark = ":green[:material/check:] :gray[foots]" if report.foots else ":red[:material/error: does not foot]"
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap=None):
        st.markdown(f"**Aging** :gray[:small[{as_label(tail)}]]", width="content")
        st.markdown(f":small[{mark}]", width="content", help=aging_view.agreement(report, frame.say))
    aging_view.gaps(report.gaps, frame.say)

    if report.totals:
        frame.drawn("aging bar", lambda: aging_view.bar(report, frame.say))
        overview_view.buckets(frame, filters, report)
    else:
        st.caption("Nothing is open.")
    group_view.line(frame, report.left_out, report.left_out_sums)


def trend_card(frame: shell.Frame, name: str, *, best: bool) -> None:
    """Draw DSO or CEI over the months."""
    title = name.upper()

    def shown() -> list[Shown]:
        beside = [Shown("Best possible", frame.read(trend, "bpdso"))] if best else []
        return [Shown(title, frame.read(trend, name)), *beside]

    tail = f"{'days' if name == 'dso' else '%'}, last 36 months"
    trend_view.card(
        frame, name, title, tail, shown, place="overview", goal=goal_view.shown(frame, name),
        notes=annotation_list.shown(frame), explain=drawer.ask, beside=[("bpdso", "Best possible")] if best else [],
        height=275,
    )  # fmt: skip


def matter(frame: shell.Frame) -> None:
    """Draw the ten customers that matter most, and why."""
    ranking = frame.prepared("matter", lambda: customers_that_matter(frame.books.engine, frame.filters))
    st.markdown(
        "**Ten customers that matter most** :gray[:small[overdue, weighted by age and by what it grew this month]]"
    )
    if not ranking.rows and ranking.gaps:
        codes = " or ".join(sorted({gap.currency for gap in ranking.gaps}))
        words = f"What is owed in {codes} is ranked once its rate to {ranking.currency} is known: add it in Settings."
        empty.card("No rate to rank by", words, icon=":material/currency_exchange:", key="unranked")
        return
    if not ranking.rows:
        empty.card("Nobody is overdue", "Who needs attention most stands here.", icon=":material/task_alt:", key="calm")
        return
    overview_view.customers(frame, ranking)


def lately(frame: shell.Frame) -> None:
    """Draw what happened since the last working day."""
    found = frame.prepared("news", lambda: since(frame.books.engine, frame.filters))
    day = frame.say.weekday(found.first)
    st.markdown(f"**Since {as_label(day)}** :gray[:small[that day included]]")
    overview_view.news(frame, found)
    overview_view.open_news(frame, found)


frame = shell.require_shell()
if not empty.no_books(frame):
    page(frame)
