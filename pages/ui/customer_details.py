"""The dialogs that change what is known of a customer: its details from a day on, its contacts."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from arcore.customers import service as customers
from arcore.dunning.texts import texts
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
WORDS = ("owner", "segment", "terms", "status", "max_extension", "tax_number")
NEVER, YES = "none", "yes"
NAMES = {
    "intercompany": "company of our own group",
    "policy": "reminders",
    "hold_until": "no reminders until",
    "max_extension": "longest extension",
}
"""What facts are called in a sentence, where not as they are kept."""
CONTACT = ("role", "name", "email", "phone", "language")


@st.dialog("Customer details", width=860, icon=":material/edit:")
@failures.guarded
def details(desk: Desk) -> None:
    """Change what holds for the customer, from a day on."""
    close_when_done()
    about, frame = desk.about, desk.frame
    known, facts = cached.choices(frame.books, frame.company), about.facts
    with forms.form(NAME, border=False) as form:
        first, second, third, fourth = st.columns([4, 3, 2, 3], gap="small")
        first.text_input("Name", value=about.name, key=form.key("name"), max_chars=200)
        second.text_input("Region", value=about.region, key=form.key("region"), max_chars=100)
        third.text_input("Currency", value=about.currency, key=form.key("currency"), max_chars=3)
        _language(fourth, desk, form)
        st.caption("From a day on; reports of earlier days stay as they were.")
        left, middle, right = st.columns(3, gap="small")
        for place, name, names in ((left, "owner", known.owners), (middle, "segment", known.segments)):
            _choice(place, name, names, about, form)
        right.text_input("Terms", value=facts.get("terms", ""), key=form.key("terms"), max_chars=80)
        unit = f", {about.currency}" if about.currency else ""
        for place, name in ((left, "credit_limit"), (middle, "insured_limit")):
            label = f"{name.replace('_', ' ').capitalize()}{unit}"
            place.text_input(label, value=limit(about, name, frame.say), key=form.key(name), max_chars=20)
        right.text_input(
            "Insurer's longest extension, days", value=facts.get("max_extension", ""), key=form.key("max_extension"),
            max_chars=4, help="Days past the first due date. A plan that goes beyond it says so before it is agreed.",
        )  # fmt: skip
        status = facts.get("status", "")
        left.selectbox(
            "Status", list(STATUSES), index=list(STATUSES).index(status if status in STATUSES else ""),
            key=form.key("status"), format_func=STATUSES.__getitem__,
            help="With any other status than normal no reminder goes out by itself.",
        )  # fmt: skip
        until = facts.get("hold_until", "")
        middle.date_input(
            "No reminders until", value=date.fromisoformat(until) if until else None, key=form.key("hold_until"),
            format=frame.say.date_input, help="That day included.",
        )  # fmt: skip
        left.text_input(
            "Tax number", value=facts.get("tax_number", ""), key=form.key("tax_number"), max_chars=40,
            help="Of VAT, GST or the like: the same one tells the same customer under another name.",
        )  # fmt: skip
        right.date_input("From", value=frame.today, key=form.key("since"), format=frame.say.date_input)
        left.checkbox("No reminders at all", value=facts.get("policy") == NEVER, key=form.key("policy"))
        middle.checkbox(
            "Key account", value=facts.get("key_account") == YES, key=form.key("key_account"),
            help="Its reminders wait until somebody approves them.",
        )  # fmt: skip
        right.checkbox(
            "Company of our own group", value=about.intercompany, key=form.key("intercompany"),
            help="Intercompany: left out of every total and shown as a line of its own, unless it is asked for.",
        )  # fmt: skip
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


def _language(place: Any, desk: Desk, form: Form) -> None:
    """Offer the languages that letters are written in, and the customer's own where letters have none of it."""
    now, known = desk.about.language, texts(desk.frame.books.engine).languages
    options = list(dict.fromkeys(["", *([now] if now else []), *known]))
    names = {now: language_name(now, desk), "": "As our company"} | {code: one.name for code, one in known.items()}
    place.selectbox(
        "Language of letters", options, index=options.index(now), key=form.key("language"),
        format_func=names.__getitem__,
    )  # fmt: skip


def language_name(code: str, desk: Desk) -> str:
    """Say in which language a customer's letters are, as people call it; the code where letters have none of it."""
    known = texts(desk.frame.books.engine).languages
    spoken = code.replace("_", "-").partition("-")[0].lower()
    if code in known:
        return known[code].name
    return f"{known[spoken].name} ({code})" if spoken in known else f"{code} (no letters in it)" if code else ""


def _for_reminders(form: Form) -> dict[str, str]:
    """Return what the form says of reminders, as it is kept."""
    until = form.value("hold_until")
    return {
        "hold_until": until.isoformat() if isinstance(until, date) else "",
        "policy": NEVER if form.value("policy") else "",
        "key_account": YES if form.value("key_account") else "",
    }


def _save_details(desk: Desk, form: Form) -> str:
    about, frame = desk.about, desk.frame
    typed = {name: str(form.value(name) or "").strip() for name in (*PLAIN, *WORDS, *customers.LIMITS)}
    typed["currency"] = typed["currency"].upper()
    values: dict[str, Any] = {name: typed[name] for name in PLAIN if typed[name] != getattr(about, name)}
    if bool(form.value("intercompany")) != about.intercompany:
        values["intercompany"] = not about.intercompany
    kept = {name: typed[name] for name in WORDS} | _for_reminders(form)
    facts = {name: value for name, value in kept.items() if value != about.facts.get(name, "")}
    for name in customers.LIMITS:
        if typed[name] != limit(about, name, frame.say):
            amount = typed[name] and format(entry.amount(typed[name], frame.say, typed["currency"] or "EUR"), "f")
            facts[name] = amount
    if not values and not facts:
        return "Nothing was changed."
    since = form.value("since")

    def save(values: dict[str, Any], facts: dict[str, str], key: str, seen: int | None = None) -> object:
        return customers.save_details(
            frame.books.engine, customer_id=about.customer_id, values=values, facts=facts, valid_from=since,
            actor=frame.actor, key=key, seen=seen,
        )  # fmt: skip

    save(values, facts, form.token, frame.books.seq)
    words = " and ".join(NAMES.get(name, name.replace("_", " ")) for name in (*values, *facts))
    old_values = {name: getattr(about, name) for name in values}
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
