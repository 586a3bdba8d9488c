"""The tab Held back: by reason with sum and example, the customers of one reason, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from arcore.customers import service as customers
from arcore.dunning import service
from arcore.dunning.queries import Reason
from arcore.dunning.queries import Row
from arcore.dunning.sending import MAY_APPROVE
from arcore.errors import BadInput
from arcore.reports import customer
from pages.ui import empty
from pages.ui import forms
from pages.ui import letter_view
from pages.ui import reminder_desk
from pages.ui import reminder_due
from pages.ui import reminder_letter
from pages.ui import reminder_papers
from pages.ui import reminder_sending
from pages.ui import reminder_totals
from pages.ui import shell
from pages.ui import tables
from pages.ui import total_drawer
from pages.ui.format import as_label
from pages.ui.forms import Form
from pages.ui.import_words import counted
from pages.ui.reminder_desk import Desk

NEEDS_US = ("awaiting_approval", "no_contact", "reply_waiting", "stale_data")
"""Reasons that somebody can do something about stand on top."""
MOST_REASONS = 8
MOST_CUSTOMERS = 12


def draw(desk: Desk, bar: DeltaGenerator) -> str:
    """Draw the tab; return the code of the customer that is shown."""
    tables.downloads(
        "Download", "reminders_held", place=bar,
        **tables.files(partial(as_table, desk), "Held back", desk.frame.facts([desk.say.day(desk.day)])),
    )  # fmt: skip
    reasons = sorted(
        desk.found.reasons(),
        key=lambda reason: NEEDS_US.index(reason.code) if reason.code in NEEDS_US else len(NEEDS_US),
    )
    if not reasons:
        empty.card(
            "Nobody is held back", "Everybody with something overdue is due a reminder.",
            icon=":material/outgoing_mail:", key="nothing_held",
        )  # fmt: skip
        return ""
    left, right = st.columns([7, 5], gap="small")
    with left:
        reason = reasons[_reasons(desk, reasons)]
        rows = desk.found.of(reason.code)
        row = rows[_customers(desk, reason, rows)]
    with right, st.container(border=True, gap="small", key="letter_panel"):
        _panel(desk, row, reason)
    return row.who.code


def as_table(desk: Desk) -> pd.DataFrame:
    """Lay out everybody who is held back, for a file."""
    table = reminder_due.as_table(desk, desk.found.held)
    words = {reason.code: reason.words for reason in desk.found.reasons()}
    table.insert(4, "Held back", [words[row.code] if row.code else "" for row in desk.found.held])
    return table


def _reasons(desk: Desk, reasons: Sequence[Reason]) -> int:
    currency = desk.found.currency
    head = f"Overdue, {currency}"
    count = len(desk.found.held)
    sums = reminder_desk.total([row.overdue_worth for row in desk.found.held], currency, desk.say)
    words = f"{counted(count, 'customer gets', 'customers get', desk.say)} nothing today"
    total_drawer.figure(
        f"**{as_label(sums)} by reason** :gray[:small[{as_label(words)}]]", reminder_totals.key_of_held(),
        "what is held back",
    )  # fmt: skip
    data = pd.DataFrame(
        {
            "Reason": [reason.words for reason in reasons],
            "Customers": [reason.customers for reason in reasons],
            head: [reminder_desk.worth(reason.worth, currency) for reason in reasons],
            "For example": [reason.example.who.name for reason in reasons],
        }
    )
    config = {
        "Reason": tables.text("Reason", width=205),
        "Customers": tables.count("Customers", width=78),
        head: tables.money(head, desk.say, width=112, hint=_gap(reasons)),
        "For example": tables.text("For example", width=245),
    }
    return reminder_desk.pick(
        "held_reason", data, [reason.code for reason in reasons], config, most=MOST_REASONS,
        alt="Why customers are held back; choose a reason to see its customers",
    )  # fmt: skip


def _gap(reasons: Sequence[Reason]) -> str | None:
    missing = sum(reason.without_rate for reason in reasons)
    return f"Leaves out {missing} without a rate." if missing else None


def _customers(desk: Desk, reason: Reason, rows: Sequence[Row]) -> int:
    currency = desk.found.currency
    head = f"Overdue, {currency}"
    total_drawer.figure(
        f"**{as_label(reason.words)}** :gray[:small[largest overdue amount first]]",
        reminder_totals.key_of_held(reason.code), f"what is held back as {reason.words.lower()}",
    )  # fmt: skip
    data = pd.DataFrame(
        {
            "Customer": [reminder_desk.named(row, desk) for row in rows],
            head: [reminder_desk.worth(row.overdue_worth, currency) for row in rows],
            "Days late": [row.days_late for row in rows],
            "Why": [row.why for row in rows],
        }
    )
    config = {
        "Customer": tables.text("Customer", width=240),
        head: tables.money(head, desk.say, width=112),
        "Days late": tables.count("Days late", width=72),
        "Why": tables.text("Why", width=280),
    }
    # Each reason has a list of its own: what was chosen in one says nothing about another.
    name = f"held_{reason.code}"
    if (wanted := st.session_state.pop("reminders_held_wanted", None)) is not None:
        st.session_state[f"reminders_{name}_wanted"] = wanted
    return reminder_desk.pick(
        name, data, [row.place for row in rows], config, most=MOST_CUSTOMERS, alt=f"{reason.words}: {len(rows)}"
    )


def _panel(desk: Desk, row: Row, reason: Reason) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False):
        who = f"**{as_label(row.who.name)}** :gray[:small[{as_label(f'{row.who.code} · {reason.words.lower()}')}]]"
        st.markdown(who, width="stretch")
        _act(desk, row)
    if row.code == "no_contact":
        _contact(desk, row)
    shown = reminder_letter.letter_of(desk, row)
    reminder_letter.facts(desk, shown, named=False)
    reminder_letter.claims(row.proof, desk.found.policy.step(1).days, desk.say)
    if shown.letter is None:
        return
    if row.code == "awaiting_approval":
        reminder_papers.draw(desk, row)
        with st.container(border=True, key="letter"):
            letter_view.draw(shown.letter)
    else:
        name = desk.found.policy.step_name(shown.step)
        with st.expander(f"The {name} letter, were it sent now", icon=":material/mail:", key="would_be"):
            letter_view.draw(shown.letter)


def _act(desk: Desk, row: Row) -> None:
    """Draw the button that does something about the reason, where there is one."""
    form = forms.once(reminder_desk.NAME)
    if row.code == "awaiting_approval":
        obstacle = desk.obstacle
        if obstacle is None and desk.frame.actor.role not in MAY_APPROVE:
            obstacle = f"{desk.frame.actor.name} may not agree to it; a manager may"
        form.button(
            "Approve and send", partial(reminder_sending.send_one, desk, row, approved=True), name="approve",
            kind="primary", disabled=obstacle is not None,
            hint=obstacle or "What has left can't be called back.",
        )  # fmt: skip
    elif row.standing.skipped_by:
        form.button("Put back", partial(_unskip, desk, row), name="unskip", disabled=desk.refusal is not None,
                    icon=":material/undo:")  # fmt: skip
    elif row.code == "stale_data":
        st.page_link(shell.page_of("imports.py"), label="Import newer figures", icon=":material/upload_file:")


def _unskip(desk: Desk, row: Row, form: Form) -> str:
    what: dict[str, Any] = {
        "customer_id": row.who.customer_id, "entity": row.entity, "day": desk.day, "actor": desk.frame.actor,
    }  # fmt: skip
    service.unskip(desk.engine, key=form.token, seen=desk.frame.books.seq, **what)
    reminder_desk.keep_undo(
        desk, f"{row.who.name} is back on the list", lambda key: service.skip(desk.engine, key=key, **what)
    )
    return f"{row.who.name} is on today's list again."


# --- nobody to write to -----------------------------------------------------------------------------------------------


def _contact(desk: Desk, row: Row) -> None:
    """Draw the form for an address, and the way to bring many of them."""
    failed = row.standing.reach
    with forms.form(reminder_desk.NAME, border=False) as form:
        left, right = st.columns(2, gap="small")
        left.text_input(
            "E-mail", key=form.key(f"email_{row.who.code}"), placeholder="payables@example.com", max_chars=254
        )
        right.text_input(
            "Name", key=form.key(f"name_{row.who.code}"), placeholder=failed.name if failed else "Nobody in particular",
            max_chars=200,
        )  # fmt: skip
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            form.submit("Save contact", partial(_save, desk, row), kind="primary", disabled=desk.refusal is not None)
            st.page_link(shell.page_of("imports.py"), label="Upload a contact list", icon=":material/upload_file:")
    if failed is not None and desk.obstacle is None and desk.frame.actor.role in MAY_APPROVE:
        forms.once(reminder_desk.NAME).button(
            f"Send to {as_label(failed.email)} all the same",
            partial(reminder_sending.send_one, desk, row, approved=True), name="again", kind="tertiary",
            hint="What has left can't be called back.",
        )  # fmt: skip


def _save(desk: Desk, row: Row, form: Form) -> str:
    """Save the address: as a new contact, or in the place of the one that mail did not reach."""
    typed = {field: str(form.value(f"{field}_{row.who.code}") or "").strip() for field in ("email", "name")}
    if not typed["email"]:
        raise BadInput("Type the e-mail address that letters should go to")
    old = _failed_contact(desk, row)
    save: Callable[..., Any] = partial(
        customers.save_contact, desk.engine, customer_id=row.who.customer_id, actor=desk.frame.actor,
        role=customers.ROLES[0] if old is None else old.role,
    )  # fmt: skip
    if old is None:
        made = save(**typed, key=form.token)["contact"]
        back = partial(
            customers.remove_contact, desk.engine, customer_id=row.who.customer_id, contact_id=made,
            actor=desk.frame.actor,
        )  # fmt: skip
    else:
        save = partial(save, contact_id=old.id, phone=old.phone, language=old.language)
        save(email=typed["email"], name=typed["name"] or old.name, key=form.token)
        back = partial(save, email=old.email, name=old.name)
    reminder_desk.keep_undo(desk, f"the contact of {row.who.name}", lambda key: back(key=key))
    return f"{row.who.name}: letters go to {typed['email']}."


def _failed_contact(desk: Desk, row: Row) -> Any:
    """Return the contact that mail did not reach, where it is the customer's own; None for none."""
    reach = row.standing.reach
    if reach is None:
        return None
    about = customer.who(desk.engine, desk.frame.filters, row.who.customer_id)
    return next((contact for contact in about.contacts if contact.id == reach.contact_id), None)
