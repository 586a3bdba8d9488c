"""The payments or open invoices behind a step of the process review, in a drawer at the right."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP
from decimal import Decimal
from fractions import Fraction
from typing import Any
from urllib.parse import quote
from urllib.parse import unquote

import pandas as pd
import streamlit as st

from arcore.analytics.quarter import Period
from arcore.money import from_minor
from arcore.reports.process import By
from arcore.reports.process import Process
from arcore.reports.step_change import StepChange
from arcore.reports.step_change import dispute_change
from arcore.reports.step_change import step_change
from arcore.reports.walked_documents import StepDocuments
from arcore.reports.walked_documents import disputed_documents
from arcore.reports.walked_documents import step_documents
from pages.ui import behind_link
from pages.ui import failures
from pages.ui import filters
from pages.ui import shell
from pages.ui import tables
from pages.ui.format import Format
from pages.ui.format import as_label

CLICKED = "process_clicked"
"""What was clicked since the last run: (step, key of the part or None for all)."""
LINKED = "step"
"""How the address names a step: with its part of the cut, where it is of one."""
PAGE = 15
"""Rows on one page of the drawer."""
DISPUTED = "disputed"
TENTH = Decimal("0.1")
MEANT = {
    "billing": "Days from delivery or service to the date of the invoice, of invoices whose day of delivery is known.",
    "terms": "Days from the date of the invoice to its due date: what was agreed.",
    "early": "Days from due date to cash of what came in time, with nobody in touch: none or fewer.",
    "unattended": "Days from due date to the end of what came late, with no reminder, call or letter on record.",
    "contact": "Days from due date to the first reminder, call, mail, meeting, letter or promise.",
    "after_contact": "Days from first contact to the end, where nothing was promised.",
    "promise": "Days from first contact to the first promise.",
    "promised": "Days from the promise to the day it names.",
    "kept": "Days from the promised day to the end.",
    "whole": "Days from delivery, or where that is not known from the invoice, to the end: all steps together.",
    "late": "Days from due date to the end: all steps after the agreed terms.",
    "recorded": "Days from the date of the invoice to the day on which it was recorded here.",
    "applied": "Days from the money to its use for an invoice.",
    DISPUTED: "Days from the opening of a dispute to its close.",
}
"""What a step is; the end is the day of cash, or of what is open the as-of day."""


def ask(step: str, key: str | None = None) -> None:
    """Ask for the drawer of a step, of one part of the cut or of all."""
    st.session_state[CLICKED] = (step, key)


def open_clicked(frame: shell.Frame, found: Process, period: Period, by: By, names: Mapping[str, str]) -> None:
    """Open the drawer that was asked for, by a click or by the address; `names` are those of the parts of the cut."""
    linked = behind_link.asked(LINKED, 2)
    if linked is not None:
        linked[0] = unquote(linked[0])
    clicked = st.session_state.pop(CLICKED, None) or (linked and (linked[0], linked[1] or None))
    if not clicked:
        return
    step, key = clicked
    labels = {each.key: each.label for each in (*found.chain, found.whole, found.late, *found.beside)}
    if step not in labels or (key is not None and key not in names):
        return
    st.dialog(as_label(labels[step]), position="right", width=760, icon=":material/timeline:")(failures.guarded(_body))(
        frame, found, period, by, step, key, "" if key is None else names[key]
    )


def _body(frame: shell.Frame, found: Process, period: Period, by: By, step: str, key: str | None, name: str) -> None:
    say = frame.say
    words = [name or "All", f"{say.day(found.period.first)} to {say.day(found.period.last)}"]
    if found.of == "overdue":
        words[1] = f"overdue on {say.day(found.period.last)}"
    st.markdown(f":small[:gray[{' · '.join(map(as_label, [*words, *filters.words(frame.filters, say)]))}]]")
    st.markdown(MEANT.get(step.partition(":")[0], ""))
    if step.startswith(DISPUTED):
        _disputes(frame, found, step)
    elif not _debts(frame, found, period, by, step, key):
        return
    if key is not None and by == "customer" and shell.exists("customer.py"):
        st.page_link(
            shell.page_of("customer.py"), label="Open the customer", icon=":material/arrow_forward:",
            query_params={"customer": key},
        )  # fmt: skip
    behind_link.draw(behind_link.address(frame, LINKED, quote(step, safe=""), key or "", **behind_link.page_state()))


def _debts(frame: shell.Frame, found: Process, period: Period, by: By, step: str, key: str | None) -> bool:
    """Draw the figures and the invoices of a step; tell whether there were any."""
    say = frame.say
    behind = frame.read(step_documents, period, step, of=found.of, by=by, key=key)
    if not len(behind):
        st.caption("No invoice went through this step.")
        return False
    _formula(behind.amount_days, behind.amount, found, say)
    _why(frame.read(step_change, period, step, of=found.of, by=by, key=key), say)
    rests = f"payments of invoices, at the rates of {say.day(frame.filters.as_of)}"
    if found.of == "overdue":
        rests = f"items past due, at the rates of {say.day(frame.filters.as_of)}"
    contacts = f"{say.number(found.reminders)} reminders, {say.number(found.talks)} talks and "
    rests += f" · {contacts}{say.number(found.promises)} promises on record"
    st.markdown(f":small[:gray[Rests on: {as_label(rests)}]]")
    noun = "payment" if found.of == "paid" else "item"
    count = f"{say.number(len(behind))} {noun if len(behind) == 1 else noun + 's'}"
    st.markdown(f"**Documents behind it** :gray[:small[{as_label(count)}, most amount × days first]]")
    _listed(frame, behind, found)
    return True


def _formula(amount_days: int, amount: int, found: Process, say: Format) -> None:
    """Draw how the days are made, with these figures."""
    mean = say.number(amount_days / amount if amount else None, 1)
    product, whole = (say.number(from_minor(units, found.currency)) for units in (amount_days, amount))
    with st.container(border=True, gap="xsmall"):
        st.markdown("Sum of amount × days ÷ sum of amounts, over what went through the step")
        st.markdown(as_label(f"{product} {found.currency} × days ÷ {whole} {found.currency} =") + f" **{mean} days**")


def _why(change: StepChange | None, say: Format) -> None:
    """Draw what moved the days since the period before."""
    if change is None:
        return
    before, now, *parts = rounded(change)
    rows = [
        ("Before", before),
        ("The same customers took other days", parts[0]),
        ("Other customers, or other shares of them", parts[1]),
        ("Now", now),
    ]
    st.markdown(
        f"**Why it moved** :gray[:small[{as_label(say.change(float(now - before)))} days since the period before]]"
    )
    # Numbers, not text: then heads and cells stand at the right.
    table = pd.DataFrame([(what, float(days)) for what, days in rows], columns=["Because of", "Days"])
    ends = table.index[[0, -1]]
    style: Any = table.style
    styled = style.format(lambda days: as_label(say.change(days)), subset=["Days"])
    styled = styled.format(lambda days: as_label(say.number(days, 1)), subset=(ends, ["Days"]))
    styled = styled.set_properties(subset=(ends, list(table.columns)), **{"font-weight": "700"})
    st.table(styled, border="horizontal", hide_index=True, alt="Why it moved")


def rounded(change: StepChange) -> list[Decimal]:
    """Return days before and now and both parts in tenths, so that they add up as they are shown."""
    before, now, *parts = (exact(days).quantize(TENTH, rounding=ROUND_HALF_UP) for days in change)
    largest = max(range(len(parts)), key=lambda place: abs(parts[place]))
    parts[largest] += now - before - sum(parts)
    return [before, now, *parts]


def exact(days: Fraction) -> Decimal:
    """Return a fraction as a decimal, to a billionth of a day."""
    return round(Decimal(days.numerator) / Decimal(days.denominator), 9)


def _disputes(frame: shell.Frame, found: Process, step: str) -> None:
    """Draw the disputes behind their step."""
    say, reason = frame.say, step.partition(":")[2]
    table = frame.read(disputed_documents, found.period, reason, of=found.of)
    row = next(each for each in found.beside if each.key == step)
    _formula(row.now.amount_days, row.now.amount, found, say)
    change = frame.read(dispute_change, found.period, found.before, reason, of=found.of)
    _why(change, say)
    if change is None:
        last = say.day(found.before.last)
        when = f"on {last}" if found.of == "overdue" else f"from {say.day(found.before.first)} to {last}"
        st.markdown(f"**Why it moved** :gray[:small[nothing to compare with {as_label(when)}]]")
    word = "closed in the period" if found.of == "paid" else "open on the day"
    st.markdown(f":small[:gray[Rests on: disputes {word}, contested amounts at the rates of the as-of day]]")
    first = tables.paged(table.num_rows, PAGE, "process_page")
    tables.grid(
        table.slice(first, PAGE).select(["document", "name", "days", "amount"]),
        hide_index=True, row_height=tables.ROW, height=tables.height(min(table.num_rows, PAGE)),
        column_config={
            "document": tables.text("Invoice", width=120),
            "name": tables.text("Customer", width=260),
            "days": tables.count("Days", width=60),
            "amount": tables.money(f"Contested, {found.currency}", say, width=130),
        },
        alt="Disputes, most amount × days first",
    )  # fmt: skip
    tables.downloads(
        "Download all", f"disputes-{found.period.last}",
        **tables.files(table, "Disputes", frame.facts(converted=True), sums=False),
    )  # fmt: skip


def _listed(frame: shell.Frame, behind: StepDocuments, found: Process) -> None:
    table = behind.table(tables.paged(len(behind), PAGE, "process_page"), PAGE)
    say = frame.say
    names = ["document", "name", "delivered", "due_date", "first_contact", "promise", "end", "days", "amount"]
    unused = [each for each in ("delivered", "first_contact", "promise") if table[each].null_count == table.num_rows]
    tables.grid(
        table.select([each for each in names if each not in unused]), hide_index=True, row_height=tables.ROW,
        height=tables.height(table.num_rows), placeholder="–",
        column_config={
            "document": tables.text("Invoice", width=88),
            "name": tables.text("Customer", width=150),
            "delivered": tables.day("Delivered", say, width=88),
            "due_date": tables.day("Due", say, width=88),
            "first_contact": tables.day("Contact", say, width=88),
            "promise": tables.day("Promise", say, width=88),
            "end": tables.day("Cash" if found.of == "paid" else "Today", say, width=88),
            "days": tables.count("Days", width=50),
            "amount": tables.money(found.currency, say, width=100),
        },
        alt="Invoices, most amount × days first",
    )  # fmt: skip
    name = re.sub(r"[^a-z0-9]+", "-", f"process-{found.period.first}-{found.period.last}".lower())
    tables.downloads(
        "Download all", name, **tables.files(behind.table, "Process review", frame.facts(converted=True), sums=False)
    )
