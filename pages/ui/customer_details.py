"""The dialogs that change what is known of a customer: its details from a day on, its contacts."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from arcore.customers import service as customers
from arcore.money import plain
from arcore.reports.customer import Who
from pages.ui import cached
from pages.ui import entry
from pages.ui import failures
from pages.ui import forms
from pages.ui.customer_desk import NAME
from pages.ui.customer_desk import Desk
from pages.ui.customer_desk import close_when_done
from pages.ui.customer_desk import keep_undo
from pages.ui.customer_desk import later
from pages.ui.customer_view import STATUS_WORDS
from pages.ui.format import Format
from pages.ui.forms import Form

STATUSES = {"": "Normal", **STATUS_WORDS}
PLAIN = ("name", "region", "currency", "language")
WORDS = ("owner", "segment", "terms", "status")
CONTACT = ("role", "name", "email", "phone", "language")


@st.dialog("Customer details", width="medium", icon=":material/edit:")
@failures.guarded
def details(desk: Desk) -> None:
    """Change what holds for the customer, from a day on."""
    close_when_done()
    about, frame = desk.about, desk.frame
    known = cached.choices(frame.books, frame.company)
    with forms.form(NAME, border=False) as form:
        left, right = st.columns(2, gap="small")
        left.text_input("Name", value=about.name, key=form.key("name"), max_chars=200)
        right.text_input("Region", value=about.region, key=form.key("region"), max_chars=100)
        left.text_input("Currency", value=about.currency, key=form.key("currency"), max_chars=3)
        right.text_input("Language", value=about.language, key=form.key("language"), max_chars=10)
        st.caption("From a day on; reports of earlier days stay as they were.")
        left, right = st.columns(2, gap="small")
        for place, name, names in ((left, "owner", known.owners), (right, "segment", known.segments)):
            _choice(place, name, names, about, form)
        left.text_input("Terms", value=about.facts.get("terms", ""), key=form.key("terms"), max_chars=80)
        status = about.facts.get("status", "")
        right.selectbox(
            "Status",
            list(STATUSES),
            index=list(STATUSES).index(status if status in STATUSES else ""),
            key=form.key("status"),
            format_func=STATUSES.__getitem__,
        )
        unit = f", {about.currency}" if about.currency else ""
        for place, name in ((left, "credit_limit"), (right, "insured_limit")):
            label = f"{name.replace('_', ' ').capitalize()}{unit}"
            place.text_input(label, value=limit(about, name, frame.say), key=form.key(name), max_chars=20)
        left.date_input("From", value=frame.today, key=form.key("since"), format=frame.say.date_input)
        form.submit("Save details", partial(_save_details, desk))
    forms.outcome(NAME)


@st.dialog("Contact", width="medium", icon=":material/person:")
@failures.guarded
def contact(desk: Desk, contact_id: int | None) -> None:
    """Add, change or forget a contact."""
    close_when_done()
    known = next((c for c in desk.about.contacts if c.id == contact_id), None)
    with forms.form(NAME, border=False) as form:
        roles = list(customers.ROLES)
        left, right = st.columns(2, gap="small")
        left.selectbox(
            "Role",
            roles,
            index=roles.index(known.role) if known and known.role in roles else 0,
            key=form.key("role"),
            format_func=str.capitalize,
        )
        for place, field, label in (
            (right, "name", "Name"), (left, "email", "E-mail"), (right, "phone", "Phone"),
            (left, "language", "Language of letters"),
        ):  # fmt: skip
            place.text_input(label, value=getattr(known, field) if known else "", key=form.key(field), max_chars=200)
        form.submit("Save contact", partial(_save_contact, desk, contact_id))
    if known is not None:
        st.caption("Forgetting deletes name, address and number for good.")
        forms.once(NAME).button(
            "Forget this contact", partial(_forget_contact, desk, known.id or 0), icon=":material/delete:"
        )
    forms.outcome(NAME)


def limit(about: Who, name: str, say: Format) -> str:
    """Write a limit as people type it; "" when there is none."""
    kept = about.facts.get(name, "")
    return say.amount(int(kept), about.currency) if kept and about.currency else ""


def _choice(place: Any, name: str, names: Any, about: Who, form: Form) -> None:
    now = about.facts.get(name, "")
    options = list(dict.fromkeys([*([now] if now else []), *names]))
    place.selectbox(
        name.capitalize(),
        options,
        index=0 if now else None,
        key=form.key(name),
        accept_new_options=True,
        placeholder="Choose or type a new one",
    )


def _save_details(desk: Desk, form: Form) -> str:
    about, frame = desk.about, desk.frame
    typed = {name: str(form.value(name) or "").strip() for name in (*PLAIN, *WORDS, *customers.LIMITS)}
    typed["currency"] = typed["currency"].upper()
    values = {name: typed[name] for name in PLAIN if typed[name] != getattr(about, name)}
    facts = {name: typed[name] for name in WORDS if typed[name] != about.facts.get(name, "")}
    for name in customers.LIMITS:
        if typed[name] != limit(about, name, frame.say):
            amount = typed[name] and format(entry.amount(typed[name], frame.say, typed["currency"] or "EUR"), "f")
            facts[name] = amount
    if not values and not facts:
        return "Nothing was changed."
    since = form.value("since")

    def save(values: dict[str, str], facts: dict[str, str], key: str) -> object:
        return customers.save_details(
            frame.books.engine, customer_id=about.customer_id, values=values, facts=facts, valid_from=since,
            actor=frame.actor, key=key,
        )  # fmt: skip

    save(values, facts, form.token)
    words = " and ".join(name.replace("_", " ") for name in (*values, *facts))
    old_values = {name: str(getattr(about, name)) for name in values}
    old_facts = {name: _as_given(about, name) for name in facts}
    keep_undo(desk, f"{words} changed", lambda key: save(old_values, old_facts, key))
    return f"Saved: {words}.{later(frame, since) if facts else ''}"


def _as_given(about: Who, name: str) -> str:
    """Return a fact as `save_details` takes it: limits as decimal amounts."""
    kept = about.facts.get(name, "")
    return plain(int(kept), about.currency) if name in customers.LIMITS and kept else kept


def _save_contact(desk: Desk, contact_id: int | None, form: Form) -> str:
    fields = {field: str(form.value(field) or "") for field in CONTACT}
    customers.save_contact(
        desk.frame.books.engine,
        customer_id=desk.about.customer_id,
        contact_id=contact_id,
        actor=desk.frame.actor,
        key=form.token,
        **fields,
    )
    return "Contact saved."


def _forget_contact(desk: Desk, contact_id: int, form: Form) -> str:
    customers.remove_contact(
        desk.frame.books.engine,
        customer_id=desk.about.customer_id,
        contact_id=contact_id,
        actor=desk.frame.actor,
        key=form.token,
    )
    return "Contact forgotten."
