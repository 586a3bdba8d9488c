"""The right side of the Customer page under the timeline: details, contacts, family."""

from __future__ import annotations

from datetime import date
from functools import partial

import streamlit as st

from arcore.reports.customer import Who
from pages.ui.customer_desk import Desk
from pages.ui.customer_desk import ask
from pages.ui.customer_details import language_name
from pages.ui.customer_view import STATUS_WORDS
from pages.ui.format import Format
from pages.ui.format import as_label


def details(desk: Desk) -> None:
    """Draw what holds for the customer on the day, with the way to change it."""
    about, say = desk.about, desk.frame.say
    facts = {
        "Owner": about.facts.get("owner", ""),
        "Segment": about.facts.get("segment", ""),
        "Terms": about.facts.get("terms", ""),
        "Status": STATUS_WORDS.get(about.facts.get("status", ""), ""),
        "Credit limit": limit(about, "credit_limit", say),
        "Insured limit": limit(about, "insured_limit", say),
        "Longest extension": _days(about.facts.get("max_extension", "")),
        "Reminders": _reminders(about, say),
        "Key account": "Reminders wait for approval" if about.facts.get("key_account") else "",
        "Our own group": "Intercompany: left out of totals" if about.intercompany else "",
        "Tax number": about.facts.get("tax_number", ""),
        "Region": about.region,
        "Language": language_name(about.language, desk),
    }
    with st.container(border=True, gap="xsmall", key="details"):
        _heading(desk, "Details", "Change", "edit", ":material/edit:", "details")
        known = {f":gray[{name}]": as_label(value) for name, value in facts.items() if value}
        if known:
            st.table(known, border="horizontal")
        else:
            st.caption("No owner, segment, terms or limit yet.")


def limit(about: Who, name: str, say: Format) -> str:
    """Write a limit with its currency; "" when there is none."""
    kept = about.facts.get(name, "")
    return say.money(int(kept), about.currency, decimals=0) if kept and about.currency else ""


def _days(number: str) -> str:
    return f"{number} days past the first due date" if number else ""


def _reminders(about: Who, say: Format) -> str:
    until = about.facts.get("hold_until", "")
    if about.facts.get("policy") == "none":
        return "None at all"
    return f"None until {say.day(date.fromisoformat(until))}" if until else ""


def contacts(desk: Desk) -> None:
    """Draw the contacts with the way to change them."""
    with st.container(border=True, gap="xsmall", key="contacts"):
        _heading(desk, "Contacts", "Add", "contact_add", ":material/person_add:", "contact", None)
        if not desk.about.contacts:
            st.caption("Nobody to reach yet. Reminders need at least an e-mail address.")
        for contact in desk.about.contacts:
            reach = " · ".join(as_label(word) for word in (contact.email, contact.phone) if word)
            name = contact.name or contact.role.capitalize()
            role = f" :gray[:small[{as_label(contact.role)}]]" if contact.name else ""
            with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False):
                st.markdown(f"{as_label(name)}{role}" + (f"  \n:small[{reach}]" if reach else ""), width="stretch")
                st.button(
                    "", icon=":material/edit:", key=f"contact_{contact.id}", type="tertiary",
                    help=desk.refusal or "Change or forget", disabled=desk.refusal is not None,
                    on_click=partial(ask, "contact", contact.id),
                )  # fmt: skip


def _heading(desk: Desk, title: str, label: str, key: str, icon: str, dialog: str, *what: object) -> None:
    with st.container(horizontal=True, vertical_alignment="center", wrap=False):
        st.markdown(f"**{title}**", width="stretch")
        st.button(
            label, key=key, type="tertiary", icon=icon, disabled=desk.refusal is not None, help=desk.refusal,
            on_click=partial(ask, dialog, *what),
        )  # fmt: skip
