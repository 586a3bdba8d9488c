"""The dialogs of the Clean-up page: each shows what it would do, does it once, and leaves an undo."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pandas as pd
import streamlit as st

from arcore.cleanup import service as cleanup
from arcore.cleanup.queries import Section
from arcore.cleanup.queries import decisions
from arcore.dates import from_day
from arcore.ledger import service as ledger
from arcore.ledger.kinds import KINDS
from arcore.money import from_minor
from arcore.reports.book import book
from arcore.reports.filters import Filters
from arcore.reports.texts import document_texts
from arcore.reports.tidy.unapplied import LAST_DAY
from arcore.reports.tidy.unapplied import Pair
from arcore.reports.tidy.unapplied import proposed
from arcore.reports.view import View
from arcore.reports.view import view
from arcore.store.unit import Facts
from pages.ui import clean_up_explain
from pages.ui import customer_desk
from pages.ui import failures
from pages.ui.clean_up_desk import begin
from pages.ui.clean_up_desk import counted
from pages.ui.clean_up_desk import finish
from pages.ui.clean_up_desk import money
from pages.ui.clean_up_desk import previewed
from pages.ui.clean_up_words import GAP_REASONS
from pages.ui.format import as_label
from pages.ui.forms import Form
from pages.ui.plan_desk import Desk

SHOWN = 12
LATER, EARLIER = "The later one", "The earlier one"
TERMS = 30


@st.dialog("Apply to the oldest open items", width="medium", icon=":material/join_inner:")
@failures.guarded
def apply(desk: Desk, item_ids: tuple[int, ...]) -> None:
    """Show which of the oldest open items the credits would pay, and do it."""
    form = begin(desk)
    seen, pairs = proposed(desk.engine, desk.frame.filters, item_ids)
    if not pairs:
        st.markdown("Nothing is owed that these could be applied to: same customer, entity and currency, not disputed.")
        return
    sums: dict[str, int] = {}
    for pair in pairs:
        code = seen.currencies[seen.columns.currency[pair.target]]
        sums[code] = sums.get(code, 0) + pair.amount
    paid = len({pair.target for pair in pairs})
    st.markdown(
        as_label(f"{money(desk, sums)} of {counted(len(item_ids), 'credit')} pays {counted(paid, 'open item')}.")
    )
    st.table(_pairs_table(desk, seen, pairs[:SHOWN]), border="horizontal", hide_index=True, alt="What would be applied")
    rest = f"and {len(pairs) - SHOWN:,} more. " if len(pairs) > SHOWN else ""
    st.caption(f"{rest}Disputed amounts are left alone; what pays nothing stays unapplied.")
    chosen = [
        (int(seen.columns.item_id[one.source]), int(seen.columns.item_id[one.target]),
         from_minor(one.amount, seen.currencies[seen.columns.currency[one.target]]))
        for one in pairs
    ]  # fmt: skip
    words = f"{money(desk, sums)} applied to {counted(paid, 'open item')}"

    def act(**how: Any) -> Facts:
        return ledger.apply_pairs(desk.engine, pairs=chosen, actor=desk.frame.actor, **how)

    def back(done: Facts, key: str) -> object:
        return ledger.unapply_many(desk.engine, application_ids=done["applications"], actor=desk.frame.actor, key=key)

    finish(desk, form, as_label(f"Apply {money(desk, sums)}"), act, words=words, back=back)


def _pairs_table(desk: Desk, seen: View, pairs: Sequence[Pair]) -> pd.DataFrame:
    columns, customers = seen.columns, seen.book.around.customers
    rows = [row for pair in pairs for row in (pair.source, pair.target)]
    texts = document_texts(desk.engine, columns.document_id[rows])

    def name(row: int) -> str:
        number = int(columns.document_id[row])
        return as_label(texts[number].label(number, KINDS[columns.kind[row]].label))

    def code(row: int) -> str:
        return str(seen.currencies[columns.currency[row]])

    return pd.DataFrame(
        {
            "Customer": [as_label(customers.names[customers.survivor[columns.customer[p.source]]]) for p in pairs],
            "Credit": [name(p.source) for p in pairs],
            "Pays": [name(p.target) for p in pairs],
            "Due": [as_label(desk.say.day(from_day(int(columns.original_due[p.target])))) for p in pairs],
            "Amount": [as_label(desk.say.money(p.amount, code(p.target))) for p in pairs],
        }
    )


@st.dialog("Refund a credit", width="medium", icon=":material/undo:")
@failures.guarded
def refund(desk: Desk, item_ids: tuple[int, ...]) -> None:
    """Record that an unapplied credit was paid back."""
    form = begin(desk)
    seen = view(desk.engine, Filters(as_of=LAST_DAY, intercompany="in"))
    [row] = seen.columns.rows_of(list(item_ids)).tolist()
    items = seen.open_items()
    left = -int(items.open[items.row == row].sum())
    code = seen.currencies[seen.columns.currency[row]]
    if left <= 0:
        st.markdown("Nothing of this credit is unapplied any more.")
        return
    on = st.date_input("Paid back on", value=desk.frame.today, key=form.key("on"), format=desk.say.date_input)
    who = int(seen.book.around.customers.ids[seen.columns.customer[row]])

    def act(**how: Any) -> Facts:
        details: Any = {"entity": seen.book.entities[seen.columns.entity[row]]}
        return ledger.record_refund(
            desk.engine, customer_id=who, paid_on=on, currency=code, amount=from_minor(left, code),
            from_item_id=item_ids[0], details=details, actor=desk.frame.actor, **how,
        )  # fmt: skip

    def back(done: Facts, key: str) -> object:
        return ledger.void(desk.engine, document_id=done["documents"][0], actor=desk.frame.actor, key=key)

    amount = desk.say.money(left, code)
    facts = previewed(form, as_label(f"Record a refund of {amount}"), act)
    if facts is not None:
        customer_desk.effects(facts, desk.say)
        st.caption("arcore records the refund; the money leaves by your bank.")
        finish(desk, form, as_label(f"Record a refund of {amount}"), act, words=f"refund of {amount}", back=back)


@st.dialog("Leave with a note", width="medium", icon=":material/sticky_note_2:")
@failures.guarded
def leave(desk: Desk, item_ids: tuple[int, ...]) -> None:
    """Keep credits out of this list, and say why."""
    form = begin(desk)
    note = st.text_input(
        "Why", key=form.key("note"), max_chars=200, placeholder="Deposit, waits for an order", live="300ms"
    )
    what = counted(len(item_ids), "credit")
    _decide(
        desk, form, "unapplied", tuple(map(str, item_ids)), str(note or ""), f"Leave {what}",
        f"{what} left with a note", needs_note=True,
    )  # fmt: skip


@st.dialog("Not worth asking again", width="medium", icon=":material/check:")
@failures.guarded
def decide(desk: Desk, section: Section, subjects: tuple[str, ...]) -> None:
    """Remember that things are right as they are."""
    form = begin(desk)
    noun = {"duplicate": "pair", "oddity": "document", "same_customer": "pair"}[section]
    what = counted(len(subjects), noun)
    said = {
        "duplicate": f"{what} kept as two documents each",
        "oddity": f"{what} accepted",
        "same_customer": f"{what} kept as two customers each",
    }[section]
    st.markdown(as_label(f"{what[0].upper()}{what[1:]} will not be asked about again."))
    note = st.text_input("Why, if it helps the next one", key=form.key("note"), max_chars=200)
    words = {"duplicate": "Not a duplicate", "oddity": f"Accept {what}", "same_customer": "Two customers"}[section]
    _decide(desk, form, section, subjects, str(note or ""), words, said)


@st.dialog("Explain missing numbers", width="medium", icon=":material/edit_note:")
@failures.guarded
def gap(desk: Desk, subjects: tuple[str, ...], texts: tuple[str, ...]) -> None:
    """Say why numbers are missing."""
    form = begin(desk)
    more = f" and {counted(len(texts) - 6, 'run')} more" if len(texts) > 6 else ""
    st.markdown(as_label(f"{', '.join(texts[:6])}{more}"))
    reason = st.selectbox("Why", GAP_REASONS, key=form.key("reason"))
    note = st.text_input("Details", key=form.key("note"), max_chars=200, placeholder="Who knows, where it is written")
    said = ": ".join(part for part in (str(reason), str(note or "").strip()) if part)
    _decide(desk, form, "gap", subjects, said, "Mark as explained", f"{counted(len(subjects), 'gap')} explained")


def _decide(
    desk: Desk, form: Form, section: Section, subjects: tuple[str, ...], note: str, words: str, said: str, *,
    needs_note: bool = False,
) -> None:  # fmt: skip
    def act(**how: Any) -> Facts:
        return cleanup.decide(desk.engine, section=section, subjects=subjects, note=note, actor=desk.frame.actor, **how)

    def back(done: Facts, key: str) -> object:
        return cleanup.withdraw(desk.engine, decision_ids=done["decisions"], actor=desk.frame.actor, key=key)

    finish(desk, form, as_label(words), act, words=said, back=back, disabled=needs_note and not note.strip())


@st.dialog("Ask again", width="medium", icon=":material/restart_alt:")
@failures.guarded
def again(desk: Desk, section: Section, subjects: tuple[str, ...]) -> None:
    """Withdraw decisions, so that their subjects stand in the list again."""
    form = begin(desk)
    known = decisions(desk.engine, section)
    chosen = [known[subject] for subject in subjects if subject in known]
    for one in chosen[:SHOWN]:
        when = desk.say.day(one.at.date())
        st.markdown(f":gray[{as_label(f'{one.note or one.subject} · {one.by}, {when}')}]")

    def act(**how: Any) -> Facts:
        return cleanup.withdraw(desk.engine, decision_ids=[one.id for one in chosen], actor=desk.frame.actor, **how)

    def back(_: Facts, key: str) -> object:
        note = chosen[0].note if chosen else ""
        return cleanup.decide(
            desk.engine, section=section, subjects=[one.subject for one in chosen], note=note,
            actor=desk.frame.actor, key=key,
        )  # fmt: skip

    what = counted(len(chosen), "decision")
    finish(desk, form, as_label(f"Withdraw {what}"), act, words=f"{what} withdrawn", back=back, disabled=not chosen)


@st.dialog("Void one of the two", width="medium", icon=":material/block:")
@failures.guarded
def void_pairs(desk: Desk, pairs: tuple[tuple[int, int], ...]) -> None:
    """Take one document of each pair back."""
    form = begin(desk)
    which = st.segmented_control("Void", [LATER, EARLIER], default=LATER, required=True, key=form.key("which"))
    place = 1 if which == LATER else 0
    _void(desk, form, tuple(dict.fromkeys(pair[place] for pair in pairs)))


@st.dialog("Void documents", width="medium", icon=":material/block:")
@failures.guarded
def void(desk: Desk, document_ids: tuple[int, ...]) -> None:
    """Take odd documents back."""
    _void(desk, begin(desk), document_ids)


def _void(desk: Desk, form: Form, document_ids: tuple[int, ...]) -> None:
    def act(**how: Any) -> Facts:
        return ledger.void_many(
            desk.engine, document_ids=document_ids, reason="clean-up", actor=desk.frame.actor, **how
        )

    def back(done: Facts, key: str) -> object:
        return cleanup.restore(desk.engine, void_ids=done["documents"], actor=desk.frame.actor, key=key)

    what = counted(len(document_ids), "document")
    facts = previewed(form, as_label(f"Void {what}"), act)
    if facts is None:
        return
    customer_desk.effects(facts, desk.say)
    st.caption("What was paid on it stays, unapplied. A void counts from the document's own day.")
    finish(desk, form, as_label(f"Void {what}"), act, words=f"{what} void", back=back)


@st.dialog("New due date", width="medium", icon=":material/event:")
@failures.guarded
def redate(desk: Desk, item_ids: tuple[int, ...]) -> None:
    """Agree the due date that was meant."""
    form = begin(desk)
    columns = book(desk.engine).columns
    [row] = columns.rows_of(list(item_ids)).tolist()
    dated = from_day(int(columns.doc_day[row]))
    st.markdown(as_label(f"Dated {desk.say.day(dated)}, due {desk.say.day(from_day(int(columns.original_due[row])))}."))
    due = st.date_input(
        "Due", value=dated + timedelta(days=TERMS), key=form.key("due"), format=desk.say.date_input, min_value=dated
    )

    def act(**how: Any) -> Facts:
        on = max(dated, from_day(int(columns.effective[row])))
        return ledger.redate(desk.engine, item_id=item_ids[0], due_date=due, on=on, actor=desk.frame.actor, **how)

    def back(done: Facts, key: str) -> object:
        return ledger.unapply_many(desk.engine, application_ids=done["applications"], actor=desk.frame.actor, key=key)

    words = f"due on {desk.say.day(due)}"
    if previewed(form, as_label(f"Make it {words}"), act) is not None:
        st.caption("The first due date stays known: aging can be looked at by either.")
        finish(desk, form, as_label(f"Make it {words}"), act, words=f"document made {words}", back=back)


DIALOGS: Mapping[str, Any] = {
    "apply": apply,
    "refund": refund,
    "leave": leave,
    "decide": decide,
    "gap": gap,
    "again": again,
    "void": void,
    "void_pairs": void_pairs,
    "redate": redate,
    "explain": clean_up_explain.explain,
}
