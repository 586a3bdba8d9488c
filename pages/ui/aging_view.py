"""The aging as people see it: bar, table with dots, grid that foots, and the open items behind a cell."""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import numpy as np
import pandas as pd
import pyarrow as pa
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from arcore.analytics.buckets import EDGES
from arcore.analytics.buckets import UNAPPLIED
from arcore.errors import BadInput
from arcore.money import from_minor
from arcore.reports.aging import AgingReport
from arcore.reports.aging import AgingRow
from arcore.reports.filters import By
from arcore.reports.rates import Gap
from pages.ui import charts
from pages.ui import rate_gaps
from pages.ui import tables
from pages.ui.format import Format
from pages.ui.format import as_label

BY_WORDS: dict[By, str] = {
    "customer": "Customer",
    "family": "Family",
    "segment": "Segment",
    "owner": "Owner",
    "entity": "Entity",
    "currency": "Currency",
}
LABELS: dict[By, str] = BY_WORDS | {"rollup": "Customer, +n below it"}
"""What the rows of a split are called."""
FAMILIES: dict[By, str] = {"family": "Consolidated", "rollup": "Rolled up", "customer": "Own"}
"""Ways to look at families: one row each, every member with all below it, every member by itself."""
TOTAL = "Total"
INDENT = "\u2003"
CUTS = ("30 · 60 · 90", "15 · 30 · 60 · 90", "30 · 60 · 90 · 120")
"""Where days past due are cut, the usual way first; people may type their own."""
MOST_EDGES = 6
"""With more there is neither room nor colour to tell them apart."""
LAST_EDGE = 3650
ROOM = 800
"""Pixels for the amounts of the grid beside the name and what follows them."""


def choose_edges(bar: DeltaGenerator) -> tuple[int, ...]:
    """Draw the choice of the buckets; what is typed and can't be buckets is answered, and the usual ones count."""
    bar.markdown(":small[:gray[Buckets]]", width="content")
    typed = bar.selectbox(
        "Buckets, days past due",
        CUTS,
        key="buckets",
        accept_new_options=True,
        label_visibility="collapsed",
        width=165,
        bind="query-params",
        persist_state="session",
    )
    try:
        return edges_of(str(typed or CUTS[0]))
    except BadInput as error:
        st.warning(as_label(error.message), icon=":material/error:")
        return EDGES


def edges_of(text: str) -> tuple[int, ...]:
    """Read the last day of each bucket, "10 20 45" or "7 · 14". Raises BadInput in a sentence."""
    days = [int(number) for number in re.findall(r"\d{1,6}", text)]
    fit = days and len(days) <= MOST_EDGES and days[-1] <= LAST_EDGE
    if not fit or re.search(r"[^\d\s·,;/|+-]", text) or any(b <= a for a, b in zip([0, *days], days, strict=False)):
        msg = f"“{text}” can't be buckets: type up to {MOST_EDGES} days that ascend, such as 10 · 20 · 45"
        raise BadInput(msg, edges=text)
    return tuple(days)


def mark(report: AgingReport) -> str:
    """Return the buckets for a key: a selection in a chart or grid of others must not count for these."""
    return mark_of(report.edges)


def mark_of(edges: Sequence[int]) -> str:
    """Return the edges of buckets for a key."""
    return "_".join(map(str, edges))


def address(by: By, edges: Sequence[int]) -> dict[str, str]:
    """Return the names and values under which a split and its buckets stand in an address."""
    split = {"by": BY_WORDS.get(by, BY_WORDS["family"]), "buckets": " · ".join(map(str, edges))}
    return split | ({"families": FAMILIES["rollup"]} if by == "rollup" else {})


def bucket_word(column: str) -> str:
    """Return what a column of the aging is called on the screen: not due → Not due, 1-30 → 1–30."""
    if column == UNAPPLIED:
        return "Unapplied"
    return column.replace("-", "\u2013").capitalize()


def plural(by: By, count: int) -> str:
    """Return what groups of a dimension are called: 1 customer, 15 customers, 3 families."""
    word = BY_WORDS.get(by, "customer").lower()
    if count == 1:
        return word
    return f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"


