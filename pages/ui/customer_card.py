"""The right side of the Customer page: what happened, notes, contacts, family; and the dialogs that change them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from arcore.customers import service as customers
from arcore.reports.customer import Who
from arcore.reports.timeline import Moment
from arcore.store.unit import Facts
from pages.ui import customer_view
from pages.ui import entry
from pages.ui import forms
from pages.ui import shell
from pages.ui.customer_forms import NAME
from pages.ui.customer_forms import Desk
from pages.ui.customer_forms import ask
from pages.ui.customer_forms import close_when_done
from pages.ui.format import as_label
from pages.ui.forms import Form

FIRST = 8
STATUSES = {"": "Normal", **customer_view.STATUS_WORDS}


def happened(desk: Desk, moments: Sequence[Moment]) -> None:
    """Draw the timeline with a field to write a note into it."""
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("**Timeline**", width="stretch")
            topic = st.segmented_control(
                "Show",
                list(customer_view.TOPICS),
                default="All",
                required=True,
                key="topic",
                label_visibility="collapsed",
            )
        forms.outcome("note")
        with forms.form("note", border=False) as form, st.container(horizontal=True, gap="xsmall"):
            st.text_input(
                "Note",
                key=form.key("text"),
                placeholder="Write a note",
                label_visibility="collapsed",
                max_chars=customers.LONGEST_NOTE,
            )
            form.submit("Add", partial(_add_note, desk), kind="secondary")
        wanted = customer_view.TOPICS[str(topic)]
        chosen = [moment for moment in moments if wanted is None or moment.topic == wanted]
        more = st.session_state.get("timeline_more", False)
        for moment in chosen if more else chosen[:FIRST]:
            entry_of(desk, moment)
        if not chosen:
            st.caption("Nothing yet.")
        if len(chosen) > FIRST:
            st.toggle(f"All {len(chosen)}", key="timeline_more")


def entry_of(desk: Desk, moment: Moment) -> None:
    """Draw one entry, with its story or the way to withdraw it."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown(customer_view.moment_words(moment, desk.frame.say), width="stretch")
        if moment.document_id is not None:
            st.button(
                "",
                icon=":material/open_in_new:",
                key=f"moment_{moment.document_id}",
                type="tertiary",
                help="Its story",
                on_click=partial(ask, "story", moment.document_id),
            )
        if moment.note_id is not None:
            forms.once(f"withdraw_{moment.note_id}").button(
                "",
                partial(_withdraw, desk, moment.note_id),
                icon=":material/close:",
                kind="tertiary",
                hint="Withdraw the note",
            )


def contacts(desk: Desk) -> None:
    """Draw the contacts with the way to change them."""
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("**Contacts**", width="stretch")
            st.button(
                "Add",
                key="contact_add",
                type="tertiary",
                icon=":material/person_add:",
                on_click=partial(ask, "contact", None),
            )
        if not desk.about.contacts:
            st.caption("Nobody to reach yet. Reminders need at least an e-mail address.")
        for contact in desk.about.contacts:
            with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
                reach = " · ".join(as_label(word) for word in (contact.email, contact.phone) if word)
                st.markdown(
                    f"{as_label(contact.name or contact.role.capitalize())} :gray[:small[{as_label(contact.role)}]]"
                    f"  \n:small[{reach}]",
                    width="stretch",
                )
                st.button(
                    "",
                    icon=":material/edit:",
                    key=f"contact_{contact.id}",
                    type="tertiary",
                    help="Change",
                    on_click=partial(ask, "contact", contact.id),
                )


def family(about: Who) -> None:
    """Draw the other customers this one belongs with."""
    others = [*about.relatives, *([about.merged_into] if about.merged_into else [])]
    if not others:
        return
    words = {"parent": "Parent", "child": "Belongs to it", "merged": "Merged into it", "survivor": "Lives on as"}
    with st.container(border=True, gap="xsmall"):
        st.markdown("**Family**")
        for other in others:
            st.page_link(
                shell.page_of("customer.py"),
                label=as_label(f"{other.name} ({words[other.role]})"),
                query_params={"customer": other.code},
            )


