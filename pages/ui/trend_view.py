"""One measure over the months as a card: lines, target, the running month hollow, and the way to its explanation."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd
import streamlit as st

from arcore.analytics import written as measures
from arcore.analytics.figures import MONEY
from arcore.analytics.figures import Figure
from arcore.dates import month_end
from arcore.goals.queries import Annotation
from arcore.goals.queries import Goal
from arcore.reports.targets import Status
from pages.ui import charts
from pages.ui import goal_view
from pages.ui import shell
from pages.ui import trend_charts
from pages.ui.format import Format
from pages.ui.format import as_label

Trend = tuple[Figure, ...]


class Shown(NamedTuple):
    """One measure in a card: its word, its figures by month, oldest first."""

    label: str
    figures: Trend


def card(
    frame: shell.Frame,
    name: str,
    title: str,
    tail: str,
    shown: Callable[[], Sequence[Shown]],
    *,
    place: str,
    goal: Status | None = None,
    notes: Sequence[Annotation] = (),
    explain: Callable[[str], None],
    aim: Callable[[str], None] | None = None,
    beside: Sequence[tuple[str, str]] = (),
    height: int = 262,
) -> None:
    """Draw a heading with the ways to target and explanation, and the chart; the first measure is what it is about.

    `beside` are names and words of the measures drawn with it. `shown` is asked only where the chart was not drawn
    before; `place` is the word that keeps it apart from charts of the same measure elsewhere.
    """
    say = frame.say
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap=None):
        chip = f" {goal_view.chip(goal, say)}" if goal else ""
        st.markdown(
            f"**{title}** :gray[:small[{as_label(tail)}]]{chip}", width="content" if aim is None else "stretch",
            help=goal_view.hint(goal, say) if goal else None,
        )  # fmt: skip
        if aim is not None:
            st.button(
                "", icon=":material/flag:", key=f"aim_{name}", type="tertiary",
                help=f"{'Change the' if goal else 'Set a'} target for {title}", on_click=aim, args=(name,),
            )  # fmt: skip
        st.button(
            "", icon=":material/chevron_right:", key=f"trend_{name}", type="tertiary", help=f"How {title} is made",
            on_click=explain, args=(name,),
        )  # fmt: skip
    frame.drawn(
        ("trend", place, name, height), lambda: chart(name, title, shown(), say, goal=goal, notes=notes, height=height)
    )
    if beside:
        with st.container(horizontal=True, gap="small", key=f"beside_{name}"):
            for other, word in beside:
                st.button(
                    f":small[:gray[{word}]]", icon=":material/chevron_right:", key=f"trend_{name}_{other}",
                    type="tertiary", icon_position="right", help=f"How {word} is made", on_click=explain, args=(other,),
                )  # fmt: skip


def chart(
    name: str,
    title: str,
    shown: Sequence[Shown],
    say: Format,
    *,
    goal: Status | None,
    notes: Sequence[Annotation],
    height: int,
) -> None:
    """Draw the lines of a card, or why there are none."""
    last = shown[0].figures[-1]
    if all(figure.value is None for figure in shown[0].figures):
        st.markdown(f"— :gray[{as_label(last.undefined or '')}]")
        return
    if sum(figure.value is not None for figure in shown[0].figures) == 1:
        _single(shown, say)
        return
    running = last.as_of is not None and last.as_of != month_end(last.as_of)
    charts.draw(
        spec(shown, say, goal=goal.goal if goal else None, notes=notes, to_date=running, height=height),
        key=f"chart_{name}", alt=alt(title, shown, say),
    )  # fmt: skip
    if last.value is None:
        st.markdown(f":small[:gray[{as_label(last.undefined or '')}]]")


def _single(shown: Sequence[Shown], say: Format) -> None:
    """Write the only value there is, and those beside it: one point is no line."""
    [only] = [figure for figure in shown[0].figures if figure.value is not None]
    others = [
        f"{measure.label} {measures.with_unit(figure, say)}"
        for measure in shown[1:]
        for figure in measure.figures
        if figure.as_of == only.as_of and figure.value is not None
    ]
    st.markdown(f"**{as_label(measures.with_unit(only, say))}**")
    words = " · ".join([f"on {say.day(only.as_of)}", *others, "one month so far, the line begins with the second"])
    st.markdown(f":small[:gray[{as_label(words)}]]")


def spec(
    shown: Sequence[Shown], say: Format, *, goal: Goal | None = None, notes: Sequence[Annotation] = (),
    to_date: bool = False, height: int = 262,
) -> charts.Spec:  # fmt: skip
    """Lay the figures out as a chart: bars for money that came in a window, else lines."""
    first = shown[0].figures
    start = next((place for place, figure in enumerate(first) if figure.value is not None), 0)
    days = [figure.as_of for figure in first[start:] if figure.as_of is not None]
    drawn = [
        trend_charts.Line(
            measure.label,
            role,
            [figure.value for figure in measure.figures[start:]],
            [measures.value(figure, say) for figure in measure.figures[start:]],
            dashed=role == "soft",
        )
        for measure, role in zip(shown, ("main", "quiet", "soft"), strict=False)
    ]
    wanted = band = None
    if goal is not None:
        target = float(goal.value)
        wanted = trend_charts.Target(target, f"target {measures.target_word(target, first[-1], say)}")
        band = trend_charts.Band(*(None if limit is None else float(limit) for limit in (goal.low, goal.high)))
    said = [trend_charts.Note(note.day, note.number, note.text) for note in notes]
    if first[-1].unit == MONEY and first[-1].window is not None:
        return trend_charts.bars(days, drawn[0], target=wanted, band=band, notes=said, to_date=to_date, height=height)
    return trend_charts.lines(days, drawn, target=wanted, band=band, notes=said, to_date=to_date, height=height)


def alt(title: str, shown: Sequence[Shown], say: Format) -> str:
    """Say in one sentence what the chart shows."""
    figures = shown[0].figures
    known = [figure for figure in figures if figure.value is not None]
    if not known:
        return f"{title}: no value"
    first, last = known[0], known[-1]
    return (
        f"{title} from {measures.with_unit(first, say)} at {say.day(first.as_of)} "
        f"to {measures.with_unit(last, say)} at {say.day(last.as_of)}"
    )


def table(shown: Sequence[Shown], say: Format) -> pd.DataFrame:
    """Lay the figures of all measures out by month, newest first, as text in their units."""
    days = [figure.as_of for figure in shown[0].figures]
    columns = {
        f"{measure.label}, {measures.unit_word(measure.figures[-1])}": [
            measures.value(figure, say) for figure in measure.figures
        ]
        for measure in shown
    }
    return pd.DataFrame({"As of": [say.day(day) for day in days], **columns}).iloc[::-1].reset_index(drop=True)


def exact(shown: Sequence[Shown]) -> pd.DataFrame:
    """Lay the figures of all measures out by month, oldest first, as numbers for a download; empty where undefined."""
    columns = {
        f"{measure.label}, {measures.unit_word(measure.figures[-1])}": [
            None if figure.exact is None else round(figure.exact, 4) for figure in measure.figures
        ]
        for measure in shown
    }
    return pd.DataFrame({"As of": [figure.as_of for figure in shown[0].figures], **columns})
