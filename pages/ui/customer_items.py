"""The items of a customer: the list that foots, and what can be done with those that are ticked."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any
from typing import NamedTuple

import pandas as pd
import streamlit as st

from arcore.money import digits
from arcore.reports.customer import Standing
from arcore.reports.customer import Who
from arcore.reports.filters import By
from arcore.reports.filters import Filters
from arcore.reports.items import ItemRow
from arcore.reports.items import items
from pages.ui import shell
from pages.ui import tables
from pages.ui.customer_desk import Desk
from pages.ui.customer_desk import ask
from pages.ui.customer_desk import named
from pages.ui.filters import BASIS_WORDS
from pages.ui.format import Format
from pages.ui.format import as_label

MOST_ITEMS = 14
WIDTH = 820
"""Pixels that the columns may take beside the tick boxes, at 1440."""
BUCKETS = {
    "Not due": "gray", "1–30": "yellow", "31–60": "orange", "61–90": "red", "91+": "red", "Credit": "blue",
    "Settled": "green",
}  # fmt: skip


class Action(NamedTuple):
    """A button over the list: the dialog that it asks for, and what has to be ticked before; rare ones under "More"."""

    key: str
    label: str
    icon: str
    dialog: str
    what: tuple[Any, ...]
    can: bool
    hint: str
    writes: bool = True
    rare: bool = False


def draw(
    frame: shell.Frame,
    about: Who,
    filters: Filters,
    shown: Sequence[ItemRow],
    standing: Standing,
    whose: By = "customer",
) -> Desk:
    """Draw the items with tick boxes and the buttons for those that are ticked.

    `whose` "rollup" lists those of everybody below too; what can be done is for the customer's own.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="items_bar"):
        words = st.container()
        everything = st.toggle("Settled too", key="settled")
    rows: Sequence[ItemRow] = shown
    if everything:
        rows = items(frame.books.engine, filters, by=whose, key=about.code, settled=True).rows()[::-1]
    name, order = ("All items", "newest due first") if everything else ("Open items", "oldest due first")
    tail = f"{len(rows):,}, {order}; tick what to act on" if rows else ""
    words.markdown(f"**{name}** :gray[:small[{tail}]]")
    place = st.container(horizontal=True, gap="xsmall", key="item_actions")
    ticked: list[ItemRow] = []
    if rows:
        with st.container(gap="xsmall"):
            ticked = grid(rows, frame.say, filters, f"items_{about.code}_{everything}_{whose}_{frame.books.seq}")
            others = [row for row in ticked if row.customer != about.code]
            if others:
                st.caption(as_label(f"{others[0].name} is ticked too: open that customer to act on its items."))
            ticked = [row for row in ticked if row.customer == about.code]
            if shown:
                st.markdown(f":small[:gray[{as_label(footing(shown, standing, frame.say))}]]")
    else:
        st.container(border=True).caption("Nothing is open.", text_alignment="center")
    desk = Desk(frame, about, tuple(row.item_id for row in ticked))
    offered = actions(ticked, [row for row in shown if row.customer == about.code])
    usual, rare = place.container(horizontal=True, gap="xsmall", width="content"), place.popover("More")
    for action in offered:
        refused = desk.refusal if action.writes else None
        (rare if action.rare else usual).button(
            action.label,
            icon=action.icon,
            disabled=not action.can or refused is not None,
            help=refused or (None if action.can else action.hint),
            on_click=partial(ask, action.dialog, *action.what),
            key=f"act_{action.key}",
            width="stretch" if action.rare else "content",
        )
    if shell.exists("reminders.py") and usual.button("Reminder", icon=":material/mail:", key="reminder"):
        st.switch_page(shell.page_of("reminders.py"), query_params={"customer": about.code})
    return desk


def actions(ticked: Sequence[ItemRow], shown: Sequence[ItemRow]) -> list[Action]:
    """Say what can be done with the ticked items, and with the customer as a whole."""
    one = ticked[0] if len(ticked) == 1 else None
    document: tuple[Any, ...] = (one.document_id,) if one else ()
    owed = one is not None and one.open > 0
    void = (*document, named(one)) if one else ()
    credit = any(row.open < 0 for row in shown) and any(row.open > 0 for row in shown)
    owes = any(row.open > 0 for row in shown)
    tick, owing, nothing = "Tick one item", "Tick one item that is owed", "Nothing is owed"
    return [
        Action("promise", "Promise", ":material/handshake:", "promise", (), owes, nothing),
        Action("plan", "Plan", ":material/event_repeat:", "plan", (), owes, nothing),
        Action("dispute", "Dispute", ":material/report:", "dispute", (), owes, nothing),
        Action("why", "Why is it open?", ":material/history:", "story", document, one is not None, tick, writes=False),
        Action("write", "Write off", ":material/money_off:", "write_off", (), owed, owing, rare=True),
        Action("due", "New due date", ":material/event:", "redate", (), owed, owing, rare=True),
        Action("void", "Void", ":material/block:", "void", void, one is not None, tick, rare=True),
        Action("credit", "Credit note", ":material/request_quote:", "credit_note", (), True, "", rare=True),
        Action(
            "apply", "Apply credit", ":material/join_inner:", "apply", (), credit,
            "Needs an unapplied credit and something that is owed", rare=True,
        ),
        Action(
            "settle", "Settle dispute", ":material/task_alt:", "settle", (), any(row.disputed for row in shown),
            "Nothing is in dispute", rare=True,
        ),
    ]  # fmt: skip


