"""The tile of one measure: its value, how it changed, its target, its shape, and the way to its explanation."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Hashable
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from pages.ui import charts

Judgement = Literal["better", "worse", "neutral"]
Arrow = Literal["up", "down", "off"]

COLOURS: dict[Judgement, Literal["green", "red", "gray"]] = {"better": "green", "worse": "red", "neutral": "gray"}


@dataclass(frozen=True)
class Tile:
    """What a tile says; all text is ready for Markdown.

    Attributes:
        name: of the measure; unique on the page.
        value: with its small unit; an em dash when it can't be had.
        reason: why it can't be had, and what to do.
        change: since the day compared with, without a sign: the arrow shows the direction.
        judgement: of the change alone.
        note: what the change is against; at most 28 characters.
        target: the target and the distance from it, judged apart from the change.
        history: values for the grey line, oldest first.
        notes: places among them, with what is noted there.
    """

    name: str
    label: str
    value: str
    change: str = ""
    arrow: Arrow = "off"
    judgement: Judgement = "neutral"
    note: str = ""
    target: str = ""
    reason: str = ""
    history: Sequence[float | None] = ()
    alt: str = ""
    notes: Sequence[tuple[float, str]] = ()


def draw(tile: Tile, explain: Callable[[str], None], drawn: Callable[[Hashable, Callable[[], None]], None]) -> None:
    """Draw a tile; its arrow calls `explain` with the measure's name before the next run.

    `drawn` is the frame's: all but the arrow is put there again as it was, where nothing changed.
    """
    with st.container(border=True, height="stretch", gap=None, key=f"tile_{tile.name}"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.markdown(f":small[{tile.label}]", width="content")
            st.button(
                "", icon=":material/chevron_right:", key=f"explain_{tile.name}", type="tertiary",
                help=f"How {tile.label} is made", on_click=explain, args=(tile.name,),
            )  # fmt: skip
        drawn(("tile", tile.name), lambda: _body(tile))


def _body(tile: Tile) -> None:
    st.metric(
        tile.label,
        tile.value,
        delta=tile.change or None,
        delta_color=COLOURS[tile.judgement],
        delta_arrow=tile.arrow,
        delta_description=tile.note or None,
        label_visibility="collapsed",
    )
    if tile.reason:
        st.markdown(f":small[:gray[{tile.reason}]]")
    if tile.target:
        st.markdown(f":small[{tile.target}]")
    if sum(value is not None for value in tile.history) > 1:
        st.space("small")
        charts.draw(charts.spark(tile.history, tile.notes), alt=tile.alt, key=f"spark_{tile.name}")
