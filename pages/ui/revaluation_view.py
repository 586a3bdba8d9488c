"""What exchange rates did to a balance, currency by currency, in a drawer at the right."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from arcore.money import digits
from arcore.money import from_minor
from arcore.reports.bridges import Balance
from arcore.reports.bridges import Revaluation
from arcore.reports.bridges import balance_bridge
from arcore.reports.rates import Quote
from pages.ui import behind_link
from pages.ui import failures
from pages.ui import shell
from pages.ui import tables
from pages.ui.format import Format
from pages.ui.format import as_label

HOW = (
    "The opening balance has the rate of its day, every movement that of its document's day, the closing balance that "
    "of its own day. What these leave is what the rates did."
)


@st.dialog("Revalued", position="right", width=620, icon=":material/currency_exchange:")
@failures.guarded
def drawer(frame: shell.Frame, measure: Balance, since: date, currency: str, link: str = "") -> None:
    """Show how much of the line comes from each currency; `link` is the address that opens it again."""
    report, say = frame.read(balance_bridge, since, measure), frame.say
    part = next((part for part in report.parts if part.currency == currency), None)
    if part is None:
        st.caption(as_label(f"Nothing in {currency} was revalued."))
        return
    days = (since, report.filters.as_of)
    total = sum(one.amount for one in part.revaluations)
    period = f"{say.day(since)} to {say.day(report.filters.as_of)}"
    st.markdown(f":gray[{as_label(f'{currency}, {period}')}]")
    st.markdown(f"**{as_label(say.money(total, currency))}** :gray[:small[added up over the currencies below]]")
    for one in part.revaluations:
        st.markdown(f"**{one.currency}** :gray[:small[{as_label(say.money(one.amount, currency))}]]")
        st.table(
            styled(table(one, currency, say, days), say), border="horizontal", hide_index=True,
            alt=f"From the opening to the closing balance in {one.currency}",
        )  # fmt: skip
    st.caption(HOW)
    rows = pd.concat([for_download(one, currency, say, days) for one in part.revaluations])
    tables.downloads(
        "Download", f"revalued-{since}-{report.filters.as_of}",
        **tables.files(rows, f"Revalued, {currency}", frame.facts(), sums=False),
    )  # fmt: skip
    if link:
        behind_link.draw(link)


def table(one: Revaluation, currency: str, say: Format, days: tuple[date, date]) -> pd.DataFrame:
    """Lay one currency out: as booked, the rate, converted; whole units of each currency."""
    rates = [rate(quote, say, day) for quote, day in zip(one.rates, days, strict=True)]
    lines = (
        (f"Open, {say.day(days[0])}", one.opening, rates[0], one.opening_worth),
        ("Moved", one.moved, "of each day", one.moved_worth),
        ("Revalued", 0, "", one.amount),
        (f"Open, {say.day(days[1])}", one.closing, rates[1], one.closing_worth),
    )
    cells = [(what, from_minor(held, one.currency), at, from_minor(worth, currency)) for what, held, at, worth in lines]
    return pd.DataFrame(cells, columns=["What", one.currency, "Rate", currency])


def for_download(one: Revaluation, currency: str, say: Format, days: tuple[date, date]) -> pd.DataFrame:
    """Return the same under names that all currencies share."""
    rows = table(one, currency, say, days).set_axis(["What", "Booked", "Rate", f"In {currency}"], axis=1)
    rows["Booked in"] = one.currency
    return rows


def styled(rows: pd.DataFrame, say: Format) -> Any:
    """Write amounts with the digits of their currency, at the right."""
    names = [str(rows.columns[place]) for place in (1, 3)]
    style: Any = rows.astype(dict.fromkeys(names, float)).style
    for name in names:
        style = style.format(partial(say.number, places=digits(name)), subset=[name])
    return style


def rate(quote: Quote | None, say: Format, day: date) -> str:
    """Write a rate, with the day it was quoted for where that is an earlier one."""
    if quote is None:
        return "none"
    of = "" if quote.day == day else f" of {say.day(quote.day)}"
    return f"{quote.rate.normalize():f}"[:12] + of
