"""A list of which one row is always chosen, as the left half of a page that shows one thing at the right."""

from __future__ import annotations

from collections.abc import Hashable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any
from typing import NamedTuple
from typing import TypeAlias

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from pages.ui import tables

Table: TypeAlias = "pd.DataFrame | Styler"
"""What can be drawn as a list."""


class Chosen(NamedTuple):
    """The number of the row that is chosen, and whether the user chose another one just now."""

    at: int
    anew: bool


def want(key: str, one: Hashable) -> None:
    """Choose a row on the next run; for `on_click` and after a write that made it."""
    st.session_state[f"{key}_wanted"] = one


def pick(key: str, data: Table, ids: Sequence[Any], config: Mapping[str, Any], *, alt: str, most: int) -> Chosen:
    """Draw the list and return the row that is chosen: by a click anywhere in it, by the arrows, or by `want`.

    What is chosen stays chosen when the list changes; where it is gone, the row that moved up is next.
    """
    drawn, at = st.session_state.get(f"{key}_drawn", (0, None)), _selected(key)
    jump = st.session_state.pop(f"{key}_wanted", None)
    anew = at not in {None, drawn[0]}
    if not anew:
        at = ids.index(drawn[1]) if drawn[1] in ids else at or 0
    if jump in ids:
        at = ids.index(jump)
    at = min(at or 0, len(ids) - 1)
    if _selected(key, ticked=True) != at:
        st.session_state[key] = {"selection": {"rows": [at], "columns": [], "cells": []}}
    st.session_state[f"{key}_drawn"] = (at, ids[at])
    tables.grid(
        data,
        hide_index=True,
        row_height=tables.ROW,
        height=tables.height(len(ids), most=most),
        placeholder="–",
        key=key,
        on_select="rerun",
        selection_mode=["single-row-required", "single-cell"],
        column_config=dict(config),
        alt=alt,
    )
    return Chosen(at, anew)


def _selected(key: str, *, ticked: bool = False) -> int | None:
    """Return the row that was clicked anywhere, else the one that is ticked; with `ticked` only that."""
    state = st.session_state.get(key)
    if not state:
        return None
    cells, rows = state["selection"]["cells"], state["selection"]["rows"]
    if cells and not ticked:
        return int(cells[0][0])
    return rows[0] if rows and not (ticked and cells) else None
