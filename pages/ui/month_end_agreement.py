"""Our balance beside the general ledger's, and the documents that explain a difference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from arcore.money import from_minor
from arcore.reports.agreement import Comparison
from arcore.reports.agreement import Reason
from arcore.reports.entries import Entry
from pages.ui import month_end_documents
from pages.ui import shell
from pages.ui import tables
from pages.ui.customer_view import counted
from pages.ui.format import NONE
from pages.ui.format import Format
from pages.ui.format import as_label

REASONS = {
    "pending": "Booked here, not yet told by the source",
    "later": "Recorded after the ledger was asked",
    "after": "Dated by the day, posted after it",
    "unexplained": "Settlements of the month nobody explained",
    "unapplied": "Unapplied cash and credits, kept elsewhere",
    "group": "Companies of our own group, left out here",
}
CHOSEN = "agreement_chosen"
"""The entity and currency whose difference was clicked since the last run."""
MOST_ROWS = 12


def draw(frame: shell.Frame, compared: Sequence[Comparison]) -> None:
    """Draw the places of a month-end and, for one that differs, why."""
    say = frame.say
    if not compared:
        st.caption("Nothing is open on this day, and nobody stated a balance.")
        return
    rows = pd.DataFrame(
        [(one.entity, one.currency, _units(one.ours, one), *_stated(one), verdict(one, say)) for one in compared],
        columns=["Entity", "Currency", "Ours", "General ledger", "Difference", "Compared"],
    )
    amounts = ["Ours", "General ledger", "Difference"]
    rows[amounts] = rows[amounts].astype(float)  # numbers stand at the right, missing ones too
    key = f"agreement_{compared[0].day}"

    def clicked() -> None:
        cells = st.session_state[key]["selection"]["cells"]
        if not cells:
            return
        one = compared[cells[0][0]]
        if one.difference and cells[0][1] in ("General ledger", "Difference", "Compared"):
            st.session_state[CHOSEN] = (one.entity, one.currency)
        else:
            month_end_documents.ask(one.day, one.entity, one.currency)

    tables.grid(
        rows, hide_index=True, row_height=tables.ROW, height=tables.height(len(rows)), placeholder=NONE, key=key,
        on_select=clicked, selection_mode="single-cell",
        column_config={
            "Entity": tables.text("Entity", width=95),
            "Currency": tables.text("Currency", width=70),
            **{name: tables.money(name, say, width=118) for name in amounts},
            "Compared": tables.text("Compared", width=190),
        },
        alt="Our balance and the general ledger's, by entity; select one to see its documents",
    )  # fmt: skip
    off = [one for one in compared if one.difference]
    if not off:
        return
    chosen = off[0]
    if len(off) > 1:
        wanted = st.session_state.pop(CHOSEN, None)
        clicked_on = next((one for one in off if (one.entity, one.currency) == wanted), None)
        if clicked_on is not None:
            st.session_state["differs"] = clicked_on
        chosen = st.selectbox(
            "Difference", off, format_func=lambda one: f"{one.entity} · {one.currency}", key="differs",
            label_visibility="collapsed", width=220,
        )  # fmt: skip
    explain(frame, chosen)


def verdict(one: Comparison, say: Format) -> str:
    """Say in plain text whether a place agrees, and with what."""
    if one.stated is None:
        return "not compared"
    if one.agrees:
        return f"agrees to {one.stated.source}"
    if one.rest == 0:
        return f"differs from {one.stated.source}, explained"
    return f"differs from {one.stated.source}, {say.amount(one.rest, one.currency)} not explained"


def explain(frame: shell.Frame, one: Comparison) -> None:
    """Draw the way from our balance to the ledger's, and the documents on it."""
    say, stated = frame.say, one.stated
    if stated is None:
        return
    st.markdown(
        f"**From ours to the ledger's** :gray[:small[{as_label(f'{one.entity}, {one.currency}; {stated.source}')}"
        f"{as_label(f', drawn {say.day(stated.drawn_on)}') if stated.drawn_on else ''}]]"
    )
    used = [reason for reason in one.reasons if reason.explains]
    lines = [
        ("Our open balance", None, one.ours),
        *((REASONS[reason.name], reason.count, reason.effect) for reason in used),
        *((("Not explained by documents", None, one.rest),) if one.rest else ()),
        (stated.source[0].upper() + stated.source[1:], None, stated.amount),
    ]
    table = pd.DataFrame(lines, columns=["Step", "Documents", one.currency])
    table[one.currency] = [_units(units, one) for units in table[one.currency]]
    last = table.index[-1:]
    style: Any = table.style
    styled = style.format(lambda v: say.number(v, 2), subset=[one.currency])
    styled = styled.format(say.number, na_rep="", subset=["Documents"])
    styled = styled.set_properties(subset=(last, list(table.columns)), **{"font-weight": "700"})
    st.table(styled, border="horizontal", hide_index=True, alt="From our balance to the ledger's")
    others = [reason for reason in one.reasons if not reason.explains]
    if one.rest and others:
        may = "; ".join(f"{REASONS[r.name].lower()} {say.signed(r.effect, one.currency)}" for r in others)
        st.markdown(f":small[:gray[{as_label(f'Does not fit, but may play a part: {may}')}]]")
    documents(frame, one, used or others)


