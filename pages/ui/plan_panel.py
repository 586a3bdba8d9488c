"""What stands beside the lists of the Plans page: one plan or one promise, what it holds, what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from arcore.arrangements import paper
from arcore.arrangements import queries as arrangements
from arcore.arrangements import service
from arcore.arrangements.queries import Instalment
from arcore.arrangements.queries import PlanRow
from arcore.arrangements.queries import PromiseRow
from arcore.arrangements.rules import CHANNELS
from arcore.money import digits
from arcore.money import from_minor
from arcore.reports.book import book
from pages.ui import plan_desk
from pages.ui import plan_words
from pages.ui import shell
from pages.ui.format import Format
from pages.ui.format import as_label
from pages.ui.forms import Form
from pages.ui.forms import once
from pages.ui.plan_agree import safe
from pages.ui.plan_desk import NAME
from pages.ui.plan_desk import Desk
from pages.ui.plan_desk import ask

ACTIONS = (
    ("change", "Change", ":material/edit_calendar:", "Other instalments for what is left"),
    ("cancel", "Cancel", ":material/event_busy:", "What is left moves back to its first due dates"),
    ("withdraw", "Withdraw", ":material/undo:", "Take it back as if it had never been agreed"),
)
SHOWN = 4
"""Invoices and steps of its history that a plan shows without being asked."""


def plan(desk: Desk, row: PlanRow) -> None:
    """Draw one plan."""
    say = desk.say
    with st.container(border=True, gap="xsmall", key="plan_panel"):
        _head(row, plan_words.plan_state(row), plan_words.PLANS[plan_words.plan_state(row)])
        st.markdown(_plan_line(row, desk))
        paid = f"{say.money(row.total - row.left, row.currency)} of {say.money(row.total, row.currency)} settled"
        if row.state == "active":
            st.progress(row.progress, text=as_label(f"{paid}, {say.money(row.left, row.currency)} left"))
        _plan_actions(desk, row)
        _instalments(row, desk)
        _invoices(row, say)
        _history(desk, "plan", row.plan_id)


def promise(desk: Desk, row: PromiseRow) -> None:
    """Draw one promise."""
    say = desk.say
    with st.container(border=True, gap="xsmall", key="promise_panel"):
        _head(row, row.state_words, plan_words.PROMISES[row.state])
        st.markdown(f"**{as_label(f'{say.money(row.amount, row.currency)} by {say.day(row.due_on)}')}**")
        st.markdown(f":small[:gray[{as_label(_promise_line(row, say))}]]")
        if row.note:
            st.text(row.note)
        facts = {
            "Received": say.money(row.received, row.currency),
            "Missing" if row.broken_on else "Left": say.money(row.left, row.currency),
            "Money counts until": say.day(row.until),
            "For": ", ".join(row.documents) or "the account, oldest debts first",
        }
        if row.assumed:
            facts["Of it assumed"] = f"{say.money(row.assumed, row.currency)}, no longer in the file"
        if row.broken_on:
            facts["Broken on"] = say.day(row.broken_on)
        if row.kept_on:
            facts["Kept on"] = say.day(row.kept_on)
        st.table({f":gray[{name}]": as_label(value) for name, value in facts.items()}, border="horizontal")
        if row.state == "unknown":
            st.caption("No bank data or import covers its last day yet: it may have been kept.")
        _promise_actions(desk, row)
        _history(desk, "promise", row.promise_id)


# --- head and facts ---------------------------------------------------------------------------------------------------


def _head(row: PlanRow | PromiseRow, state: str, colour: plan_words.Colour) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", wrap=False):
        if shell.exists("customer.py"):
            st.page_link(
                shell.page_of("customer.py"), label=f"**{as_label(row.name)}** :gray[:small[{as_label(row.code)}]]",
                icon=":material/person:", query_params={"customer": row.code},
            )  # fmt: skip
        st.badge(state, color=colour)


def _plan_line(row: PlanRow, desk: Desk) -> str:
    say = desk.say
    number = len(row.instalments)
    what = f"{say.money(row.total, row.currency)} in {number} {'instalment' if number == 1 else 'instalments'}"
    words = [
        f"agreed {say.day(row.agreed_on)}" + (f" with {row.who}" if row.who else ""),
        f"{row.grace_days} bank days of grace" if row.grace_days else "no grace",
        row.entity if len(book(desk.engine).entities) > 1 else "",
    ]
    if row.ended_on and row.state != "active":
        words.append(f"{row.state_words.lower()} {say.day(row.ended_on)} by {row.ended_by}")
    note = f"  \n:small[{as_label(row.note)}]" if row.note else ""
    return f"**{as_label(what)}**  \n:small[:gray[{as_label(' · '.join(word for word in words if word))}]]{note}"


def _promise_line(row: PromiseRow, say: Format) -> str:
    how = CHANNELS.get(row.channel, row.channel).lower()
    words = [f"made {say.day(row.made_on)}" + (f" by {row.who}" if row.who else ""), how, f"noted by {row.recorded_by}"]
    if row.withdrawn_at is not None:
        words.append(f"withdrawn {say.day(row.withdrawn_at.date())} by {row.withdrawn_by}")
    return " · ".join(word for word in words if word)


def _instalments(row: PlanRow, desk: Desk) -> None:
    say, code = desk.say, row.currency
    table = pd.DataFrame(
        {
            "Due": [_due(one, say) for one in row.instalments],
            f"Amount, {code}": [float(from_minor(one.amount, code)) for one in row.instalments],
            "State": [_state(one, code, say) for one in row.instalments],
        }
    )
    _table(table, f"Amount, {code}", code, say, "Instalments")


def _due(one: Instalment, say: Format) -> str:
    return f"{one.number}  \u00a0{as_label(say.day(one.due_on))}"


def _state(one: Instalment, code: str, say: Format) -> str:
    words = f"{plan_words.INSTALMENTS[one.state]} {one.state_words}"
    tail = ""
    if one.state in ("late", "broken"):
        tail = f"{one.days_late} {'day' if one.days_late == 1 else 'days'} late"
    elif one.closed_on is not None:
        tail = say.day(one.closed_on) + (f", {one.days_late} days late" if one.days_late else "")
    if one.left and one.left != one.amount:
        tail = ", ".join(word for word in (tail, f"{say.money(one.left, code)} left") if word)
    return words + (f"  \n:small[:gray[{as_label(tail)}]]" if tail else "")


def _invoices(row: PlanRow, say: Format) -> None:
    code = row.currency
    parts: dict[tuple[int, Any], list[Any]] = {}
    for one in row.instalments:
        for part in one.parts:
            kept = parts.setdefault((part.document_id, part.original_due_date), [part.document, 0, 0])
            kept[1] += part.amount
            kept[2] += part.left
    lines = [
        (f"{as_label(name)}  \n:small[:gray[first due {as_label(say.day(due))}]]", amount, left)
        for (_, due), (name, amount, left) in sorted(parts.items(), key=lambda kept: kept[0][1])
    ]
    table = pd.DataFrame(
        {
            "Invoice": [line[0] for line in lines],
            f"In the plan, {code}": [float(from_minor(line[1], code)) for line in lines],
            f"Left, {code}": [float(from_minor(line[2], code)) for line in lines],
        }
    )
    with st.expander(f"Invoices in it: {len(lines)}", expanded=len(lines) <= SHOWN):
        _table(table, [f"In the plan, {code}", f"Left, {code}"], code, say, "Invoices in the plan")


def _table(table: pd.DataFrame, amounts: str | Sequence[str], code: str, say: Format, alt: str) -> None:
    names = [amounts] if isinstance(amounts, str) else list(amounts)
    style: Any = table.style
    styled = style.format(lambda amount: as_label(say.number(amount, digits(code))), subset=names)
    st.table(styled, border="horizontal", hide_index=True, alt=alt)


def _history(desk: Desk, subject: plan_desk.Subject, number: int) -> None:
    say = desk.say
    lines = []
    for change in reversed(arrangements.history(desk.engine, subject, number)):
        words = plan_words.HISTORY.get(change.verb, change.verb.capitalize())
        if "instalments" in change.what:
            words += f" in {len(change.what['instalments'])}"
        day = f"{say.day(change.at.date())} {say.time(change.at)} · {change.by}"
        lines.append(f"{as_label(words)} :small[:gray[{as_label(day)}]]")
        if change.what.get("replaces"):
            lines[-1] += f" :small[:gray[{as_label('in place of plan {}'.format(change.what['replaces']))}]]"
    if lines:
        with st.container(gap=None):
            st.markdown(":small[:gray[History]]")
            st.markdown("  \n".join(lines))


# --- actions ----------------------------------------------------------------------------------------------------------


def _plan_actions(desk: Desk, row: PlanRow) -> None:
    refused = desk.refusal
    with st.container(horizontal=True, gap="xsmall"):
        st.download_button(
            "PDF", partial(paper.of_plan, desk.engine, row.plan_id), key=f"pdf_{row.plan_id}", mime="application/pdf",
            file_name=f"plan-{safe(row.code)}-{row.plan_id}.pdf", icon=":material/picture_as_pdf:", on_click="ignore",
            help="As it was agreed, for the customer to sign",
        )  # fmt: skip
        for name, label, icon, hint in ACTIONS if row.state == "active" else ():
            st.button(
                label, icon=icon, key=f"{name}_{row.plan_id}", disabled=refused is not None, help=refused or hint,
                on_click=partial(ask, name, row.plan_id),
            )  # fmt: skip
        if row.state == "cancelled":
            once(NAME).button(
                "Resume", partial(_resume, desk, row), icon=":material/play_arrow:", name="resume",
                disabled=refused is not None, hint=refused or "As if it had never been cancelled",
            )  # fmt: skip
        for other, words in ((row.replaced_by_id, "The plan after it"), (row.replaces_id, "The plan before it")):
            if other is not None:
                st.button(
                    words, key=f"go_{other}", type="tertiary", icon=":material/arrow_forward:",
                    on_click=partial(plan_desk.go, "plan", other),
                )  # fmt: skip


def _resume(desk: Desk, row: PlanRow, form: Form) -> str:
    actor, seen = desk.frame.actor, desk.frame.books.seq
    service.resume_plan(desk.engine, plan_id=row.plan_id, actor=actor, key=form.token, seen=seen)
    words = f"plan of {row.name} resumed"

    def back(key: str) -> object:
        on = row.ended_on or desk.frame.today
        return service.cancel_plan(desk.engine, plan_id=row.plan_id, on=on, actor=actor, key=key)

    plan_desk.keep_undo(desk, words, back)
    return f"Done: {words}. Its instalments count again."


def _promise_actions(desk: Desk, row: PromiseRow) -> None:
    refused = desk.refusal
    gone = row.withdrawn_at is not None
    once(NAME).button(
        "Let it count again" if gone else "Withdraw", partial(_turn, desk, row),
        icon=":material/restore:" if gone else ":material/undo:", name="turn", disabled=refused is not None,
        hint=refused or (None if gone else "It pauses and breaks nothing any more, and stays in sight"),
    )  # fmt: skip


def _turn(desk: Desk, row: PromiseRow, form: Form) -> str:
    """Withdraw a promise, or let a withdrawn one count again."""
    actor, number, gone = desk.frame.actor, row.promise_id, row.withdrawn_at is not None
    there, back = service.withdraw_promise, service.restore_promise
    if gone:
        there, back = back, there
    there(desk.engine, promise_id=number, actor=actor, key=form.token, seen=desk.frame.books.seq)
    words = f"promise of {row.name} {'counts again' if gone else 'withdrawn'}"
    plan_desk.keep_undo(desk, words, lambda key: back(desk.engine, promise_id=number, actor=actor, key=key))
    return f"Done: {words}."
