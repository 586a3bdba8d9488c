"""Arrangements in short on other pages: the running plans of a customer, and what stands for everybody."""

from __future__ import annotations

from functools import partial

import streamlit as st

from arcore.arrangements import paper
from arcore.arrangements.queries import PlanRow
from arcore.arrangements.queries import PromiseRow
from arcore.reports import arranged
from arcore.reports.arranged import NEWS_DAYS
from arcore.reports.arranged import Standing
from arcore.reports.arranged import Sums
from pages.ui import plan_words
from pages.ui import shell
from pages.ui import total_drawer
from pages.ui.customer_desk import Desk
from pages.ui.format import Format
from pages.ui.format import as_label
from pages.ui.plan_agree import safe

PROMISES = {"view": "Promises"}
MOST_BROKEN = 3
"""Broken promises that Overview names one by one."""


def of_customer(desk: Desk) -> None:
    """Draw the plans of a customer that run; nothing where there are none."""
    rows: tuple[PlanRow, ...] = desk.frame.read(arranged.plans_of, desk.about.customer_id)
    if not rows or not shell.exists("plans.py"):
        return
    with st.container(border=True, gap="xsmall", key="customer_plans"):
        st.markdown("**Payment plan**" if len(rows) == 1 else "**Payment plans**")
        for row in rows:
            _one(desk, row)


def _one(desk: Desk, row: PlanRow) -> None:
    say, state = desk.frame.say, plan_words.plan_state(row)
    settled, total = say.money(row.total - row.left, row.currency), say.money(row.total, row.currency)
    st.progress(row.progress, text=as_label(f"{settled} of {total} settled"))
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        st.badge(state, color=plan_words.PLANS[state])
        if row.next is not None:
            day = say.short_day(row.next.due_on, desk.frame.filters.as_of)
            st.markdown(as_label(f"{say.money(row.next.left, row.currency)} due {day}"), width="stretch")
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        st.download_button(
            "PDF", partial(paper.of_plan, desk.frame.books.engine, row.plan_id), mime="application/pdf",
            file_name=f"plan-{safe(row.code)}-{row.plan_id}.pdf", key=f"customer_plan_{row.plan_id}",
            icon=":material/picture_as_pdf:", on_click="ignore",
        )  # fmt: skip
        st.page_link(
            shell.page_of("plans.py"), label="Open the plan", icon=":material/arrow_forward:",
            query_params={"plan": str(row.plan_id)},
        )  # fmt: skip


def of_everybody(frame: shell.Frame) -> None:
    """Draw what stands of promises and plans, with the ways to them; nothing where nothing was ever agreed."""
    found: Standing = frame.read(arranged.standing)
    if not found.any or not shell.exists("plans.py"):
        return
    say = frame.say
    st.markdown(f"**Promises and plans** :gray[:small[broken: in the last {NEWS_DAYS} days]]")
    with st.container(border=True, gap="xsmall", key="arranged"):
        if found.running:
            _line("Promises", _part(len(found.running), "running", found.running_left, say), "promises_open", PROMISES)
        if found.broken:
            broken = _part(len(found.broken), "broken", found.broken_left, say, colour="red")
            _line("Promises", broken, "promises_lately", PROMISES)
        for row in found.broken[:MOST_BROKEN]:
            _broken(row, frame)
        if found.active:
            _line("Plans", _part(len(found.active), "running", found.active_left, say), "plans_left", {})
        if found.late:
            late = _part(len(found.late), "late", found.late_amount, say, colour="orange")
            _line("Plans", late, "plans_late", {})


def _part(count: int, word: str, sums: Sums, say: Format, *, colour: str = "") -> str:
    if not count:
        return ""
    text = as_label(f"{count} {word} {say.money(sums.total, sums.currency, decimals=0)}")
    return f":{colour}[{text}]" if colour else text


def _line(what: str, words: str, key: str, where: dict[str, str]) -> None:
    """Draw a figure with the way to its list, and the arrow to its explanation."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap=None):
        st.page_link(shell.page_of("plans.py"), label=f"{what}: {words}", query_params=where)
        total_drawer.arrow(key, f"{what.lower()} {key.rpartition('_')[2]}")


def _broken(row: PromiseRow, frame: shell.Frame) -> None:
    """Name a broken promise, with the way to its customer."""
    say = frame.say
    day = say.short_day(row.broken_on or row.due_on, frame.filters.as_of)
    missing = as_label(say.money(row.left, row.currency, decimals=0))
    # The name last: a long one may be cut, an amount may not.
    st.page_link(
        shell.page_of("customer.py"), label=f"{missing} :gray[:small[{as_label(f'since {day}')}]] {as_label(row.name)}",
        icon=":material/heart_broken:", query_params={"customer": row.code},
    )  # fmt: skip