def total_names(report: AgingReport) -> list[str]:
    """Return what the total rows are called: "Total, 15 customers", or by currency where there are several."""
    counts = [int(np.count_nonzero(report.cells.currency == total.currency)) for total in report.totals]
    several = len(report.totals) > 1
    if report.by == "rollup":
        return [f"{TOTAL}{f' {total.currency}' if several else ''}, each customer once" for total in report.totals]
    word = "Consolidated" if report.by == "entity" else TOTAL
    return [
        f"{word}{f' {total.currency}' if several else ''}, {count} {plural(report.by, count)}"
        for total, count in zip(report.totals, counts, strict=True)
    ]


def gaps(missing: Sequence[Gap], say: Format) -> None:
    """Name the rates that are missing; amounts without one stand in their own currency."""
    rate_gaps.draw(missing, say)


def amount(row: AgingRow) -> str:
    """Return the open balance of a row as plain text for an `alt`."""
    return f"{from_minor(row.open, row.currency)} {row.currency}"


def bar_rows(rows: Sequence[AgingRow], buckets: Sequence[str]) -> list[dict[str, object]]:
    """Lay rows out for stacked bars: one cell per bucket, whole currency units, credits left out."""
    return [
        {"key": row.key, "name": row.name, "bucket": bucket, "amount": float(from_minor(units, row.currency))}
        for row in rows
        for bucket, units in zip(buckets, (row.not_due, *row.buckets), strict=True)
    ]


def amounts_of(row: AgingRow) -> list[int]:
    """Return the amounts of a row in the order of the report's columns: not due, buckets, unapplied."""
    return [row.not_due, *row.buckets, row.unapplied]


def bar(report: AgingReport, say: Format) -> None:
    """Draw the aging of the first currency as one bar."""
    total = report.totals[0]
    words, amounts = [bucket_word(column) for column in report.columns], amounts_of(total)
    charts.draw(
        charts.bucket_bar(words[:-1], [float(from_minor(units, total.currency)) for units in amounts[:-1]]),
        alt="Open debit items by days past due: "
        + ", ".join(f"{word} {say.amount(units, total.currency)}" for word, units in zip(words, amounts, strict=True)),
        key="aging_bar_chart",
    )


def shares(report: AgingReport, before: AgingReport, say: Format) -> pa.Table:
    """Lay the aging of the first currency out: amounts, shares of the open balance, changes since another day.

    One row per column of the report and the open balance last; "Change" is called by its day where it is drawn.
    """
    total = report.totals[0]
    then = next((row for row in before.totals if row.currency == total.currency), None)
    now = [*amounts_of(total), total.open]
    past = [*amounts_of(then), then.open] if then else [0] * len(now)
    code = total.currency
    return pa.table(
        {
            "Dot": pa.array([*map(dot, range(len(report.columns))), None], pa.string()),
            "Days past due": [*map(bucket_word, report.columns), "Open balance"],
            code: [say.amount(units, code, decimals=0) for units in now],
            "Share": [say.percent(100 * units / total.open if total.open else 0.0) for units in now],
            "Change": [say.signed(n - p, code, decimals=0) for n, p in zip(now, past, strict=True)],
        }
    )


def dot(place: int) -> str | None:
    """Return a small square in the colour that the theme gives the bucket at a place, as an image's address."""
    colours = st.get_option(f"theme.{st.context.theme.type or 'light'}.chartSequentialColors") or []
    if place >= len(colours):
        return None
    square = f"<rect x='5' y='5' width='10' height='10' fill='{colours[place]}'/>"
    return "data:image/svg+xml," + quote(
        f"<svg xmlns='http://www.w3.org/2000/svg' width='20' height='20'>{square}</svg>"
    )


def share_list(rows: pa.Table, columns: Sequence[str], since: str, ask: Callable[[str | None], None]) -> None:
    """Draw the rows of `shares`; a click on one calls `ask` with its column, None for the open balance."""

    def clicked() -> None:
        cells = st.session_state["aging_shares"]["selection"]["cells"]
        if cells:
            ask([*columns, None][cells[0][0]])

    text = st.column_config.TextColumn
    tables.grid(
        rows, hide_index=True, row_height=tables.ROW, height=tables.height(rows.num_rows), placeholder="",
        key="aging_shares", on_select=clicked, selection_mode="single-cell",
        column_config={
            "Dot": st.column_config.ImageColumn("", width=36),
            "Days past due": text("Days past due", width=135),
            rows.column_names[2]: text(rows.column_names[2], width=112, alignment="right"),
            "Share": text("Share", width=68, alignment="right"),
            "Change": text(f"vs {since}", width=112, alignment="right"),
        },
        alt="Open balance by days past due; select a row to see what it is made of",
    )  # fmt: skip


