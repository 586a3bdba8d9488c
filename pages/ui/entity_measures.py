"""Measures of every company of ours beside those of all together."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from arcore.analytics import written
from arcore.reports.kpis import kpis
from pages.ui import shell
from pages.ui import tables

MEASURES = ("open", "overdue", "dso", "cei", "add", "days_to_pay", "share_current")
ALL = "Consolidated"


def draw(frame: shell.Frame) -> None:
    """Draw a row for each measure and a column for each entity, the consolidated one first."""
    found = [*frame.read(kpis, MEASURES), *frame.read(kpis, MEASURES, by="entity")]
    rows: dict[str, dict[str, str]] = {}
    for measured in found:
        line = rows.setdefault(measured.kpi.label, {})
        line[measured.name or ALL] = written.with_unit(measured.figure, frame.say)
    table = pd.DataFrame([{"Measure": label, **cells} for label, cells in rows.items()])
    tables.grid(
        table, hide_index=True, row_height=tables.ROW, height=tables.height(len(table)), placeholder="–",
        column_config={"Measure": tables.text("Measure", width=240)},
        alt="Measures of each entity, consolidated first",
    )  # fmt: skip
    names = list(dict.fromkeys(f"{one.kpi.label}, {one.name or ALL}: {one.figure.undefined}"
                               for one in found if one.figure.undefined))  # fmt: skip
    if names:
        st.caption(f"{len(names)} of {len(found)} can't be had, such as {names[0]}.")
