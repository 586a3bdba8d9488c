"""Charts as Vega-Lite dictionaries, coloured by role from the theme, so that they follow light and dark at once.

Amounts come in as plain numbers of the currency, not minor units; a chart may round, the table beside it does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from datetime import date
from typing import Any
from typing import NamedTuple

Spec = dict[str, Any]

ROLES = ("main", "quiet", "soft", "good", "bad")
"""The first five colours of the theme: the thing itself, its context, its second shade, better, worse."""
PLAIN = {"config": {"view": {"stroke": None}, "padding": 0}}
SHORT_AXIS = (
    "datum.value == 0 ? '0' : abs(datum.value) >= 1e6 ? format(datum.value / 1e6, '.2~f') + 'm' : "
    "abs(datum.value) >= 1e3 ? format(datum.value / 1e3, '.3~f') + 'k' : format(datum.value, '.3~f')"
)
LABEL_SIZE = 12
LABEL_GAP = 17
"""Pixels between two labels at the ends of lines."""
_WORD = {"type": "text", "align": "left", "dx": 9, "fontSize": LABEL_SIZE}
_NEAREST = {"type": "point", "fields": ["day"], "nearest": True, "on": "pointerover", "clear": "pointerout"}


class Line(NamedTuple):
    """One line of a trend: its word at the end, its role, its values from the oldest on (None leaves a gap)."""

    label: str
    role: str
    values: Sequence[float | None]
    dashed: bool = False


class Step(NamedTuple):
    """One bar of a movement: its words (`|` breaks the line), how much it moved, and that as text."""

    label: str
    amount: float
    text: str


def by_role(field: str = "role") -> Spec:
    """Colour by what a mark means; the theme says how that looks."""
    return {"field": field, "type": "nominal", "scale": {"domain": list(ROLES), "range": "category"}, "legend": None}


def by_bucket(buckets: Sequence[str], *, legend: Spec | None = None) -> Spec:
    """Colour by aging bucket, always in the same order."""
    return {
        "field": "bucket", "type": "ordinal", "scale": {"domain": list(buckets), "range": "ramp"},
        "sort": list(buckets), "legend": legend,
    }  # fmt: skip


def spark(values: Sequence[float | None]) -> Spec:
    """Draw a small grey line without axes: the shape of the last months, whatever the judgement is."""
    known = [value for value in values if value is not None]
    spread = (max(known) - min(known)) if known else 0.0
    pad = spread * 0.12 or 1.0
    low, high = (min(known) - pad, max(known) + pad) if known else (0.0, 1.0)
    rows = [{"x": place, "y": value, "role": "quiet"} for place, value in enumerate(values)]
    return PLAIN | {
        "height": 44,
        "data": {"values": rows},
        "mark": {"type": "line", "strokeWidth": 1.5},
        "encoding": {
            "x": {"field": "x", "type": "quantitative", "axis": None, "scale": {"nice": False}},
            "y": {"field": "y", "type": "quantitative", "axis": None, "scale": {"domain": [low, high], "zero": False}},
            "color": by_role(),
        },
    }


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
    for step in steps:
        rows.append(
            {
                "label": step.label, "from": level, "to": level + step.amount, "text": step.text,
                "top": max(level, level + step.amount), "role": "main" if step.amount > 0 else "soft",
            }
        )  # fmt: skip
        level += step.amount
    x = {
        "field": "label", "type": "ordinal", "sort": None, "title": None,
        "axis": {"labelAngle": 0, "labelExpr": "split(datum.label, '|')", "ticks": False, "domain": False},
    }  # fmt: skip
    hidden = {"title": None, "axis": None}
    tip = [{"field": "label", "title": "Movement"}, {"field": "text", "title": "Amount"}]
    return {
        "height": 280,
        "data": {"values": rows},
        "layer": [
            {"mark": {"type": "rule"}, "encoding": {"y": {"datum": 0, **hidden}, "color": _role("quiet")}},
            {
                "mark": {"type": "bar", "size": 38},
                "encoding": {
                    "x": x, "y": {"field": "from", "type": "quantitative", **hidden}, "y2": {"field": "to"},
                    "color": by_role(), "tooltip": tip,
                },
            },
            {
                "mark": {"type": "text", "dy": -8, "fontSize": LABEL_SIZE},
                "encoding": {
                    "x": x, "y": {"field": "top", "type": "quantitative", **hidden}, "text": {"field": "text"},
                    "color": _role("quiet"),
                },
            },
        ],
    }  # fmt: skip


def trend(
    days: Sequence[date],
    lines: Sequence[Line],
    *,
    texts: Sequence[Sequence[str]],
    target: float | None = None,
    target_text: str = "",
    to_date: bool = False,
    height: int = 262,
) -> Spec:
    """Draw lines over months with their words at the end, the target dashed, the first line's last value bold.

    `texts` are the values of each line as text, for the tooltip and the end. `to_date` makes the last point hollow:
    its month is not over.
    """
    low, high = _domain([*(v for line in lines for v in line.values), target])
    y = {
        "field": "value", "type": "quantitative", "title": None, "scale": {"domain": [low, high], "zero": False},
        "axis": {"tickCount": 5, "ticks": False, "domain": False, "labelExpr": SHORT_AXIS},
    }  # fmt: skip
    x = {
        "field": "day", "type": "temporal", "title": None, "scale": {"nice": False},
        "axis": {"format": _tick_format(days), "values": _ticks(days), "grid": False, "domain": False, "tickSize": 4},
    }  # fmt: skip
    # The first line is what the chart is about: drawn last, it lies on top.
    layers = [_line_layer(line, x, y) for line in reversed(lines)]
    if target is not None:
        layers.append(_target_layer(days, target, x, y))
    layers += [
        _end_dot(days, lines[0], x, y, hollow=to_date),
        *_end_words(days, lines, texts, target, target_text, x, y, height),
    ]
    layers.append(_hover(days, lines, texts, x))
    values = [
        {"day": day.isoformat(), "value": value, "line": line.label, "role": line.role}
        for line in lines
        for day, value in zip(days, line.values, strict=True)
    ]
    return {"height": height, "data": {"values": values}, "layer": layers}


def bars(
    days: Sequence[date],
    values: Sequence[float | None],
    texts: Sequence[str],
    *,
    target: float | None = None,
    target_text: str = "",
    to_date: bool = False,
    height: int = 262,
) -> Spec:
    """Draw what came in month by month as bars, the running month as an outline, its value bold above it.

    The target of a whole month is dashed over the closed months only.
    """
    last = len(days) - 1
    rows = [
        {
            "day": day.replace(day=1).isoformat(), "value": value, "text": text, "role": "main",
            "hollow": to_date and place == last, "as_of": day.isoformat(),
        }
        for place, (day, value, text) in enumerate(zip(days, values, texts, strict=True))
    ]  # fmt: skip
    top = max([*(value for value in values if value is not None), target or 0.0]) * 1.12 or 1.0
    low = min([0.0, *(value for value in values if value is not None)])
    x = {
        "field": "day", "type": "temporal", "title": None, "scale": {"nice": False},
        "axis": {"format": _tick_format(days), "values": _ticks(days), "grid": False, "domain": False, "tickSize": 4},
    }  # fmt: skip
    y = {
        "field": "value", "type": "quantitative", "title": None, "scale": {"domain": [low, top]},
        "axis": {"tickCount": 5, "ticks": False, "domain": False, "labelExpr": SHORT_AXIS},
    }  # fmt: skip
    tip = [
        {"field": "as_of", "type": "temporal", "title": "Up to", "format": "%-d %b %Y"},
        {"field": "text", "title": "Amount"},
    ]
    size = max(3, 300 // max(len(days), 1))
    bar = {"type": "bar", "size": size}
    layers = [
        {
            "transform": [{"filter": "!datum.hollow"}],
            "mark": bar,
            "encoding": {"x": x, "y": y, "color": by_role(), "tooltip": tip},
        },
        {
            "transform": [{"filter": "datum.hollow"}],
            "mark": bar | {"filled": False, "strokeWidth": 1.5},
            "encoding": {"x": x, "y": y, "color": by_role(), "tooltip": tip},
        },
    ]
    end = [row | {"word": f"{row['text']} to date" if to_date else row["text"]} for row in rows[-1:]]
    if target is not None and days:
        layers.append(_target_layer([day.replace(day=1) for day in days], target, x, y))
        end.append({"day": rows[-1]["day"], "value": target, "word": target_text, "role": "quiet"})
    low_gap = LABEL_GAP * (top - low) / (0.8 * height)
    for at, row in zip(_apart([float(row["value"] or 0.0) for row in end], low_gap), end, strict=True):
        mark = _WORD | {"fontWeight": 700 if row["role"] == "main" else 400, "dx": size // 2 + 6}
        layers.append(
            {"data": {"values": [row | {"value": at}]}, "mark": mark,
             "encoding": {"x": x, "y": y, "text": {"field": "word"}, "color": by_role()}}
        )  # fmt: skip
    return {"height": height, "data": {"values": rows}, "layer": layers}


def _role(role: str) -> Spec:
    """Give a mark that shows no data the colour of a role: without one it is black in the dark too."""
    return {"datum": role, "type": "nominal", "scale": {"domain": list(ROLES), "range": "category"}, "legend": None}


def _domain(values: Sequence[float | None]) -> tuple[float, float]:
    known = [value for value in values if value is not None]
    if not known:
        return 0.0, 1.0
    pad = (max(known) - min(known)) * 0.12 or max(abs(known[0]) * 0.1, 1.0)
    low = min(known) - pad
    return (max(low, 0.0) if min(known) >= 0 else low), max(known) + pad


def _ticks(days: Sequence[date]) -> list[Spec]:
    """Return where the time axis is labelled: each January, or each quarter of a short history."""
    if not days:
        return []
    months = (1,) if _is_long(days) else (1, 4, 7, 10)
    years = range(days[0].year, days[-1].year + 1)
    firsts = [date(year, month, 1) for year in years for month in months]
    return [{"year": day.year, "month": day.month, "date": 1} for day in firsts if _shown(day, days)]


def _shown(day: date, days: Sequence[date]) -> bool:
    return days[0].replace(day=1) <= day <= days[-1]


def _is_long(days: Sequence[date]) -> bool:
    return len(days) > 18


def _tick_format(days: Sequence[date]) -> str:
    return "%Y" if _is_long(days) else "%b %Y"


def _line_layer(line: Line, x: Spec, y: Spec) -> Spec:
    mark: Spec = {"type": "line", "strokeWidth": 2 if line.role == "main" else 1.5}
    if line.dashed:
        mark["strokeDash"] = [2, 2]
    return {
        "transform": [{"filter": {"field": "line", "equal": line.label}}],
        "mark": mark,
        "encoding": {"x": x, "y": y, "color": by_role()},
    }


def _target_layer(days: Sequence[date], target: float, x: Spec, y: Spec) -> Spec:
    ends = [{"day": day.isoformat(), "value": target, "role": "quiet"} for day in (days[0], days[-1])]
    return {
        "data": {"values": ends},
        "mark": {"type": "line", "strokeWidth": 1, "strokeDash": [4, 3]},
        "encoding": {"x": x, "y": y, "color": by_role()},
    }


def _last(line: Line) -> int | None:
    known = [place for place, value in enumerate(line.values) if value is not None]
    return known[-1] if known else None


def _end_dot(days: Sequence[date], line: Line, x: Spec, y: Spec, *, hollow: bool) -> Spec:
    place = _last(line)
    rows = [] if place is None else [{"day": days[place].isoformat(), "value": line.values[place], "role": line.role}]
    return {
        "data": {"values": rows},
        "mark": {"type": "point", "size": 55, "filled": not hollow, "strokeWidth": 2, "opacity": 1},
        "encoding": {"x": x, "y": y, "color": by_role()},
    }


def _end_words(
    days: Sequence[date],
    lines: Sequence[Line],
    texts: Sequence[Sequence[str]],
    target: float | None,
    target_text: str,
    x: Spec,
    y: Spec,
    height: int,
) -> list[Spec]:
    wanted: list[tuple[float, str, str, bool]] = []
    for number, (line, words) in enumerate(zip(lines, texts, strict=True)):
        place = _last(line)
        if place is not None:
            value = line.values[place]
            word = words[place] if number == 0 else line.label
            wanted.append((float(value or 0.0), word, line.role, number == 0))
    if target is not None:
        wanted.append((target, target_text, "quiet", False))
    low, high = y["scale"]["domain"]
    spread = _apart([value for value, *_ in wanted], LABEL_GAP * (high - low) / (0.8 * height))
    return [
        {
            "data": {"values": [{"day": days[-1].isoformat(), "value": at, "word": word, "role": role}]},
            "mark": _WORD | {"fontWeight": 700 if bold else 400},
            "encoding": {"x": x, "y": y, "text": {"field": "word"}, "color": by_role()},
        }
        for at, (_, word, role, bold) in zip(spread, wanted, strict=True)
    ]  # fmt: skip


def _apart(values: Sequence[float], gap: float) -> list[float]:
    """Move labels that would collide, the first one least, until neighbours are `gap` apart."""
    order = sorted(range(len(values)), key=lambda place: values[place])
    moved = list(values)
    anchor = order.index(0) if values else 0
    for step in range(anchor + 1, len(order)):
        moved[order[step]] = max(moved[order[step]], moved[order[step - 1]] + gap)
    for step in range(anchor - 1, -1, -1):
        moved[order[step]] = min(moved[order[step]], moved[order[step + 1]] - gap)
    return moved


def _hover(days: Sequence[date], lines: Sequence[Line], texts: Sequence[Sequence[str]], x: Spec) -> Spec:
    rows = [
        {"day": day.isoformat(), "role": "quiet"}
        | {line.label: words[place] for line, words in zip(lines, texts, strict=True)}
        for place, day in enumerate(days)
    ]
    tips = [{"field": "day", "type": "temporal", "title": "As of", "format": "%-d %b %Y"}]
    tips += [{"field": line.label.replace(".", "\\."), "type": "nominal", "title": line.label} for line in lines]
    return {
        "data": {"values": rows},
        "params": [{"name": "near", "select": _NEAREST}],
        "mark": {"type": "rule", "strokeWidth": 1},
        "encoding": {
            "x": x, "color": by_role(), "tooltip": tips,
            "opacity": {"condition": {"param": "near", "empty": False, "value": 0.6}, "value": 0},
        },
    }  # fmt: skip
