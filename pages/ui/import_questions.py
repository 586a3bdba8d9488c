"""What an import has to ask: the day, the currency, the order of dates, and what a snapshot's silence means."""

from __future__ import annotations

from functools import cache
from functools import partial
from typing import Literal
from zlib import crc32

import streamlit as st
from babel.core import get_global
from babel.numbers import get_currency_name

from arcore.company import service as company
from arcore.intake import queries
from arcore.intake.changes import NEVER_ACCEPTED
from arcore.intake.changes import Plan
from arcore.intake.remarks import NOTHING_SETTLED
from arcore.intake.understood import OPEN_ITEMS
from arcore.intake.understood import Question
from arcore.intake.understood import Understood
from pages.ui import books
from pages.ui import cached
from pages.ui import forms
from pages.ui import import_state
from pages.ui import shell
from pages.ui.books import Books
from pages.ui.format import Format
from pages.ui.format import as_label
from pages.ui.forms import Form
from pages.ui.import_state import Found
from pages.ui.import_state import Upload
from pages.ui.import_words import counted
from pages.ui.import_words import with_days

ORDERS = {"Day before month": True, "Month before day": False}
SILENCE = ("vanished", "customer_absent")
"""Questions about what a snapshot does not list; a snapshot of a part asks less of them."""
MANY = 3
"""More questions than these can be answered together, and scroll."""
SCROLLED = 220
WHOLE = "everything that is open"
FIELD = 300
"""Pixels of an answer."""


def company_currency(upload: Upload) -> str:
    """Return the reporting currency of the books that the upload goes to."""
    return cached.profile(import_state.target(upload)).currency


# --- of a file, in step two -------------------------------------------------------------------------------------------


def of_file(frame: shell.Frame, upload: Upload, found: Found, place: int) -> None:
    """Ask what a file does not say: its day, its currency, the order of its dates."""
    one = found.files[place]
    asks_day = one.kind == OPEN_ITEMS and (any(q.id == "as_of" for q in one.questions) or upload.as_of is not None)
    asks_day = asks_day or NOTHING_SETTLED in one.warnings
    asks_currency = lacks_currency(one, found)
    asks_order = (one.day_first is not None and not one.date_order_proved) or one.header_fingerprint in upload.day_first
    if not (asks_day or asks_currency or asks_order):
        return
    with st.container(horizontal=True, gap="small"):
        if asks_day:
            as_of(frame, upload, key=f"as_of_{place}")
        if asks_currency:
            currency(frame.say, upload, found, key=f"currency_{place}")
        if asks_order:
            _date_order(upload, one, key=f"day_first_{place}")


def as_of(frame: shell.Frame, upload: Upload, *, key: str, label: bool = True) -> None:
    """Ask of which day a snapshot is."""
    day = st.date_input(
        "Open at the end of which day?", value=upload.as_of, key=key, format=frame.say.date_input, width=FIELD,
        label_visibility="visible" if label else "collapsed",
    )  # fmt: skip
    if day != upload.as_of:
        import_state.change(as_of=day)
        st.rerun()


def lacks_currency(one: Understood, found: Found) -> bool:
    """Tell whether amounts of a file have no currency but the one that was said or remembered."""
    named = any(column.field == "currency" for column in one.columns)
    return any(not row.currency for row in one.rows) or bool(found.currency and one.rows and not named)


def currency(say: Format, upload: Upload, found: Found, *, key: str) -> None:
    """Ask in which currency amounts without one are; the company's unless said, or remembered of the file before."""
    ours = company_currency(upload)
    taken = found.currency or ours
    codes = [taken, *(code for code in currencies() if code != taken)]
    remembered = bool(found.currency) and not upload.currency
    code = st.selectbox(
        "Currency where the file names none" + (", as last time" if remembered else ""),
        codes,
        key=f"{key}_{taken}",
        format_func=lambda code: f"{code} · {get_currency_name(code, locale=say.known)}",
        width=FIELD,
    )
    if code != taken:
        import_state.change(currency=code)
        st.rerun()


def _date_order(upload: Upload, one: Understood, *, key: str) -> None:
    word = st.segmented_control(
        "Dates such as 02/03/2026 can be read in two ways",
        list(ORDERS),
        default=next(word for word, first in ORDERS.items() if first == bool(one.day_first)),
        required=True,
        key=key,
    )
    if ORDERS[str(word)] != one.day_first:
        import_state.change(day_first=upload.day_first | {one.header_fingerprint: ORDERS[str(word)]})
        st.rerun()


@cache
def currencies() -> tuple[str, ...]:
    """Return the codes of the currencies that are in use somewhere, the most used first."""
    usual = ("EUR", "USD", "GBP", "CHF", "JPY", "CAD", "AUD", "SEK", "NOK", "DKK", "PLN", "CZK")
    uses = get_global("territory_currencies").values()
    current = {code for rows in uses for code, _, until, tender in rows if until is None and tender}
    return (*usual, *sorted(current - set(usual)))


