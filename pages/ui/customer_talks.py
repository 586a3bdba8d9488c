"""The dialogs that record what was said: a call with its outcome, a promise to pay, a dispute and how it ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import NamedTuple

import streamlit as st

from arcore.arrangements import service as arrangements
from arcore.bankdays import add_bank_days
from arcore.disputes import queries as dispute_queries
from arcore.disputes import service as disputes
from arcore.disputes.queries import DisputeRow
from arcore.disputes.rules import OUTCOMES as ENDS
from arcore.disputes.rules import REASONS
from arcore.errors import BadInput
from arcore.money import to_minor
from arcore.reports.items import ItemRow
from arcore.store.unit import Facts
from arcore.worklist import service as worklist
from arcore.worklist.rules import CHANNELS
from arcore.worklist.rules import OUTCOMES
from arcore.worklist.rules import DisputeDraft
from arcore.worklist.rules import PromiseDraft
from pages.ui import entry
from pages.ui import failures
from pages.ui import forms
from pages.ui.customer_desk import NAME
from pages.ui.customer_desk import Desk
from pages.ui.customer_desk import begin
from pages.ui.customer_desk import keep_undo
from pages.ui.customer_desk import named
from pages.ui.format import as_label
from pages.ui.forms import Form

QUICK = ("no_answer", "message_left", "reached", "callback", "wrote_to_us")
"""Outcomes that one click records; a promise and a dispute ask for more."""
ICONS = {
    "no_answer": ":material/phone_missed:",
    "message_left": ":material/voicemail:",
    "reached": ":material/phone_in_talk:",
    "callback": ":material/phone_callback:",
    "wrote_to_us": ":material/mark_email_unread:",
}
WEEK, TWO_WEEKS = 7, 14
OLDEST, CHOSEN = "Oldest debts first", "The ticked items"


class Said(NamedTuple):
    """Who was talked to, how, on which day."""

    who: str
    channel: str
    on: date


class Wanted(NamedTuple):
    """What a promise says: `words` for the button and the sentence after it."""

    draft: PromiseDraft
    words: str


@st.dialog("Log a call", width="medium", icon=":material/call:")
@failures.guarded
def call(desk: Desk) -> None:
    """Record a talk: one click for its outcome, a few fields more for a promise or a dispute."""
    desk, form = begin(desk)
    said = _said(desk, form)
    text = st.text_area("Note", key=form.key("text"), max_chars=4000, height=80, placeholder="What was said")
    st.markdown("**What came of it** :gray[:small[one click saves the call]]")
    with st.container(horizontal=True, gap="xsmall"):
        for outcome in QUICK:
            form.button(
                OUTCOMES[outcome], _logged(desk, said, outcome, text), icon=ICONS[outcome], name=outcome,
                disabled=desk.refusal is not None, hint=desk.refusal,
            )  # fmt: skip
    more = st.segmented_control(
        "Or with", ["promise", "dispute"], format_func=OUTCOMES.__getitem__, key=form.key("more"), width="stretch"
    )
    if more == "promise" and (wanted := _promise_fields(desk, form)):
        post = _logged(desk, said, "promise", text, promise=wanted.draft, words=f"promise of {wanted.words}")
        _save(desk, form, f"Save call and promise of {wanted.words}", post)
    if more == "dispute" and (raised := _dispute_fields(desk, form)):
        post = _logged(desk, said, "dispute", text, dispute=raised[0], words=raised[1])
        _save(desk, form, f"Save call and {raised[1]}", post)
    forms.outcome(NAME)


@st.dialog("Promise to pay", width="medium", icon=":material/handshake:")
@failures.guarded
def promise(desk: Desk) -> None:
    """Record a promise to pay without a call of its own."""
    desk, form = begin(desk)
    said = _said(desk, form)
    wanted = _promise_fields(desk, form)
    if wanted is None:
        forms.outcome(NAME)
        return
    frame, draft = desk.frame, wanted.draft

    def post(current: Form) -> str:
        done = arrangements.record_promise(
            frame.books.engine, customer_id=desk.about.customer_id, entity=draft.entity, currency=draft.currency,
            amount=draft.amount, made_on=said.on, due_on=draft.due_on, document_ids=tuple(draft.document_ids),
            who=said.who, channel=said.channel, grace_days=arrangements.GRACE_DAYS, actor=frame.actor,
            key=current.token, seen=frame.books.seq,
        )  # fmt: skip
        return _done(desk, f"promise of {wanted.words}", partial(_back_promise, desk, done))

    _save(desk, form, f"Record promise of {wanted.words}", post)
    forms.outcome(NAME)


@st.dialog("Dispute", width="medium", icon=":material/report:")
@failures.guarded
def dispute(desk: Desk) -> None:
    """Record that the customer contests a document."""
    desk, form = begin(desk)
    raised = _dispute_fields(desk, form)
    if raised is None:
        forms.outcome(NAME)
        return
    draft, words = raised
    frame = desk.frame

    def post(current: Form) -> str:
        done = disputes.open_dispute(
            frame.books.engine, customer_id=desk.about.customer_id, document_id=draft.document_id,
            opened_on=frame.today, reason=draft.reason, amount=draft.amount, owner=draft.owner, due_on=draft.due_on,
            note=draft.note, actor=frame.actor, key=current.token, seen=frame.books.seq,
        )  # fmt: skip
        return _done(desk, words, partial(_back_dispute, desk, done))

    _save(desk, form, f"Record {words}", post)
    forms.outcome(NAME)


@st.dialog("Settle a dispute", width="medium", icon=":material/task_alt:")
@failures.guarded
def settle(desk: Desk, dispute_id: int | None = None) -> None:
    """End a dispute: from that day on its amount is asked for again, as far as it is still open."""
    desk, form = begin(desk)
    frame, say = desk.frame, desk.frame.say
    rows = open_disputes(desk)
    if not rows:
        st.caption("Nothing is in dispute.")
        return
    places = [row.dispute_id for row in rows]
    row = st.selectbox(
        "Dispute", rows, index=places.index(dispute_id) if dispute_id in places else 0, key=form.key("dispute"),
        format_func=lambda r: f"{r.document}: {say.money(r.amount, r.currency)}, {r.reason_words.lower()}",
    )  # fmt: skip
    how = st.selectbox("How it ended", list(ENDS), format_func=ENDS.__getitem__, key=form.key("end"))
    on = st.date_input("On", value=frame.today, min_value=row.opened_on, key=form.key("on"), format=say.date_input)
    if how in ("accepted", "part_accepted"):
        st.caption("Post the credit note for what the customer was right about; the rest is asked for again.")

    def post(current: Form) -> str:
        disputes.close_dispute(
            frame.books.engine, dispute_id=row.dispute_id, outcome=how, on=on, actor=frame.actor, key=current.token,
            seen=frame.books.seq,
        )  # fmt: skip
        back = partial(_again, desk, row.dispute_id)
        return _done(desk, f"dispute of {row.document} settled", back)

    _save(desk, form, "Settle dispute", post)
    forms.outcome(NAME)


def open_disputes(desk: Desk) -> tuple[DisputeRow, ...]:
    """Return what is in dispute now."""
    frame = desk.frame
    return dispute_queries.disputes(frame.books.engine, frame.today, customer_id=desk.about.customer_id)


# --- fields -----------------------------------------------------------------------------------------------------------


def _said(desk: Desk, form: Form) -> Said:
    left, middle, right = st.columns([5, 3, 3], gap="small")
    people = list(dict.fromkeys(contact.name for contact in desk.about.contacts if contact.name))
    who = left.selectbox(
        "With", people, index=0 if people else None, accept_new_options=True, key=form.key("who"), placeholder="Name",
    )  # fmt: skip
    channel = middle.selectbox("How", list(CHANNELS), format_func=CHANNELS.__getitem__, key=form.key("channel"))
    on = right.date_input(
        "On", value=desk.frame.today, max_value=desk.frame.today, key=form.key("on"), format=desk.frame.say.date_input
    )
    return Said(who or "", channel, on)


def _promise_fields(desk: Desk, form: Form) -> Wanted | None:
    owed = [row for row in desk.rows if row.open > 0]
    if not owed:
        st.caption("Nothing is owed that could be promised.")
        return None
    say, today = desk.frame.say, desk.frame.today
    places = list(dict.fromkeys((row.entity, row.currency) for row in (*_owed(desk.chosen), *owed)))
    place = places[0]
    if len(places) > 1:
        place = st.selectbox("Of", places, format_func=" · ".join, key=form.key("place"))
    mine = [row for row in owed if (row.entity, row.currency) == place]
    ticked = [row for row in _owed(desk.chosen) if row in mine]
    ways = [CHOSEN, OLDEST] if ticked else [OLDEST]
    way = ways[0]
    if len(ways) > 1:
        way = str(st.segmented_control("For", ways, default=way, required=True, key=form.key("for")))
    chosen = ticked if way == CHOSEN else [row for row in mine if row.due_date < today] or mine
    left, right = st.columns(2, gap="small")
    usual = say.amount(sum(max(row.open - row.disputed, 0) for row in chosen), place[1])
    typed = left.text_input(
        f"Amount, {place[1]}", value=usual, key=form.key(f"amount_{place}_{way}"), help="What is overdue, less disputes"
    )
    due_on = right.date_input(
        "By", value=add_bank_days(today + timedelta(days=WEEK - 1), 1), key=form.key("due"), format=say.date_input
    )
    try:
        total = entry.amount(typed, say, place[1])
    except BadInput as error:
        failures.sentence(error)
        return None
    documents = tuple(dict.fromkeys(row.document_id for row in ticked)) if way == CHOSEN else ()
    words = f"{say.money(to_minor(total, place[1]), place[1])} by {say.short_day(due_on, today)}"
    return Wanted(PromiseDraft(*place, amount=total, due_on=due_on, document_ids=documents), words)


def _dispute_fields(desk: Desk, form: Form) -> tuple[DisputeDraft, str] | None:
    debts = {row.document_id: row for row in reversed(desk.rows) if row.open > 0}
    if not debts:
        st.caption("Nothing is owed that could be in dispute.")
        return None
    say, today = desk.frame.say, desk.frame.today
    first = next((row.document_id for row in desk.chosen if row.document_id in debts), next(reversed(debts)))
    numbers = list(reversed(debts))
    number = st.selectbox(
        "Document", numbers, index=numbers.index(first), key=form.key("document"),
        format_func=lambda n: f"{named(debts[n])} of {say.day(debts[n].document_date)}, {_of(desk, n, debts[n])} open",
    )  # fmt: skip
    row = debts[number]
    left, right = st.columns(2, gap="small")
    reason = left.selectbox("Reason", list(REASONS), format_func=REASONS.__getitem__, key=form.key("reason"))
    rest = sum(r.open - r.disputed for r in desk.rows if r.document_id == number and r.open > 0)
    typed = right.text_input(
        f"Amount in dispute, {row.currency}", value=say.amount(rest, row.currency), key=form.key(f"contested_{number}")
    )
    owner = left.text_input("Who sorts it out", value=desk.frame.actor.name, key=form.key("owner"), max_chars=80)
    due_on = right.date_input(
        "Until", value=today + timedelta(days=TWO_WEEKS), min_value=today, key=form.key("until"), format=say.date_input
    )
    note = st.text_input("What is wrong", key=form.key("wrong"), max_chars=400)
    try:
        amount: Decimal = entry.amount(typed, say, row.currency)
    except BadInput as error:
        failures.sentence(error)
        return None
    words = f"dispute of {say.money(to_minor(amount, row.currency), row.currency)} on {named(row)}"
    return DisputeDraft(number, reason, amount, owner, due_on, note), words


def _owed(rows: list[ItemRow]) -> list[ItemRow]:
    return [row for row in rows if row.open > 0]


def _of(desk: Desk, document_id: int, row: ItemRow) -> str:
    total = sum(r.open for r in desk.rows if r.document_id == document_id and r.open > 0)
    return desk.frame.say.money(total, row.currency)


# --- writing ----------------------------------------------------------------------------------------------------------


def _logged(
    desk: Desk, said: Said, outcome: str, text: str, *, promise: PromiseDraft | None = None,
    dispute: DisputeDraft | None = None, words: str = "",
) -> Callable[[Form], str]:  # fmt: skip
    """Return what saves a talk; the amount stands in the drafts, so nothing is read again when it is pressed."""
    frame = desk.frame

    def post(form: Form) -> str:
        done = worklist.log_talk(
            frame.books.engine, customer_id=desk.about.customer_id, on=said.on, outcome=outcome, channel=said.channel,
            who=said.who, text=text, promise=promise, dispute=dispute, actor=frame.actor, key=form.token,
            seen=frame.books.seq,
        )  # fmt: skip
        how = CHANNELS[said.channel].lower()
        what = f"{how}, {words}" if words else f"{how}, {OUTCOMES[outcome].lower()}"
        return _done(desk, what, partial(_back_talk, desk, done))

    return post


def _save(desk: Desk, form: Form, label: str, post: Callable[[Form], str]) -> None:
    refused = desk.refusal
    form.button(as_label(label), post, kind="primary", disabled=refused is not None, hint=refused, name="save")


def _done(desk: Desk, words: str, back: Callable[[str], object]) -> str:
    keep_undo(replace(desk), words, back)
    return f"Recorded: {words}."


def _back_talk(desk: Desk, done: Facts, key: str) -> object:
    frame = desk.frame
    return worklist.withdraw_talk(frame.books.engine, talk_id=done["talk"], actor=frame.actor, key=key)


def _back_promise(desk: Desk, done: Facts, key: str) -> object:
    frame = desk.frame
    return arrangements.withdraw_promise(frame.books.engine, promise_id=done["promise"], actor=frame.actor, key=key)


def _back_dispute(desk: Desk, done: Facts, key: str) -> object:
    frame = desk.frame
    return disputes.withdraw_dispute(frame.books.engine, dispute_id=done["dispute"], actor=frame.actor, key=key)


def _again(desk: Desk, dispute_id: int, key: str) -> object:
    frame = desk.frame
    return disputes.reopen_dispute(frame.books.engine, dispute_id=dispute_id, actor=frame.actor, key=key)
