"""What the files say is open, before and after, beside their own totals; and what to mind."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pandas as pd
import streamlit as st

from arcore.intake.changes import ChangeKind
from arcore.intake.changes import Plan
from arcore.intake.understood import FileTotal
from arcore.intake.understood import Understood
from arcore.money import from_minor
from pages.ui import import_explain
from pages.ui import shell
from pages.ui.format import Format
from pages.ui.format import as_label
from pages.ui.import_difference import WORDS
from pages.ui.import_words import counted
from pages.ui.import_words import with_days

BEFORE, AFTER, STATED, OFF = "Open before", "Open after", "Total row in the file", "Difference"
BOLD = "font-weight: 700"


def draw(frame: shell.Frame, plan: Plan) -> None:
    """Draw the sums by currency with the files' own totals, then what does not agree."""
    table = sums(plan)
    if not table.empty:
        one = f"{table.columns[0]}, " if len(table.columns) == 1 else ""
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.markdown(f"**Totals** :gray[:small[{one}as the files tell it]]", width="content")
            import_explain.arrow("totals", "each total")
        stated = _stated(plan, table)
        whole = table if stated is None else pd.concat([table, stated])

        def write(value: Any) -> str:
            return frame.say.number(value, 2)

        def bold(row: pd.Series[Any]) -> list[str]:
            return [BOLD if row.name == AFTER else ""] * len(row)

        def bold_name(names: pd.Series[Any]) -> list[str]:
            return [BOLD if name == AFTER else "" for name in names]

        styled = whole.style.format(write).apply(bold, axis=1).apply_index(bold_name)
        st.table(styled, border="horizontal", hide_header=len(table.columns) == 1)
    silent = sum(1 for change in plan.changes if change.after is None and change.kind is ChangeKind.NEW)
    if silent and not table.empty:
        count = counted(silent, "document", "documents", frame.say)
        st.caption(f"Of {count} the files do not say what is open; payments among them are matched when booked.")
    with st.container(gap=None):
        for said in doubts(plan, frame.say):
            st.markdown(f":small[:orange[:material/warning:] {as_label(with_days(said, frame.say))}]")


def sums(plan: Plan) -> pd.DataFrame:
    """Return, by currency, what was open before, how each kind of change moves it, and what is open after."""
    before: dict[str, int] = defaultdict(int)
    by_kind: dict[ChangeKind, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for change in plan.changes:
        if change.kind is ChangeKind.PENDING_IN_SOURCE or (change.before is None and change.after is None):
            continue
        was = change.before or 0
        before[change.currency] += was
        by_kind[change.kind][change.currency] += (was if change.after is None else change.after) - was
    codes = sorted(before)
    rows = {BEFORE: dict(before)}
    rows |= {word: dict(by_kind[kind]) for kind, word in WORDS.items() if any(by_kind[kind].values())}
    rows[AFTER] = {code: sum(row.get(code, 0) for row in rows.values()) for code in codes}
    return pd.DataFrame(
        {code: [float(from_minor(row.get(code, 0), code)) for row in rows.values()] for code in codes}, index=list(rows)
    )


def _stated(plan: Plan, table: pd.DataFrame) -> pd.DataFrame | None:
    """Return the open total that the one file states, and by how much its rows miss it, for below the sums."""
    totals = [total for file in plan.files for total in file.understood.file_totals if is_open(file.understood, total)]
    if len(totals) != 1 or len(table.columns) != 1:
        return None
    stated = {STATED: float(totals[0].stated), OFF: -float(totals[0].difference)}
    return pd.DataFrame({table.columns[0]: stated})


def is_open(one: Understood, total: FileTotal) -> bool:
    """Tell whether a file's total is that of its open amounts; of whole amounts where it has no other."""
    names = {column.field: column.column for column in one.columns if column.field}
    return total.column == names.get("open_amount", names.get("amount"))


def doubts(plan: Plan, say: Format) -> list[str]:
    """Return what to mind before booking, a sentence each: totals that differ, and what the plan warns of."""
    off = [
        _off(file.understood, total, say, several=len(plan.files) > 1)
        for file in plan.files
        for total in file.understood.file_totals
        if total.difference and is_open(file.understood, total)
    ]
    return [*off, *plan.warnings]


def _off(one: Understood, total: FileTotal, say: Format, *, several: bool) -> str:
    higher = "higher" if total.difference > 0 else "lower"
    whose = f"The total row of {one.path}" if several else "The file's own total"
    lines = counted(len(one.refused), "refused line is", "refused lines are", say)
    why = f"; {lines} not in the sum" if one.refused else ""
    return f"{whose} is {say.number(abs(total.difference), 2)} {higher} than its rows{why}. The rest can be booked now."
