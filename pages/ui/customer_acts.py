"""The dialogs that act on one document: write off, another due date, void, bounce, take a match back."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

from arcore.errors import ArcoreError
from arcore.errors import BadInput
from arcore.ledger import service as ledger
from arcore.ledger.kinds import RECOVERY
from arcore.ledger.kinds import WRITE_OFF_REASONS
from arcore.money import to_minor
from arcore.reports.items import ItemRow
from arcore.reports.story import Match
from arcore.reports.story import match
from arcore.store.unit import Facts
from pages.ui import entry
from pages.ui import failures
from pages.ui.customer_desk import Back
from pages.ui.customer_desk import Desk
from pages.ui.customer_desk import begin
from pages.ui.customer_desk import finish
from pages.ui.customer_desk import named
from pages.ui.format import Format
from pages.ui.format import as_label

REASONS = {name: name.replace("_", " ").capitalize() for name in WRITE_OFF_REASONS if name != RECOVERY}
WRONG, ENDS = "It was wrong from the start", "It ends on a day"


@st.dialog("Write off", width="medium", icon=":material/money_off:")
@failures.guarded
def write_off(desk: Desk) -> None:
    """Give up one item, or a part of it."""
    desk, form = begin(desk)
    frame, say = desk.frame, desk.frame.say
    row = _only(desk)
    if row is None:
        return
    left, right = st.columns(2, gap="small")
    typed = left.text_input(
        f"Amount, {row.currency}", value=say.amount(row.open, row.currency), key=form.key("amount"), live="300ms"
    )
    on = right.date_input("On", value=frame.today, key=form.key("on"), format=say.date_input)
    reason = st.selectbox(
        "Reason",
        list(REASONS),
        key=form.key("reason"),
        format_func=REASONS.__getitem__,
        help="Only uncollectible counts as bad debt.",
    )
    note = st.text_input("Note", key=form.key("note"), max_chars=200)
    try:
        total = entry.amount(typed, say, row.currency)
    except BadInput as error:
        failures.sentence(error)
        return

    def act(**how: Any) -> Facts:
        what: dict[str, Any] = {"item_id": row.item_id, "amount": total, "reason": reason, "on": on, "note": note}
        return ledger.write_off(frame.books.engine, **what, actor=frame.actor, **how)

    def back(done: Facts, key: str) -> object:
        number = done["documents"][0]
        return ledger.void(frame.books.engine, document_id=number, reason="undone", actor=frame.actor, key=key)

    amount = say.money(to_minor(total, row.currency), row.currency)
    words = f"write-off of {amount} on {named(row)}"
    finish(desk, form, as_label(f"Write off {amount}"), act, words=words, on=on, back=back)


@st.dialog("Agree another due date", width="medium", icon=":material/event:")
@failures.guarded
def redate(desk: Desk) -> None:
    """Give one item another due date; the original one is kept."""
    desk, form = begin(desk)
    frame, say = desk.frame, desk.frame.say
    row = _only(desk)
    if row is None:
        return
    left, right = st.columns(2, gap="small")
    due = left.date_input("New due date", value=None, key=form.key("due"), format=say.date_input)
    on = right.date_input("Agreed on", value=frame.today, key=form.key("on"), format=say.date_input)
    first = say.day(row.original_due_date)
    st.caption(as_label(f"KPIs and the aging by original due date go on counting from {first}."))
    if due is None or due == row.due_date:
        st.caption(as_label(f"{named(row)} is due on {say.day(row.due_date)} now: choose another day."))
        return

    def act(**how: Any) -> Facts:
        return ledger.redate(frame.books.engine, item_id=row.item_id, due_date=due, on=on, actor=frame.actor, **how)

    def back(done: Facts, key: str) -> object:
        return ledger.unapply_many(frame.books.engine, application_ids=done["applications"], actor=frame.actor, key=key)

    def shown(_facts: Facts, say: Format) -> None:
        amount, days = say.money(row.open, row.currency), (say.day(row.due_date), say.day(due))
        st.markdown(f"**{as_label(amount)}** {as_label(f'of {named(row)} moves from {days[0]} to')} **{days[1]}**")

    label = f"Agree {say.day(due)}"
    words = f"{named(row)} is due on {say.day(due)}"
    finish(desk, form, as_label(label), act, words=words, on=on, back=back, preview=shown)


@st.dialog("Void a document", width="medium", icon=":material/block:")
@failures.guarded
def void(desk: Desk, document_id: int, name: str) -> None:
    """Take a document back as if it had never been."""
    desk, form = begin(desk)
    frame = desk.frame
    st.caption(
        "It is taken back from its own day on. Payments and credit notes applied to it stay and are free again; "
        "what the books showed before stays visible as known then."
    )
    reason = st.text_input("Why", key=form.key("reason"), max_chars=200)

    def act(**how: Any) -> Facts:
        return ledger.void(frame.books.engine, document_id=document_id, reason=reason, actor=frame.actor, **how)

    final = "If it was right after all, it has to be posted again."
    finish(desk, form, as_label(f"Void {name}"), act, words=f"{name} taken back", final=final)


@st.dialog("A payment bounced", width="medium", icon=":material/undo:")
@failures.guarded
def bounce(desk: Desk, document_id: int, name: str) -> None:
    """Record that a payment was returned by the bank."""
    desk, form = begin(desk)
    frame = desk.frame
    on = st.date_input("Returned on", value=frame.today, key=form.key("on"), format=frame.say.date_input)
    reason = st.text_input("Reason given by the bank", key=form.key("reason"), max_chars=200)

    def act(**how: Any) -> Facts:
        return ledger.reverse_payment(
            frame.books.engine, document_id=document_id, on=on, reason=reason, actor=frame.actor, **how
        )

    final = "If the money comes after all, record it as a new payment."
    words = f"{name} bounced; what it had paid is open again"
    finish(desk, form, "Record that it bounced", act, words=words, on=on, final=final)


@st.dialog("Take a match back", width="medium", icon=":material/link_off:")
@failures.guarded
def unapply(desk: Desk, application_id: int) -> None:
    """Take one application back, as a correction or as an event of a day."""
    desk, form = begin(desk)
    frame = desk.frame
    try:
        found = match(frame.books.engine, application_id)
    except ArcoreError as error:
        failures.sentence(error)
        return
    way = st.segmented_control("Why", [WRONG, ENDS], default=WRONG, required=True, key=form.key("way"))
    on: date | None = None
    if way == ENDS:
        on = st.date_input("Ends on", value=frame.today, key=form.key("on"), format=frame.say.date_input)
    st.caption(
        "Reports of earlier days change, as if it had never been." if on is None else "Reports of earlier days stay."
    )

    def act(**how: Any) -> Facts:
        return ledger.unapply(frame.books.engine, application_id=application_id, on=on, actor=frame.actor, **how)

    amount = frame.say.money(found.amount, found.currency)
    words = "agreed due date taken back" if found.agreed else f"match of {amount} taken back"
    final = "If it was right, agree the day again."
    back = None if found.agreed else _match_again(desk, found, on)
    finish(desk, form, "Take back", act, words=words, on=on, back=back, final=final)


def _match_again(desk: Desk, found: Match, on: date | None) -> Back:
    """Return what puts a match back as it was: from its own day, or from the day on which it had ended."""
    frame = desk.frame

    def back(_done: Facts, key: str) -> object:
        return ledger.apply(
            frame.books.engine, from_item_id=found.from_item, to_item_id=found.to_item,
            amount=found.in_units, on=on or found.on, actor=frame.actor, key=key,
        )  # fmt: skip

    return back


def _only(desk: Desk) -> ItemRow | None:
    owed = [row for row in desk.chosen if row.open > 0]
    if len(owed) == 1:
        return owed[0]
    st.caption("Nothing is open on it any more." if len(desk.ticked) == 1 else "Tick exactly one item that is owed.")
    return None