def left_out_names(report: AgingReport) -> list[str]:
    """Return what the rows of our own group are called: left out as a whole, and by entity of each of these."""
    several = len({row.currency for row in report.intercompany}) > 1
    return [
        f"Intercompany{'' if row.key == 'intercompany' else f' of {row.name}'}"
        f"{f' {row.currency}' if several else ''}, left out"
        for row in report.intercompany
    ]


def for_download(report: AgingReport) -> pd.DataFrame:
    """Return the rows for a file: exact amounts, columns called as on the screen."""
    whom = report.by in ("customer", "family", "rollup")
    names = {"key": "Code" if whom else "Key", "name": "Customer" if report.by == "rollup" else BY_WORDS[report.by]}
    names |= {"level": "Level", "customers below": "Customers below"}
    names |= {column: bucket_word(column) for column in report.columns}
    return report.frame().rename(
        columns=names | {"currency": "Currency", "open": "Open balance", "redated": "Re-dated"}
    )


def grid_columns(report: AgingReport, say: Format, label: str) -> dict[str, Any]:
    """Return the column settings for `grid`; widths fit the full page."""
    amounts = (*map(bucket_word, report.columns), "Open balance")
    columns: dict[str, Any] = {"Name": tables.text(label, width=222), "Currency": tables.text("Currency", width=70)}
    for column in amounts:
        columns[column] = tables.money(column, say, width=min(106, max(90, ROOM // len(amounts))))
    columns["Overdue"] = tables.share("Overdue", width=93, hint="Share of the open debit items, credits left apart.")
    columns["Items"] = tables.count("Items", width=60)
    columns["Re-dated"] = tables.money(
        "Re-dated", say, width=100, hint="Part of the open balance whose agreed due date is not the original one."
    )
    return columns


def hidden_columns(report: AgingReport) -> set[str]:
    """Return the columns for which there is no room, or no need."""
    unneeded = {"Currency"} if len(report.totals) < 2 else {"Re-dated"}
    return unneeded | ({"Re-dated"} if len(report.edges) > len(EDGES) else set())


def foot(report: AgingReport, say: Format) -> None:
    """Draw the line under the grid that says it adds up, or that it does not."""
    icon = ":green[:material/check:]" if report.foots else ":red[:material/error:]"
    st.markdown(f"{icon} :small[:gray[{as_label(footing(report, say))}]]")


def footing(report: AgingReport, say: Format) -> str:
    """Say in plain text that the columns add up, by which other road, and what the books were compared with."""
    parts = []
    for total in report.totals:
        line = (
            f"{total.currency}: not due {say.amount(total.not_due, total.currency)} "
            f"+ overdue {say.amount(total.overdue, total.currency)} "
            f"+ unapplied {say.amount(total.unapplied, total.currency)} "
            f"= open balance {say.amount(total.open, total.currency)}"
        )
        if total.redated:
            line += f", of which re-dated {say.amount(total.redated, total.currency)}"
        parts.append(line)
    return " · ".join([*parts, agreement(report, say)])


def agreement(report: AgingReport, say: Format) -> str:
    """Say in plain text whether the rows foot to the documents, and agree with an independent figure."""
    off = [control for control in report.control if control.difference]
    if off:
        words = ", ".join(f"{say.amount(control.difference, control.currency)} {control.currency}" for control in off)
        foots = f"does not foot: documents and items differ by {words}"
    else:
        foots = "foots to the sum of documents, difference 0"
    compared = [control for control in report.control if control.agrees is not None]
    if not compared:
        return f"{foots} · general ledger: not compared"
    given = [
        f"{control.compared_with} {say.amount(control.independent or 0, control.currency)} {control.currency}, "
        f"difference {say.amount(control.total - (control.independent or 0), control.currency)}"
        for control in compared
    ]
    verb = "agrees to" if all(control.agrees for control in compared) else "does not agree to"
    return f"{foots} · {verb} {'; '.join(given)}"
