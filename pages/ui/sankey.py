"""Flows as bands from the left to the right, as thick as what flows; a click on a band picks it.

Drawn with areas in Vega-Lite, so that it takes the colours of the theme and answers a click like the other charts.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from typing import NamedTuple

from pages.ui.charts import LABEL_SIZE
from pages.ui.charts import Spec
from pages.ui.charts import by_bucket
from pages.ui.charts import by_role

BODY = 270
"""Pixels for all that flows, without the gaps."""
SLOT = 21
"""Pixels that a node takes at least, so that its words have room."""
GAP = 7
PALE = 6
"""Which of the theme's ten sequential colours no bucket and no credit has."""
OTHER = "no bucket"
STEPS = 16
"""Pieces of a band's curve."""
EDGE = 0.012
"""Width of a node, where the whole chart is 1 wide."""
ROOM = 0.25
"""Room for words at either side, on the same scale."""


class Band(NamedTuple):
    """One flow: from where to where, how thick, and its tooltip."""

    source: str
    target: str
    size: float
    text: str


class _Node(NamedTuple):
    """Where a node stands: pixels from the top, and pixels for one unit of what flows."""

    top: float
    height: float


def sankey(
    bands: Sequence[Band],
    left: Mapping[str, str],
    right: Mapping[str, str],
    buckets: Sequence[str],
    pick: str,
    *,
    roles: Mapping[str, str] | None = None,
) -> Spec:
    """Draw bands between the nodes of two sides; a click fills the selection `pick` with source and target.

    `left` and `right` say the order of the nodes from the top and their words; `buckets` have the colours of the aging,
    other nodes are grey or have the role that `roles` gives them on the right.
    """
    total = sum(band.size for band in bands) or 1.0
    ends = [_sizes(bands, left, 0), _sizes(bands, right, 1)]
    scale = BODY / total
    height = max(_height(sizes, scale) for sizes in ends)
    sides = [_placed(sizes, scale, height) for sizes in ends]
    rows = _curves(bands, sides, scale, list(left), list(right))
    x = {"field": "x", "type": "quantitative", "axis": None, "scale": {"domain": [-ROOM, 1 + ROOM], "nice": False}}
    y = {
        "field": "y", "type": "quantitative", "axis": None,
        "scale": {"domain": [0, height], "reverse": True, "nice": False},
    }  # fmt: skip
    tip = [
        {"field": "from", "title": "From"}, {"field": "to", "title": "To"}, {"field": "text", "title": "What"},
    ]  # fmt: skip
    picked = {"condition": {"param": pick, "value": 0.62}, "value": 0.14}
    for row in rows:
        row["bucket"] = row["source"] if row["source"] in buckets else OTHER
    layers: list[Spec] = [
        {
            "name": "bands",
            "data": {"values": rows},
            "mark": {"type": "area", "cursor": "pointer"},
            "encoding": {
                "x": x, "y": y, "y2": {"field": "y2"}, "color": _ramp(buckets), "opacity": picked, "tooltip": tip,
                "detail": [{"field": "source"}, {"field": "target"}],
            },
        }
    ]  # fmt: skip
    place = {"x": x, "x2": {"field": "x2"}, "y": y, "y2": {"field": "y2"}}
    for aged, colour in ((True, by_bucket(buckets)), (False, by_role())):
        nodes = _nodes(sides, (left, right), buckets, roles or {}, aged=aged)
        layers.append({"data": {"values": nodes}, "mark": {"type": "rect"}, "encoding": {**place, "color": colour}})
    layers += [_words(sides[0], left, x, y, at=0.0), _words(sides[1], right, x, y, at=1.0)]
    return {
        "height": round(height),
        "params": [
            {"name": pick, "views": ["bands"], "select": {"type": "point", "fields": ["source", "target"]}}
        ],
        "layer": layers,
        "resolve": {"scale": {"color": "independent"}},
        "config": {"view": {"stroke": None}},
    }  # fmt: skip


