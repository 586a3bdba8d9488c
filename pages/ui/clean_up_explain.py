"""Saying what unexplained settlements were, after a look at what that does to the measures."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from arcore.analytics import written
from arcore.analytics.figures import Figure
from arcore.cleanup import portions
from arcore.ledger import service as ledger
from arcore.ledger.classify import Explanation
from arcore.reports.tidy.listing import Listing
from arcore.reports.tidy.unexplained import MOST_MONTHS
from arcore.reports.tidy.unexplained import MonthEffect
from arcore.reports.tidy.unexplained import effect
from arcore.reports.view import view
from arcore.store.unit import Facts
from pages.ui import clean_up_progress
from pages.ui import failures
from pages.ui import forms
from pages.ui.clean_up_desk import NAME
from pages.ui.clean_up_desk import begin
from pages.ui.clean_up_desk import counted
from pages.ui.clean_up_desk import finish
from pages.ui.clean_up_desk import money
from pages.ui.clean_up_list import MOST_AT_ONCE
from pages.ui.clean_up_words import EXPLANATIONS
from pages.ui.clean_up_words import MEANS
from pages.ui.clean_up_words import REASONS
from pages.ui.format import NONE
from pages.ui.format import as_label
from pages.ui.forms import Form
from pages.ui.plan_desk import Desk

COLUMNS = ("DSO", "CEI, cash", "Days to pay")
"""What is shown, in the order of the measures of an effect."""


@st.dialog("Explain settlements", width="medium", icon=":material/edit_note:")
@failures.guarded
def explain(desk: Desk, item_ids: tuple[int, ...]) -> None:
    """Say what settlements were, see what it does, and book it as one batch."""
    form = begin(desk)
    seen = view(desk.engine, desk.frame.filters)
    rows = seen.columns.rows_of(list(item_ids))
    listing = Listing.of(seen, rows, -seen.columns.amount[rows])
    what = counted(len(listing), "settlement")
    st.markdown(as_label(f"{what}, {money(desk, listing.sums.by_currency)}: what were they?"))
    left, right = st.columns([6, 4], gap="small", vertical_alignment="bottom")
    explanation = _choice(form.key("as"), left)
    reason = ""
    if explanation == "write_off":
        by_word = {word: name for name, word in REASONS.items()}
        chosen = right.selectbox("Reason", list(by_word), key=form.key("reason"))
        reason = by_word.get(str(chosen), "uncollectible")
    st.caption(f"{MEANS[explanation]} A receipt, credit note or write-off that a file tells later takes its place.")
    _effects(desk, desk.frame.read(effect, item_ids, explanation, reason))
    documents = tuple(listing.document_ids.tolist())

    if len(documents) > MOST_AT_ONCE:
        _in_portions(desk, form, documents, explanation, reason)
        return

    def act(**how: Any) -> Facts:
        return ledger.classify(
            desk.engine, settlement_ids=documents, explanation=explanation, reason=reason, actor=desk.frame.actor, **how
        )

    def back(done: Facts, key: str) -> object:
        return ledger.declassify(desk.engine, document_ids=done["documents"], actor=desk.frame.actor, key=key)

    words = _words(len(documents), explanation)
    finish(desk, form, as_label(f"Explain {what} as {EXPLANATIONS[explanation].lower()}"), act, words=words, back=back)


def _words(count: int, explanation: Explanation) -> str:
    return f"{counted(count, 'settlement')} explained as {EXPLANATIONS[explanation].lower()}"


def _in_portions(
    desk: Desk, form: Form, documents: tuple[int, ...], explanation: Explanation, reason: str
) -> None:  # fmt: skip
    """Draw the button that explains more than one write should hold."""
    engine, actor, store = desk.engine, desk.frame.actor, desk.frame.books.store_id

    def work(part: Sequence[int], key: str) -> Sequence[int]:
        done = ledger.classify(
            engine, settlement_ids=part, explanation=explanation, reason=reason, actor=actor, key=key
        )  # fmt: skip
        made: Sequence[int] = done["documents"]
        return made

    def back(part: Sequence[int], key: str) -> Sequence[int]:
        done: Sequence[int] = ledger.declassify(engine, document_ids=part, actor=actor, key=key)["documents"]
        return done

    def post(current: Form) -> str:
        say = partial(_words, explanation=explanation)
        clean_up_progress.start(documents, work, key=current.token, store_id=store, say=say, back=back)
        return f"Begun with {counted(len(documents), 'settlement')}."

    st.caption(f"In portions of {portions.PORTION:,}; you can stop between them, and undo all of it.")
    label = as_label(f"Explain {counted(len(documents), 'settlement')} as {EXPLANATIONS[explanation].lower()}")
    form.button(label, post, kind="primary", disabled=desk.refusal is not None, hint=desk.refusal)
    forms.outcome(NAME)


def _choice(key: str, place: Any) -> Explanation:
    by_word = {word: name for name, word in EXPLANATIONS.items()}
    chosen = place.segmented_control("They were", list(by_word), default="Cash", required=True, key=key)
    return by_word.get(str(chosen), "cash")


def _effects(desk: Desk, effects: tuple[MonthEffect, ...]) -> None:
    """Draw the measures of the months touched, before and after; what does not change is told once."""
    data: dict[str, list[str]] = {
        "Month": [as_label(desk.say.month(one.day, short=True)) for one in effects],
        "Explained": [as_label(desk.say.money(one.amount, one.currency)) for one in effects],
        "Cash booked": [_cash(desk, one) for one in effects],
    }
    for place, name in enumerate(COLUMNS):
        data[name] = [_change(desk, one.before[place], one.after[place]) for one in effects]
    st.table(pd.DataFrame(data), border="horizontal", hide_index=True, alt="Measures before and after, by month")
    lacking = sorted({one.undefined for each in effects for one in each.after if one.undefined})
    if lacking:
        st.markdown("  \n".join(f":small[:gray[{as_label(f'{NONE} {why}')}]]" for why in lacking))
    if len(effects) == MOST_MONTHS:
        st.caption(f"The latest {MOST_MONTHS} months that are touched.")


def _cash(desk: Desk, one: MonthEffect) -> str:
    before, after = (as_label(desk.say.money(cash, one.currency)) for cash in (one.cash_before, one.cash_after))
    return before if before == after else f"{before} → **{after}**"


def _change(desk: Desk, before: Figure, after: Figure) -> str:
    one, two = written.in_full(before, desk.say), written.in_full(after, desk.say)
    return as_label(one) if one == two else f"{as_label(one)} → **{as_label(two)}**"
