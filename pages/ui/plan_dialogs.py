"""The dialogs of the Plans page: change a plan, cancel it, take it back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from arcore.arrangements import queries as arrangements
from arcore.arrangements import service
from arcore.arrangements.queries import PlanRow
from arcore.errors import ArcoreError
from arcore.money import digits
from arcore.money import from_minor
from pages.ui import failures
from pages.ui import forms
from pages.ui import plan_desk
from pages.ui import plan_draft
from pages.ui.format import Format
from pages.ui.format import as_label
from pages.ui.forms import Form
from pages.ui.plan_desk import NAME
from pages.ui.plan_desk import Desk


@st.dialog("Change the plan", width=880, icon=":material/edit_calendar:")
@failures.guarded
def change(desk: Desk, plan_id: int) -> None:
    """Agree other instalments for what is left."""
    form, row = plan_desk.begin(), _now(desk, plan_id)
    say, frame = desk.say, desk.frame
    left = say.money(row.left, row.currency)
    coming = [one for one in row.instalments if one.left]
    st.markdown(f"**{as_label(f'{left} left')}** :gray[:small[{as_label(f'of {row.name}; what was paid stays paid')}]]")
    given = plan_draft.rows(frame, form, row.left, row.currency, count=max(1, len(coming)))
    before, after = st.columns([4, 5], gap="medium")
    with after:
        st.markdown("**Instalments from now on** :gray[:small[click a cell to change it]]")
        chosen = plan_draft.table(form, given, row.left, row.currency, say)
    with before:
        st.markdown("**As it stands**")
        _amounts([(say.day(one.due_on), one.left) for one in coming], "Due", row.currency, say)
    kept = plan_draft.Terms(row.who, frame.today, row.grace_days, row.note)
    terms = plan_draft.terms([], frame, form, kept)
    what: dict[str, Any] = {
        "plan_id": plan_id, "instalments": chosen or [], "on": terms.agreed_on, "grace_days": terms.grace_days,
        "who": terms.who, "note": terms.note, "actor": frame.actor,
    }  # fmt: skip

    def post(current: Form) -> str:
        done = service.change_plan(desk.engine, **what, key=current.token, seen=frame.books.seq)
        plan_desk.go("plan", done["plan"])
        words = f"plan of {row.name} changed, {left} in {len(chosen or [])}"
        plan_desk.keep_undo(desk, words, partial(_withdraw, desk, done["plan"]))
        return f"Agreed: {words}."

    good = bool(chosen) and _tried(lambda: service.change_plan(desk.engine, **what, dry_run=True))
    form.button(
        as_label(f"Agree {left} in {plan_draft.counted(chosen)}") if chosen else "Agree", post, kind="primary",
        disabled=not good or desk.refusal is not None, hint=desk.refusal,
    )  # fmt: skip
    forms.outcome(NAME)


@st.dialog("Cancel the plan", width="medium", icon=":material/event_busy:")
@failures.guarded
def cancel(desk: Desk, plan_id: int) -> None:
    """End a plan, after saying what moves back."""
    form, row = plan_desk.begin(), _now(desk, plan_id)
    say, frame = desk.say, desk.frame
    on = st.date_input(
        "Ends on", value=frame.today, min_value=row.agreed_on, max_value=frame.today, key=form.key("on"),
        format=say.date_input,
    )  # fmt: skip
    back: dict[tuple[date, str], int] = {}
    for one in row.instalments:
        for part in one.parts:
            place = part.original_due_date, part.document
            back[place] = back.get(place, 0) + part.left
    moved = sorted((place, left) for place, left in back.items() if left)
    overdue = sum(left for (due, _), left in moved if due < frame.today)
    whole = as_label(say.money(row.left, row.currency))
    much = "all of it" if overdue == row.left else f"**{as_label(say.money(overdue, row.currency))}** of it"
    late = f"; {much} is overdue then and asked for again" if overdue else ""
    st.markdown(f"**{whole}** moves back to the first due dates{late}.")
    _amounts([(f"{name}, due {say.day(due)}", left) for (due, name), left in moved], "Moves back", row.currency, say)
    st.caption("What was paid stays paid, and stays with the invoices that it paid.")
    note = st.text_input("Why", key=form.key("note"), max_chars=400, placeholder="Stays with the plan")
    what: dict[str, Any] = {"plan_id": plan_id, "on": on, "note": note, "actor": frame.actor}

    def post(current: Form) -> str:
        service.cancel_plan(desk.engine, **what, key=current.token, seen=frame.books.seq)
        plan_desk.go("plan", plan_id)
        words = f"plan of {row.name} cancelled"
        plan_desk.keep_undo(desk, words, partial(_resume, desk, plan_id))
        return f"Done: {words}, {say.money(row.left, row.currency)} moved back."

    good = _tried(lambda: service.cancel_plan(desk.engine, **what, dry_run=True))
    form.button("Cancel the plan", post, kind="primary", disabled=not good or desk.refusal is not None)
    forms.outcome(NAME)


@st.dialog("Withdraw the plan", width="medium", icon=":material/undo:")
@failures.guarded
def withdraw(desk: Desk, plan_id: int) -> None:
    """Take a plan back as if it had never been agreed."""
    form, row = plan_desk.begin(), _now(desk, plan_id)
    frame = desk.frame
    amount = desk.say.money(row.total, row.currency)
    st.markdown(
        f"The plan of **{as_label(amount)}** with {as_label(row.name)} is taken back as if it had never been agreed: "
        "its invoices have their first due dates again, also in the reports of the days since."
    )
    if row.replaces_id is not None:
        st.markdown("The plan that it replaced runs again.")
    st.caption("There is no undo: agree it again if it was right. To end a plan that was kept for a while, cancel it.")
    what: dict[str, Any] = {"plan_id": plan_id, "actor": frame.actor}

    def post(current: Form) -> str:
        service.withdraw_plan(desk.engine, **what, key=current.token, seen=frame.books.seq)
        plan_desk.go("plan", row.replaces_id or plan_id)
        plan_desk.keep_undo(desk, "", None)
        return f"Withdrawn: plan of {amount} with {row.name}."

    good = _tried(lambda: service.withdraw_plan(desk.engine, **what, dry_run=True))
    form.button("Withdraw the plan", post, kind="primary", disabled=not good or desk.refusal is not None)
    forms.outcome(NAME)


def _now(desk: Desk, plan_id: int) -> PlanRow:
    """Return the plan as it stands now, whatever day the page shows."""
    today = desk.frame.today
    if desk.frame.filters.as_of != today or desk.frame.filters.known_at is not None:
        st.caption("This works on the books as they are now, not on the day that the page shows.")
    return arrangements.plan(desk.engine, plan_id, today)


def _tried(act: Callable[[], object]) -> bool:
    """Tell whether a write would be taken; draw the sentence where not."""
    try:
        act()
    except ArcoreError as error:
        failures.sentence(error)
        return False
    return True


def _amounts(rows: list[tuple[str, int]], head: str, currency: str, say: Format) -> None:
    unit = f"Left, {currency}"
    table = pd.DataFrame(
        {head: [as_label(name) for name, _ in rows], unit: [float(from_minor(left, currency)) for _, left in rows]}
    )
    style: Any = table.style
    styled = style.format(lambda amount: as_label(say.number(amount, digits(currency))), subset=[unit])
    st.table(styled, border="horizontal", hide_index=True, alt=head)


def _withdraw(desk: Desk, plan_id: int, key: str) -> object:
    return service.withdraw_plan(desk.engine, plan_id=plan_id, actor=desk.frame.actor, key=key)


def _resume(desk: Desk, plan_id: int, key: str) -> object:
    return service.resume_plan(desk.engine, plan_id=plan_id, actor=desk.frame.actor, key=key)
