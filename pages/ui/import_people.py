"""What an import does to customers, and how balances in a file compare with the books."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from arcore.intake.changes import Party
from arcore.intake.changes import Plan
from arcore.money import from_minor
from arcore.reports.aging import aging
from arcore.reports.filters import DOCUMENT
from arcore.reports.filters import By
from arcore.reports.filters import Filters
from arcore.reports.view import month_before
from pages.ui import items_view
from pages.ui import shell
from pages.ui import tables
from pages.ui.format import Format
from pages.ui.format import as_label
from pages.ui.import_words import counted

CLICKED = "import_balance"
"""The balance that was clicked since the last run."""
MOST_ROWS = 12
LIMITS = ("credit_limit", "insured_limit")


# --- customers --------------------------------------------------------------------------------------------------------


def customers(frame: shell.Frame, plan: Plan) -> None:
    """Draw who is new and who changes; folded away where documents are what it is about."""
    if not plan.parties:
        return
    new = sum(party.is_new for party in plan.parties)
    changed = len(plan.parties) - new
    words = [counted(new, "new customer", "new customers", frame.say)] if new else []
    words += [counted(changed, "customer changes", "customers change", frame.say)] if changed else []
    with st.expander(", ".join(words), expanded=not plan.changes, icon=":material/domain:", key="plan_customers"):
        table = people(frame.say, plan, frame.company.currency)
        tables.grid(
            table,
            hide_index=True,
            row_height=tables.ROW,
            height=tables.height(len(table), most=MOST_ROWS),
            placeholder="–",
            column_config={
                "What": st.column_config.MultiselectColumn(
                    "What", options=["New", "Changed"], color=["blue", "yellow"], width=88
                ),
                "Code": tables.text("Code", width=145),
                "Customer": tables.text("Customer", width=180),
                "What the files say": tables.text("What the files say", width=430),
            },
            alt=", ".join(words),
        )


def people(say: Format, plan: Plan, currency: str) -> pd.DataFrame:
    """Lay out new and changed customers; changed ones first, they need a look."""
    ordered = sorted(plan.parties, key=lambda party: party.is_new)
    rows = [(["New" if p.is_new else "Changed"], p.code, p.name, _told(say, p, currency)) for p in ordered]
    return pd.DataFrame(rows, columns=["What", "Code", "Customer", "What the files say"])


def _told(say: Format, party: Party, currency: str) -> str:
    """Say what the files set: terms 30 days · credit limit €5,000.00 · payables Ann Lee ann@alder.example."""
    unit = party.fields.get("currency") or currency
    facts = {**party.fields, **{name: _fact(say, name, value, unit) for name, value in party.facts.items()}}
    parts = [f"{name.replace('_', ' ')} {value}" for name, value in facts.items() if value]
    for contact in party.contacts:
        who = " ".join(filter(None, (contact.name, contact.email, contact.phone)))
        parts.append(f"{contact.role} {who}")
    return " · ".join(parts)


def _fact(say: Format, name: str, value: str, currency: str) -> str:
    return say.money(int(value), currency) if name in LIMITS and value.lstrip("-").isdigit() else value


# --- balances ---------------------------------------------------------------------------------------------------------


def balances(frame: shell.Frame, plan: Plan, *, here: bool) -> None:
    """Draw a file's balances beside ours, those that differ first, each currency with its sum.

    `here`: the books that they are compared with are those that are open, so a click leads to their documents.
    """
    if not plan.balances:
        return
    differ = sum(1 for balance in plan.balances if balance.difference)
    count = counted(len(plan.balances), "balance", "balances", frame.say)
    good = f"all {count} agree" if len(plan.balances) > 1 else "the balance agrees"
    said = f"{frame.say.number(differ)} of {count} differ{'s' * (differ == 1)}" if differ else good
    icon = ":orange[:material/warning:]" if differ else ":green[:material/check_circle:]"
    st.markdown(f"**Balances compared** :gray[:small[nothing of them is booked]]  \n{icon} :small[{as_label(said)}]")
    sums, rows = compared(plan)
    table = tables.totals_first(sums, rows)
    key = f"plan_balances_{plan.digest[:12]}"

    def clicked() -> None:
        cells = st.session_state[key]["selection"]["cells"]
        if cells:
            row = cells[0][0]
            st.session_state[CLICKED] = (sums.iloc[row] if row < len(sums) else rows.iloc[row - len(sums)]).tolist()

    clickable: Any = {"key": key, "on_select": clicked, "selection_mode": "single-cell"} if here else {}
    tables.grid(
        table,
        **clickable,
        hide_index=True,
        row_height=tables.ROW,
        height=tables.height(len(sums) + len(rows), most=MOST_ROWS + len(sums)),
        placeholder="–",
        column_config={
            "Code": tables.text("Code", width=110),
            "Customer": tables.text("Customer", width=260),
            "Currency": tables.text("Currency", width=80),
            "In the file": tables.money("In the file", frame.say, width=120),
            "In the books": tables.money("In the books", frame.say, width=120),
            "Difference": tables.money("Difference", frame.say, width=110),
            "Line": tables.count("Line", width=55),
        },
        alt=said,
    )


def open_asked(frame: shell.Frame, plan: Plan) -> None:
    """Open the documents behind a balance of ours that was clicked, of all customers for a sum."""
    asked = st.session_state.pop(CLICKED, None)
    if asked is None:
        return
    code, _, currency, *_ = asked
    days = {file.understood.as_of for file in plan.files if file.understood.as_of and file.understood.customers}
    day = min([*days, plan.today])
    by: By = "customer" if code else "currency"
    filters = Filters(as_of=day, currency=DOCUMENT, basis=frame.filters.basis)
    cells = aging(frame.books.engine, filters, by=by).cells
    row = next((row for row in cells if row.key == (code or currency) and row.currency == currency), None)
    if row is None:
        st.toast("Nothing is open of it in the books on that day.", icon=":material/info:")
        return
    items_view.drawer(replace(frame, filters=filters), by, row, None, since=month_before(day))


def compared(plan: Plan) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lay out the sums by currency, and the balances, the largest difference first."""
    names = ["Code", "Customer", "Currency", "In the file", "In the books", "Difference", "Line"]
    rows = [
        (b.customer, b.name, b.currency, *_units((b.stated, b.ours, b.difference), b.currency), b.line)
        for b in sorted(plan.balances, key=lambda b: -abs(b.difference))
    ]
    sums: dict[str, list[int]] = {}
    for b in plan.balances:
        held = sums.setdefault(b.currency, [0, 0, 0])
        sums[b.currency] = [sum(pair) for pair in zip(held, (b.stated, b.ours, b.difference), strict=True)]
    totals = [("", "Total", code, *_units(units, code), None) for code, units in sorted(sums.items())]
    return pd.DataFrame(totals, columns=names), pd.DataFrame(rows, columns=names)


def _units(minor: tuple[int, ...] | list[int], currency: str) -> list[float]:
    return [float(from_minor(units, currency)) for units in minor]


def facts_of(plan: Plan) -> Mapping[str, int]:
    """Count what a plan without documents is about, for its tiles."""
    new = sum(party.is_new for party in plan.parties)
    found = {"New customers": new, "Changed customers": len(plan.parties) - new} if plan.parties else {}
    if plan.balances:
        differ = sum(1 for balance in plan.balances if balance.difference)
        found |= {"Balances that agree": len(plan.balances) - differ, "Balances that differ": differ}
    return found
