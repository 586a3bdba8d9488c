"""Charts as Vega-Lite dictionaries, coloured by role from the theme, so that they follow light and dark at once.

Amounts come in as plain numbers of the currency, not minor units; a chart may round, the table beside it does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from itertools import accumulate
from typing import Any
from typing import NamedTuple

import pyarrow as pa
import streamlit as st

Spec = dict[str, Any]

ROLES = ("main", "quiet", "soft", "good", "bad")
"""The first five colours of the theme: the thing itself, its context, its second shade, better, worse."""
PLAIN = {"config": {"view": {"stroke": None}, "padding": 0}}
SHORT_AXIS = (
    "datum.value == 0 ? '0' : abs(datum.value) >= 1e6 ? format(datum.value / 1e6, '.2~f') + 'm' : "
    "abs(datum.value) >= 1e3 ? format(datum.value / 1e3, '.3~f') + 'k' : format(datum.value, '.3~f')"
)
LABEL_SIZE = 12


class Step(NamedTuple):
    """One bar of a movement: its words (`|` breaks the line), how much it moved, and that as text."""

    label: str
    amount: float
    text: str


def draw(spec: Spec, **how: Any) -> Any:
    """Draw a chart as `st.vega_lite_chart` does, in a third of the time: its rows are laid out as columns here."""
    values = spec.get("data", {}).get("values")
    if values:
        names = dict.fromkeys(name for row in values for name in row)
        table = pa.table({name: [row.get(name) for row in values] for name in names})
        spec = {**spec, "data": {"values": table}}
    return st.vega_lite_chart(spec, **how)


def by_role(field: str = "role") -> Spec:
    """Colour by what a mark means; the theme says how that looks."""
    return {"field": field, "type": "nominal", "scale": {"domain": list(ROLES), "range": "category"}, "legend": None}


RAMPS = {
    1: (0,), 2: (0, 2), 3: (0, 1, 4), 4: (0, 1, 2, 4), 5: (0, 1, 2, 3, 4), 6: (0, 7, 1, 2, 3, 4),
    7: (0, 7, 1, 8, 2, 3, 4), 8: (0, 7, 1, 8, 2, 9, 3, 4),
}  # fmt: skip
"""How many buckets → which of the theme's ten sequential colours they take; the sixth is for unapplied credits."""


def by_bucket(buckets: Sequence[str], *, legend: Spec | None = None) -> Spec:
    """Colour by aging bucket from pale to dark, always in the same order; at most eight of them."""
    # A range named by the theme is handed out in order, so the colours that are not used go to names nobody has.
    domain = [f"unused {place}" for place in range(max(RAMPS[len(buckets)]) + 1)]
    for bucket, place in zip(buckets, RAMPS[len(buckets)], strict=True):
        domain[place] = bucket
    return {
        "field": "bucket", "type": "ordinal", "scale": {"domain": domain, "range": "ramp"},
        "sort": domain, "legend": legend and {**legend, "values": list(buckets)},
    }  # fmt: skip


def spark(values: Sequence[float | None], notes: Sequence[tuple[float, str]] = ()) -> Spec:
    """Draw a small grey line without axes: the shape of the last months, whatever the judgement is.

    `notes` are places among the values with a few words each: a thin rule that says them on hover.
    """
    known = [value for value in values if value is not None]
    spread = (max(known) - min(known)) if known else 0.0
    pad = spread * 0.12 or 1.0
    low, high = (min(known) - pad, max(known) + pad) if known else (0.0, 1.0)
    rows = [{"x": place, "y": value, "role": "quiet"} for place, value in enumerate(values)]
    x = {"field": "x", "type": "quantitative", "axis": None, "scale": {"nice": False}}
    line = {
        "data": {"values": rows},
        "mark": {"type": "line", "strokeWidth": 1.5},
        "encoding": {
            "x": x,
            "y": {"field": "y", "type": "quantitative", "axis": None, "scale": {"domain": [low, high], "zero": False}},
            "color": by_role(),
        },
    }
    if not notes:
        return PLAIN | {"height": 44, **line}
    rule = {
        "data": {"values": [{"x": place, "words": words, "role": "quiet"} for place, words in notes]},
        "mark": {"type": "rule", "strokeWidth": 1, "opacity": 0.45},
        "encoding": {"x": x, "color": by_role(), "tooltip": [{"field": "words", "type": "nominal", "title": "Note"}]},
    }
    return PLAIN | {"height": 44, "layer": [rule, line]}


