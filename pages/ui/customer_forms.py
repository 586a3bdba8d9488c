"""The dialogs of the Customer page: each shows what it will do before it does it, and says how to undo it.

One dialog is open at a time. Buttons ask for one by name (`ask`); the page opens it on the next run (`open_asked`).
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import streamlit as st

from arcore.errors import ArcoreError
from arcore.errors import BadInput
from arcore.ledger import service as ledger
from arcore.ledger.kinds import BY_NAME
from arcore.ledger.kinds import WRITE_OFF_REASONS
from arcore.money import from_minor
from arcore.reports.customer import Who
from arcore.reports.items import ItemRow
from arcore.store.unit import Facts
from pages.ui import entry
from pages.ui import failures
from pages.ui import forms
from pages.ui import shell
from pages.ui.format import as_label
from pages.ui.forms import Form

NAME = "customer_write"
"""The form name that all dialogs share: its outcome is shown at the top of the page."""
ASKED, UNDO = "customer_asked", "customer_undo"
OLDEST, CHOSEN, NOTHING = "Oldest due first", "The selected items", "Nothing yet"
Act = Callable[..., Facts]


@dataclass(frozen=True)
class Desk:
    """What the dialogs work on: the frame, the customer, its open items, and those that are ticked."""

    frame: shell.Frame
    about: Who
    rows: Sequence[ItemRow]
    chosen: Sequence[ItemRow]

    @property
    def currencies(self) -> list[str]:
        """Currencies of the open items first, then the customer's own, then ours."""
        codes = [row.currency for row in (*self.chosen, *self.rows)]
        return list(dict.fromkeys(code for code in [*codes, self.about.currency, self.frame.company.currency] if code))


def ask(name: str, *what: Any) -> None:
    """Remember which dialog to open on the next run; for `on_click`."""
    st.session_state[ASKED] = (name, what)


def open_asked(desk: Desk, dialogs: dict[str, Callable[..., None]]) -> None:
    """Open the dialog that was asked for, once; called last on the page."""
    name, what = st.session_state.pop(ASKED, (None, ()))
    if name in dialogs:
        dialogs[name](desk, *what)


def outcome(desk: Desk) -> None:
    """Say what was done, with its undo beside it."""
    good = st.session_state.get(f"{NAME}_said", (False, ""))[0]
    undo = st.session_state.get(UNDO)
    forms.outcome(NAME)
    if undo and (good or st.session_state.get(f"{UNDO}_shown")):
        st.session_state[f"{UNDO}_shown"] = True
        with st.container(horizontal=True, gap="xsmall", key="undo_row"):
            forms.once("customer_undo").button(
                f"Undo: {undo[0]}", lambda form: _undo(desk, form), icon=":material/undo:"
            )
    forms.outcome("customer_undo")


def _undo(desk: Desk, form: Form) -> str:
    words, verb, numbers = st.session_state[UNDO]
    engine, actor = desk.frame.books.engine, desk.frame.actor
    for number in numbers:
        key = f"{form.token}:{number}"
        if verb == "void":
            ledger.void(engine, document_id=number, reason="undone", actor=actor, key=key)
        else:
            ledger.unapply(engine, application_id=number, actor=actor, key=key)
    st.session_state.pop(UNDO, None)
    st.session_state.pop(f"{UNDO}_shown", None)
    return f"Undone: {words}."


def finish(form: Form, label: str, act: Act, said: Callable[[Facts], str], undo: tuple[str, str] | None) -> None:
    """Show what `act` would do and the button that does it.

    `act(dry_run=…, key=…)` calls one service. `undo` is its words and what takes it back: "void" the documents
    it posted, or "unapply" its applications; None where there is no undo.
    """
    try:
        facts = act(dry_run=True, key=None)
    except ArcoreError as error:
        failures.sentence(error)
        form.button(label, lambda _: "", disabled=True, kind="primary")
        return
    effects(facts)
    if undo is None:
        st.caption("This can't be undone: post it again if it was right.")

    def post(current: Form) -> str:
        done = act(dry_run=False, key=current.token)
        if undo is None:
            st.session_state.pop(UNDO, None)
        else:
            words, verb = undo
            st.session_state[UNDO] = (words, verb, done["documents" if verb == "void" else "applications"])
        st.session_state.pop(f"{UNDO}_shown", None)
        return said(done)

    form.button(label, post, kind="primary")
    forms.outcome(NAME)


def begin(desk: Desk) -> tuple[shell.Frame, Form]:
    """Start a dialog, or close it when its write just succeeded: the page then says what was done."""
    close_when_done()
    return desk.frame, forms.once(NAME)


def close_when_done() -> None:
    """Close the dialog after a success."""
    if st.session_state.get(f"{NAME}_said", (False, ""))[0]:
        st.rerun()