def grid(rows: Sequence[ItemRow], say: Format, filters: Filters, key: str) -> list[ItemRow]:
    """Draw items with tick boxes and return those ticked."""
    codes = {row.currency for row in rows}
    foreign = codes != {filters.currency}
    agreed = any(row.due_date != row.original_due_date for row in rows)
    unit = f", {next(iter(codes))}" if len(codes) == 1 else ""
    places = max(digits(code) for code in codes)
    several = len({row.customer for row in rows}) > 1
    columns = _columns(say, filters, unit, places)
    order = list(columns)
    left_out = {
        "Whose": not several,
        "In": len(codes) == 1,
        "Converted": not foreign,
        "Agreed": not agreed,
        "Disputed": not any(row.disputed for row in rows),
        "Promised": not any(row.promised for row in rows),
    }
    order = [name for name in order if not left_out.get(name)]
    for name in ("Issued", "Amount"):
        if sum(columns[each]["width"] for each in order) > WIDTH:
            order.remove(name)
    picked = tables.grid(
        _table(rows, filters),
        key=key,
        hide_index=True,
        row_height=tables.ROW,
        height=tables.height(len(rows), most=MOST_ITEMS),
        on_select="rerun",
        selection_mode="multi-row",
        placeholder="–",
        column_order=order,
        column_config=columns,
        alt=f"{len(rows)} items of this customer",
    )
    return [rows[place] for place in picked.selection.rows if place < len(rows)]


def footing(rows: Sequence[ItemRow], standing: Standing, say: Format) -> str:
    """Say what the open items add up to, in the currency of the tiles: the tiles show the same."""
    code = standing.currency

    def money(chosen: list[ItemRow]) -> str:
        return say.amount(sum(row.in_reporting or 0 for row in chosen), code)

    owed = [row for row in rows if row.open > 0]
    late = [row for row in owed if row.days_past_due > 0]
    parts = f"Not due {money([row for row in owed if row.days_past_due <= 0])} + overdue {money(late)}"
    free = [row for row in rows if row.open < 0]
    unapplied = f" + unapplied {money(free)}" if free else ""
    return f"{parts}{unapplied} = open balance {money(list(rows))} {code}"


def bucket_word(row: ItemRow) -> str:
    """Return the bucket as people read it."""
    if row.open == 0:
        return "Settled"
    if row.open < 0:
        return "Credit"
    return row.bucket.replace("-", "–").replace("not due", "Not due")


def _table(rows: Sequence[ItemRow], filters: Filters) -> pd.DataFrame:
    scale = 10 ** -digits(filters.currency)
    late = [row.days_past_due if row.open > 0 and row.days_past_due > 0 else pd.NA for row in rows]
    return pd.DataFrame(
        {
            "Document": [named(row) for row in rows],
            "Whose": [row.name for row in rows],
            "Issued": [row.document_date for row in rows],
            "Due": [row.original_due_date for row in rows],
            "Agreed": [row.due_date if row.due_date != row.original_due_date else None for row in rows],
            "Late": pd.array(late, dtype="Int64"),
            "Amount": [row.amount / 10 ** digits(row.currency) for row in rows],
            "Open": [row.open / 10 ** digits(row.currency) for row in rows],
            "Disputed": [row.disputed / 10 ** digits(row.currency) or None for row in rows],
            "Promised": [row.promised / 10 ** digits(row.currency) or None for row in rows],
            "In": [row.currency for row in rows],
            "Converted": [None if row.in_reporting is None else row.in_reporting * scale for row in rows],
            "Bucket": [[bucket_word(row)] for row in rows],
        }
    )


def _columns(say: Format, filters: Filters, unit: str, places: int) -> dict[str, Any]:
    converted = tables.money(f"Open, {filters.currency}", say, places=digits(filters.currency), width=98)
    return {
        "Document": tables.text("Document", width=112),
        "Whose": tables.text("Customer", width=130),
        "Issued": tables.day("Issued", say, width=88),
        "Due": tables.day("Due", say, width=88),
        "Agreed": tables.day("Agreed due", say, width=92),
        "Late": tables.count("Days late", width=72, hint=BASIS_WORDS[filters.basis]),
        "Amount": tables.money(f"Amount{unit}", say, places=places, width=102),
        "Open": tables.money(f"Open{unit}", say, places=places, width=102),
        "Disputed": tables.money(f"Disputed{unit}", say, places=places, width=102),
        "Promised": tables.money(f"Promised{unit}", say, places=places, width=102),
        "In": tables.text("Currency", width=78),
        "Converted": converted,
        "Bucket": st.column_config.MultiselectColumn(
            "Bucket", options=list(BUCKETS), color=list(BUCKETS.values()), width=82
        ),
    }
