"""The dialogs that bring a credit in: a payment, a credit note, and what stands unapplied."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import streamlit as st

from arcore.errors import BadInput
from arcore.ledger import service as ledger
from arcore.money import from_minor
from arcore.money import to_minor
from arcore.reports.items import ItemRow
from arcore.store.unit import Facts
from pages.ui import entry
from pages.ui import failures
from pages.ui.customer_desk import Desk
from pages.ui.customer_desk import begin
from pages.ui.customer_desk import debts
from pages.ui.customer_desk import finish
from pages.ui.customer_desk import named
from pages.ui.format import as_label
from pages.ui.forms import Form

OLDEST, CHOSEN, NOTHING = "Oldest due first", "The ticked items", "Nothing yet"


@st.dialog("Record a payment", width="medium", icon=":material/payments:")
@failures.guarded
def payment(desk: Desk) -> None:
    """Record money that came in."""
    _credit(desk, kind="payment", when="Received on", hint="As on the bank statement")


@st.dialog("Post a credit note", width="medium", icon=":material/request_quote:")
@failures.guarded
def credit_note(desk: Desk) -> None:
    """Post a credit note."""
    _credit(desk, kind="credit_note", when="Dated", hint="Why, or which delivery")


@st.dialog("Apply a credit", width="medium", icon=":material/join_inner:")
@failures.guarded
def apply_credit(desk: Desk) -> None:
    """Apply an unapplied payment or credit note to what is owed."""
    desk, form = begin(desk)
    frame, say = desk.frame, desk.frame.say
    unapplied = list({row.item_id: row for row in (*desk.chosen, *desk.rows) if row.open < 0}.values())
    if not unapplied:
        st.caption("There is no unapplied credit.")
        return
    credit = st.selectbox(
        "Credit",
        unapplied,
        key=form.key("credit"),
        format_func=lambda r: f"{named(r)} of {say.day(r.document_date)}, {say.money(-r.open, r.currency)}",
    )
    targets = pick_targets(desk, credit.currency, credit.entity, form.key("targets"), later=False)
    shares = spread(targets, from_minor(-credit.open, credit.currency))
    if not shares:
        st.caption(f"Nothing is owed in {credit.currency} that it could be applied to.")
        return

    def act(**how: Any) -> Facts:
        return ledger.apply_many(
            frame.books.engine, from_item_id=credit.item_id, apply_to=shares, actor=frame.actor, **how
        )

    def back(done: Facts, key: str) -> object:
        return ledger.unapply_many(frame.books.engine, application_ids=done["applications"], actor=frame.actor, key=key)

    amount = say.money(to_minor(sum((share for _, share in shares), Decimal(0)), credit.currency), credit.currency)
    finish(desk, form, as_label(f"Apply {amount}"), act, words=f"{amount} of {named(credit)} applied", back=back)


def spread(rows: Sequence[ItemRow], total: Decimal) -> list[tuple[int, Decimal]]:
    """Spread an amount over items in their order; what is left over stays unapplied."""
    shares = []
    for row in rows:
        share = min(total, from_minor(row.open, row.currency))
        if share > 0:
            shares.append((row.item_id, share))
            total -= share
    return shares


def pick_targets(desk: Desk, currency: str, entity: str, key: str, *, later: bool = True) -> list[ItemRow]:
    """Let the user say which debts an amount is for; `later` offers to leave it unapplied."""
    ticked = debts(desk.chosen, currency, entity)
    options = [*([CHOSEN] if ticked else []), OLDEST, *([NOTHING] if later else [])]
    way = options[0]
    if len(options) > 1:
        way = str(st.segmented_control("Apply to", options, default=way, required=True, key=key))
    if way == NOTHING:
        return []
    return ticked if way == CHOSEN else debts(desk.rows, currency, entity)


def _credit(desk: Desk, *, kind: str, when: str, hint: str) -> None:
    desk, form = begin(desk)
    frame, say = desk.frame, desk.frame.say
    left, middle, right = st.columns([3, 2, 3], gap="small")
    typed = left.text_input("Amount", key=form.key("amount"), placeholder=say.amount(125000, "EUR"), live="300ms")
    currency = middle.selectbox("Currency", desk.currencies, key=form.key("currency"))
    on = right.date_input(when, value=frame.today, key=form.key("on"), format=say.date_input)
    reference = st.text_input("Reference", key=form.key("reference"), max_chars=140, placeholder=hint)
    entity = _entity(desk, form)
    targets = pick_targets(desk, currency, entity, form.key("targets"))
    if not typed:
        st.caption("Type the amount to see what it will do.")
        return
    try:
        total = entry.amount(typed, say, currency)
    except BadInput as error:
        failures.sentence(error)
        return

    def act(**how: Any) -> Facts:
        what: dict[str, Any] = {
            "customer_id": desk.about.customer_id,
            "currency": currency,
            "amount": total,
            "apply_to": spread(targets, total),
            "details": {"reference": reference, "entity": entity},
            "actor": frame.actor,
        }
        if kind == "payment":
            return ledger.record_payment(frame.books.engine, received_on=on, **what, **how)
        return ledger.post_credit_note(frame.books.engine, document_date=on, **what, **how)

    def back(done: Facts, key: str) -> object:
        number = done["documents"][0]
        return ledger.void(frame.books.engine, document_id=number, reason="undone", actor=frame.actor, key=key)

    amount = say.money(to_minor(total, currency), currency)
    verb, noun = ("Record", "payment") if kind == "payment" else ("Post credit note of", "credit note")
    finish(desk, form, as_label(f"{verb} {amount}"), act, words=f"{noun} of {amount}", on=on, back=back)


def _entity(desk: Desk, form: Form) -> str:
    """Ask which company of ours it is for, where there are several."""
    if len(desk.entities) == 1:
        return desk.entities[0]
    return str(st.selectbox("Our company", desk.entities, key=form.key("entity")))
