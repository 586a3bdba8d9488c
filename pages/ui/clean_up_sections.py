"""The sections about money: what lies unapplied, who is in credit, what nobody explained."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from arcore.cleanup.queries import decisions
from arcore.money import digits
from arcore.money import from_minor
from arcore.reports.tidy.credit_balances import credit_balances
from arcore.reports.tidy.listing import Line
from arcore.reports.tidy.listing import Listing
from arcore.reports.tidy.summary import DAYS
from arcore.reports.tidy.summary import Section
from arcore.reports.tidy.unapplied import unapplied
from arcore.reports.tidy.unexplained import unexplained
from pages.ui import clean_up_list as lists
from pages.ui import shell
from pages.ui import tables
from pages.ui.clean_up_desk import Action
from pages.ui.clean_up_desk import buttons
from pages.ui.clean_up_desk import worth
from pages.ui.plan_desk import Desk

OLDEST = 3650


def older_than() -> int:
    """Return the age in days from which unapplied credits are listed, as the address or the field says."""
    asked = st.session_state.get("older", st.query_params.get("older", DAYS))
    return int(asked) if str(asked).isdigit() and int(asked) <= OLDEST else DAYS


def draw_unapplied(desk: Desk, section: Section) -> None:
    """Draw cash and credits that lie unapplied."""
    lists.headline(desk, section)
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="clean_bar"):
        st.markdown(":small[:gray[Older than]]", width="content")
        st.number_input(
            "Older than so many days", 0, OLDEST, DAYS, 10, key="older", label_visibility="collapsed", width=130,
            format="%d", bind="query-params",
        )  # fmt: skip
        st.markdown(":small[:gray[days]]", width="content")
        text, order = lists.search(), lists.order()
        left = st.toggle("Left as they are", key="left", bind="query-params")
        place = st.container(horizontal=True, gap="xsmall", width="content")
    found = desk.frame.read(unapplied, older_than(), left=left)
    shown = found.searched(desk.engine, text).ordered(order)
    if not len(shown):
        lists.nothing("unapplied", searched=bool(text) or left)
        return
    ticked = lists.ticked_lines(
        desk, "unapplied", shown, lambda lines: _credit_cells(desk, lines), _credit_columns(desk, shown)
    )
    with place:
        buttons(desk, credit_actions(shown, ticked, left=left))
    lists.download(desk, "unapplied", "Unapplied cash and credits", lambda: as_file(desk, shown, age=True))


def credit_actions(shown: Listing, ticked: Sequence[int], *, left: bool) -> list[Action]:
    """Say what can be done with the credits that are ticked, or with all of them."""
    found, what = lists.chosen(shown, ticked, "credit")
    chosen = tuple(found.item_ids.tolist())
    if left:
        again = Action(
            "again",
            f"Ask again about {what}",
            ":material/restart_alt:",
            "again",
            ("unapplied", tuple(map(str, chosen))),
        )
        return [again]
    one = "" if len(ticked) == 1 else "Tick one credit"
    tick = "" if ticked else "Tick the credits that stay as they are"
    return [
        Action("apply", f"Apply {what} to the oldest", ":material/join_inner:", "apply", (chosen,), primary=True),
        Action("refund", "Refund", ":material/undo:", "refund", (chosen[:1],), one),
        Action("leave", "Leave with a note", ":material/sticky_note_2:", "leave", (chosen,), tick),
    ]


def _credit_cells(desk: Desk, lines: Sequence[Line]) -> dict[str, Any]:
    as_of, notes = desk.frame.filters.as_of, decisions(desk.engine, "unapplied")
    cells: dict[str, Any] = {
        "Customer": lists.of_lines(lines, lambda line: line.name),
        "Document": lists.of_lines(lines, lambda line: line.document),
        "Date": lists.of_lines(lines, lambda line: line.effective_on),
        "Age": lists.of_lines(lines, lambda line: (as_of - line.effective_on).days),
        "Unapplied": lists.amounts(lines),
        "In": lists.of_lines(lines, lambda line: line.currency),
        "Reference": lists.of_lines(lines, lambda line: line.reference or None),
    }
    said = [notes.get(str(line.item_id)) for line in lines]
    if any(said):
        cells["Note"] = [f"{one.note} ({one.by})" if one else None for one in said]
    return cells


def _credit_columns(desk: Desk, shown: Listing) -> dict[str, Any]:
    places = max(digits(code) for code in shown.sums.by_currency)
    return {
        "Customer": tables.text("Customer", width=240),
        "Document": tables.text("Document", width=150),
        "Date": tables.day("Received or dated", desk.say, width=130),
        "Age": tables.count("Days", width=65),
        "Unapplied": tables.money("Unapplied", desk.say, places=places, width=120),
        "In": tables.text("Currency", width=78),
        "Reference": tables.text("Reference", width=220),
        "Note": tables.text("Why it stays", width=260),
    }


def draw_credit_balances(desk: Desk, section: Section) -> None:
    """Draw customers in credit, for the reclassification on the balance sheet."""
    found = desk.frame.read(credit_balances)
    lists.headline(desk, section)
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="clean_bar"):
        text = lists.search().casefold()
        place = st.container(horizontal=True, gap="xsmall", width="content")
    rows = [row for row in found.rows if text in f"{row.customer} {row.name}".casefold()]
    if not rows:
        lists.nothing("credit_balances", searched=bool(text))
        return
    start, count = lists.paged(len(rows), "clean_credit_balances")
    page = rows[start : start + count]
    foreign = {row.currency for row in rows} != {found.currency}
    data = pd.DataFrame(
        {
            "Customer": [row.name for row in page],
            "Code": [row.customer for row in page],
            "Entity": [row.entity for row in page],
            "Owes": [worth(row.debits, row.currency) for row in page],
            "Credits": [worth(row.credits, row.currency) for row in page],
            "Balance": [worth(row.total, row.currency) for row in page],
            "In": [row.currency for row in page],
            "Converted": [
                None if row.in_reporting is None else worth(row.in_reporting, found.currency) for row in page
            ],
        }
    )
    config = {
        "Customer": tables.text("Customer", width=280),
        "Code": tables.text("Code", width=100),
        "Entity": tables.text("Entity", width=100) if len({row.entity for row in rows}) > 1 else None,
        "Owes": tables.money("Owes", desk.say, width=120),
        "Credits": tables.money("Credits", desk.say, width=120),
        "Balance": tables.money("To reclassify", desk.say, width=130),
        "In": tables.text("Currency", width=78),
        "Converted": tables.money(f"In {found.currency}", desk.say, width=120) if foreign else None,
    }
    key = f"clean_credit_{start}_{desk.frame.books.seq}_{text}"
    ticked = lists.grid(data, config, key, alt=f"{len(rows)} customers in credit, the largest first")
    one = page[ticked[0]] if len(ticked) == 1 else None
    with place:
        if st.button("Open the customer", icon=":material/arrow_forward:", key="clean_open", disabled=one is None,
                     help=None if one else "Tick one customer"):  # fmt: skip
            st.switch_page(shell.page_of("customer.py"), query_params={"customer": one.customer if one else ""})
    st.markdown(
        ":small[:gray[Refund it or apply it on the page of the customer. The reclassification itself is an entry of "
        "the general ledger: download the list for it.]]"
    )
    lists.download(desk, "credit-balances", "Credit balances to reclassify", lambda: balances_file(found.rows))


def balances_file(rows: Sequence[Any]) -> pd.DataFrame:
    """Lay out customers in credit for a file."""
    return pd.DataFrame(
        {
            "Customer": [row.customer for row in rows],
            "Name": [row.name for row in rows],
            "Our company": [row.entity for row in rows],
            "Owes": pd.Series([from_minor(row.debits, row.currency) for row in rows], dtype=object),
            "Credits": pd.Series([from_minor(row.credits, row.currency) for row in rows], dtype=object),
            "To reclassify": pd.Series([from_minor(row.total, row.currency) for row in rows], dtype=object),
            "Currency": [row.currency for row in rows],
            "Items": [row.items for row in rows],
        }
    )


def draw_unexplained(desk: Desk, section: Section) -> None:
    """Draw settlements that nobody explained."""
    lists.headline(desk, section)
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="clean_bar"):
        text, order = lists.search(), lists.order()
        place = st.container(horizontal=True, gap="xsmall", width="content")
    shown = desk.frame.read(unexplained).searched(desk.engine, text).ordered(order)
    if not len(shown):
        lists.nothing("unexplained", searched=bool(text))
        return
    places = max(digits(code) for code in shown.sums.by_currency)
    config = {
        "Customer": tables.text("Customer", width=250),
        "Invoice": tables.text("Invoice", width=140),
        "Due": tables.day("Was due", desk.say, width=110),
        "Gone": tables.day("Gone on", desk.say, width=110),
        "Between": tables.text("Seen last", width=110),
        "Amount": tables.money("Amount", desk.say, places=places, width=120),
        "In": tables.text("Currency", width=78),
    }
    ticked = lists.ticked_lines(desk, "unexplained", shown, lambda lines: _settled_cells(desk, lines), config)
    found, what = lists.chosen(shown, ticked, "settlement", most=None)
    chosen = tuple(found.item_ids.tolist())
    with place:
        buttons(
            desk, [Action("explain", f"Explain {what}", ":material/edit_note:", "explain", (chosen,), primary=True)]
        )
    lists.download(desk, "unexplained", "Unexplained settlements", lambda: as_file(desk, shown))


def _settled_cells(desk: Desk, lines: Sequence[Line]) -> dict[str, Any]:
    return {
        "Customer": lists.of_lines(lines, lambda line: line.name),
        "Invoice": lists.of_lines(lines, lambda line: line.document),
        "Due": lists.of_lines(lines, lambda line: line.due_date),
        "Gone": lists.of_lines(lines, lambda line: line.effective_on),
        "Between": lists.of_lines(lines, lambda line: _last_seen(desk, line)),
        "Amount": lists.amounts(lines),
        "In": lists.of_lines(lines, lambda line: line.currency),
    }


def _last_seen(desk: Desk, line: Line) -> str | None:
    """Return the day of the snapshot that still had it, as the settlement remembers it."""
    since = line.reference.partition("/")[0]
    try:
        return desk.say.day(date.fromisoformat(since))
    except ValueError:
        return None


def as_file(desk: Desk, shown: Listing, *, age: bool = False) -> pd.DataFrame:
    """Lay out a listing for a file, as far as a file goes."""
    lines = shown.lines(desk.engine, 0, lists.MOST_FILE)
    cells: dict[str, Any] = {
        "Customer": [line.customer for line in lines],
        "Name": [line.name for line in lines],
        "Our company": [line.entity for line in lines],
        "Document": [line.document for line in lines],
        "Kind": [line.kind for line in lines],
        "Document date": [line.document_date for line in lines],
        "Counts from": [line.effective_on for line in lines],
        "Due": [line.due_date for line in lines],
        "Amount": pd.Series([from_minor(line.amount, line.currency) for line in lines], dtype=object),
        "Currency": [line.currency for line in lines],
        "Reference": [line.reference or None for line in lines],
    }
    if age:
        cells["Days"] = [(desk.frame.filters.as_of - line.effective_on).days for line in lines]
    if any(line.what for line in lines):
        cells["What"] = [line.what for line in lines]
    return pd.DataFrame(cells)
