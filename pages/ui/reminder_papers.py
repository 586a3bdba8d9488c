"""Papers that go with a reminder, chosen with a click each: what is kept of the documents that it asks for."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Sequence

import streamlit as st

from arcore.dunning import queries as dunning
from arcore.dunning.queries import Enclosed
from arcore.dunning.queries import Row
from arcore.dunning.queries import Send
from arcore.intake.papers import LABELS
from pages.ui.format import as_label
from pages.ui.import_words import size
from pages.ui.reminder_desk import Desk
from pages.ui.reminder_desk import Place

CHOSEN = "reminder_papers"
"""Which papers were chosen, by customer and entity; they stay while another letter is looked at."""


def draw(desk: Desk, row: Row) -> None:
    """Draw the papers of what a reminder asks for as things to click; nothing where none is kept."""
    found = offers(desk, row)
    if not found:
        return
    by_id = {one.id: one for one in found}
    key = f"papers_{row.who.customer_id}_{row.entity}_{len(found)}"
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


def offers(desk: Desk, row: Row) -> Sequence[Enclosed]:
    """Return the papers of what a reminder asks for, or would ask for once somebody agreed to it."""
    if isinstance(row.decision, Send):
        asked = {one.claim.debt.document_id for one in row.decision.asked}
    else:
        late = row.proof.from_step(desk.found.policy.step(1).days)
        asked = {claim.debt.document_id for claim in late.claims if claim.claimed}
    wanted = tuple(sorted(asked))
    return desk.frame.prepared(("reminder papers", wanted), lambda: dunning.offered(desk.engine, wanted))


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