def bucket_bar(buckets: Sequence[str], amounts: Sequence[float]) -> Spec:
    """Draw one stacked bar of what is owed by days past due; credits stand in the table, not in the bar."""
    rows = [
        {"bucket": bucket, "amount": max(amount, 0.0), "order": place}
        for place, (bucket, amount) in enumerate(zip(buckets, amounts, strict=True))
    ]
    return PLAIN | {
        "height": 18,
        "data": {"values": rows},
        "mark": {"type": "bar", "height": 18},
        "encoding": {
            "x": {"field": "amount", "type": "quantitative", "axis": None, "stack": "zero", "scale": {"nice": False}},
            "color": by_bucket(buckets),
            "order": {"field": "order", "type": "quantitative"},
            "tooltip": [
                {"field": "bucket", "title": "Days past due"},
                {"field": "amount", "title": "Amount", "format": ",.0f"},
            ],
        },
    }


def stacked(rows: Sequence[Mapping[str, Any]], buckets: Sequence[str], names: Sequence[str], pick: str) -> Spec:
    """Draw horizontal bars by name, stacked by bucket; a click on a segment fills the selection `pick`.

    `rows` hold `key`, `name`, `bucket` and `amount`; `names` say the order from the top.
    """
    place = {bucket: number for number, bucket in enumerate(buckets)}
    return {
        "height": 22 * len(names) + 110,
        "data": {"values": [{**row, "order": place[row["bucket"]]} for row in rows]},
        "params": [{"name": pick, "select": {"type": "point", "fields": ["key", "bucket"]}}],
        "mark": {"type": "bar", "height": 17, "cursor": "pointer"},
        "encoding": {
            "y": {
                "field": "name", "type": "nominal", "sort": list(names), "title": None,
                "axis": {"labelLimit": 190, "labelOverlap": False, "ticks": False, "domain": False},
            },
            "x": {
                "field": "amount", "type": "quantitative", "title": None, "stack": "zero",
                "axis": {"labelExpr": SHORT_AXIS, "tickCount": 4, "domain": False},
            },
            "color": by_bucket(buckets, legend={"orient": "top", "title": None, "symbolSize": 110, "offset": 4}),
            "order": {"field": "order", "type": "quantitative"},
            "opacity": {"condition": {"param": pick, "value": 1}, "value": 0.3},
            "tooltip": [
                {"field": "name", "title": "Name"},
                {"field": "bucket", "title": "Days past due"},
                {"field": "amount", "title": "Amount", "format": ",.2f"},
            ],
        },
    }  # fmt: skip


def waterfall(steps: Sequence[Step]) -> Spec:
    """Draw what moved a balance, each bar beginning where the last one ended; the ends stand beside it as figures."""
    rows, level = [], 0.0
    levels = [0.0, *accumulate(step.amount for step in steps)]
    highest = max(map(abs, levels))
    for step in steps:
        end = level + step.amount
        # A bar that hangs from the zero line is labelled below, where the line does not strike the text out.
        below = max(level, end) < 0.04 * highest and min(level, end) <= 0
        rows.append(
            {
                "label": step.label, "from": level, "to": end, "top": max(level, end), "bottom": min(level, end),
                "text": step.text, "below": below, "role": "main" if step.amount > 0 else "soft",
            }
        )  # fmt: skip
        level = end
    x = {
        "field": "label", "type": "ordinal", "sort": None, "title": None,
        "axis": {"labelAngle": 0, "labelExpr": "split(datum.label, '|')", "ticks": False, "domain": False},
    }  # fmt: skip
    # Where bars hang below zero their words need room above those of the axis.
    hidden = {"title": None, "axis": None} | ({"scale": {"padding": 14}} if min(levels) < 0 else {})
    tip = [{"field": "label", "title": "Movement"}, {"field": "text", "title": "Amount"}]
    return {
        "height": 280,
        "data": {"values": rows},
        "layer": [
            {
                "mark": {"type": "rule", "aria": False},
                "encoding": {"y": {"datum": 0, **hidden}, "color": _role("quiet")},
            },
            {
                "mark": {"type": "bar", "size": 38},
                "encoding": {
                    "x": x, "y": {"field": "from", "type": "quantitative", **hidden}, "y2": {"field": "to"},
                    "color": by_role(), "tooltip": tip,
                },
            },
            *(
                {
                    "transform": [{"filter": {"field": "below", "equal": below}}],
                    "mark": {"type": "text", "dy": dy, "fontSize": LABEL_SIZE},
                    "encoding": {
                        "x": x, "y": {"field": end, "type": "quantitative", **hidden}, "text": {"field": "text"},
                        "color": _role("quiet"),
                    },
                }
                for below, end, dy in ((False, "top", -8), (True, "bottom", 10))
            ),
        ],
    }  # fmt: skip


def _role(role: str) -> Spec:
    """Give a mark that shows no data the colour of a role: without one it is black in the dark too."""
    return {"datum": role, "type": "nominal", "scale": {"domain": list(ROLES), "range": "category"}, "legend": None}
