"""Papers that go with a reminder, chosen with a click each: what is kept of the documents that it asks for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from collections.abc import Sequence
from functools import partial

import streamlit as st

from arcore.dunning import queries as dunning
from arcore.dunning.queries import Enclosed
from arcore.dunning.queries import ForAll
from arcore.dunning.queries import Row
from arcore.dunning.queries import Send
from arcore.intake.papers import LABELS
from pages.ui import forms
from pages.ui.format import as_label
from pages.ui.forms import Form
from pages.ui.import_words import counted
from pages.ui.import_words import size
from pages.ui.reminder_desk import NAME
from pages.ui.reminder_desk import Desk
from pages.ui.reminder_desk import Place
from pages.ui.reminder_desk import keep_undo

PILLS = "papers_of_one_"
COUNTED = {
    "invoice": ("invoice", "invoices"),
    "pod": ("proof of delivery", "proofs of delivery"),
    "po": ("purchase order", "purchase orders"),
}
CHOSEN = "reminder_papers"
"""Which papers were chosen, by customer and entity; they stay while another letter is looked at."""


def draw(desk: Desk, row: Row) -> None:
    """Draw the papers of what a reminder asks for as things to click; nothing where none is kept."""
    found = offers(desk, row)
    if not found:
        return
    by_id = {one.id: one for one in found}
    key = f"{PILLS}{row.who.customer_id}_{row.entity}_{len(found)}"
    if key not in st.session_state:
        st.session_state[key] = [number for number in chosen(row.place) if number in by_id]
    picked = st.pills(
        "Attach", list(by_id), selection_mode="multi", key=key, disabled=desk.refusal is not None,
        format_func=lambda number: word(by_id[number]),
        help="PDFs of what this reminder asks for; what is chosen leaves with it and stands in its proof.",
    )  # fmt: skip
    _keep(row.place, picked)
    if picked:
        total = size(sum(by_id[number].size for number in picked), desk.say)
        st.markdown(f":small[:gray[:material/attach_file: {len(picked)} of {len(found)} attached, {as_label(total)}]]")


def for_all(desk: Desk, rows: Sequence[Row]) -> None:
    """Say which papers of all that is listed are kept, and attach them with a click; nothing where none is kept."""
    wanted = {row.place: _asked(desk, row) for row in rows}
    key = tuple(sorted((place, asked) for place, asked in wanted.items()))
    found = desk.frame.prepared(("papers of all", key), lambda: dunning.for_all(desk.engine, wanted))
    if not found.of:
        return
    missing = {p: ids for p, ids in _ids(found).items() if set(ids) - set(chosen(p))}
    form = forms.once(NAME)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="papers_of_all"):
        state = "" if missing else " attached"
        st.markdown(f":small[:gray[{as_label(told(found, desk))}{state}]]", width="content")
        if missing:
            label = f"Attach {_many(found, desk)}"
            form.button(
                label, partial(_attach, desk, found), kind="tertiary", name="attach_all", hint=desk.refusal,
                disabled=desk.refusal is not None, icon=":material/attach_file:",
            )  # fmt: skip
        else:
            form.button(
                "Take all off", partial(_take_off, desk, found), kind="tertiary", name="take_off_all",
                icon=":material/close:",
            )  # fmt: skip


def told(found: ForAll, desk: Desk) -> str:
    """Say what is kept for how many letters: 3 papers for 2 letters (2 invoices, 1 proof of delivery; 1.2 MB)."""
    papers = [one for mine in found.of.values() for one in mine]
    kinds = Counter(one.kind for one in papers)
    each = ", ".join(counted(kinds[kind], *words, desk.say) for kind, words in COUNTED.items() if kinds[kind])
    whole = size(sum(one.size for one in papers), desk.say)
    left = f"; {desk.say.number(sum(found.too_much.values()))} more than a mail holds" if found.too_much else ""
    return f"{_many(found, desk)} for {_letters(found, desk)} ({each}; {whole}{left})"


def _attach(desk: Desk, found: ForAll, form: Form) -> str:  # noqa: ARG001  as every post
    return _change(desk, _ids(found), f"{_many(found, desk)} attached to {_letters(found, desk)}")


def _take_off(desk: Desk, found: ForAll, form: Form) -> str:  # noqa: ARG001  as every post
    return _change(desk, dict.fromkeys(found.of, ()), f"{_many(found, desk)} taken off {_letters(found, desk)}")


def _many(found: ForAll, desk: Desk) -> str:
    return counted(sum(map(len, found.of.values())), "paper", "papers", desk.say)


def _letters(found: ForAll, desk: Desk) -> str:
    return counted(len(found.of), "letter", "letters", desk.say)


def _change(desk: Desk, ids: dict[Place, tuple[int, ...]], words: str) -> str:
    """Choose papers for several customers at once, with an undo of all of it."""
    before: dict[Place, tuple[int, ...]] = dict(st.session_state.get(CHOSEN, {}))
    _set(before | ids)
    keep_undo(desk, words, lambda _: _set(before))
    return f"{words[:1].upper()}{words[1:]}."


def _set(ids: dict[Place, tuple[int, ...]]) -> None:
    st.session_state[CHOSEN] = ids
    # What was clicked for one customer is drawn anew from what is chosen now.
    for key in [key for key in st.session_state if str(key).startswith(PILLS)]:
        del st.session_state[key]


def _ids(found: ForAll) -> dict[Place, tuple[int, ...]]:
    return {place: tuple(one.id for one in mine) for place, mine in found.of.items()}


def offers(desk: Desk, row: Row) -> Sequence[Enclosed]:
    """Return the papers of what a reminder asks for, or would ask for once somebody agreed to it."""
    wanted = _asked(desk, row)
    return desk.frame.prepared(("reminder papers", wanted), lambda: dunning.offered(desk.engine, wanted))


def _asked(desk: Desk, row: Row) -> tuple[int, ...]:
    """Return the documents that a reminder asks for, or would ask for."""
    if isinstance(row.decision, Send):
        asked = {one.claim.debt.document_id for one in row.decision.asked}
    else:
        late = row.proof.from_step(desk.found.policy.step(1).days)
        asked = {claim.debt.document_id for claim in late.claims if claim.claimed}
    return tuple(sorted(asked))


def chosen(place: Place) -> tuple[int, ...]:
    """Return the papers that were chosen for a customer."""
    kept: dict[Place, tuple[int, ...]] = st.session_state.get(CHOSEN, {})
    return kept.get(place, ())


def of_all(places: Collection[Place]) -> dict[Place, tuple[int, ...]]:
    """Return the papers that were chosen for each of several customers."""
    return {place: chosen(place) for place in places if chosen(place)}


def forget(places: Collection[Place]) -> None:
    """Forget what was chosen for reminders that have left."""
    kept: dict[Place, tuple[int, ...]] = st.session_state.get(CHOSEN, {})
    st.session_state[CHOSEN] = {place: ids for place, ids in kept.items() if place not in places}


def word(one: Enclosed) -> str:
    """Say what a paper is: INV-7, proof of delivery."""
    return as_label(f"{one.number or one.name}, {LABELS.get(one.kind, one.kind).lower()}")


def _keep(place: Place, ids: Sequence[int]) -> None:
    kept: dict[Place, tuple[int, ...]] = st.session_state.get(CHOSEN, {})
    st.session_state[CHOSEN] = kept | {place: tuple(ids)}
