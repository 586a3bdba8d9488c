"""The family of a customer: the switch between alone and with those below, the tree, and who stands above it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from arcore.customers import service as customers
from arcore.reports import customer
from arcore.reports.book import book
from arcore.reports.customer import Standing
from arcore.reports.customers import directory
from arcore.reports.family_tree import Family
from arcore.reports.family_tree import family
from pages.ui import failures
from pages.ui import filters
from pages.ui import forms
from pages.ui import shell
from pages.ui.customer_desk import NAME
from pages.ui.customer_desk import Desk
from pages.ui.customer_desk import ask
from pages.ui.customer_desk import close_when_done
from pages.ui.customer_desk import keep_undo
from pages.ui.customer_view import counted
from pages.ui.format import Format
from pages.ui.format import as_label
from pages.ui.forms import Form

WAYS = ("Own", filters.BELOW)
MOST = 40
"""Members of a family that are listed; the others are counted."""
OFFERED = 50
"""Customers that a search offers."""
ALONE = "Nobody: it stands by itself"


def choose(frame: shell.Frame, customer_id: int) -> bool:
    """Draw the switch where somebody stands below the customer, and what it means; tell whether these count too."""
    held = book(frame.books.engine).around.customers
    place = int(held.ids.searchsorted(customer_id))
    below = int(held.families.below[held.survivor[place]])
    if not below:
        return False
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="family_bar"):
        chosen = st.segmented_control(
            "Whose figures", WAYS, default=WAYS[0], required=True, key=filters.WHOSE, label_visibility="collapsed",
            bind="query-params", persist_state="session",
        )  # fmt: skip
        words = f"{counted(below, 'customer')} stand below it" if below > 1 else "1 customer stands below it"
        if chosen == WAYS[1]:
            standing = customer.standing(frame.books.engine, frame.filters, customer_id, family=True)
            words = f"{words}, each counted once. {facts(standing, frame.say)}"
        st.markdown(f":small[:gray[{as_label(words)}]]", width="content")
    return chosen == WAYS[1]


def facts(standing: Standing, say: Format) -> str:
    """Say what a family's limit and exposure rest on; plain text."""
    code = standing.currency
    owed = (
        f"Exposure {say.money(standing.exposure, code)}: what each member owes, nobody's credits set against another's"
    )
    if standing.limit is None:
        return f"{owed}. Nobody has a credit limit."
    whose = (
        "all have one" if standing.limited == standing.members else f"{standing.limited} of {standing.members} have one"
    )
    return f"{owed}. Limits of the members added up: {say.money(standing.limit, code, decimals=0)} ({whose})."


def card(desk: Desk) -> None:
    """Draw the tree with what each member owes, and the way to change who stands above."""
    frame, about = desk.frame, desk.about
    found = frame.read(family, about.customer_id)
    merged = [other for other in about.relatives if other.role == "merged"]
    with st.container(border=True, gap="xsmall", key="family"):
        with st.container(horizontal=True, vertical_alignment="center", wrap=False):
            st.markdown("**Family**", width="stretch")
            st.button(
                "Change parent" if _parent(found, about.customer_id) else "Set parent",
                key="parent", type="tertiary", icon=":material/account_tree:",
                disabled=desk.refusal is not None, help=desk.refusal, on_click=partial(ask, "parent"),
            )  # fmt: skip
        if len(found.members) > 1:
            tree(found, about.customer_id, frame.say)
        elif not merged:
            st.caption("Belongs to nobody and holds nobody.")
        for other in merged:
            st.markdown(f"{as_label(other.name)} :gray[:small[merged into it]]")


def tree(found: Family, customer_id: int, say: Format) -> None:
    """Draw a family from its head down: every member leads to its page."""
    code = found.currency
    for member in found.members[:MOST]:
        late = f", {say.amount(member.overdue, code, decimals=0)} overdue" if member.overdue else ""
        limit = f", limit {say.amount(member.limit, code, decimals=0)}" if member.limit is not None else ""
        group = ", intercompany" if member.ours else ""
        tail = f":gray[:small[{as_label(f'{say.amount(member.open, code, decimals=0)}{late}{limit}{group}')}]]"
        indent = "\u2003" * member.depth
        if member.customer_id == customer_id:
            st.markdown(f"{indent}**{as_label(member.name)}** {tail}")
        else:
            st.page_link(
                shell.page_of("customer.py"), label=f"{indent}{as_label(member.name)} {tail}",
                query_params={"customer": member.code},
            )  # fmt: skip
    if len(found.members) > MOST:
        st.caption(f"and {len(found.members) - MOST} more")
    limit = f", limits {say.money(found.limit, code, decimals=0)}" if found.limit is not None else ""
    whole = f"All {len(found.members)}, each once: {say.money(found.open, code)} open, "
    whole += f"{say.money(found.overdue, code)} overdue{limit}"
    st.markdown(f":small[:gray[{as_label(whole)}]]")


def _parent(found: Family, customer_id: int) -> str:
    """Return the code of whoever stands directly above a customer; "" for nobody."""
    place = next(n for n, member in enumerate(found.members) if member.customer_id == customer_id)
    depth = found.members[place].depth
    above = [member for member in found.members[:place] if member.depth == depth - 1]
    return above[-1].code if above else ""


@st.dialog("Parent", width="medium", icon=":material/account_tree:")
@failures.guarded
def parent(desk: Desk) -> None:
    """Choose the customer that this one belongs to, or none."""
    close_when_done()
    frame, about = desk.frame, desk.about
    found = frame.read(family, about.customer_id)
    now = _parent(found, about.customer_id)
    st.markdown(f":gray[Whom does {as_label(about.name)} belong to?]")
    sought = st.text_input("Search", key="parent_sought", type="search", placeholder="Name or code", live="300ms")
    known = frame.read(directory)
    rows = known.search(sought) if sought else known.table
    rows = rows[rows["id"] != about.customer_id]
    names = dict(zip(rows["code"][:OFFERED], rows["name"][:OFFERED], strict=True))
    if now and now not in names:
        kept = known.table[known.table["code"] == now]
        names = {now: str(kept["name"].iloc[0]) if len(kept) else now} | names
    options = ["", *names]
    with forms.form(NAME, border=False) as form:
        st.selectbox(
            "Belongs to", options, index=options.index(now), key=form.key("parent"),
            format_func=lambda code: f"{names[code]} ({code})" if code else ALONE,
        )  # fmt: skip
        if len(rows) > OFFERED:
            st.caption(f"The first {OFFERED} of {frame.say.number(len(rows))}; search for others.")
        form.submit("Save parent", partial(_save, desk, now))
    forms.outcome(NAME)


def _save(desk: Desk, before: str, form: Form) -> str:
    frame, about = desk.frame, desk.about
    after = str(form.value("parent") or "")
    if after == before:
        return "Nothing was changed."
    held = book(frame.books.engine).around.customers
    number = {code: int(customer_id) for code, customer_id in zip(held.codes, held.ids.tolist(), strict=True)}

    def put(code: str, key: str, seen: int | None = None) -> object:
        return customers.set_parent(
            frame.books.engine, customer_id=about.customer_id, parent_id=number.get(code), actor=frame.actor, key=key,
            seen=seen,
        )  # fmt: skip

    put(after, form.token, frame.books.seq)
    keep_undo(desk, "parent changed", lambda key: put(before, key))
    return f"Saved: {about.name} {f'belongs to {after}' if after else 'stands by itself'}."