def effects(facts: Facts) -> None:
    """Draw the balances before and after."""
    rows = [row for row in facts["effects"] if row["before"] != row["after"] or row["after"] != "0.00"]
    table = pd.DataFrame(
        {
            "Document": [f"{BY_NAME[row['kind']].label} {row['number'] or row['document']}" for row in rows],
            "Open before": [float(row["before"]) for row in rows],
            "Open after": [float(row["after"]) for row in rows],
            "": [row["currency"] for row in rows],
        }
    )
    money = st.column_config.NumberColumn(format="accounting", width=100)
    st.caption("What it will do")
    st.dataframe(
        table,
        hide_index=True,
        row_height=32,
        height=37 + 32 * min(8, max(1, len(rows))),
        column_config={"Open before": money, "Open after": money},
        alt="Balances before and after",
    )


def debts(rows: Sequence[ItemRow], currency: str) -> list[ItemRow]:
    """Return debit items with something open in a currency, oldest due first."""
    return sorted((r for r in rows if r.open > 0 and r.currency == currency), key=lambda r: (r.due_date, r.item_id))


def spread(rows: Sequence[ItemRow], total: Decimal) -> list[tuple[int, Decimal]]:
    """Spread an amount over items in their order; what is left over stays unapplied."""
    shares = []
    for row in rows:
        share = min(total, from_minor(row.open, row.currency))
        if share > 0:
            shares.append((row.item_id, share))
            total -= share
    return shares


def pick_targets(desk: Desk, currency: str, key: str) -> list[ItemRow]:
    """Let the user say which debts an amount is for."""
    ticked = debts(desk.chosen, currency)
    options = [OLDEST, *([CHOSEN] if ticked else []), NOTHING]
    way = st.segmented_control("Apply to", options, default=CHOSEN if ticked else OLDEST, required=True, key=key)
    if way == NOTHING:
        return []
    return ticked if way == CHOSEN else debts(desk.rows, currency)


@st.dialog("Record a payment", width="medium", icon=":material/payments:")
def payment(desk: Desk) -> None:
    """Record money that came in."""
    _credit(desk, kind="payment", label="Record payment", when="Received on")


@st.dialog("Post a credit note", width="medium", icon=":material/request_quote:")
def credit_note(desk: Desk) -> None:
    """Post a credit note."""
    _credit(desk, kind="credit_note", label="Post credit note", when="Dated")


def _credit(desk: Desk, *, kind: str, label: str, when: str) -> None:
    frame, form = begin(desk)
    left, middle, right = st.columns([3, 2, 3], gap="small")
    typed = left.text_input("Amount", key=form.key("amount"), placeholder=frame.say.amount(125000, "EUR"))
    currency = middle.selectbox("Currency", desk.currencies, key=form.key("currency"))
    on = right.date_input(when, value=frame.today, key=form.key("on"), format=frame.say.date_input)
    reference = st.text_input(
        "Reference", key=form.key("reference"), max_chars=140, placeholder="As on the bank statement"
    )
    targets = pick_targets(desk, currency, form.key("targets"))
    if not typed:
        st.caption("Type the amount to see what it will do.")
        return
    try:
        total = entry.amount(typed, frame.say)
    except BadInput as error:
        failures.sentence(error)
        return

    def act(**how: Any) -> Facts:
        what: dict[str, Any] = {
            "customer_id": desk.about.customer_id,
            "currency": currency,
            "amount": total,
            "apply_to": spread(targets, total),
            "details": {"reference": reference},
            "actor": frame.actor,
        }
        if kind == "payment":
            return ledger.record_payment(frame.books.engine, received_on=on, **what, **how)
        return ledger.post_credit_note(frame.books.engine, document_date=on, **what, **how)

    words = f"{'payment' if kind == 'payment' else 'credit note'} of {format(total, ',f')} {currency}"
    finish(form, label, act, lambda _: f"Booked: {words}.", (words, "void"))


@st.dialog("Apply a credit", width="medium", icon=":material/join_inner:")
def apply_credit(desk: Desk) -> None:
    """Apply an unapplied payment or credit note to what is owed."""
    frame, form = begin(desk)
    unapplied = [row for row in (*desk.chosen, *desk.rows) if row.open < 0]
    if not unapplied:
        st.caption("There is no unapplied credit.")
        return
    options = list({row.item_id: row for row in unapplied}.values())
    credit = st.selectbox(
        "Credit",
        options,
        key=form.key("credit"),
        format_func=lambda r: (
            f"{r.document} of {frame.say.day(r.document_date)}, {frame.say.money(-r.open, r.currency)}"
        ),
    )
    shares = spread(pick_targets(desk, credit.currency, form.key("targets")), from_minor(-credit.open, credit.currency))
    if not shares:
        st.caption(f"Nothing is owed in {credit.currency} that it could be applied to.")
        return

    def act(**how: Any) -> Facts:
        return ledger.apply_many(
            frame.books.engine, from_item_id=credit.item_id, apply_to=shares, actor=frame.actor, **how
        )

    words = f"{credit.document} applied"
    finish(form, "Apply", act, lambda _: f"Booked: {words}.", (words, "unapply"))