def documents(frame: shell.Frame, one: Comparison, reasons: Sequence[Reason]) -> None:
    """Draw the documents behind the explanation, largest effect first, with the whole list to download."""
    named = [(REASONS[reason.name], entry) for reason in reasons for entry in reason.entries]
    named = [("Has exactly the amount that is missing", entry) for entry in one.candidates] + named
    if not named:
        return
    table = listed([entry for _, entry in named])
    table.insert(0, "Why", [why for why, _ in named])
    shown = table[["Why", "Document", "Customer", "Counts from", "Effect", "Recorded"]]
    grid(shown, frame.say, "Documents that explain the difference")
    facts = [f"{one.entity} {one.currency} as of {one.day}"]
    tables.downloads(
        "Download the documents", f"agreement-{one.day}",
        **tables.files(table, "Documents between our balance and the ledger's", facts),
    )  # fmt: skip


def listed(entries: Sequence[Entry]) -> pd.DataFrame:
    """Lay documents out for a grid and for a file; amounts in whole units of their currency."""
    return pd.DataFrame(
        [
            (
                e.document, e.kind, e.name, e.entity, e.currency, e.document_date, e.effective_on,
                float(from_minor(e.amount, e.currency)), e.recorded_at.date(), e.recorded_by,
                f"Import {e.import_id}" if e.import_id else "By hand",
            )
            for e in entries
        ],
        columns=[
            "Document", "Kind", "Customer", "Entity", "Currency", "Dated", "Counts from", "Effect", "Recorded", "By",
            "Came by",
        ],
    )  # fmt: skip


def grid(table: pd.DataFrame, say: Format, alt: str) -> None:
    """Draw a list of documents."""
    tables.grid(
        table,
        hide_index=True,
        row_height=tables.ROW,
        height=tables.height(len(table), most=MOST_ROWS),
        placeholder="–",
        column_config={
            "Why": tables.text("Why", width=214),
            "Document": tables.text("Document", width=92),
            "Kind": tables.text("Kind", width=130),
            "Customer": tables.text("Customer", width=172),
            "Entity": tables.text("Entity", width=80),
            "Currency": tables.text("Currency", width=75),
            "Dated": tables.day("Dated", say),
            "Counts from": tables.day("Counts from", say, width=100),
            "Effect": tables.money("Effect", say, width=112),
            "Recorded": tables.day("Recorded", say),
            "By": tables.text("By", width=90),
            "Came by": tables.text("Came by", width=90),
        },
        alt=alt,
    )
    if len(table) > MOST_ROWS:
        st.markdown(f":small[:gray[{as_label(counted(len(table), 'document'))}]]")


def _stated(one: Comparison) -> tuple[float | None, float | None]:
    if one.stated is None:
        return None, None
    return _units(one.stated.amount, one), _units(one.difference or 0, one)


def _units(minor: int, one: Comparison) -> float:
    return float(from_minor(minor, one.currency))
