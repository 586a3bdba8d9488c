"""Steps one behind the other on one line of days: each bar begins where the last one ended, the whole below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pages.ui.charts import LABEL_SIZE
from pages.ui.charts import Spec
from pages.ui.charts import by_role

ROW = 38
"""Pixels of one step."""


class Stretch(NamedTuple):
    """One step: its key, its words, its days, these as text, and the role of its colour."""

    key: str
    label: str
    days: float
    text: str
    role: str


def stretches(steps: Sequence[Stretch], whole: Stretch, pick: str) -> Spec:
    """Draw the steps from the top and the whole below them; a click on a bar fills the selection `pick`.

    A negative step leads back; its bar ends at the left.
    """
    rows, level = [], 0.0
    for step in (*steps, whole):
        start = 0.0 if step is whole else level
        level = start + step.days
        rows.append(
            {**step._asdict(), "from": start, "to": level, "right": max(start, level), "low": min(start, level)}
        )
    # Room for the figures at the right of the longest bar.
    furthest = 1.12 * max(1.0, *(row["right"] for row in rows))
    lowest = min(0.0, *(row["low"] for row in rows))
    y = {
        "field": "label", "type": "nominal", "sort": [row["label"] for row in rows], "title": None,
        "axis": {"labelLimit": 230, "labelOverlap": False, "ticks": False, "domain": False},
    }  # fmt: skip
    scale = {"domain": [lowest, furthest], "nice": False}
    tip = [{"field": "label", "title": "Step"}, {"field": "text", "title": "Days"}]
    return {
        "height": ROW * len(rows) + 30,
        "data": {"values": rows},
        "layer": [
            {
                "params": [{"name": pick, "select": {"type": "point", "fields": ["key"]}}],
                "mark": {"type": "bar", "height": 20, "cursor": "pointer"},
                "encoding": {
                    "y": y,
                    "x": {
                        "field": "from", "type": "quantitative", "title": None, "scale": scale,
                        "axis": {"tickCount": 6, "domain": False},
                    },
                    "x2": {"field": "to"},
                    "color": by_role(),
                    "opacity": {"condition": {"param": pick, "value": 1}, "value": 0.3},
                    "tooltip": tip,
                },
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 6, "fontSize": LABEL_SIZE, "aria": False},
                "encoding": {
                    "y": y, "x": {"field": "right", "type": "quantitative", "scale": scale},
                    "text": {"field": "text"}, "color": _quiet(),
                },
            },
        ],
    }  # fmt: skip


def _quiet() -> Spec:
    """Colour what shows no data like context: without a colour it is black in the dark too."""
    colour = {name: value for name, value in by_role().items() if name != "field"}
    return {**colour, "datum": "quiet"}
