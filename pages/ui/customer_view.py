"""The head of the Customer page: what is unusual, and the six figures."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from datetime import date
from typing import Any
from typing import Literal
from typing import NamedTuple
from typing import TypeAlias

import streamlit as st

from arcore.reports.customer import Standing
from arcore.reports.customer import Who
from arcore.reports.items import ItemRow
from arcore.reports.promised import Promised
from arcore.reports.rates import Gap
from pages.ui import rate_gaps
from pages.ui.format import NONE
from pages.ui.format import Format
from pages.ui.format import as_label

FULL = 100.0
OLDEST = "oldest"
"""Stands for the explanation of the oldest item: why it is open."""
PAYS_AFTER = "days_to_pay.weighted@12"
STATUS_WORDS = {
    "insolvent": "Insolvent",
    "direct_debit": "Direct debit",
    "factored": "Factored",
    "legal": "With lawyers",
}


Badge: TypeAlias = tuple[str, str, Any]
"""Word, icon, colour."""


class Figure(NamedTuple):
    """One tile; the texts are ready for Markdown. `change` has no sign: the arrow shows the direction.

    `explained` is the measure that its explanation is of, "" for none.
    """

    label: str
    value: str
    note: str
    change: str = ""
    arrow: Literal["up", "down", "off"] = "off"
    colour: Literal["green", "red", "gray"] = "gray"
    hint: str | None = None
    explained: str = ""


def badges(
    about: Who, standing: Standing, asked: str, promised: Promised, rows: Sequence[ItemRow], today: date, say: Format
) -> None:
    """Draw only what is unusual; `asked` is the code in the address, another one after a merge."""
    words = [
        *_promises(promised, today, say),
        *_disputes(rows, say),
        *_facts(about, asked, today, say),
        *_figures_out_of_line(standing, say),
    ]
    if words:
        with st.container(horizontal=True, gap="xsmall", key="badges"):
            for word, icon, colour in words:
                st.badge(as_label(word.replace("[", "(").replace("]", ")")), icon=icon, color=colour)


def _facts(about: Who, asked: str, today: date, say: Format) -> list[Badge]:
    words: list[Badge] = []
    if asked != about.code:
        words.append((f"{asked} was merged into this customer", ":material/merge:", "gray"))
    status, until = about.facts.get("status", ""), about.facts.get("hold_until", "")
    if status in STATUS_WORDS:
        words.append((STATUS_WORDS[status], ":material/gavel:", "violet" if status == "legal" else "orange"))
    if about.facts.get("key_account"):
        words.append(("Key account", ":material/star:", "gray"))
    if about.facts.get("policy") == "none":
        words.append(("No reminders", ":material/notifications_off:", "gray"))
    elif until >= today.isoformat():
        day = say.short_day(date.fromisoformat(until), today)
        words.append((f"No reminders until {day}", ":material/pause:", "gray"))
    if about.intercompany:
        words.append(("Company of our own group", ":material/hub:", "gray"))
    return words


def _figures_out_of_line(standing: Standing, say: Format) -> list[Badge]:
    words: list[Badge] = []
    if standing.used is not None and standing.used > FULL:
        over = say.money(standing.open - (standing.limit or 0), standing.currency, decimals=0)
        words.append((f"Over its limit by {over}", ":material/block:", "red"))
    if standing.unapplied and standing.open != standing.unapplied:
        words.append(("Credit to apply", ":material/join_inner:", "blue"))
    return words


def _promises(promised: Promised, today: date, say: Format) -> list[Badge]:
    """Name the newest broken promise and the next running one."""
    found: list[Badge] = []
    for row in promised.broken[:1]:
        day = say.short_day(row.broken_on or row.due_on, today)
        found.append((f"Promise broken {day}, {say.money(row.left, row.currency)} missing", ":material/cancel:", "red"))
    for row in promised.running[:1]:
        day = say.short_day(row.due_on, today)
        more = f" and {len(promised.running) - 1} more" if len(promised.running) > 1 else ""
        words = f"Promised {say.money(row.left, row.currency)} by {day}{more}"
        found.append((words, ":material/handshake:", "blue"))
    return found


def _disputes(rows: Sequence[ItemRow], say: Format) -> list[Badge]:
    amounts: dict[str, int] = {}
    for row in rows:
        amounts[row.currency] = amounts.get(row.currency, 0) + row.disputed
    return [
        (f"In dispute {say.money(units, code)}", ":material/report:", "orange")
        for code, units in amounts.items()
        if units
    ]


def tiles(standing: Standing, say: Format, oldest_number: str, explain: Callable[[str], None]) -> None:
    """Draw the six figures; the arrow of one calls `explain` with its measure before the next run."""
    with st.grid(6, min_column_width=150, gap="small", key="tiles"):
        for figure in _figures(standing, say, oldest_number):
            with st.container(border=True, height="stretch", gap=None, key=f"figure_{figure.label.replace(' ', '_')}"):
                _tile(figure, explain)


def _tile(figure: Figure, explain: Callable[[str], None]) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", wrap=False):
        st.markdown(f":small[{figure.label}]", width="content", help=figure.hint)
        if figure.explained:
            st.button(
                "", icon=":material/chevron_right:", key=f"explain_{figure.explained}", type="tertiary",
                help=f"How {figure.label} is made", on_click=explain, args=(figure.explained,),
            )  # fmt: skip
    st.metric(
        figure.label,
        figure.value,
        delta=figure.change or None,
        delta_arrow=figure.arrow,
        delta_color=figure.colour,
        delta_description=figure.note or None,
        label_visibility="collapsed",
    )


def gaps(missing: Sequence[Gap], say: Format) -> None:
    """Name the rates that are missing; amounts without one are left out."""
    rate_gaps.draw(missing, say, left_out=True)


def counted(count: int, noun: str) -> str:
    """Write a count with its noun: "1 item", "5 items"."""
    return f"{count} {noun}" if count == 1 else f"{count:,} {noun}s"


def _figures(standing: Standing, say: Format, oldest_number: str) -> list[Figure]:
    code, open_ = standing.currency, standing.open
    share = f"{say.percent(FULL * standing.overdue / open_)} of open" if standing.overdue and open_ > 0 else ""

    def money(minor: int) -> str:
        return as_label(say.money(minor, code, decimals=0))

    oldest = f"{standing.oldest_days} :small[:gray[days late]]" if standing.oldest_days else NONE
    used = None if standing.used is None else max(0.0, standing.used)
    return [
        Figure(
            "Open balance",
            money(open_),
            counted(standing.items, "item") if standing.items else "nothing is open",
            explained="open",
        ),
        Figure(
            "Overdue",
            money(standing.overdue),
            share or ("" if standing.overdue else "nothing is late"),
            explained="overdue",
        ),
        Figure(
            "Unapplied credits",
            money(standing.unapplied),
            "to be applied" if standing.unapplied else "none",
            explained="unapplied",
        ),
        Figure("Oldest item", oldest, as_label(oldest_number) or "nothing is late", explained=OLDEST),
        _pays_after(standing, say),
        Figure(
            "Credit limit used",
            say.percent(used),
            as_label(f"of {say.money(standing.limit, code, decimals=0)}") if standing.limit else "no limit set",
            explained="utilisation",
        ),
    ]


def _pays_after(standing: Standing, say: Format) -> Figure:
    label = "Pays after"
    hint = (
        "Days from invoice to receipt, weighted by amount, over the receipts of the last 12 months; compared with the "
        "12 months before."
    )
    if standing.pays_after is None:
        why = "receipts are incomplete" if standing.pays_after_lacks else "no receipt in 12 months"
        full = f"{hint} {as_label(standing.pays_after_lacks)}" if standing.pays_after_lacks else hint
        return Figure(label, NONE, why, hint=full, explained=PAYS_AFTER)
    value = f"{say.number(standing.pays_after)} :small[:gray[days]]"
    before = standing.paid_after_before
    change = 0 if before is None else round(standing.pays_after) - round(before)
    if not change:
        return Figure(label, value, "weighted, 12 months", hint=hint, explained=PAYS_AFTER)
    slower = change > 0
    return Figure(
        label, value, "vs the year before", say.number(abs(change)),
        "up" if slower else "down", "red" if slower else "green", hint, PAYS_AFTER,
    )  # fmt: skip