@st.dialog("Contact", width="medium", icon=":material/person:")
def contact(desk: Desk, contact_id: int | None) -> None:
    """Add, change or forget a contact."""
    close_when_done()
    known = next((c for c in desk.about.contacts if c.id == contact_id), None)
    with forms.form(NAME, border=False) as form:
        roles = list(customers.ROLES)
        st.selectbox(
            "Role",
            roles,
            index=roles.index(known.role) if known and known.role in roles else 0,
            key=form.key("role"),
            format_func=str.capitalize,
        )
        for field, label in (("name", "Name"), ("email", "E-mail"), ("phone", "Phone"), ("language", "Language")):
            st.text_input(label, value=getattr(known, field) if known else "", key=form.key(field), max_chars=200)
        form.submit("Save contact", partial(_save_contact, desk, contact_id))
    if known is not None:
        forms.once(NAME).button("Forget this contact", partial(_forget_contact, desk, known.id or 0), kind="tertiary")
    forms.outcome(NAME)


@st.dialog("Customer details", width="medium", icon=":material/edit:")
def details(desk: Desk) -> None:
    """Change what holds for the customer, from a day on."""
    close_when_done()
    about, frame = desk.about, desk.frame
    with forms.form(NAME, border=False) as form:
        left, right = st.columns(2, gap="small")
        left.text_input("Name", value=about.name, key=form.key("name"), max_chars=200)
        right.text_input("Region", value=about.region, key=form.key("region"), max_chars=100)
        left.text_input("Currency", value=about.currency, key=form.key("currency"), max_chars=3)
        right.text_input("Language", value=about.language, key=form.key("language"), max_chars=10)
        st.caption("From a day on; reports of earlier days stay as they were.")
        left, right = st.columns(2, gap="small")
        left.text_input("Owner", value=about.facts.get("owner", ""), key=form.key("owner"), max_chars=80)
        right.text_input("Segment", value=about.facts.get("segment", ""), key=form.key("segment"), max_chars=80)
        left.text_input("Terms", value=about.facts.get("terms", ""), key=form.key("terms"), max_chars=80)
        status = about.facts.get("status", "")
        right.selectbox(
            "Status",
            list(STATUSES),
            index=list(STATUSES).index(status if status in STATUSES else ""),
            key=form.key("status"),
            format_func=STATUSES.__getitem__,
        )
        left.text_input("Credit limit", value=limit(desk, "credit_limit"), key=form.key("credit_limit"), max_chars=20)
        right.text_input(
            "Insured limit", value=limit(desk, "insured_limit"), key=form.key("insured_limit"), max_chars=20
        )
        left.date_input("From", value=frame.today, key=form.key("since"), format=frame.say.date_input)
        form.submit("Save details", partial(_save_details, desk))
    forms.outcome(NAME)


def limit(desk: Desk, name: str) -> str:
    """Write a limit as people type it; "" when there is none."""
    kept, currency = desk.about.facts.get(name, ""), desk.about.currency
    return desk.frame.say.amount(int(kept), currency) if kept and currency else ""


def _add_note(desk: Desk, form: Form) -> str:
    customers.add_note(
        desk.frame.books.engine,
        customer_id=desk.about.customer_id,
        text=str(form.value("text") or ""),
        actor=desk.frame.actor,
        key=form.token,
    )
    return "Noted."


def _withdraw(desk: Desk, note_id: int, form: Form) -> str:
    customers.withdraw_note(
        desk.frame.books.engine,
        customer_id=desk.about.customer_id,
        note_id=note_id,
        actor=desk.frame.actor,
        key=form.token,
    )
    return "Withdrawn."


def _save_contact(desk: Desk, contact_id: int | None, form: Form) -> str:
    fields = {field: str(form.value(field) or "") for field in ("role", "name", "email", "phone", "language")}
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


def _save_details(desk: Desk, form: Form) -> str:
    about, engine, actor = desk.about, desk.frame.books.engine, desk.frame.actor
    plain = {name: str(form.value(name) or "").strip() for name in ("name", "region", "currency", "language")}
    plain["currency"] = plain["currency"].upper()
    changed = {name: value for name, value in plain.items() if value != getattr(about, name)}
    facts = {name: str(form.value(name) or "").strip() for name in ("owner", "segment", "terms", "status")}
    for name in customers.LIMITS:
        typed = str(form.value(name) or "").strip()
        if typed != limit(desk, name):
            facts[name] = format(entry.amount(typed, desk.frame.say), "f") if typed else ""
    new = {
        name: value for name, value in facts.items() if name in customers.LIMITS or value != about.facts.get(name, "")
    }
    result: Facts = customers.save_details(
        engine,
        customer_id=about.customer_id,
        values=changed,
        facts=new,
        valid_from=form.value("since"),
        actor=actor,
        key=form.token,
    )
    return f"Saved: {', '.join(result['changed']).replace('_', ' ')}." if result["changed"] else "Nothing was changed."
