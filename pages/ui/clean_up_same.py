"""The section about customers that may be the same: merge with a preview, keep apart, split again."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from arcore.customers import merging
from arcore.money import from_minor
from arcore.reports.tidy.same import Alike
from arcore.reports.tidy.same import Moves
from arcore.reports.tidy.same import Side
from arcore.reports.tidy.same import moves
from arcore.reports.tidy.same import same_customers
from arcore.reports.tidy.summary import Section
from arcore.store.unit import Facts
from pages.ui import clean_up_list as lists
from pages.ui import failures
from pages.ui import tables
from pages.ui.clean_up_desk import Action
from pages.ui.clean_up_desk import begin
from pages.ui.clean_up_desk import buttons
from pages.ui.clean_up_desk import counted
from pages.ui.clean_up_desk import finish
from pages.ui.clean_up_desk import money
from pages.ui.clean_up_words import SECTIONS
from pages.ui.format import as_label
from pages.ui.plan_desk import Desk

ASKED, KEPT, MERGED = "May be the same", "Kept apart", "Merged"
SHOWN = 8
LIMITS = ("credit_limit", "insured_limit")


def draw(desk: Desk, section: Section) -> None:
    """Draw pairs of customers, by what was decided of them."""
    words = SECTIONS[section.name]
    pairs = counted(section.count, "pair")
    st.markdown(f"**{as_label(pairs)} of customers that may be the same**  \n:small[:gray[{as_label(words.why)}]]")
    found = desk.frame.read(same_customers)
    lanes = {ASKED: found.asked, KEPT: found.kept, MERGED: found.merged}
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="clean_bar"):
        text = lists.search().casefold()
        lane = str(
            st.selectbox("Which", list(lanes), key="same", label_visibility="collapsed", width=180, bind="query-params")
        )
        place = st.container(horizontal=True, gap="xsmall", width="content")
    rows = [pair for pair in lanes[lane] if text in _said(pair)]
    if not rows:
        lists.nothing("same_customers", searched=bool(text) or lane != ASKED)
        return
    start, count = lists.paged(len(rows), f"clean_same_{lane}")
    page = rows[start : start + count]
    key = f"clean_same_{lane}_{start}_{desk.frame.books.seq}_{text}"
    ticked = lists.grid(_table(desk, page, lane), _columns(lane), key, alt=f"{len(rows)} pairs of customers")
    with place:
        buttons(desk, actions([page[at] for at in ticked], lane))
    lists.download(desk, "same-customers", "Customers that may be the same", lambda: _file(rows))


def actions(ticked: Sequence[Alike], lane: str) -> list[Action]:
    """Say what can be done with the pairs that are ticked."""
    hint, chosen = "" if ticked else "Tick the pairs", tuple(ticked)
    subjects = tuple(pair.subject for pair in ticked)
    if lane == MERGED:
        return [Action("split", "Split again", ":material/call_split:", "split", (chosen,), hint, primary=True)]
    many = f"Merge {counted(len(ticked), 'pair')}" if len(ticked) > 1 else "Merge"
    merge = Action("merge", many, ":material/merge:", "merge", (chosen,), hint, primary=lane == ASKED)
    if lane == KEPT:
        return [
            merge,
            Action("again", "Ask again", ":material/restart_alt:", "again", ("same_customer", subjects), hint),
        ]
    return [merge, Action("apart", "Two customers", ":material/check:", "decide", ("same_customer", subjects), hint)]


def _said(pair: Alike) -> str:
    return f"{pair.one.code} {pair.one.name} {pair.other.code} {pair.other.name} {pair.why}".casefold()


def _table(desk: Desk, page: Sequence[Alike], lane: str) -> pd.DataFrame:
    cells: dict[str, Any] = {
        "Customer": [pair.one.name for pair in page],
        "Code": [pair.one.code for pair in page],
        "Owes": [_owes(desk, pair.one) for pair in page],
        "Other": [pair.other.name for pair in page],
        "Code ": [pair.other.code for pair in page],
        "Owes ": [_owes(desk, pair.other) for pair in page],
    }
    if lane != MERGED:
        cells["Score"] = [pair.score for pair in page]
        cells["Why"] = [pair.why for pair in page]
    return pd.DataFrame(cells)


def _columns(lane: str) -> dict[str, Any]:
    return {
        "Customer": tables.text("Customer", width=205),
        "Code": tables.text("Code", width=62),
        "Owes": tables.text("Owes", width=105),
        "Other": tables.text("Lives on in" if lane == MERGED else "Looks like", width=205),
        "Code ": tables.text("Code", width=62),
        "Owes ": tables.text("Owes", width=105),
        "Score": st.column_config.ProgressColumn(
            "How sure", width=90, min_value=0, max_value=100, format="%d", help="100: the same name, letter by letter"
        ),
        "Why": tables.text("Why", width=430),
    }


def _owes(desk: Desk, side: Side) -> str:
    return f"{money(desk, side.open)} ({side.items})" if side.items else "nothing"


def _file(rows: Sequence[Alike]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Customer": [pair.one.code for pair in rows],
            "Name": [pair.one.name for pair in rows],
            "Open items": [pair.one.items for pair in rows],
            "Owes": [_amounts(pair.one) for pair in rows],
            "Other": [pair.other.code for pair in rows],
            "Name of the other": [pair.other.name for pair in rows],
            "Open items of the other": [pair.other.items for pair in rows],
            "Other owes": [_amounts(pair.other) for pair in rows],
            "Score": [pair.score for pair in rows],
            "Why": [pair.why for pair in rows],
        }
    )


def _amounts(side: Side) -> str:
    return " + ".join(f"{from_minor(amount, code)} {code}" for code, amount in sorted(side.open.items()))


# --- dialogs ----------------------------------------------------------------------------------------------------------


def direction(pair: Alike) -> tuple[Side, Side]:
    """Return who goes and who stays when nobody says: the one with more open items stays, of equals the older one."""
    gone, stays = sorted((pair.one, pair.other), key=lambda side: (side.items, -side.id))
    return gone, stays


@st.dialog("Merge customers", width="medium", icon=":material/merge:")
@failures.guarded
def merge(desk: Desk, pairs: tuple[Alike, ...]) -> None:
    """Show what a merge moves, and do it."""
    form = begin(desk)
    if len(pairs) == 1:
        gone, stays = direction(pairs[0])
        options = [stays, gone]
        kept = st.radio(
            "Who stays", [0, 1], key=form.key("stays"), horizontal=True,
            format_func=lambda at: as_label(f"{options[at].name} ({options[at].code})"),
        )  # fmt: skip
        stays, gone = options[kept or 0], options[1 - (kept or 0)]
        _preview(desk, moves(desk.engine, desk.frame.filters, gone.id, stays.id))
        chosen = {gone.id: stays.id}
        words = f"{gone.name} merged into {stays.name}"
    else:
        chosen = {}
        for gone, stays in map(direction, pairs):
            chosen.setdefault(gone.id, stays.id)
        for gone, stays in list(map(direction, pairs))[:SHOWN]:
            st.markdown(
                f"{as_label(gone.name)} :gray[{as_label(gone.code)}] → {as_label(stays.name)} :gray["
                f"{as_label(f'{stays.code} · {_owes(desk, gone)} + {_owes(desk, stays)}')}]"
            )
        if len(pairs) > SHOWN:
            st.caption(f"and {len(pairs) - SHOWN:,} more")
        words = f"{counted(len(chosen), 'customer')} merged"
    st.caption("No booked document is touched: the merge can be split again any time, and both codes stay known.")
    _finish(desk, form, "Merge", chosen, words)


def _preview(desk: Desk, found: Moves) -> None:
    codes = sorted(found.together)
    table = {
        "": ["Open items", *(f"Owes {code}" for code in codes)],
        as_label(found.one.name): [f"{found.one.items:,}", *_column(desk, found.one.open, codes)],
        f"{as_label(found.into.name)} ": [f"{found.into.items:,}", *_column(desk, found.into.open, codes)],
        "Together": [f"{found.one.items + found.into.items:,}", *_column(desk, found.together, codes)],
    }
    st.table(pd.DataFrame(table), border="horizontal", hide_index=True, alt="What both owe, and both together")
    come = [
        counted(count, noun)
        for count, noun in (
            (found.contacts, "contact"),
            (found.promises, "promise"),
            (found.plans, "plan"),
            (found.disputes, "dispute"),
            (found.children, "subsidiary"),
        )
        if count
    ]
    if come:
        st.markdown(as_label(f"Comes along: {', '.join(come).replace('subsidiarys', 'subsidiaries')}."))
    ours, theirs = found.currencies
    for name, lost, counts in found.conflicts:
        text = f"{_word(name)}: {_value(desk, name, counts, theirs)} counts, not {_value(desk, name, lost, ours)}."
        st.markdown(f":orange[:material/warning:] {as_label(text)}")
    for name, lost in found.carried:
        text = f"{_word(name)} {_value(desk, name, lost, ours)} does not count while they are merged."
        st.markdown(as_label(text))


def _word(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _value(desk: Desk, name: str, value: str, currency: str) -> str:
    return desk.say.money(int(value), currency) if name in LIMITS and value.isdigit() else value


def _column(desk: Desk, held: Mapping[str, int], codes: Sequence[str]) -> list[str]:
    return [as_label(desk.say.money(held.get(code, 0), code)) for code in codes]


@st.dialog("Split again", width="medium", icon=":material/call_split:")
@failures.guarded
def split(desk: Desk, pairs: tuple[Alike, ...]) -> None:
    """Let merged customers be on their own again."""
    form = begin(desk)
    for pair in pairs[:SHOWN]:
        st.markdown(
            f"{as_label(pair.one.name)} :gray[{as_label(f'{pair.one.code} · takes {_owes(desk, pair.one)} back')}] "
            f"← {as_label(pair.other.name)} :gray[{as_label(f'{pair.other.code} · keeps {_owes(desk, pair.other)}')}]"
        )
    if len(pairs) > SHOWN:
        st.caption(f"and {len(pairs) - SHOWN:,} more")
    words = f"{counted(len(pairs), 'customer')} split from the one it was merged into"
    _finish(desk, form, "Split", {pair.one.id: None for pair in pairs}, words)


def _finish(desk: Desk, form: Any, label: str, pairs: Mapping[int, int | None], words: str) -> None:
    def act(**how: Any) -> Facts:
        return merging.merge_many(desk.engine, pairs=pairs, actor=desk.frame.actor, **how)

    def back(done: Facts, key: str) -> object:
        return merging.take_back(desk.engine, done, actor=desk.frame.actor, key=key)

    finish(desk, form, label, act, words=as_label(words), back=back)


DIALOGS: Mapping[str, Any] = {"merge": merge, "split": split}