# --- of the company, once ---------------------------------------------------------------------------------------------


def first_run(frame: shell.Frame, opened: Books) -> None:
    """Offer to say who the books belong to and what they report in, as long as nobody has."""
    ours = cached.profile(opened)
    forms.outcome("first_run")
    if opened.which != books.MINE or ours.set_up:
        return
    with forms.form("first_run") as form, st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.text_input("Our company", key=form.key("name"), max_chars=120, width=FIELD, placeholder="Name")
        st.selectbox(
            "Reports in",
            [ours.currency, *(code for code in currencies() if code != ours.currency)],
            key=form.key("currency"),
            format_func=lambda code: f"{code} · {get_currency_name(code, locale=frame.say.known)}",
            width=FIELD,
        )
        form.submit("Save", partial(_save_company, frame, opened), kind="secondary")
        st.markdown(
            ":small[:gray[Amounts without a currency are taken in it too. The rest can wait in Settings.]]",
            width="stretch",
        )


def _save_company(frame: shell.Frame, opened: Books, form: Form) -> str:
    code = str(form.value("currency"))
    company.save_profile(
        opened.engine, name=str(form.value("name") or "").strip(), currency=code, actor=frame.actor, key=form.token
    )
    return f"Saved. Reports are in {code} from now on."


# --- of the plan, in step three ---------------------------------------------------------------------------------------


def of_plan(frame: shell.Frame, upload: Upload, plan: Plan) -> None:
    """Ask what has to be answered before anything is booked."""
    if not plan.questions and not upload.scope:
        return
    left = len(plan.unanswered)
    with st.container(border=True, gap="small", key="questions"):
        say = frame.say
        head = f"Answer {counted(left, 'question', 'questions', say)} first" if left else "All questions are answered"
        icon = ":orange[:material/help:]" if left else ":green[:material/check_circle:]"
        st.markdown(f"{icon} **{as_label(head)}** :gray[:small[nothing is booked before]]")
        for question in plan.questions:
            if question.id in NEVER_ACCEPTED:
                _value(frame, upload, question)
        asked = [question for question in plan.questions if question.id not in NEVER_ACCEPTED]
        height: int | Literal["content"] = SCROLLED if len(asked) > MANY else "content"
        with st.container(gap="xsmall", height=height, border=False):
            for question in asked:
                _yes(say, upload, question)
        _together(say, upload, asked)
        if upload.scope or any(question.id.partition(":")[0] in SILENCE for question in asked):
            _part(upload)


def _value(frame: shell.Frame, upload: Upload, question: Question) -> None:
    """Ask for what yes is no answer to."""
    st.markdown(as_label(with_days(question.text, frame.say)))
    if question.id == "as_of":
        as_of(frame, upload, key="plan_as_of", label=False)


def _yes(say: Format, upload: Upload, question: Question) -> None:
    mark = (question.id, question.text)
    accepted = st.checkbox(
        f"{as_label(with_days(question.text, say))} :gray[Yes]", value=mark in upload.accepted, key=_key(question)
    )
    if accepted != (mark in upload.accepted):
        import_state.change(accepted=upload.accepted ^ {mark})
        st.rerun()


def _key(question: Question) -> str:
    """Return the key of an answer; a question that asks something else by now is a new one."""
    return f"answer_{question.id}_{crc32(question.text.encode())}"


def _together(say: Format, upload: Upload, asked: list[Question]) -> None:
    """Let many questions be answered by one click, once they have been read."""
    standing = [question for question in asked if (question.id, question.text) not in upload.accepted]
    if len(standing) > MANY:
        st.button(f"Yes to all {say.number(len(standing))}", key="answer_all", on_click=partial(_accept, standing))


def _accept(questions: list[Question]) -> None:
    upload = import_state.current()
    if upload is not None:
        import_state.change(accepted=upload.accepted | {(q.id, q.text) for q in questions})
        for question in questions:
            st.session_state[_key(question)] = True


def _part(upload: Upload) -> None:
    """Ask what the file covers when it does not list everything: then only that can be missing in it."""
    known = {row.scope for row in queries.history(import_state.target(upload).engine)}
    scopes = [WHOLE, *sorted(filter(None, known | {upload.scope}))]
    chosen = st.selectbox(
        "The file lists",
        scopes,
        index=scopes.index(upload.scope or WHOLE),
        accept_new_options=True,
        key="plan_scope",
        width=FIELD,
        help="Of a part, such as one region, type its name. What other parts listed then stays as it is, and the next "
        "file of this part is compared with this one.",
    )
    scope = "" if chosen == WHOLE else " ".join(str(chosen).split())
    if scope != upload.scope:
        import_state.change(scope=scope)
        st.rerun()
