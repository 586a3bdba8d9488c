"""What the Customer page draws: tiles, badges, open items, days to pay, timeline, contacts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from arcore.money import digits
from arcore.reports.customer import Paid
from arcore.reports.customer import Standing
from arcore.reports.customer import Who
from arcore.reports.items import ItemRow
from arcore.reports.timeline import Moment
from pages.ui import charts
from pages.ui import tables
from pages.ui.format import NONE
from pages.ui.format import Format
from pages.ui.format import as_label

MOST_ITEMS = 14
FULL = 100.0
STATUS_WORDS = {
    "insolvent": "Insolvent",
    "direct_debit": "Direct debit",
    "factored": "Factored",
    "legal": "With lawyers",
}
TOPICS = {"All": None, "Talks": "talk", "Money": "money", "Changes": "change"}


def badges(about: Who, standing: Standing, say: Format) -> None:
    """Draw only what is unusual."""
    words: list[tuple[str, str, Any]] = []
    status = about.facts.get("status", "")
    if status in STATUS_WORDS:
        words.append((STATUS_WORDS[status], ":material/gavel:", "violet" if status == "legal" else "orange"))
    if about.intercompany:
        words.append(("Company of our own group", ":material/hub:", "gray"))
    if standing.used is not None and standing.used > FULL:
        words.append(
            (
                f"Over its limit by {say.money(standing.open - (standing.limit or 0), standing.currency, decimals=0)}",
                ":material/block:",
                "red",
            )
        )
    if standing.unapplied:
        words.append(("Credit to apply", ":material/join_inner:", "blue"))
    if about.merged_into is not None:
        words.append((f"Merged into {about.merged_into.code}", ":material/merge:", "gray"))
    if words:
        with st.container(horizontal=True, gap="xsmall", key="badges"):
            for word, icon, colour in words:
                st.badge(as_label(word).replace("[", "(").replace("]", ")"), icon=icon, color=colour)


def tiles(standing: Standing, say: Format, oldest_number: str) -> None:
    """Draw the six figures."""
    code, open_ = standing.currency, standing.open
    share = f"{say.percent(FULL * standing.overdue / open_)} of open" if open_ > 0 else ""
    change = None
    if standing.pays_after is not None and standing.paid_after_before is not None:
        change = round(standing.pays_after) - round(standing.paid_after_before)
    with st.grid(6, min_column_width=150, gap="small", key="tiles"):
        st.metric(
            "Open balance",
            as_label(say.money(open_, code, decimals=0)),
            border=True,
            height="stretch",
            delta_description=f"{standing.items} items",
        )
        st.metric(
            "Overdue",
            as_label(say.money(standing.overdue, code, decimals=0)),
            border=True,
            height="stretch",
            delta_description=share,
        )
        st.metric(
            "Unapplied credits",
            as_label(say.money(standing.unapplied, code, decimals=0)),
            border=True,
            height="stretch",
            delta_description="to be applied" if standing.unapplied else "none",
        )
        st.metric(
            "Oldest item",
            f"{standing.oldest_days} :small[:gray[days late]]" if standing.oldest_days else NONE,
            border=True,
            height="stretch",
            delta_description=as_label(oldest_number) if oldest_number else "nothing is late",
        )
        st.metric(
            "Pays after",
            f"{say.number(standing.pays_after)} :small[:gray[days]]" if standing.pays_after is not None else NONE,
            border=True,
            height="stretch",
            delta=change or None,
            delta_color="inverse",
            delta_description="weighted, 12 months" if standing.pays_after is not None else "no receipt in 12 months",
        )
        st.metric(
            "Credit limit used",
            say.percent(standing.used),
            border=True,
            height="stretch",
            delta_description=as_label(f"{say.money(standing.limit, code, decimals=0)} limit")
            if standing.limit
            else "no limit set",
        )


def item_grid(rows: Sequence[ItemRow], say: Format, key: str) -> list[ItemRow]:
    """Draw items with tick boxes and return those ticked."""
    several = len({row.currency for row in rows}) > 1
    money = "" if several or not rows else f", {rows[0].currency}"
    table = pd.DataFrame(
        {
            "Document": [row.document for row in rows],
            "Issued": [row.document_date for row in rows],
            "Due": [row.due_date for row in rows],
            "Late": pd.array(
                [row.days_past_due if row.open > 0 and row.days_past_due > 0 else pd.NA for row in rows], dtype="Int64"
            ),
            "Amount": [row.amount / 10 ** digits(row.currency) for row in rows],
            "Open": [row.open / 10 ** digits(row.currency) for row in rows],
            "Currency": [row.currency for row in rows],
            "Bucket": [[bucket_word(row)] for row in rows],
            "Due date": [["re-dated"] if row.due_date != row.original_due_date else [] for row in rows],
        }
    )
    order = [name for name in table.columns if (name != "Currency" or several)]
    if not any(row.due_date != row.original_due_date for row in rows):
        order.remove("Due date")
    words = ["Not due", "1–30", "31–60", "61–90", "91+", "Credit", "Settled"]
    colours = ["gray", "yellow", "orange", "red", "red", "blue", "green"]
    picked = st.dataframe(
        table,
        key=key,
        hide_index=True,
        row_height=tables.ROW,
        height=tables.height(len(rows), most=MOST_ITEMS),
        on_select="rerun",
        selection_mode="multi-row",
        placeholder="–",
        column_order=order,
        column_config={
            "Document": tables.text("Document", width=130),
            "Issued": tables.day("Issued", say),
            "Due": tables.day("Due", say),
            "Late": tables.count("Days late", width=75),
            "Amount": tables.money(f"Amount{money}", say, width=108),
            "Open": tables.money(f"Open{money}", say, width=108),
            "Currency": tables.text("", width=48),
            "Bucket": st.column_config.MultiselectColumn("Bucket", options=words, color=colours, width=88),
            "Due date": st.column_config.MultiselectColumn("", options=["re-dated"], color=["blue"], width=80),
        },
        alt=f"{len(rows)} items of this customer, oldest due first",
    )
    return [rows[place] for place in picked.selection.rows if place < len(rows)]


def bucket_word(row: ItemRow) -> str:
    """Return the bucket as people read it."""
    if row.open == 0:
        return "Settled"
    if row.open < 0:
        return "Credit"
    return row.bucket.replace("-", "–").replace("not due", "Not due")


def days_to_pay(paid: Sequence[Paid], say: Format) -> None:
    """Draw how long each invoice took: a dot each, the running median as a line; the figures below."""
    st.markdown(
        "**Days from invoice to payment** "
        ":gray[:small[each dot one invoice by its last receipt, size = amount; line = median of the last 10]]"
    )
    if not paid:
        st.caption("No receipt was applied to an invoice in these months.")
        return
    values = [
        {
            "day": p.last_receipt.isoformat(),
            "days": round(p.days, 1),
            "median": p.median,
            "dot": "quiet",
            "line": "main",
            "amount": p.amount / 10 ** digits(p.currency),
            "text": say.money(p.amount, p.currency),
            "when": say.day(p.last_receipt),
        }
        for p in paid
    ]
    x = {"field": "day", "type": "temporal", "title": None, "axis": {"format": "%b %Y", "grid": False, "domain": False}}
    y = {"type": "quantitative", "title": None, "axis": {"tickCount": 4, "ticks": False, "domain": False}}
    tooltip = [
        {"field": "when", "title": "Paid"},
        {"field": "days", "title": "Days"},
        {"field": "text", "title": "Amount"},
    ]
    spec = {
        "height": 170,
        "data": {"values": values},
        "layer": [
            {
                "mark": {"type": "point", "filled": True, "opacity": 0.5},
                "encoding": {
                    "x": x,
                    "y": y | {"field": "days"},
                    "color": charts.by_role("dot"),
                    "tooltip": tooltip,
                    "size": {"field": "amount", "type": "quantitative", "legend": None, "scale": {"range": [15, 220]}},
                },
            },
            {
                "mark": {"type": "line", "strokeWidth": 2, "interpolate": "monotone"},
                "encoding": {"x": x, "y": y | {"field": "median"}, "color": charts.by_role("line")},
            },
        ],
    }
    last = paid[-1].median
    st.vega_lite_chart(spec, alt=f"Days from invoice to payment; the median of the last ten is {last:.0f} days")
    with st.expander(f"{len(paid)} invoices as a table; median of the last ten {last:.0f} days"):
        st.dataframe(
            pd.DataFrame(
                {
                    "Last receipt": [p.last_receipt for p in paid],
                    "Days": [round(p.days, 1) for p in paid],
                    f"Amount, {paid[0].currency}": [p.amount / 10 ** digits(p.currency) for p in paid],
                }
            )[::-1],
            hide_index=True,
            row_height=tables.ROW,
            height=tables.height(len(paid), most=8),
            alt="Invoices with days to payment, newest first",
        )


def moment_words(moment: Moment, say: Format) -> str:
    """Return one entry of the timeline as Markdown: what, amount, then day and person in grey."""
    icon = {"money": ":material/payments:", "talk": ":material/chat:", "change": ":material/edit_note:"}[moment.topic]
    amount = f" {as_label(say.money(abs(moment.amount), moment.currency))}" if moment.amount is not None else ""
    gone = " :gray[(taken back)]" if moment.taken_back else ""
    tail = as_label(f"{say.day(moment.on)} · {moment.by}")
    return f"{icon} {as_label(moment.what)}{amount}{gone}  \n:small[:gray[{tail}]]"
