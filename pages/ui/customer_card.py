"""The right side of the Customer page: what happened and notes, details, contacts, family."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from arcore.customers import service as customers
from arcore.reports.customer import Who
from arcore.reports.timeline import Moment
from pages.ui import forms
from pages.ui import shell
from pages.ui.customer_desk import NAME
from pages.ui.customer_desk import Desk
from pages.ui.customer_desk import ask
from pages.ui.customer_desk import keep_undo
from pages.ui.customer_view import STATUS_WORDS
from pages.ui.format import Format
from pages.ui.format import as_label
from pages.ui.forms import Form

FIRST = 7
TOPICS = {"All": None, "Talks": "talk", "Money": "money", "Changes": "change"}
ICONS = {
    "money": ":material/payments:",
    "talk": ":material/chat:",
    "message": ":material/mail:",
    "change": ":material/edit_note:",
}
FAMILY = {"parent": "parent", "child": "belongs to it", "merged": "merged into it"}
NAMED = 2
"""So many matched documents are named; more are counted."""


def happened(desk: Desk, moments: Sequence[Moment]) -> None:
    """Draw the timeline with a field to write a note into it."""
    with st.container(border=True, gap="xsmall", key="timeline"):
        with st.container(horizontal=True, vertical_alignment="center", wrap=False):
            st.markdown("**Timeline**", width="stretch")
            topic = st.segmented_control(
                "Show", list(TOPICS), default="All", required=True, key="topic", label_visibility="collapsed"
            )
        if desk.refusal is None:
            _note_field(desk)
        forms.outcome("note")
        wanted = TOPICS[str(topic)]
        chosen = [moment for moment in moments if wanted is None or moment.topic == wanted]
        more = f"timeline_more_{desk.about.code}"
        everything = bool(st.session_state.get(more))
        for moment in chosen if everything else chosen[:FIRST]:
            _entry(desk, moment)
        if not chosen:
            st.caption("Nothing yet.")
        if len(chosen) > FIRST:
            st.button(
                "Show fewer" if everything else f"Show all {len(chosen)}",
                key="timeline_more",
                type="tertiary",
                on_click=partial(st.session_state.__setitem__, more, not everything),
            )


def words(moment: Moment, frame: shell.Frame) -> str:
    """Return one entry of the timeline as Markdown: what, amount, then day, matches and person in grey."""
    say = frame.say
    amount = f" {as_label(say.money(abs(moment.amount), moment.currency))}" if moment.amount is not None else ""
    gone = " :gray[(taken back)]" if moment.taken_back else ""
    day = f", {say.day(moment.day)}" if moment.day else ""
    tail = [say.short_day(moment.on, frame.today), _matched(moment), moment.by]
    grey = as_label(" · ".join(part for part in tail if part))
    return f"{ICONS[moment.topic]} {as_label(moment.what + day)}{amount}{gone}  \n:small[:gray[{grey}]]"


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
        "Region": about.region,
        "Language": about.language,
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


def family(about: Who) -> None:
    """Draw the other customers this one belongs with."""
    if not about.relatives:
        return
    with st.container(border=True, gap="xsmall", key="family"):
        st.markdown("**Family**")
        for other in about.relatives:
            label = f"{as_label(other.name)} :gray[:small[{FAMILY[other.role]}]]"
            if other.role == "merged":
                st.markdown(label)
                continue
            st.page_link(shell.page_of("customer.py"), label=label, query_params={"customer": other.code})


def _heading(desk: Desk, title: str, label: str, key: str, icon: str, dialog: str, *what: object) -> None:
    with st.container(horizontal=True, vertical_alignment="center", wrap=False):
        st.markdown(f"**{title}**", width="stretch")
        st.button(
            label, key=key, type="tertiary", icon=icon, disabled=desk.refusal is not None, help=desk.refusal,
            on_click=partial(ask, dialog, *what),
        )  # fmt: skip


def _matched(moment: Moment) -> str:
    """Say what a payment or a credit note is applied to."""
    if moment.kind not in ("payment", "credit_note") or moment.taken_back:
        return ""
    if not moment.matched:
        return "not applied"
    return ", ".join(moment.matched) if len(moment.matched) <= NAMED else f"{len(moment.matched)} documents"


def _note_field(desk: Desk) -> None:
    with (
        forms.form("note", border=False) as form,
        st.container(horizontal=True, gap="xsmall", wrap=False),
    ):
        st.text_input(
            "Note",
            key=form.key("text"),
            placeholder="Write a note",
            label_visibility="collapsed",
            max_chars=customers.LONGEST_NOTE,
        )
        form.submit("Add", partial(_add_note, desk), kind="secondary")


def _entry(desk: Desk, moment: Moment) -> None:
    """Draw one entry, with its story or the way to withdraw it."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False):
        st.markdown(words(moment, desk.frame), width="stretch")
        if moment.document_id is not None:
            st.button(
                "",
                icon=":material/chevron_right:",
                key=f"moment_{moment.kind}_{moment.at.timestamp()}_{moment.document_id}",
                type="tertiary",
                help="Its story",
                on_click=partial(ask, "story", moment.document_id),
            )
        if moment.note_id is not None and desk.refusal is None:
            # The form that all writes of the page share, with a key of its own for each note.
            Form(NAME, f"{forms.once(NAME).token}:{moment.note_id}").button(
                "",
                partial(_withdraw, desk, moment.note_id),
                icon=":material/close:",
                kind="tertiary",
                hint="Withdraw the note",
            )


def _add_note(desk: Desk, form: Form) -> str:
    frame = desk.frame
    customers.add_note(
        frame.books.engine,
        customer_id=desk.about.customer_id,
        text=str(form.value("text") or ""),
        actor=frame.actor,
        key=form.token,
    )
    return "Noted. Withdraw it with the cross beside it."


def _withdraw(desk: Desk, note_id: int, form: Form) -> str:
    engine, actor, who = desk.frame.books.engine, desk.frame.actor, desk.about.customer_id
    customers.withdraw_note(engine, customer_id=who, note_id=note_id, actor=actor, key=form.token)
    keep_undo(
        desk,
        "note withdrawn",
        lambda key: customers.restore_note(engine, customer_id=who, note_id=note_id, actor=actor, key=key),
    )
    return "Note withdrawn."
