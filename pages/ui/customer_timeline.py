"""What happened with a customer, newest first: talks, reminders, promises, money; searched by month and by words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial

import streamlit as st

from arcore.arrangements import service as arrangements
from arcore.customers import service as customers
from arcore.dates import add_months
from arcore.dates import month_end
from arcore.dates import month_start
from arcore.dunning import queries as dunning
from arcore.reports.timeline import Moment
from arcore.reports.timeline import Shown
from arcore.reports.timeline import timeline
from arcore.worklist import service as worklist
from pages.ui import failures
from pages.ui import forms
from pages.ui import reminder_message
from pages.ui import shell
from pages.ui.customer_desk import NAME
from pages.ui.customer_desk import Desk
from pages.ui.customer_desk import ask
from pages.ui.customer_desk import keep_undo
from pages.ui.format import Format
from pages.ui.format import as_label
from pages.ui.forms import Form

FIRST, MOST = 7, 500
MONTHS = 36
"""Months back that the list of months offers."""
TOPICS: dict[str, Shown] = {"All": "all", "Said": "said", "Money": "money", "Changes": "changes"}
ICONS = {
    "money": ":material/payments:",
    "talk": ":material/call:",
    "note": ":material/sticky_note_2:",
    "message": ":material/mail:",
    "change": ":material/edit_note:",
    "promise": ":material/handshake:",
    "promise_kept": ":green[:material/check_circle:]",
    "promise_broken": ":red[:material/cancel:]",
    "plan": ":material/event_repeat:",
    "dispute": ":material/report:",
    "dispute_closed": ":material/task_alt:",
    "message_refused": ":red[:material/unsubscribe:]",
    "message_bounced": ":red[:material/unsubscribe:]",
    "message_unknown": ":orange[:material/help:]",
}
NAMED = 2
"""So many matched documents are named; more are counted."""
LONGEST = 160
"""Characters of what was said or noted that the list shows."""


def happened(desk: Desk) -> None:
    """Draw the timeline with the ways to search it and a field to write a note into it."""
    with st.container(border=True, gap="xsmall", key="timeline"):
        with st.container(horizontal=True, vertical_alignment="center", wrap=False):
            st.markdown("**Timeline**", width="stretch")
            topic = st.segmented_control(
                "Show", list(TOPICS), default="All", required=True, key="topic", label_visibility="collapsed"
            )
        month, words = _search(desk.frame.today, desk.frame.say)
        if desk.refusal is None:
            _note_field(desk)
        forms.outcome("note")
        chosen = timeline(
            desk.frame.books.engine,
            desk.about.customer_id,
            topic=TOPICS[str(topic)],
            since=month,
            until=None if month is None else month_end(month),
            text=words,
            as_of=desk.frame.filters.as_of,
            most=MOST,
        )
        _entries(desk, chosen, searched=month is not None or bool(words))


def words(moment: Moment, frame: shell.Frame) -> str:
    """Return one entry of the timeline as Markdown: what, amount, then what was said, day, matches, person in grey."""
    say = frame.say
    amount = f" {as_label(say.money(abs(moment.amount), moment.currency))}" if moment.amount is not None else ""
    gone = " :gray[(taken back)]" if moment.taken_back else ""
    day = f", {_by(moment)}{say.day(moment.day)}" if moment.day else ""
    said = f"{moment.text[:LONGEST].rstrip()}…" if len(moment.text) > LONGEST else moment.text
    tail = [say.short_day(moment.on, frame.today), _matched(moment), moment.who, moment.by]
    grey = [part for part in (said if moment.kind != "note" else "", " · ".join(filter(None, tail))) if part]
    icon = ICONS.get(moment.kind) or ICONS[moment.topic]
    lines = "".join(f"  \n:small[:gray[{as_label(part)}]]" for part in grey)
    return f"{icon} {as_label(moment.what)}{amount}{as_label(day)}{gone}{lines}"


@st.dialog("Message", width="large", icon=":material/mail:")
@failures.guarded
def letter(desk: Desk, message_id: int) -> None:
    """Show a message as it left, with the proof of what it asked."""
    reminder_message.draw(dunning.message(desk.frame.books.engine, message_id), desk.frame.say)


def _search(today: date, say: Format) -> tuple[date | None, str]:
    """Draw the month and the words to look for; the first day of the month, None for any."""
    with st.container(horizontal=True, gap="xsmall", wrap=False):
        months = [add_months(month_start(today), -back) for back in range(MONTHS)]
        month = st.selectbox(
            "Month", months, index=None, format_func=say.month, key="month", placeholder="Any month",
            label_visibility="collapsed", width=150,
        )  # fmt: skip
        typed = st.text_input(
            "Search", key="timeline_words", placeholder="Search what was said", label_visibility="collapsed",
            type="search", live="300ms",
        )  # fmt: skip
    return month, str(typed or "").strip()


def _entries(desk: Desk, chosen: Sequence[Moment], *, searched: bool) -> None:
    more = f"timeline_more_{desk.about.code}"
    everything = bool(st.session_state.get(more))
    for moment in chosen if everything else chosen[:FIRST]:
        _entry(desk, moment)
    if not chosen:
        st.caption("Nothing found." if searched else "Nothing yet.")
    if len(chosen) > FIRST:
        st.button(
            "Show fewer" if everything else f"Show all {len(chosen)}",
            key="timeline_more",
            type="tertiary",
            on_click=partial(st.session_state.__setitem__, more, not everything),
        )


def _by(moment: Moment) -> str:
    """Say what the day of a promise or a dispute is."""
    if moment.promise_id is not None:
        return "by "
    return "to settle by " if moment.dispute_id is not None else ""


def _matched(moment: Moment) -> str:
    """Say what a payment or a credit note is applied to, and what a promise is about."""
    if moment.taken_back or not (moment.matched or moment.kind in ("payment", "credit_note")):
        return ""
    if moment.kind.startswith("dispute"):
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
    """Draw one entry, with what it leads to and the way to take it back."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False):
        st.markdown(words(moment, desk.frame), width="stretch")
        if moment.message_id is not None:
            _open(moment, moment.message_id, "The message as it left", "letter")
        elif moment.document_id is not None:
            _open(moment, moment.document_id, "Its story", "story")
        if desk.refusal is None and not moment.taken_back:
            _take_back(desk, moment)