@st.dialog("Write off", width="medium", icon=":material/money_off:")
def write_off(desk: Desk) -> None:
    """Give up one item, or a part of it."""
    frame, form = begin(desk)
    row = _only(desk.chosen)
    if row is None:
        return
    left, right = st.columns(2, gap="small")
    full = frame.say.amount(row.open, row.currency)
    typed = left.text_input(f"Amount, {row.currency}", value=full, key=form.key("amount"))
    on = right.date_input("On", value=frame.today, key=form.key("on"), format=frame.say.date_input)
    reason = st.selectbox(
        "Reason",
        [r for r in WRITE_OFF_REASONS if r != "recovery"],
        key=form.key("reason"),
        format_func=lambda r: r.replace("_", " ").capitalize(),
        help="Only uncollectible counts as bad debt.",
    )
    note = st.text_input("Note", key=form.key("note"), max_chars=200)
    try:
        total = entry.amount(typed, frame.say)
    except BadInput as error:
        failures.sentence(error)
        return

    def act(**how: Any) -> Facts:
        return ledger.write_off(
            frame.books.engine,
            item_id=row.item_id,
            amount=total,
            reason=reason,
            on=on,
            note=note,
            actor=frame.actor,
            **how,
        )

    words = f"write-off of {format(total, ',f')} {row.currency} on {row.document}"
    finish(form, "Write off", act, lambda _: f"Booked: {words}.", (words, "void"))


@st.dialog("Agree another due date", width="medium", icon=":material/event:")
def redate(desk: Desk) -> None:
    """Give one item another due date; the original one is kept."""
    frame, form = begin(desk)
    row = _only(desk.chosen)
    if row is None:
        return
    left, right = st.columns(2, gap="small")
    due = left.date_input(
        "New due date", value=max(row.due_date, frame.today), key=form.key("due"), format=frame.say.date_input
    )
    on = right.date_input("Agreed on", value=frame.today, key=form.key("on"), format=frame.say.date_input)
    st.caption(
        as_label(f"KPIs and the aging by original due date go on counting from {frame.say.day(row.original_due_date)}.")
    )

    def act(**how: Any) -> Facts:
        return ledger.redate(frame.books.engine, item_id=row.item_id, due_date=due, on=on, actor=frame.actor, **how)

    words = f"new due date {frame.say.day(due)} for {row.document}"
    finish(form, "Agree", act, lambda _: f"Booked: {words}. Take it back in its story.", ("", ""))


@st.dialog("Void a document", width="medium", icon=":material/block:")
def void(desk: Desk, document_id: int) -> None:
    """Take a document back as if it had never been."""
    frame, form = begin(desk)
    st.caption(
        "It is taken back from its own day on. Payments and credit notes applied to it stay and are free again; "
        "what the books showed before stays visible as known then."
    )
    reason = st.text_input("Why", key=form.key("reason"), max_chars=200)

    def act(**how: Any) -> Facts:
        return ledger.void(frame.books.engine, document_id=document_id, reason=reason, actor=frame.actor, **how)

    finish(form, "Void", act, lambda _: "Taken back.", None)


@st.dialog("A payment bounced", width="medium", icon=":material/undo:")
def bounce(desk: Desk, document_id: int) -> None:
    """Record that a payment was returned by the bank."""
    frame, form = begin(desk)
    on = st.date_input("Returned on", value=frame.today, key=form.key("on"), format=frame.say.date_input)
    reason = st.text_input("Reason given by the bank", key=form.key("reason"), max_chars=200)

    def act(**how: Any) -> Facts:
        return ledger.reverse_payment(
            frame.books.engine, document_id=document_id, on=on, reason=reason, actor=frame.actor, **how
        )

    finish(form, "Record", act, lambda _: "The payment is reversed; what it had paid is open again.", None)


@st.dialog("Take a match back", width="medium", icon=":material/link_off:")
def unapply(desk: Desk, application_id: int) -> None:
    """Take one application back, as a correction or as an event of a day."""
    frame, form = begin(desk)
    correct, event = "It was wrong from the start", "It ends on a day"
    way = st.segmented_control("Why", [correct, event], default=correct, required=True, key=form.key("way"))
    on: date | None = None
    if way == event:
        on = st.date_input("Ends on", value=frame.today, key=form.key("on"), format=frame.say.date_input)

    def act(**how: Any) -> Facts:
        return ledger.unapply(frame.books.engine, application_id=application_id, on=on, actor=frame.actor, **how)

    finish(form, "Take back", act, lambda _: "The match is taken back; both sides are open again.", None)


def _only(chosen: Sequence[ItemRow]) -> ItemRow | None:
    owed = [row for row in chosen if row.open > 0]
    if len(owed) == 1:
        return owed[0]
    st.caption("Tick exactly one item that is still owed.")
    return None
