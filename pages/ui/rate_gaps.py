"""Missing exchange rates as people see them: which, from which day, how much waits for it, and the way to add it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from arcore.reports.rates import Gap
from pages.ui import shell
from pages.ui.format import Format
from pages.ui.format import as_label

TAB = "Exchange rates"
"""The tab of Settings that holds the rates."""
MOST = 4
"""So many are named; more are counted."""


def draw(missing: Sequence[Gap], say: Format, *, left_out: bool = False, key: str = "rate_gaps") -> None:
    """Name the rates that are missing; what lacks one stands in its own currency, or is `left_out`."""
    if not missing:
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key=key):
        lines = [sentence(gap, say, left_out=left_out) for gap in missing[:MOST]]
        if len(missing) > MOST:
            lines.append(f"and {len(missing) - MOST} more")
        st.warning("  \n".join(map(as_label, lines)), icon=":material/currency_exchange:")
        st.page_link(
            shell.page_of("settings.py"), label="Add the rate" if len(missing) == 1 else "Add the rates",
            icon=":material/add:", query_params={"tab": TAB},
        )  # fmt: skip


def sentence(gap: Gap, say: Format, *, left_out: bool) -> str:
    """Say which rate is missing from which day, and what becomes of the amounts; plain text."""
    what = f"amounts in {gap.currency}" if gap.units is None else say.money(gap.units, gap.currency)
    verb = "are" if gap.units is None else "is"
    ending = (
        f"{verb} left out of the totals"
        if left_out
        else f"{'stay' if gap.units is None else 'stays'} in {gap.currency}"
    )
    return f"No rate from {gap.currency} to {gap.reporting} on or before {say.day(gap.day)}: {what} {ending}."