def _open(moment: Moment, number: int, hint: str, dialog: str) -> None:
    st.button(
        "",
        icon=":material/chevron_right:",
        key=f"moment_{moment.kind}_{moment.at.timestamp()}_{number}",
        type="tertiary",
        help=hint,
        on_click=partial(ask, dialog, number),
    )


def _take_back(desk: Desk, moment: Moment) -> None:
    """Offer to withdraw a note, a talk or a promise; all else is taken back where it is handled."""
    if moment.note_id is not None:
        _cross(f"note:{moment.note_id}", partial(_withdraw_note, desk, moment.note_id), "Withdraw the note")
    elif moment.talk_id is not None:
        _cross(
            f"talk:{moment.talk_id}", partial(_withdraw_talk, desk, moment.talk_id), "Take back, with what came of it"
        )
    elif moment.promise_id is not None and moment.kind == "promise":
        number = moment.promise_id
        _cross(f"promise:{number}", partial(_withdraw_promise, desk, number), "Withdraw the promise")


def _cross(name: str, post: forms.Post, hint: str) -> None:
    # The form that all writes of the page share, with a key of its own for each entry.
    form = Form(NAME, f"{forms.once(NAME).token}:{name}")
    form.button("", post, icon=":material/close:", kind="tertiary", hint=hint)


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


def _withdraw_note(desk: Desk, note_id: int, form: Form) -> str:
    engine, actor, who = desk.frame.books.engine, desk.frame.actor, desk.about.customer_id
    customers.withdraw_note(engine, customer_id=who, note_id=note_id, actor=actor, key=form.token)
    keep_undo(
        desk,
        "note withdrawn",
        lambda key: customers.restore_note(engine, customer_id=who, note_id=note_id, actor=actor, key=key),
    )
    return "Note withdrawn."


def _withdraw_talk(desk: Desk, talk_id: int, form: Form) -> str:
    engine, actor = desk.frame.books.engine, desk.frame.actor
    worklist.withdraw_talk(engine, talk_id=talk_id, actor=actor, key=form.token)
    keep_undo(desk, "talk taken back", lambda key: worklist.restore_talk(engine, talk_id=talk_id, actor=actor, key=key))
    return "Taken back."


def _withdraw_promise(desk: Desk, promise_id: int, form: Form) -> str:
    engine, actor = desk.frame.books.engine, desk.frame.actor
    arrangements.withdraw_promise(engine, promise_id=promise_id, actor=actor, key=form.token)
    keep_undo(
        desk,
        "promise withdrawn",
        lambda key: arrangements.restore_promise(engine, promise_id=promise_id, actor=actor, key=key),
    )
    return "Promise withdrawn."
