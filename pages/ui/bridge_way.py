"""The choice of how a ratio is counted, above its bridge."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from arcore.analytics.kpis import BY_KEY
from arcore.analytics.kpis import BY_NAME
from arcore.reports.choices import meant
from arcore.reports.ratio_bridges import RATIOS
from arcore.reports.ratio_bridges import VARIANTS
from pages.ui import shell

USUAL = {"dso": "DSO on the closing balance", "cei": "CEI of all that left"}
"""What the usual way of counting a ratio is called where others stand beside it."""
BY = "bridge_by"
"""How the address names the way of counting."""


def choose(bar: DeltaGenerator, frame: shell.Frame, plain: str) -> str:
    """Draw the choice of how a ratio is counted, first as Settings say; return the name of what is chosen."""
    if plain not in RATIOS:
        st.query_params.pop(BY, None)
        return plain
    own, key = frame.read(meant, plain), f"{BY}_{plain}"
    ways = sorted(VARIANTS[plain], key=lambda way: way != own.variant)
    # By hand, not bound: in the address a way of counting has its own short name, not its words.
    asked = st.query_params.get(BY, "")
    if key not in st.session_state and asked in ways:
        st.session_state[key] = asked
    chosen = bar.selectbox(
        "Counted by", ways, format_func=lambda way: _word(plain, way), key=key, label_visibility="collapsed",
        width=230, persist_state="session",
    )  # fmt: skip
    st.query_params[BY] = chosen
    return plain if chosen == own.variant and BY_NAME[plain] is own else f"{plain}.{chosen}"


def _word(plain: str, way: str) -> str:
    """Return what a way of counting is called among the others; the usual one is not only the name of the ratio."""
    label = BY_KEY[plain, way].label
    return USUAL.get(plain, label) if label == plain.upper() else label


def title(name: str) -> str:
    """Return the words for a ratio, with how it is counted where it is not the usual way."""
    plain, _, variant = name.partition(".")
    return BY_KEY[plain, variant].label if variant else name.upper()
