"""What stands below the upload on Imports: history, posting list, papers; the address says which."""

from __future__ import annotations

import streamlit as st

from pages.ui import import_history
from pages.ui import paper_desk
from pages.ui import posting_desk
from pages.ui import shell

HISTORY, POSTING, PAPERS = "History", "Posting list", "Papers"
FORMERLY = {"Documents": PAPERS}
"""What sections were called in links of before."""
DRAWN = {HISTORY: import_history.draw, POSTING: posting_desk.draw, PAPERS: paper_desk.draw}


def draw(frame: shell.Frame) -> None:
    """Draw the choice and the section that is open."""
    said = st.query_params.get("section", "")
    asked = FORMERLY.get(said, said)
    if asked in DRAWN and asked != st.session_state.get("import_section_seen"):
        st.session_state["import_section"] = asked
    st.session_state.setdefault("import_section", HISTORY)
    late = posting_desk.waiting(frame)
    st.segmented_control(
        "Section", list(DRAWN), key="import_section", required=True, label_visibility="collapsed",
        format_func=lambda name: f"{name} :orange-badge[{late}]" if late and name == POSTING else name,
    )  # fmt: skip
    chosen: str = st.session_state["import_section"] or HISTORY
    if asked != chosen and (asked or chosen != HISTORY):
        st.query_params["section"] = chosen
    st.session_state["import_section_seen"] = chosen
    DRAWN[chosen](frame)
