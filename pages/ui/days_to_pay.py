"""How long each invoice of a customer took: a dot each, the running median as a line, the terms dashed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from arcore.money import digits
from arcore.reports.customer import Paid
from pages.ui import charts
from pages.ui import tables
from pages.ui import trend_charts
from pages.ui.format import Format
from pages.ui.trend_charts import Note

HEIGHT = 170
LABEL_GAP = 15
"""Pixels between the two words at the end of the chart."""
_NET = re.compile(r"\b(?:net|netto)\s*(\d{1,3})\b", re.IGNORECASE)


def draw(paid: Sequence[Paid], terms: str, say: Format, notes: Sequence[Note] = ()) -> None:
    """Draw the chart with its figures as a table below; `notes` are marked on their days."""
    st.markdown(
        "**Days from invoice to payment** "
        ":gray[:small[each dot one invoice by its last receipt, size = amount; line = median of the last 10]]"
    )
    if not paid:
        st.caption("No receipt was applied to an invoice in the last 24 months.")
        return
    agreed = net_days(terms)
    last = paid[-1].median
    against = f", terms {agreed}" if agreed is not None else ""
    st.vega_lite_chart(
        spec(paid, agreed, say, notes),
        alt=f"Days from invoice to payment; the median of the last ten is {last:.0f}{against}",
    )
    with st.expander(f"{say.counted(len(paid), 'invoice')} as a table"):
        as_table(paid, say)


def net_days(terms: str) -> int | None:
    """Read the days of credit out of terms such as "net 30"; None where they say something else."""
    found = _NET.search(terms)
    return int(found.group(1)) if found else None


def spec(paid: Sequence[Paid], agreed: int | None, say: Format, notes: Sequence[Note] = ()) -> charts.Spec:
    """Return the chart."""
    values = [
        {
            "day": p.last_receipt.isoformat(), "days": round(p.days, 1), "role": "quiet",
            "amount": p.amount / 10 ** digits(p.currency), "text": say.money(p.amount, p.currency),
            "when": say.day(p.last_receipt),
        }
        for p in paid
    ]  # fmt: skip
    # One point a day, the last: several receipts of a day would draw the line straight up and down.
    by_day = {p.last_receipt: p.median for p in paid}
    line = [{"day": day.isoformat(), "days": median, "role": "main"} for day, median in by_day.items()]
    top = max(p.days for p in paid)
    x = {
        "field": "day", "type": "temporal", "title": None,
        "axis": {"format": "%b %Y", "grid": False, "domain": False, "labelOverlap": True, "tickCount": 8},
    }  # fmt: skip
    y = {
        "field": "days", "type": "quantitative", "title": None,
        "axis": {"tickCount": 4, "ticks": False, "domain": False}, "scale": {"domainMin": 0},
    }  # fmt: skip
    tooltip = [
        {"field": "when", "title": "Paid"}, {"field": "days", "title": "Days"}, {"field": "text", "title": "Amount"},
    ]  # fmt: skip
    size = {"field": "amount", "type": "quantitative", "legend": None, "scale": {"range": [15, 220]}}
    layers: list[charts.Spec] = [
        {
            "data": {"values": values},
            "mark": {"type": "point", "filled": True, "opacity": 0.5},
            "encoding": {"x": x, "y": y, "color": charts.by_role(), "size": size, "tooltip": tooltip},
        },
        {
            "data": {"values": line},
            "mark": {"type": "line", "strokeWidth": 2},
            "encoding": {"x": x, "y": y, "color": charts.by_role()},
        },
    ]
    layers += trend_charts.marked([paid[0].last_receipt, paid[-1].last_receipt], notes, x)
    ends = [(paid[-1].median, f"{say.number(paid[-1].median)} days", "main", "bold")]
    if agreed is not None:
        layers.append(_terms(agreed, y))
        ends.append((float(agreed), f"terms {agreed}", "quiet", "normal"))
    layers += _words(ends, max(top, float(agreed or 0)), line[-1]["day"], x, y)
    return {"height": HEIGHT, "layer": layers}


def as_table(paid: Sequence[Paid], say: Format) -> None:
    """Draw the figures of the chart, newest first."""
    code = paid[0].currency
    table = pd.DataFrame(
        {
            "Last receipt": [p.last_receipt for p in paid],
            "Days": [round(p.days, 1) for p in paid],
            "Median of the last 10": [round(p.median, 1) for p in paid],
            "Amount": [p.amount / 10 ** digits(p.currency) for p in paid],
        }
    )
    tables.grid(
        table[::-1],
        hide_index=True,
        row_height=tables.ROW,
        height=tables.height(len(paid), most=8),
        column_config={
            "Last receipt": tables.day("Last receipt", say, width=120),
            "Days": tables.money("Days", say, places=1, width=90),
            "Median of the last 10": tables.money("Median of the last 10", say, places=1, width=160),
            "Amount": tables.money(f"Amount, {code}", say, places=digits(code), width=120),
        },
        alt="Invoices with days to payment, newest first",
    )


def _terms(agreed: int, y: charts.Spec) -> charts.Spec:
    return {
        "data": {"values": [{"days": agreed, "role": "quiet"}]},
        "mark": {"type": "rule", "strokeDash": [4, 3]},
        "encoding": {"y": y, "color": charts.by_role()},
    }


def _words(
    ends: list[tuple[float, str, str, str]], top: float, day: Any, x: charts.Spec, y: charts.Spec
) -> list[charts.Spec]:
    """Write the words behind the last day, moved apart where they would run into each other."""
    step = LABEL_GAP * (top or 1.0) / HEIGHT
    high, *low = sorted(ends, reverse=True)
    placed = [high, *[(min(value, high[0] - step), *rest) for value, *rest in low]]
    return [
        {
            "data": {"values": [{"day": day, "days": value, "role": role, "text": text}]},
            "mark": {"type": "text", "align": "left", "dx": 9, "fontSize": charts.LABEL_SIZE, "fontWeight": weight},
            "encoding": {"x": x, "y": y, "color": charts.by_role(), "text": {"field": "text"}},
        }
        for value, text, role, weight in placed
    ]
