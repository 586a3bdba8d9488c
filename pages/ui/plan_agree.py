"""The dialog that agrees a payment plan: previewed, on paper for the customer, agreed by one click, undone by one."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from arcore.arrangements import paper
from arcore.arrangements import queries as arrangements
from arcore.arrangements import service
from arcore.errors import ArcoreError
from arcore.store.unit import Facts
from pages.ui import failures
from pages.ui import forms
from pages.ui import plan_draft
from pages.ui.customer_desk import NAME
from pages.ui.customer_desk import Desk
from pages.ui.customer_desk import begin
from pages.ui.customer_desk import keep_undo
from pages.ui.format import Format
from pages.ui.format import as_label
from pages.ui.format import days_as_read
from pages.ui.forms import Form
from pages.ui.plan_draft import About


@st.dialog("Payment plan", width=880, icon=":material/event_repeat:")
@failures.guarded
def agree(desk: Desk) -> None:
    """Agree to pay items in instalments."""
    desk, form = begin(desk)
    frame, say = desk.frame, desk.frame.say
    about = plan_draft.about(desk, form)
    if about is None:
        return
    st.markdown(named(about, say))
    given = plan_draft.rows(frame, form, about.total, about.currency, count=plan_draft.INSTALMENTS)
    left, right = st.columns([4, 5], gap="medium")
    with left:
        st.markdown("**Instalments** :gray[:small[click a cell to change it]]")
        chosen = plan_draft.table(form, given, about.total, about.currency, say)
    names = [contact.name for contact in desk.about.contacts if contact.name]
    terms = plan_draft.terms(names, frame, form)
    what: dict[str, Any] = {
        "customer_id": desk.about.customer_id, "entity": about.entity, "currency": about.currency,
        "item_ids": about.item_ids, "instalments": chosen, "agreed_on": terms.agreed_on, "grace_days": terms.grace_days,
    }  # fmt: skip
    shown = None
    with right:
        try:
            shown = arrangements.preview(frame.books.engine, **what) if chosen else None
        except ArcoreError as error:
            failures.sentence(error)
        if shown is not None:
            st.markdown(f"**What it does to aging** :gray[:small[{as_label(shown.currency)}, this account]]")
            plan_draft.effect(shown, say)
    if shown is not None:
        if shown.warnings:
            st.warning(
                "  \n".join(as_label(f"{days_as_read(sentence)}.") for sentence in shown.warnings),
                icon=":material/warning:",
            )
        if fits := plan_draft.insured(shown):
            st.markdown(f":green[:material/verified_user:] {as_label(fits)}")
    amount = say.money(about.total, about.currency)

    def post(current: Form) -> str:
        done = service.agree_plan(
            frame.books.engine, **what, who=terms.who, note=terms.note, actor=frame.actor, key=current.token,
            seen=frame.books.seq,
        )  # fmt: skip
        words = f"plan of {amount} in {plan_draft.counted(chosen or [])}"
        keep_undo(desk, words, partial(_withdraw, desk, done))
        return f"Agreed: {words}."

    with st.container(horizontal=True, gap="small"):
        form.button(
            as_label(f"Agree plan of {amount} in {plan_draft.counted(chosen or [])}") if chosen else "Agree plan", post,
            kind="primary", disabled=shown is None or desk.refusal is not None, hint=desk.refusal,
        )  # fmt: skip
        st.download_button(
            "PDF for the customer", partial(paper.of_draft, frame.books.engine, **what) if shown else b"",
            file_name=f"plan-{safe(desk.about.code)}.pdf", mime="application/pdf", icon=":material/picture_as_pdf:",
            key=form.key("pdf"), on_click="ignore", disabled=shown is None,
        )  # fmt: skip
    forms.outcome(NAME)


def named(about: About, say: Format) -> str:
    """Name what the plan pays, with its total."""
    one = [f"{source.document} {say.amount(source.amount, about.currency)}" for source in about.sources]
    more = f" and {len(one) - plan_draft.SHOWN} more" if len(one) > plan_draft.SHOWN else ""
    tail = f"{', '.join(one[: plan_draft.SHOWN])}{more}; oldest due first"
    return f"**{as_label(say.money(about.total, about.currency))}** :gray[:small[{as_label(tail)}]]"


def safe(code: str) -> str:
    """Return what of a code may stand in the name of a file."""
    return "".join(sign for sign in code if sign.isascii() and sign.isalnum()) or "customer"


def _withdraw(desk: Desk, done: Facts, key: str) -> object:
    frame = desk.frame
    return service.withdraw_plan(frame.books.engine, plan_id=done["plan"], actor=frame.actor, key=key)
