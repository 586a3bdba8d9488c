"""The head of the Customer page: what is unusual, and the six figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from typing import Literal
from typing import NamedTuple

import streamlit as st

from arcore.reports.customer import Standing
from arcore.reports.customer import Who
from arcore.reports.rates import Gap
from pages.ui.format import NONE
from pages.ui.format import Format
from pages.ui.format import as_label

FULL = 100.0
STATUS_WORDS = {
    "insolvent": "Insolvent",
    "direct_debit": "Direct debit",
    "factored": "Factored",
    "legal": "With lawyers",
}


class Figure(NamedTuple):
    """One tile; the texts are ready for Markdown. `change` has no sign: the arrow shows the direction."""

    label: str
    value: str
    note: str
    change: str = ""
    arrow: Literal["up", "down", "off"] = "off"
    colour: Literal["green", "red", "gray"] = "gray"
    hint: str | None = None


def badges(about: Who, standing: Standing, asked: str, say: Format) -> None:
    """Draw only what is unusual; `asked` is the code in the address, another one after a merge."""
    words: list[tuple[str, str, Any]] = []
    if asked != about.code:
        words.append((f"{asked} was merged into this customer", ":material/merge:", "gray"))
    status = about.facts.get("status", "")
    if status in STATUS_WORDS:
        words.append((STATUS_WORDS[status], ":material/gavel:", "violet" if status == "legal" else "orange"))
    if about.intercompany:
        words.append(("Company of our own group", ":material/hub:", "gray"))
    if standing.used is not None and standing.used > FULL:
        over = say.money(standing.open - (standing.limit or 0), standing.currency, decimals=0)
        words.append((f"Over its limit by {over}", ":material/block:", "red"))
    if standing.unapplied and standing.open != standing.unapplied:
        words.append(("Credit to apply", ":material/join_inner:", "blue"))
    if words:
        with st.container(horizontal=True, gap="xsmall", key="badges"):
            for word, icon, colour in words:
                st.badge(as_label(word.replace("[", "(").replace("]", ")")), icon=icon, color=colour)


def tiles(standing: Standing, say: Format, oldest_number: str) -> None:
    """Draw the six figures."""
    with st.grid(6, min_column_width=150, gap="small", key="tiles"):
        for figure in _figures(standing, say, oldest_number):
            st.metric(
                figure.label,
                figure.value,
                border=True,
                height="stretch",
                delta=figure.change or None,
                delta_arrow=figure.arrow,
                delta_color=figure.colour,
                delta_description=figure.note,
                help=figure.hint,
            )


def gaps(missing: Sequence[Gap], say: Format) -> None:
    """Name the currencies that have no rate."""
    for gap in missing:
        st.warning(
            as_label(
                f"No rate from {gap.currency} to {gap.reporting} on or before {say.day(gap.day)}: balances in "
                f"{gap.currency} are left out of the totals. Rates are added in Settings."
            ),
            icon=":material/currency_exchange:",
        )


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
        Figure("Open balance", money(open_), counted(standing.items, "item") if standing.items else "nothing is open"),
        Figure("Overdue", money(standing.overdue), share or ("" if standing.overdue else "nothing is late")),
        Figure("Unapplied credits", money(standing.unapplied), "to be applied" if standing.unapplied else "none"),
        Figure("Oldest item", oldest, as_label(oldest_number) or "nothing is late"),
        _pays_after(standing, say),
        Figure(
            "Credit limit used",
            say.percent(used),
            as_label(f"of {say.money(standing.limit, code, decimals=0)}") if standing.limit else "no limit set",
        ),
    ]


def _pays_after(standing: Standing, say: Format) -> Figure:
    label = "Pays after"
    hint = (
        "Days from invoice to receipt, weighted by amount, over the receipts of the last 12 months; compared with the "
        "12 months before."
    )
    if standing.pays_after is None:
        return Figure(label, NONE, "no receipt in 12 months", hint=hint)
    value = f"{say.number(standing.pays_after)} :small[:gray[days]]"
    before = standing.paid_after_before
    change = 0 if before is None else round(standing.pays_after) - round(before)
    if not change:
        return Figure(label, value, "weighted, 12 months", hint=hint)
    slower = change > 0
    return Figure(
        label, value, "vs the year before", say.number(abs(change)),
        "up" if slower else "down", "red" if slower else "green", hint,
    )  # fmt: skip
