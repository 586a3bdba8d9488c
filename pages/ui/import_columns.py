"""Step two of an import: what was understood of each file, with evidence, and how to correct it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from arcore.intake import synonyms
from arcore.intake.understood import BALANCES
from arcore.intake.understood import BOOKS
from arcore.intake.understood import CUSTOMERS
from arcore.intake.understood import OTHER
from arcore.intake.understood import Understood
from arcore.intake.understood import totals
from pages.ui import import_state
from pages.ui import shell
from pages.ui import tables
from pages.ui.format import Format
from pages.ui.format import as_label
from pages.ui.import_state import Upload

NOT_USED = "not used"
KIND_WORDS = {
    "invoices": "a list of invoices",
    "open_items": "a list of open items",
    "payments": "payments",
    "credit_notes": "credit notes",
    "customers": "customers and contacts",
    "balances": "balances per customer, to compare",
    "ledger": "a ledger extract",
    "books": "arcore's own exchange files",
    "other": "nothing that is owed to us",
}
FIELDS = {field.name: field.name.replace("_", " ") for field in synonyms.FIELDS}
EXAMPLES = 3


def draw(frame: shell.Frame, upload: Upload, found: Sequence[Understood]) -> None:
    """Draw every file of the upload."""
    for place, one in enumerate(found):
        with st.container(border=True, gap="small", key=f"file_{place}"):
            with st.container(gap=None):
                _facts(frame, one)
            if one.warnings:
                lines = (f":orange[:material/warning:] :small[{as_label(warning)}]" for warning in one.warnings)
                st.markdown("  \n".join(lines))
            _questions(frame, upload, one, place)
            if one.kind in (OTHER, BOOKS):
                continue
            left, right = st.columns([5, 4], gap="small")
            with left:
                _mapping(upload, one, place)
            with right:
                _first_rows(one)


def _facts(frame: shell.Frame, one: Understood) -> None:
    say, name = frame.say, f"{one.path}{f' · {one.sheet}' if one.sheet else ''}"
    st.markdown(f"**{as_label(name)}** :gray[is {as_label(KIND_WORDS.get(one.kind, one.kind))}]")
    if one.kind in (OTHER, BALANCES) and one.reason:
        st.markdown(f":gray[:material/info:] {as_label(one.reason)}")
    left_out = ", ".join(f"{count} {reason.replace('_', ' ')}" for reason, count in sorted(one.left_out.items()))
    facts = [
        f"as of {say.day(one.as_of)}" if one.as_of else "",
        f"{say.number(one.rows_used)} of {say.number(one.rows_read)} lines used",
        f"left out: {left_out}" if left_out else "",
        f"{len(one.refused)} refused" if one.refused else "",
        f"header in line {one.header_row}" if one.header_row else "no header",
        one.encoding,
        {None: "", ".": "decimal point", ",": "decimal comma"}.get(one.decimal_mark, ""),
        {None: "", True: "day before month", False: "month before day"}[one.day_first],
        f"looks like {one.profile.replace('_', ' ')}" if one.profile != "generic" else "",
    ]
    st.markdown(f":small[:gray[{as_label(' · '.join(fact for fact in facts if fact))}]]")
    if one.kind not in (OTHER, CUSTOMERS, BALANCES, BOOKS):
        st.markdown(f":small[{as_label(_sums(one, say))}]")


def _sums(one: Understood, say: Format) -> str:
    """Say what the file holds, by currency."""
    parts = []
    for currency, held in totals(one.rows).items():
        words = [
            f"{count.count} {label}{'s' * (count.count > 1)} {_decimal(count.sum, say)}"
            for label, count in (
                ("invoice", held.invoices),
                ("credit note", held.credit_notes),
                ("payment", held.payments),
                ("other", held.others),
            )
            if count.count
        ]
        if held.open is not None:
            words.append(f"open {_decimal(held.open, say)}")
        parts.append(f"{currency or 'no currency'}: {', '.join(words)}")
    return " · ".join(parts)


def _decimal(amount: Any, say: Format) -> str:
    return say.number(amount, 2)


def _questions(frame: shell.Frame, upload: Upload, one: Understood, place: int) -> None:
    """Ask what a file does not say: its day, its currency."""
    asked = {question.id: question.text for question in one.questions}
    if "as_of" in asked or upload.as_of is not None:
        day = st.date_input(
            "These items were open at the end of",
            value=upload.as_of,
            key=f"as_of_{place}",
            format=frame.say.date_input,
            width=240,
        )
        if day != upload.as_of:
            import_state.change(as_of=day)
            st.rerun()
    if "currency" in asked or upload.currency or any(not row.currency for row in one.rows):
        code = st.text_input(
            "Its amounts are in",
            value=upload.currency,
            key=f"currency_{place}",
            max_chars=3,
            width=240,
            placeholder=frame.company.currency,
        )
        if code.upper() != upload.currency:
            import_state.change(currency=code.upper())
            st.rerun()
    if not one.date_order_proved and one.day_first is not None:
        orders = {"Day before month": True, "Month before day": False}
        word = st.segmented_control(
            "Dates such as 02/03/2026 can be read in two ways",
            list(orders),
            default=next(word for word, first in orders.items() if first == one.day_first),
            required=True,
            key=f"day_first_{place}",
        )
        if orders[str(word)] != one.day_first:
            import_state.change(day_first=upload.day_first | {one.header_fingerprint: orders[str(word)]})
            st.rerun()


def _mapping(upload: Upload, one: Understood, place: int) -> None:
    """Draw what each column was taken for; a change is remembered for files with the same header."""
    table = pd.DataFrame(
        {
            "Column": [column.column or f"({column.position + 1}, no name)" for column in one.columns],
            "Taken for": [FIELDS.get(column.field, NOT_USED) for column in one.columns],
            "Why": [column.why for column in one.columns],
        }
    )
    edited = st.data_editor(
        table,
        key=f"mapping_{place}_{upload.key()[:12]}",
        hide_index=True,
        disabled=["Column", "Why"],
        row_height=tables.ROW,
        height=tables.height(len(table), most=9),
        column_config={
            "Column": tables.text("Column", width=170),
            "Taken for": st.column_config.SelectboxColumn(
                "Taken for", options=[NOT_USED, *FIELDS.values()], required=True, width=140
            ),
            "Why": tables.text("Why", width=300),
        },
    )
    names = {word: name for name, word in FIELDS.items()}
    changed = {
        one.columns[row].position: names.get(word, "")
        for row, (word, before) in enumerate(zip(edited["Taken for"], table["Taken for"], strict=True))
        if word != before
    }
    if changed:
        known = upload.mapping.get(one.header_fingerprint) or {c.position: c.field for c in one.columns}
        import_state.keep(replace(upload, mapping=upload.mapping | {one.header_fingerprint: known | changed}))
        st.rerun()


def _first_rows(one: Understood) -> None:
    st.caption("First rows as they stand in the file")
    rows = [list(row) for row in one.preview]
    width = max((len(row) for row in rows), default=0)
    table = pd.DataFrame([row + [""] * (width - len(row)) for row in rows], columns=[str(n + 1) for n in range(width)])
    st.dataframe(
        table,
        hide_index=True,
        row_height=tables.ROW,
        height=tables.height(len(table), most=9),
        alt=f"First rows of {one.path}",
    )