def _ramp(buckets: Sequence[str]) -> Spec:
    """Colour bands by the bucket they come from; those that come from none take a pale colour no bucket has."""
    colour = by_bucket(buckets)
    domain = colour["scale"]["domain"]
    domain += [f"unused {place}" for place in range(len(domain), PALE + 1)]
    domain[PALE] = OTHER
    return colour


def _sizes(bands: Sequence[Band], order: Mapping[str, str], end: int) -> dict[str, float]:
    sizes = dict.fromkeys(order, 0.0)
    for band in bands:
        sizes[_end(band, end)] += band.size
    return sizes


def _end(band: Band, end: int) -> str:
    return band.target if end else band.source


def _height(sizes: Mapping[str, float], scale: float) -> float:
    return sum(max(size * scale, SLOT) for size in sizes.values()) + GAP * max(len(sizes) - 1, 0)


def _placed(sizes: Mapping[str, float], scale: float, height: float) -> dict[str, _Node]:
    """Stand the nodes of one side below each other, spread over the height."""
    spare = (height - _height(sizes, scale)) / max(len(sizes), 1)
    placed, top = {}, spare / 2
    for name, size in sizes.items():
        own = size * scale
        slot = max(own, SLOT)
        placed[name] = _Node(top + (slot - own) / 2, own)
        top += slot + GAP + spare
    return placed


def _curves(
    bands: Sequence[Band], sides: Sequence[Mapping[str, _Node]], scale: float, left: list[str], right: list[str]
) -> list[Spec]:
    """Return the outline of every band as points from left to right."""
    used = [{name: node.top for name, node in side.items()} for side in sides]
    tops: dict[tuple[str, str], list[float]] = {}
    by_source = sorted(bands, key=lambda band: (left.index(band.source), right.index(band.target)))
    by_target = sorted(bands, key=lambda band: (right.index(band.target), left.index(band.source)))
    for end, order in enumerate((by_source, by_target)):
        for band in order:
            name = _end(band, end)
            tops.setdefault((band.source, band.target), []).append(used[end][name])
            used[end][name] += band.size * scale
    rows: list[Spec] = []
    for band in by_source:
        start, stop = tops[band.source, band.target]
        for step in range(STEPS + 1):
            part = step / STEPS
            top = start + (stop - start) * part * part * (3 - 2 * part)
            rows.append(
                {
                    "x": round(EDGE + part * (1 - 2 * EDGE), 4), "y": round(top, 2),
                    "y2": round(top + max(band.size * scale, 0.75), 2), "source": band.source, "target": band.target,
                    "from": band.source, "to": band.target, "text": band.text,
                }
            )  # fmt: skip
    return rows


def _nodes(
    sides: Sequence[Mapping[str, _Node]], words: Sequence[Mapping[str, str]], buckets: Sequence[str],
    roles: Mapping[str, str], *, aged: bool,
) -> list[Spec]:  # fmt: skip
    return [
        {
            "x": end * (1 - EDGE), "x2": end * (1 - EDGE) + EDGE, "y": round(node.top, 2),
            "y2": round(node.top + max(node.height, 1.0), 2), "bucket": name,
            "role": roles.get(name, "quiet") if end else "quiet", "word": words[end][name],
        }
        for end, side in enumerate(sides)
        for name, node in side.items()
        if (name in buckets) == aged
    ]  # fmt: skip


def _words(side: Mapping[str, _Node], words: Mapping[str, str], x: Spec, y: Spec, *, at: float) -> Spec:
    rows = [
        {"x": at, "y": round(node.top + node.height / 2, 2), "word": words[name], "role": "quiet"}
        for name, node in side.items()
    ]
    return {
        "data": {"values": rows},
        "mark": {
            "type": "text", "align": "right" if at == 0 else "left", "dx": -8 if at == 0 else 8,
            "fontSize": LABEL_SIZE, "baseline": "middle",
        },
        "encoding": {"x": x, "y": y, "text": {"field": "word"}, "color": by_role()},
    }  # fmt: skip
