"""Charts over months: lines with their words at the end, bars of what came in; the running month is hollow."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from datetime import timedelta
from typing import Any
from typing import NamedTuple

from pages.ui.charts import LABEL_SIZE
from pages.ui.charts import SHORT_AXIS
from pages.ui.charts import Spec
from pages.ui.charts import by_role

HEIGHT = 262
NEAR = 75
"""Days between two notes whose numbers would run into each other."""
LABEL_GAP = 17
"""Pixels between two labels at the ends of lines."""
_PLOTTED = 0.8
"""About how much of the height is left for the lines themselves."""


class Line(NamedTuple):
    """One line: its word at the end, its role, its values and the same as text, from the oldest on; None is a gap."""

    label: str
    role: str
    values: Sequence[float | None]
    texts: Sequence[str]
    dashed: bool = False


class Target(NamedTuple):
    """What a measure should be, and the word at the end of its dashed line."""

    value: float
    word: str


class Band(NamedTuple):
    """Where a measure is to stay: from low to high, both inclusive; None is no limit."""

    low: float | None
    high: float | None


class Note(NamedTuple):
    """A few words at a day: a thin rule with its number, the words on hover."""

    day: date
    number: int
    text: str


class _Word(NamedTuple):
    """A label at the end: where, what, in which role."""

    value: float
    word: str
    role: str


class _Axes(NamedTuple):
    """The two axes, and how many units of y are one label apart."""

    x: Spec
    y: Spec
    gap: float


def lines(
    days: Sequence[date], drawn: Sequence[Line], *, target: Target | None = None, band: Band | None = None,
    notes: Sequence[Note] = (), to_date: bool = False, height: int = HEIGHT,
) -> Spec:  # fmt: skip
    """Draw lines over months, the target dashed in its band, the first line on top with its last value bold.

    `to_date` makes the last point hollow: its month is not over.
    """
    axes = _axes(days, _domain([*(v for line in drawn for v in line.values), target and target.value]), height)
    first, last = drawn[0], _last(drawn[0].values)
    words = [_Word(first.values[last] or 0.0, first.texts[last], first.role)] if last is not None else []
    for line in drawn[1:]:
        place = _last(line.values)
        words += [_Word(line.values[place] or 0.0, line.label, "quiet")] if place is not None else []
    said = _notes_of_months(days, notes)
    layers = [*_limits(days, band, axes), *_rules(_within(days, notes), axes)]
    layers += [_line(line, axes) for line in reversed(drawn)]
    if target is not None:
        layers.append(_dashed(days, target.value, axes))
        words.append(_Word(target.value, target.word, "quiet"))
    if last is not None:
        layers.append(_dot(days[last], first.values[last] or 0.0, first.role, axes, hollow=to_date))
    values = [
        {"day": day.isoformat(), "value": value, "line": line.label, "role": line.role}
        for line in drawn
        for day, value in zip(days, line.values, strict=True)
    ]
    layers += [*_words(days[-1], words, axes, dx=9), _hover(days, drawn, said, axes)]
    return {"height": height, "data": {"values": values}, "layer": layers}


def bars(
    days: Sequence[date], drawn: Line, *, target: Target | None = None, band: Band | None = None,
    notes: Sequence[Note] = (), to_date: bool = False, height: int = HEIGHT,
) -> Spec:  # fmt: skip
    """Draw what came in month by month; with `to_date` the last bar is an outline and its word says so."""
    months = [day.replace(day=1) for day in days]
    rows: list[dict[str, Any]] = [
        {
            "day": month.isoformat(), "as_of": day.isoformat(), "value": value, "text": text, "role": drawn.role,
            "hollow": to_date and day == days[-1], "note": said or "–",
        }
        for month, day, value, text, said in zip(
            months, days, drawn.values, drawn.texts, _notes_of_months(days, notes), strict=True
        )
    ]  # fmt: skip
    known = [value for value in (*drawn.values, target and target.value) if value is not None]
    axes = _axes(months, (min([0.0, *known]), max([0.0, *known]) * 1.12 or 1.0), height)
    size = max(3, 300 // max(len(days), 1))
    placed = [note._replace(day=note.day.replace(day=1)) for note in _within(days, notes)]
    layers = [*_limits(months, band, axes), *_rules(placed, axes)]
    layers += [_bar(axes, size, hollow=hollow, noted=bool(placed)) for hollow in (False, True)]
    words = []
    if rows:
        text = f"{drawn.texts[-1]} to date" if to_date else drawn.texts[-1]
        words.append(_Word(drawn.values[-1] or 0.0, text, drawn.role))
    if target is not None and rows:
        layers.append(_dashed(months, target.value, axes))
        words.append(_Word(target.value, target.word, "quiet"))
    layers += _words(months[-1], words, axes, dx=size // 2 + 6) if rows else []
    return {"height": height, "data": {"values": rows}, "layer": layers}


def marked(days: Sequence[date], notes: Sequence[Note], x: Spec) -> list[Spec]:
    """Return the layers that mark notes in a chart of another kind, over an axis of days whose field is `day`."""
    return _rules(_within(days, notes), _Axes(x, {}, 0.0))


# --- the parts --------------------------------------------------------------------------------------------------------


def _axes(days: Sequence[date], domain: tuple[float, float], height: int) -> _Axes:
    x = {
        "field": "day", "type": "temporal", "title": None, "scale": {"nice": False},
        "axis": {"format": _tick_format(days), "values": _ticks(days), "grid": False, "domain": False, "tickSize": 4},
    }  # fmt: skip
    y = {
        "field": "value", "type": "quantitative", "title": None, "scale": {"domain": list(domain), "zero": False},
        "axis": {"tickCount": 5, "ticks": False, "domain": False, "labelExpr": SHORT_AXIS},
    }  # fmt: skip
    return _Axes(x, y, LABEL_GAP * (domain[1] - domain[0]) / (_PLOTTED * height))


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
    shown = [day for day in firsts if days[0].replace(day=1) <= day <= days[-1]]
    return [{"year": day.year, "month": day.month, "date": 1} for day in shown]


def _is_long(days: Sequence[date]) -> bool:
    return len(days) > 18


def _tick_format(days: Sequence[date]) -> str:
    return "%Y" if _is_long(days) else "%b %Y"


def _last(values: Sequence[float | None]) -> int | None:
    known = [place for place, value in enumerate(values) if value is not None]
    return known[-1] if known else None


def _line(line: Line, axes: _Axes) -> Spec:
    mark: Spec = {"type": "line", "strokeWidth": 2 if line.role == "main" else 1.5}
    if line.dashed:
        mark["strokeDash"] = [2, 2]
    return {
        "transform": [{"filter": {"field": "line", "equal": line.label}}],
        "mark": mark,
        "encoding": {"x": axes.x, "y": axes.y, "color": by_role()},
    }


def _limits(days: Sequence[date], band: Band | None, axes: _Axes) -> list[Spec]:
    """Mark the limits of a band with fine dots, as far as they are in sight."""
    low, high = axes.y["scale"]["domain"]
    limits = [limit for limit in band or () if limit is not None and low <= limit <= high]
    return [
        {
            "data": {
                "values": [{"day": day.isoformat(), "value": limit, "role": "bad"} for day in (days[0], days[-1])]
            },
            "mark": {"type": "line", "strokeWidth": 1, "strokeDash": [1, 3], "opacity": 0.9},
            "encoding": {"x": axes.x, "y": axes.y, "color": by_role()},
        }
        for limit in limits
    ]


def _within(days: Sequence[date], notes: Sequence[Note]) -> list[Note]:
    """Return the notes of the days that a chart covers: its first month to its last day."""
    return [note for note in notes if days and days[0].replace(day=1) <= note.day <= days[-1]]


def _notes_of_months(days: Sequence[date], notes: Sequence[Note]) -> list[str | None]:
    """Return for each point what was noted since the point before; None for nothing."""
    starts = [days[0].replace(day=1), *(day + timedelta(days=1) for day in days[:-1])] if days else []
    return [
        "; ".join(f"{note.number} {note.text}" for note in notes if first <= note.day <= last) or None
        for first, last in zip(starts, days, strict=True)
    ]


def _rules(notes: Sequence[Note], axes: _Axes) -> list[Spec]:
    """Draw a thin rule at each note with its number at the top."""
    if not notes:
        return []
    days = [note.day for note in notes]
    rows: list[dict[str, Any]] = [
        {
            "day": note.day.isoformat(),
            "number": str(note.number),
            "words": note.text,
            "role": "quiet",
            "row": sum(0 < (note.day - day).days < NEAR or day == note.day for day in days[:place]) % 3,
        }
        for place, note in enumerate(notes)
    ]
    tips = [
        {"field": "day", "type": "temporal", "title": "Day", "format": "%-d %b %Y"},
        {"field": "words", "type": "nominal", "title": "Note"},
    ]
    return [
        {
            "data": {"values": rows},
            "mark": {"type": "rule", "strokeWidth": 1, "opacity": 0.55},
            "encoding": {"x": axes.x, "color": by_role(), "tooltip": tips},
        },
        *(
            {
                "data": {"values": [row for row in rows if row["row"] == line]},
                "mark": {
                    "type": "text", "align": "left", "baseline": "top", "dx": 4, "dy": 13 * line,
                    "fontSize": LABEL_SIZE - 1,
                },
                "encoding": {
                    "x": axes.x, "y": {"value": 0}, "text": {"field": "number"}, "color": by_role(), "tooltip": tips,
                },
            }
            for line in sorted({row["row"] for row in rows})
        ),
    ]  # fmt: skip


def _bar(axes: _Axes, size: int, *, hollow: bool, noted: bool = False) -> Spec:
    tip = [
        {"field": "as_of", "type": "temporal", "title": "Up to", "format": "%-d %b %Y"},
        {"field": "text", "title": "Amount"},
        *([_NOTE] if noted else []),
    ]
    outline = {"filled": False, "strokeWidth": 1.5} if hollow else {}
    return {
        "transform": [{"filter": "datum.hollow" if hollow else "!datum.hollow"}],
        "mark": {"type": "bar", "size": size, **outline},
        "encoding": {"x": axes.x, "y": axes.y, "color": by_role(), "tooltip": tip},
    }


def _dashed(days: Sequence[date], value: float, axes: _Axes) -> Spec:
    ends = [{"day": day.isoformat(), "value": value, "role": "quiet"} for day in (days[0], days[-1])]
    return {
        "data": {"values": ends},
        "mark": {"type": "line", "strokeWidth": 1, "strokeDash": [4, 3]},
        "encoding": {"x": axes.x, "y": axes.y, "color": by_role()},
    }


def _dot(day: date, value: float, role: str, axes: _Axes, *, hollow: bool) -> Spec:
    return {
        "data": {"values": [{"day": day.isoformat(), "value": value, "role": role}]},
        "mark": {"type": "point", "size": 55, "filled": not hollow, "strokeWidth": 2, "opacity": 1},
        "encoding": {"x": axes.x, "y": axes.y, "color": by_role()},
    }


def _words(day: date, words: Sequence[_Word], axes: _Axes, *, dx: int) -> list[Spec]:
    """Write the labels at the end, the first one bold."""
    spread = _apart([word.value for word in words], axes.gap)
    return [
        {
            "data": {"values": [{"day": day.isoformat(), "value": at, "word": word.word, "role": word.role}]},
            "mark": {
                "type": "text", "align": "left", "dx": dx, "fontSize": LABEL_SIZE,
                "fontWeight": 400 if place else 700,
            },
            "encoding": {"x": axes.x, "y": axes.y, "text": {"field": "word"}, "color": by_role()},
        }
        for place, (at, word) in enumerate(zip(spread, words, strict=True))
    ]  # fmt: skip


def _apart(values: Sequence[float], gap: float) -> list[float]:
    """Move labels that would collide, but never the first one, until neighbours are `gap` apart."""
    order = sorted(range(len(values)), key=lambda place: values[place])
    moved = list(values)
    anchor = order.index(0) if values else 0
    for step in range(anchor + 1, len(order)):
        moved[order[step]] = max(moved[order[step]], moved[order[step - 1]] + gap)
    for step in range(anchor - 1, -1, -1):
        moved[order[step]] = min(moved[order[step]], moved[order[step + 1]] - gap)
    return moved


_NOTE: Spec = {"field": "note", "type": "nominal", "title": "Note"}


def _hover(days: Sequence[date], drawn: Sequence[Line], said: Sequence[str | None], axes: _Axes) -> Spec:
    """Follow the pointer with a hairline and the values of its month."""
    rows = [
        {
            "day": day.isoformat(),
            "role": "quiet",
            "note": said[place] or "–",
            **{f"line{n}": line.texts[place] for n, line in enumerate(drawn)},
        }
        for place, day in enumerate(days)
    ]
    tips = [{"field": "day", "type": "temporal", "title": "As of", "format": "%-d %b %Y"}]
    tips += [{"field": f"line{number}", "type": "nominal", "title": line.label} for number, line in enumerate(drawn)]
    tips += [_NOTE] if any(said) else []
    nearest = {"type": "point", "fields": ["day"], "nearest": True, "on": "pointerover", "clear": "pointerout"}
    return {
        "data": {"values": rows},
        "params": [{"name": "near", "select": nearest}],
        "mark": {"type": "rule", "strokeWidth": 1},
        "encoding": {
            "x": axes.x, "color": by_role(), "tooltip": tips,
            "opacity": {"condition": {"param": "near", "empty": False, "value": 0.6}, "value": 0},
        },
    }  # fmt: skip
