"""The page to compare with: as many elements and containers as one of ours shows, all of constant data, no books.

Only the benchmark serves it, from the same process as the app: `/?bare=markdown.12,metric.5`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from collections.abc import Mapping
from datetime import date
from typing import Any

import pyarrow as pa
import streamlit as st

from benchmarks.load.tab import DAY_LABEL

PARAMETER = "bare"
BLOCKS = frozenset(
    "block vertical horizontal column flex_container expandable popover form tab tab_container transparent".split()
)
"""Containers of all kinds; they cost the same, so one kind stands for them."""
TABLE = pa.table({f"Column {place}": [float(row * place) for row in range(10)] for place in range(1, 9)})
CHART: dict[str, Any] = {
    "height": 200,
    "data": {"values": [{"x": place, "y": place % 7} for place in range(36)]},
    "mark": {"type": "line"},
    "encoding": {"x": {"field": "x", "type": "quantitative"}, "y": {"field": "y", "type": "quantitative"}},
}
DRAWN: Mapping[str, Callable[[str], Any]] = {
    "button": lambda key: st.button("Button", key=key),
    "dataframe": lambda _: st.dataframe(TABLE, hide_index=True),
    "download_button": lambda key: st.download_button("Download", b"constant", key=key),
    "empty": lambda _: st.empty(),
    "heading": lambda _: st.title("Title", anchor=False),
    "metric": lambda _: st.metric("Metric", "123"),
    "multiselect": lambda key: st.multiselect("Several", ("a", "b"), key=key),
    "selectbox": lambda key: st.selectbox("One of", ("a", "b"), key=key),
    "button_group": lambda key: st.segmented_control("One of", ("a", "b"), key=key),
    "space": lambda _: st.space("small"),
    "table": lambda _: st.table(TABLE),
    "vega_lite_chart": lambda _: st.vega_lite_chart(CHART),
}
"""How each kind of element is drawn; kinds that are not here stand as a line of text."""


def query_of(shown: Counter[str]) -> str:
    """Return the query string of the bare page with so many elements of each kind."""
    return f"{PARAMETER}=" + ",".join(f"{kind}.{count}" for kind, count in sorted(shown.items()))


def draw(wanted: str) -> None:
    """Draw the page that a query string of `query_of` asks for."""
    st.set_page_config(page_title="Bare", layout="wide")
    st.date_input(DAY_LABEL, value=date(2026, 1, 1), min_value=date(2000, 1, 1))
    counts = {kind: int(count) for kind, _, count in (part.partition(".") for part in wanted.split(","))}
    counts["date_input"] = counts.get("date_input", 1) - 1
    for kind, count in counts.items():
        for number in range(count):
            if kind in BLOCKS:
                st.container()
            elif kind in DRAWN:
                DRAWN[kind](f"{kind}_{number}")
            else:
                st.markdown("Some constant words")
